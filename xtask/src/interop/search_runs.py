"""Logs the runs that come on the standard input, and says which of them MLflow finds by each filter and order.

In: JSON with `runs`, `filters` and `orders`. Out: JSON with the version and, for each, names or an error.
`{id:NAME}` in a filter is the id that MLflow gave that run. Never: a server, or a folder but the one named.
"""

import json
import re
import sys

import mlflow
from mlflow import MlflowClient
from mlflow.data.meta_dataset import MetaDataset
from mlflow.data.http_dataset_source import HTTPDatasetSource
from mlflow.entities import DatasetInput, InputTag, Metric, Param, RunTag
from mlflow.tracking._tracking_service.utils import _get_store

work = json.load(sys.stdin)
mlflow.set_tracking_uri(f"sqlite:///{sys.argv[1]}/mlflow.db")
client = MlflowClient()
store = _get_store()
experiment = client.create_experiment("filters")
ids = {}
for run in work["runs"]:
    tags = [RunTag(key, value) for key, value in run["tags"].items()]
    made = store.create_run(experiment, run["user"] or "", run["start_time"], tags, run["name"])
    run_id = made.info.run_id
    ids[run["name"]] = run_id
    store.log_batch(
        run_id,
        metrics=[Metric(key, value, run["start_time"], 0) for key, value in run["metrics"].items()],
        params=[Param(key, value) for key, value in run["params"].items()],
        tags=[],
    )
    dataset = MetaDataset(HTTPDatasetSource("http://localhost/x"), name=run["dataset"]["name"], digest=run["dataset"]["digest"])
    store.log_inputs(run_id, [DatasetInput(dataset._to_mlflow_entity(), [InputTag("mlflow.data.context", run["dataset"]["context"])])])
    if run["status"] != "RUNNING":
        client.set_terminated(run_id, run["status"], run["end_time"])


def found(filter_string, order_by):
    filter_string = re.sub(r"\{id:([^}]*)\}", lambda match: ids[match[1]], filter_string)
    try:
        runs = client.search_runs([experiment], filter_string, order_by=order_by, max_results=5000)
    except Exception as error:
        return {"error": str(error).splitlines()[0]}
    return {"names": [run.info.run_name for run in runs]}


print(
    json.dumps(
        {
            "version": mlflow.__version__,
            "filters": [found(text, None) for text in work["filters"]],
            "orders": [found("", [part.strip() for part in text.split(",")]) for text in work["orders"]],
        }
    )
)
