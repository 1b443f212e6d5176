"""Goes on with a study of Reviewlab's from several processes, on one machine or on many that share a folder.

    python tune_together.py MODEL_FOLDER REVIEWS.csv SPACE.log SHARED.log N_TRIALS

MODEL_FOLDER is what `reviewlab export --format sklearn` wrote: how texts are read, cleaned and parted, and the model. SPACE.log is
what `reviewlab export --format optuna` wrote: the search space and the trials made so far. Start it as often as there are
processors, with one SHARED.log for all; each makes N_TRIALS more trials.
"""

import os
import sys
from pathlib import Path

import numpy as np
import optuna
from optuna.storages import JournalStorage
from optuna.storages.journal import JournalFileBackend
from optuna.trial import TrialState

folder, file, space, shared, n_trials = Path(sys.argv[1]), *sys.argv[2:5], int(sys.argv[5])
sys.path.insert(0, str(folder))

from review_pipeline import read, unfitted  # noqa: E402
from sklearn.metrics import f1_score  # noqa: E402
from sklearn.model_selection import KFold, StratifiedKFold  # noqa: E402
from train import parted, reviews  # noqa: E402

SETTINGS = read("settings.json")
MODEL = SETTINGS["model"]["class"]
OF_TERMS = ("min_df", "max_df", "max_features")
OF_MODEL = ("C", "alpha")


def storage(path):
    return JournalStorage(JournalFileBackend(str(path)))


def settings_of(params):
    """The model's settings with those of a trial in their place."""
    unknown = [name for name in params if name not in OF_TERMS + OF_MODEL]
    if unknown:
        raise SystemExit(f"{', '.join(unknown)} cannot be tuned here: search {', '.join(OF_TERMS + OF_MODEL)}")
    terms = {name: value for name, value in params.items() if name in OF_TERMS}
    options = {name: value for name, value in params.items() if name in OF_MODEL}
    return {
        **SETTINGS,
        "model": {**SETTINGS["model"], "options": {**SETTINGS["model"]["options"], **options}},
        "vectorizer": {**SETTINGS["vectorizer"], **terms},
    }


def measured(params, texts, labels):
    """Mean macro F1 of the held-out folds."""
    settings, split = settings_of(params), SETTINGS["split"]
    folds = StratifiedKFold if split["kind"] == "stratified" else KFold
    folds = folds(split["n_folds"], shuffle=True, random_state=split["seed"])
    found = []
    for learn, rest in folds.split(texts, labels):
        pipeline = unfitted(settings, texts[learn]).fit(texts[learn], labels[learn])
        found.append(f1_score(labels[rest], pipeline.predict(texts[rest]), average="macro"))
    return float(np.mean(found))


def main():
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    names = [name for name in optuna.get_all_study_names(storage(space)) if name.endswith(MODEL)]
    if not names:
        raise SystemExit(f"{space} holds no study of {MODEL}")
    ours = optuna.load_study(study_name=names[0], storage=storage(space))
    known = [trial for trial in ours.trials if trial.state == TrialState.COMPLETE]
    texts, labels = reviews(file, SETTINGS["data"])
    train, _ = parted(texts, labels, SETTINGS["split"])
    texts, labels = texts[train], labels[train]
    again = measured(ours.best_params, texts, labels)
    print(f"the best trial so far measured anew: {again:.6f} here, {ours.best_value:.6f} by Reviewlab")
    seed = os.getpid()
    study = optuna.create_study(
        study_name=names[0],
        storage=storage(shared),
        direction="maximize",
        load_if_exists=True,
        sampler=optuna.samplers.TPESampler(seed=seed, constant_liar=True),
    )
    if "taken" not in study.user_attrs:
        # Of two that begin at once both may come here: trials that stand twice do no harm.
        study.set_user_attr("taken", len(known))
        study.add_trials(known)
    for _ in range(n_trials):
        trial = study.ask(fixed_distributions=known[0].distributions)
        trial.set_user_attr("process", os.getpid())
        study.tell(trial, measured(trial.params, texts, labels))
    print(f"{len(study.trials)} trials, best {study.best_value:.6f} with {study.best_params}")


if __name__ == "__main__":
    main()
