"""The flow as Prefect 3 runs it: the same tasks in the same order, with scikit-learn and MLflow.

    python flow.py REVIEWS.csv          once, here
    prefect deploy --all                by its schedules, with prefect.yaml

In: settings.json beside it, the file of reviews. Out: a run in MLflow, and a version of the model where the flow keeps one.
"""

import json
import os
import sys
from pathlib import Path

import mlflow
import numpy as np
from mlflow import MlflowClient
from mlflow.exceptions import MlflowException
from prefect import flow, get_run_logger, task
from prefect.cache_policies import NO_CACHE
from review_pipeline import model_scores, read, scores, unfitted
from review_text import ReviewText
from scipy.stats import binomtest
from sklearn.metrics import accuracy_score, f1_score, recall_score
from sklearn.model_selection import train_test_split

SETTINGS = read("settings.json")
FOLDER = Path(__file__).parent
EXPERIMENT = SETTINGS["flow"]
# A run's answers for the test part, by row: what the next version is compared with.
ANSWERS = "test_answers.json"
# What stands in MLflow when nobody says where it is kept.
DEFAULT_TRACKING = f"sqlite:///{FOLDER / 'mlflow.db'}"


def load_data(spec, work):
    """Texts and class numbers by the recipe."""
    from train_reviews import reviews

    work["texts"], work["labels"] = reviews(work["file"], SETTINGS["data"])
    if SETTINGS["data"]["drop_empty"]:
        cleaner = ReviewText(SETTINGS)
        kept = np.array([bool(cleaner.clean(text)) for text in work["texts"]])
        work["texts"], work["labels"] = work["texts"][kept], work["labels"][kept]
    return {"n_rows": len(work["texts"])}


def clean(spec, work):
    """How texts are cleaned is settled; the vectorizer does it."""
    return {"steps": [step["step"] for step in SETTINGS["cleaning"]]}


def split(spec, work):
    """Training and test part."""
    asked = SETTINGS["split"]
    stratify = work["labels"] if asked["kind"] == "stratified" else None
    rows = np.arange(len(work["labels"]))
    work["train"], work["test"] = train_test_split(
        rows, test_size=asked["test_share"], random_state=asked["seed"], stratify=stratify
    )
    return {"n_train": len(work["train"]), "n_test": len(work["test"])}


def vectorise(spec, work):
    """The terms of the training part, and how often each review has them."""
    work["pipeline"] = unfitted(SETTINGS, work["texts"][work["train"]])
    steps = work["pipeline"].named_steps["vectorizer"]
    work["rows"] = steps.fit_transform(work["texts"][work["train"]])
    return {"n_terms": len(steps.get_feature_names_out())}


def fit(spec, work):
    """The model, fitted to the training part."""
    work["pipeline"].named_steps["model"].fit(work["rows"], work["labels"][work["train"]])
    found = model_scores(work["pipeline"].named_steps["model"], work["rows"])
    train_f1 = f1_score(work["labels"][work["train"]], classes_of(found), average="macro")
    work["metrics"] = {"train_f1": float(train_f1), **tested(work)}
    return work["metrics"]


def classes_of(found):
    return (found[:, 0] > 0).astype(int) if found.shape[1] == 1 else found.argmax(axis=1)


def tested(work):
    """Scores of the test part."""
    truth = work["labels"][work["test"]]
    predicted = classes_of(scores(work["pipeline"], work["texts"][work["test"]]))
    work["answers"] = {
        str(row): [int(label), int(answer)] for row, label, answer in zip(work["test"], truth, predicted)
    }
    metrics = {
        "test_f1": float(f1_score(truth, predicted, average="macro")),
        "accuracy": float(accuracy_score(truth, predicted)),
    }
    recalls = recall_score(truth, predicted, average=None, labels=range(len(SETTINGS["labels"])), zero_division=0)
    for label, recall in zip(SETTINGS["labels"], recalls):
        metrics[f"test_recall_{mlflow_name(label)}"] = float(recall)
    return metrics


def mlflow_name(text):
    """A name that MLflow takes."""
    return "".join(letter if letter.isalnum() or letter in "_-. " else "_" for letter in text)


def evaluate(spec, work):
    """The champion's answers on the same test rows, and whether ours are better by more than luck."""
    work["compared"] = None
    client = MlflowClient()
    try:
        champion = client.get_model_version_by_alias(spec["model"], "champion")
        path = client.download_artifacts(champion.run_id, ANSWERS)
    except MlflowException:
        return {"champion": None}
    before = json.loads(Path(path).read_text(encoding="utf-8"))
    if {row: pair[0] for row, pair in before.items()} != {row: pair[0] for row, pair in work["answers"].items()}:
        return {"champion": champion.version, "compared": "not on the same rows"}
    ours = sum(before[row][1] != truth == mine for row, (truth, mine) in work["answers"].items())
    theirs = sum(before[row][1] == truth != mine for row, (truth, mine) in work["answers"].items())
    p_value = binomtest(ours, ours + theirs).pvalue if ours + theirs else 1.0
    lost = max(
        recall_of(before, place) - recall_of(work["answers"], place) for place in range(len(SETTINGS["labels"]))
    )
    work["compared"] = {"is_better": ours > theirs, "p_value": float(p_value), "recall_loss": float(lost)}
    return {"champion": champion.version, **work["compared"]}


