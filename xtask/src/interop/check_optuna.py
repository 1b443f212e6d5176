"""Opens a journal, and writes one. In: JSON on stdin, {"journals": [...], "out": "..."}. Out: JSON."""

import json
import sys
import warnings

import optuna
from optuna.storages import JournalStorage
from optuna.storages.journal import JournalFileBackend
from optuna.trial import TrialState

optuna.logging.set_verbosity(optuna.logging.ERROR)
warnings.filterwarnings("error", category=UserWarning)


def told(journal):
    """What Optuna makes of every study of a journal."""
    storage = JournalStorage(JournalFileBackend(journal))
    found = []
    for name in optuna.get_all_study_names(storage):
        study = optuna.load_study(study_name=name, storage=storage)
        trials = study.get_trials(deepcopy=False)
        complete = [trial for trial in trials if trial.state == TrialState.COMPLETE]
        found.append(
            {
                "name": name,
                "metric": study.metric_names,
                "best": study.best_value,
                "best_params": {key: str(value) for key, value in study.best_params.items()},
                "n_trials": len(trials),
                "n_complete": len(complete),
                "n_pruned": sum(trial.state == TrialState.PRUNED for trial in trials),
                "n_steps": sum(len(trial.intermediate_values) for trial in trials),
                "importance": optuna.importance.get_param_importances(
                    study, evaluator=optuna.importance.PedAnovaImportanceEvaluator()
                )
                if len(complete) >= 10
                else {},
                "user_attrs": sorted(study.user_attrs),
            }
        )
    return found


def objective(trial):
    c = trial.suggest_float("C", 1e-3, 1e3, log=True)
    loss = trial.suggest_categorical("loss", ["hinge", "squared_hinge"])
    features = trial.suggest_int("max_features", 500, 5000, step=500)
    momentum = trial.suggest_float("momentum", 0.0, 1.0)
    folds = [0.9 - abs(0.01 * fold + momentum / 50 - c / 4000 - features / 1e6) for fold in range(5)]
    if loss == "hinge":
        folds = [value - 0.05 for value in folds]
    for step, value in enumerate(folds):
        trial.report(value, step)
        if trial.should_prune():
            raise optuna.TrialPruned
    trial.set_user_attr("note", {"a": [1, None, "x"]})
    return sum(folds) / len(folds)


def written(journal):
    """A study of Optuna's own, with pruned, failed and waiting trials."""
    storage = JournalStorage(JournalFileBackend(journal))
    study = optuna.create_study(
        study_name="of optuna's",
        storage=storage,
        direction="maximize",
        sampler=optuna.samplers.TPESampler(seed=1),
        pruner=optuna.pruners.MedianPruner(),
    )
    study.set_metric_names(["f1_macro"])
    study.optimize(objective, n_trials=40)
    study.tell(study.ask(), state=TrialState.FAIL)
    study.enqueue_trial({"C": 1.0})
    return told(journal)[0]


work = json.load(sys.stdin)
with warnings.catch_warnings():
    warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
    found = {
        "version": optuna.__version__,
        "journals": [told(journal) for journal in work["journals"]],
        "written": written(work["out"]),
    }
json.dump(found, sys.stdout)
