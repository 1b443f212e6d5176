"""Loads MLflow model folders and predicts texts. In: JSON on stdin, {"folders": [...], "texts": [...]}. Out: JSON."""

import json
import sys

import mlflow
import mlflow.onnx
import pandas as pd


def answers(folder, texts):
    model = mlflow.pyfunc.load_model(folder)
    found = model.predict(pd.DataFrame({"text": texts}))
    names = [name for name in found.columns if name.startswith("probability_")]
    classes = [name.removeprefix("probability_") for name in names]
    unsure = found["unsure"] if "unsure" in found else [False] * len(found)
    flavour = mlflow.onnx.load_model(folder)
    return {
        "answers": [
            {"label": label, "probabilities": dict(zip(classes, map(float, row))), "unsure": bool(is_unsure)}
            for label, row, is_unsure in zip(found["label"], found[names].to_numpy(), unsure)
        ],
        "onnx_inputs": [port.name for port in flavour.graph.input],
        "example": len(model.predict(model.input_example)) if model.input_example is not None else 0,
        "signature": model.metadata.signature is not None,
    }


work = json.load(sys.stdin)
json.dump(
    {"version": mlflow.__version__, "models": [answers(folder, work["texts"]) for folder in work["folders"]]},
    sys.stdout,
)