def recall_of(answers, place):
    rows = [answer == truth for truth, answer in answers.values() if truth == place]
    return sum(rows) / len(rows) if rows else 0.0


def log(spec, work):
    """A run in MLflow with settings, scores and what the next run needs of it."""
    mlflow.set_experiment(EXPERIMENT)
    with mlflow.start_run() as run:
        work["run"] = run.info.run_id
        mlflow.log_params({name: json.dumps(value) for name, value in SETTINGS["model"]["options"].items()})
        mlflow.log_param("model", SETTINGS["model"]["class"])
        mlflow.log_param("n_terms", len(work["pipeline"].named_steps["vectorizer"].get_feature_names_out()))
        mlflow.log_metrics(work["metrics"])
        mlflow.log_dict(work["answers"], ANSWERS)
        mlflow.log_dict(SETTINGS, "model/settings.json")
        mlflow.log_dict(learned(work["pipeline"]), "model/learned.json")
    return {"run": work["run"]}


def learned(pipeline):
    """What the model learned, as lists of numbers and words."""
    steps, model = pipeline.named_steps["vectorizer"], pipeline.named_steps["model"]
    found = {"terms": [str(term) for term in steps.get_feature_names_out()], "labels": SETTINGS["labels"]}
    if hasattr(steps, "idf_"):
        found["idf"] = steps.idf_.tolist()
    for name in ("coef_", "intercept_", "feature_log_prob_", "class_log_prior_", "class_prior_"):
        if hasattr(model, name):
            found[name.rstrip("_")] = getattr(model, name).tolist()
    return found


def register(spec, work):
    """The next version of the model."""
    client = MlflowClient()
    try:
        client.create_registered_model(spec["model"])
    except MlflowException:
        pass  # It is there already.
    source = f"{client.get_run(work['run']).info.artifact_uri}/model"
    work["version"] = client.create_model_version(spec["model"], source, run_id=work["run"]).version
    return {"model": spec["model"], "version": work["version"]}


def promote(spec, work):
    """That version becomes the champion where it deserves it, else the challenger."""
    rule, compared, client = spec["rule"], work["compared"], MlflowClient()
    try:
        client.get_model_version_by_alias(spec["model"], "champion")
        deserves = bool(
            compared
            and compared["is_better"]
            and compared["p_value"] <= rule["max_p_value"]
            and compared["recall_loss"] <= rule["max_recall_loss"]
        )
    except MlflowException:
        deserves = True
    alias = "champion" if deserves else "challenger"
    client.set_registered_model_alias(spec["model"], alias, work["version"])
    return {"version": work["version"], "alias": alias}


STEPS = {
    "load_data": load_data,
    "clean": clean,
    "split": split,
    "vectorise": vectorise,
    "fit": fit,
    "evaluate": evaluate,
    "log": log,
    "register": register,
    "promote": promote,
}


def made(spec, work):
    """A task of Prefect's, tried again as the flow says."""
    options = {name: spec[name] for name in ("retries", "retry_delay_seconds", "retry_jitter_factor")}

    @task(name=spec["key"], timeout_seconds=spec["timeout_s"], cache_policy=NO_CACHE, **options)
    def one():
        found = STEPS[spec["kind"]](spec, work)
        get_run_logger().info("%s: %s", spec["key"], json.dumps(found))
        return found

    return one


@flow(name=SETTINGS["flow"])
def reviews(file: str = SETTINGS["file"]):
    """All tasks, each after those it needs; what each found, by its name."""
    mlflow.set_tracking_uri(os.environ.get("MLFLOW_TRACKING_URI", DEFAULT_TRACKING))
    path = Path(file)
    work = {"file": path if path.is_absolute() or path.exists() else FOLDER / path}
    futures = {}
    for spec in SETTINGS["tasks"]:
        futures[spec["key"]] = made(spec, work).submit(wait_for=[futures[key] for key in spec["needs"]])
        futures[spec["key"]].result()
    return {key: future.result() for key, future in futures.items()}


if __name__ == "__main__":
    if len(sys.argv) > 2:
        raise SystemExit(__doc__)
    print(json.dumps(reviews(*sys.argv[1:])))
