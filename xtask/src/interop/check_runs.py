"""Migrates exported runs into a database and tells what MLflow finds there.

In: JSON on stdin, {"folder": "...", "texts": [...]}. Out: JSON.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

work = json.load(sys.stdin)
os.chdir(work["folder"])
target = "sqlite:///" + str(Path("mlflow.db").resolve())
command = [str(Path(sys.executable).with_name("mlflow")), "migrate-filestore", "--source", "mlruns", "--target", target]
subprocess.run(command, check=True, stdout=subprocess.DEVNULL)

import mlflow  # noqa: E402
import pandas as pd  # noqa: E402
from mlflow.tracking import MlflowClient  # noqa: E402

mlflow.set_tracking_uri(target)
client = MlflowClient()
experiments = [found for found in client.search_experiments() if found.name != "Default"]
runs = client.search_runs([found.experiment_id for found in experiments], max_results=5000)
told, models = [], []
for run in runs:
    tags = run.data.tags
    kind = tags["reviewlab.kind"]
    history = {"trial": "fold_f1_macro", "study": "trial_cv_f1_macro"}.get(kind)
    told.append(
        {
            "id": tags["reviewlab.run_id"],
            "name": run.info.run_name,
            "status": run.info.status,
            "kind": kind,
            "parent": tags.get("mlflow.parentRunId"),
            "own": run.info.run_id,
            "note": tags.get("mlflow.note.content"),
            "params": run.data.params,
            "metrics": run.data.metrics,
            "n_history": len(client.get_metric_history(run.info.run_id, history)) if history else 0,
            "files": sorted(file.path for file in client.list_artifacts(run.info.run_id)),
        }
    )
    if kind == "fit":
        loaded = mlflow.pyfunc.load_model(f"{run.info.artifact_uri}/model")
        models.append(len(loaded.predict(pd.DataFrame({"text": work["texts"]}))))
json.dump(
    {"version": mlflow.__version__, "experiments": [found.name for found in experiments], "runs": told, "n_answers": models},
    sys.stdout,
)
