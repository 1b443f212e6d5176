"""Predicts with scikit-learn by what was learned where the model was made; nothing is fitted.

    python predict.py REVIEWS.txt    prints label and probabilities of each line
    python predict.py --check        holds the pipeline to the answers it gave there (golden.json)
"""

import json
import sys
from pathlib import Path

from review_pipeline import answers, read, ready, worst

TOLERANCE = 1e-6

if __name__ == "__main__":
    if len(sys.argv) != 2:
        raise SystemExit(__doc__)
    learned = read("learned.json")
    pipeline = ready(read("settings.json"), learned)
    if sys.argv[1] == "--check":
        golden = read("golden.json")
        gap, n_other = worst(golden, answers(pipeline, learned, [row["text"] for row in golden]))
        if n_other or gap > TOLERANCE:
            raise SystemExit(f"{n_other} labels differ, and probabilities by {gap:.1e}")
        print(f"{len(golden)} answers are equal, probabilities within {gap:.1e}")
    else:
        lines = Path(sys.argv[1]).read_text(encoding="utf-8").splitlines()
        for answer in answers(pipeline, learned, lines):
            print(json.dumps(answer, ensure_ascii=False))
