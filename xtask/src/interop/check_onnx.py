"""Answers texts by exported ONNX folders. In: JSON on stdin, {"folders": [...], "texts": [...]}. Out: JSON."""

import importlib.util
import json
import sys
from pathlib import Path

import onnx
import onnxruntime

STANDARD = {"", "ai.onnx.ml"}


def predictor(folder):
    """The folder's own predict.py, with the folder's own review_text.py."""
    sys.modules.pop("review_text", None)
    sys.path.insert(0, str(folder))
    spec = importlib.util.spec_from_file_location("predict", folder / "predict.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    sys.path.pop(0)
    return module


def answers(folder, texts):
    model = onnx.load(folder / "model.onnx")
    onnx.checker.check_model(model, full_check=True)
    module = predictor(folder)
    loaded = module.OnnxModel()
    n_golden, worst_golden = module.check(loaded)
    found = []
    for begin in range(0, len(texts), 250):
        found += loaded.predict(texts[begin : begin + 250])
    return {
        "answers": found,
        "operators": sorted({node.op_type for node in model.graph.node}),
        "foreign": sorted({node.domain for node in model.graph.node} - STANDARD),
        "n_golden": n_golden,
        "worst_golden": worst_golden,
    }


work = json.load(sys.stdin)
json.dump(
    {
        "version": onnxruntime.__version__,
        "models": [answers(Path(folder), work["texts"]) for folder in work["folders"]],
    },
    sys.stdout,
)
