"""Cleans texts by exported cleanings. In: JSON on stdin, {"folders": [...], "texts": [...]}. Out: JSON, words of each text."""

import json
import sys
from pathlib import Path

work = json.load(sys.stdin)
sys.path.insert(0, work["folders"][0])
from review_text import ReviewText  # noqa: E402

found = []
for folder in work["folders"]:
    text = ReviewText(json.loads((Path(folder) / "text.json").read_text(encoding="utf-8")))
    found.append([text.clean(given) for given in work["texts"]])
json.dump(found, sys.stdout)
