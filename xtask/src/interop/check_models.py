"""Loads MLflow model folders and predicts texts. In: JSON on stdin, {"folders": [...], "texts": [...]}. Out: JSON."""

import json
import sys

import mlflow
import pandas as pd


def answers(folder, texts):
    model = mlflow.pyfunc.load_model(folder)
    found = model.predict(pd.DataFrame({"text": texts}))
    names = [name for name in found.columns if name.startswith("probability_")]
    return {
        "labels": list(found["label"]),
        "probabilities": [
            {name.removeprefix("probability_"): float(value) for name, value in zip(names, row)}
            for row in found[names].itertuples(index=False)
        ],
        "example": len(model.predict(model.input_example)) if model.input_example is not None else 0,
        "signature": model.metadata.signature is not None,
    }


work = json.load(sys.stdin)
json.dump(
    {"version": mlflow.__version__, "models": [answers(folder, work["texts"]) for folder in work["folders"]]},
    sys.stdout,
)
