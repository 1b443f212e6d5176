"""Predicts by model.onnx, a review a line.

    python predict.py REVIEWS.txt    prints label and probabilities of each line
    python predict.py --check        holds the model to the answers it gave where it was made (golden.json)
"""

import json
import sys
from pathlib import Path

import numpy as np
import onnxruntime
from review_text import ReviewText

FOLDER = Path(__file__).parent
# Probabilities come out as 32-bit floats.
TOLERANCE = 1e-6


class OnnxModel:
    """Cleans texts by text.json and answers them by model.onnx."""

    def __init__(self, folder=FOLDER):
        self.text = ReviewText(json.loads((folder / "text.json").read_text(encoding="utf-8")))
        self.session = onnxruntime.InferenceSession(
            str(folder / "model.onnx"), providers=["CPUExecutionProvider"]
        )
        self.labels = json.loads(self.session.get_modelmeta().custom_metadata_map["labels"])

    def predict(self, texts):
        """A dictionary a text: label, probabilities by class, unsure."""
        names = [output.name for output in self.session.get_outputs()]
        prepared = np.array([self.text.prepare(text) for text in texts], dtype=object)
        found = dict(zip(names, self.session.run(names, {"text": prepared})))
        unsure = found.get("unsure", np.zeros(len(texts), dtype=bool))
        return [
            {
                "label": str(label),
                "probabilities": dict(zip(self.labels, map(float, row))),
                "unsure": bool(is_unsure),
            }
            for label, row, is_unsure in zip(found["label"], found["probabilities"], unsure)
        ]


def check(model):
    """The largest difference to golden.json; an error where a label differs."""
    rows = json.loads((FOLDER / "golden.json").read_text(encoding="utf-8"))
    worst = 0.0
    for row, answer in zip(rows, model.predict([row["text"] for row in rows])):
        if (answer["label"], answer["unsure"]) != (row["label"], row["unsure"]):
            raise SystemExit(f"{row['text']!r} is {row['label']}, but is answered {answer['label']}")
        for label, p in row["probabilities"].items():
            worst = max(worst, abs(p - answer["probabilities"][label]))
    if worst > TOLERANCE:
        raise SystemExit(f"probabilities differ by {worst:.1e}")
    return len(rows), worst


if __name__ == "__main__":
    if len(sys.argv) != 2:
        raise SystemExit(__doc__)
    onnx_model = OnnxModel()
    if sys.argv[1] == "--check":
        n_rows, difference = check(onnx_model)
        print(f"{n_rows} answers are equal, probabilities within {difference:.1e}")
    else:
        lines = Path(sys.argv[1]).read_text(encoding="utf-8").splitlines()
        # In parts: the model holds a row of every term for each text at once.
        for begin in range(0, len(lines), 256):
            for answer in onnx_model.predict(lines[begin : begin + 256]):
                print(json.dumps(answer, ensure_ascii=False))
