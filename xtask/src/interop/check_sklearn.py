"""Runs exported scikit-learn folders. In: JSON on stdin, {"folders": [...], "texts": [...], "file": "..."}. Out: JSON."""

import contextlib
import importlib.util
import io
import json
import sys
import time
from pathlib import Path

import sklearn

OWN = ("review_text", "review_answer", "review_pipeline")


def module(folder, name):
    """The folder's own module of that name, with the folder's own others."""
    for own in OWN:
        sys.modules.pop(own, None)
    sys.path.insert(0, str(folder))
    spec = importlib.util.spec_from_file_location(name, folder / f"{name}.py")
    loaded = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(loaded)
    sys.path.pop(0)
    return loaded


def answers(folder, texts, file):
    pipeline = module(folder, "review_pipeline")
    learned = pipeline.read("learned.json")
    ready = pipeline.ready(pipeline.read("settings.json"), learned)
    golden = pipeline.read("golden.json")
    worst, n_other = pipeline.worst(golden, pipeline.answers(ready, learned, [row["text"] for row in golden]))
    said = io.StringIO()
    began = time.monotonic()
    problem = ""
    try:
        with contextlib.redirect_stdout(said):
            module(folder, "train").main(file)
    except SystemExit as error:
        problem = str(error)
    return {
        "answers": pipeline.answers(ready, learned, texts),
        "n_golden": len(golden) - n_other,
        "worst_golden": worst,
        "trained": said.getvalue().strip().splitlines(),
        "problem": problem,
        "seconds": time.monotonic() - began,
    }


work = json.load(sys.stdin)
found = [answers(Path(folder), work["texts"], work["file"]) for folder in work["folders"]]
json.dump({"version": sklearn.__version__, "models": found}, sys.stdout)
