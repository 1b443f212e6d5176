"""Starts a tracking server, has a project pushed to it again and again, and tells what MLflow finds there.

In: JSON on stdin, {"program": "...", "project": "...", "scratch": "...", "texts": [...]}. Out: JSON.
"""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

work = json.load(sys.stdin)
scratch = Path(work["scratch"])
with socket.socket() as free:
    free.bind(("127.0.0.1", 0))
    port = free.getsockname()[1]
address = f"http://127.0.0.1:{port}"
mlflow_program = str(Path(sys.executable).with_name("mlflow"))
server = subprocess.Popen(
    [
        mlflow_program,
        "server",
        "--backend-store-uri",
        f"sqlite:///{scratch / 'mlflow.db'}",
        "--artifacts-destination",
        str(scratch / "files"),
        "--host",
        "127.0.0.1",
        "--port",
        str(port),
        "--workers",
        "1",
    ],
    cwd=scratch,
    stdout=subprocess.DEVNULL,
    stderr=(scratch / "server.log").open("w"),
)
try:
    for _ in range(240):
        try:
            urllib.request.urlopen(f"{address}/health", timeout=2).close()
            break
        except OSError:
            time.sleep(0.5)
    else:
        raise SystemExit("the tracking server does not begin: " + (scratch / "server.log").read_text()[-2000:])

    def push():
        words = [work["program"], "push", "--tracking-uri", address, "--project", work["project"]]
        done = subprocess.run(words, capture_output=True, text=True)
        if done.returncode != 0:
            raise SystemExit(f"push ended with {done.returncode}: {done.stderr}")
        return done.stdout

    said = [push()]
    os.environ["MLFLOW_TRACKING_URI"] = address
    import mlflow  # noqa: E402
    import pandas as pd  # noqa: E402
    from mlflow.tracking import MlflowClient  # noqa: E402

    client = MlflowClient(tracking_uri=address)
    ids = [found.experiment_id for found in client.search_experiments() if found.name != "Default"]
    # A push that ended in the middle of a run, and a word that changed since.
    runs = client.search_runs(ids, max_results=5000)
    half = next(run for run in runs if run.data.tags["reviewlab.kind"] == "trial")
    client.update_run(half.info.run_id, status="RUNNING")
    client.set_tag(runs[-1].info.run_id, "reviewlab.seed", "another word")
    said += [push(), push()]
    runs = client.search_runs(ids, max_results=5000)
    told = []
    for run in runs:
        tags = run.data.tags
        kind = tags["reviewlab.kind"]
        history = {"trial": "fold_f1_macro", "study": "trial_cv_f1_macro"}.get(kind)
        told.append(
            {
                "id": tags["reviewlab.run_id"],
                "name": run.info.run_name,
                "status": run.info.status,
                "parent": tags.get("mlflow.parentRunId"),
                "own": run.info.run_id,
                "params": run.data.params,
                "metrics": run.data.metrics,
                "n_history": len(client.get_metric_history(run.info.run_id, history)) if history else 0,
                "files": sorted(file.path for file in client.list_artifacts(run.info.run_id)),
            }
        )
    versions = []
    for version in client.search_model_versions():
        model = client.get_registered_model(version.name)
        loaded = mlflow.pyfunc.load_model(f"models:/{version.name}/{version.version}")
        versions.append(
            {
                "name": version.name,
                "version": int(version.version),
                "aliases": sorted(alias for alias, at in model.aliases.items() if int(at) == int(version.version)),
                "n_answers": len(loaded.predict(pd.DataFrame({"text": work["texts"]}))),
            }
        )
    print(json.dumps({"version": mlflow.__version__, "said": said, "runs": told, "versions": versions}))
finally:
    server.terminate()
    server.wait(timeout=30)
