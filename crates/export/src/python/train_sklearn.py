"""Fits the same pipeline anew with scikit-learn, from the file of reviews, and holds it to the answers of the first.

    python train.py REVIEWS.csv
"""

import sys

import numpy as np
import pandas as pd
from review_pipeline import answers, calibrated, read, scores, unfitted, worst
from review_text import ReviewText
from sklearn.metrics import f1_score
from sklearn.model_selection import KFold, StratifiedKFold, train_test_split

# Solvers end within their precision. A curve has steps, where a little to the side is a little more.
TOLERANCE = {"curves": 0.05}
USUAL_TOLERANCE = 1e-3


def reviews(path, data):
    """Texts and class numbers, as they were read."""
    names = [data["text"], data["label"]]
    frame = pd.read_csv(path, sep=data["delimiter"], encoding=data["encoding"], usecols=names)
    frame = frame.dropna(subset=names)
    if data["rule"] == "ratings":
        known = {float(rating): label for rating, label in data["classes"]}
        labels = pd.to_numeric(frame[data["label"]], errors="coerce").map(known)
    else:
        labels = frame[data["label"]].astype(str).str.strip().map(dict(data["classes"]))
    for row, label in data["relabel"]:
        labels[row] = label
    frame = frame.assign(**{data["label"]: frame[data["label"]], "class": labels}).dropna(subset=["class"])
    frame = frame.drop(index=[row for row in data["drop_rows"] if row in frame.index])
    if data["drop_repeats"]:
        frame = frame.drop_duplicates(subset=names)
    return frame[data["text"]].astype(str).to_numpy(), frame["class"].astype(int).to_numpy()


def parted(texts, labels, split):
    """Training and test part."""
    stratify = labels if split["kind"] == "stratified" else None
    rows = np.arange(len(labels))
    train, test = train_test_split(
        rows, test_size=split["test_share"], random_state=split["seed"], stratify=stratify
    )
    return train, test


def held_out(settings, texts, labels, split):
    """Scores of each training row by a fit that did not see it."""
    folds = StratifiedKFold if split["kind"] == "stratified" else KFold
    folds = folds(split["n_folds"], shuffle=True, random_state=split["seed"])
    found = None
    for learn, rest in folds.split(texts, labels):
        pipeline = unfitted(settings, texts[learn]).fit(texts[learn], labels[learn])
        part = scores(pipeline, texts[rest])
        found = np.zeros((len(labels), part.shape[1])) if found is None else found
        found[rest] = part
    return found


def main(path):
    settings, learned, golden = read("settings.json"), read("learned.json"), read("golden.json")
    data, split = settings["data"], settings["split"]
    texts, labels = reviews(path, data)
    if data["drop_empty"]:
        cleaner = ReviewText(settings)
        kept = np.array([bool(cleaner.clean(text)) for text in texts])
        texts, labels = texts[kept], labels[kept]
    train, test = parted(texts, labels, split)
    pipeline = unfitted(settings, texts[train]).fit(texts[train], labels[train])
    terms = list(pipeline.named_steps["vectorizer"].get_feature_names_out())
    if terms != learned["terms"]:
        raise SystemExit(f"{len(terms)} terms were learned, not the {len(learned['terms'])} of the first fit")
    if learned["probabilities"] in ("sigmoids", "curves"):
        learned = calibrated(learned, held_out(settings, texts[train], labels[train], split), labels[train])
    gap, n_other = worst(golden, answers(pipeline, learned, [row["text"] for row in golden]))
    places = {label: place for place, label in enumerate(learned["labels"])}
    predicted = [places[answer["label"]] for answer in answers(pipeline, learned, texts[test])]
    score = f1_score(labels[test], predicted, average="macro")
    print(f"{len(terms)} terms are the same; macro F1 of the test part {score:.4f}")
    print(f"{len(golden) - n_other} of {len(golden)} labels are equal, probabilities within {gap:.1e}")
    if settings["model"]["class"] == "RandomForestClassifier":
        print("a forest draws its own random numbers, so its trees are others")
    elif n_other or gap > TOLERANCE.get(learned["probabilities"], USUAL_TOLERANCE):
        raise SystemExit("that is not the model that was exported")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        raise SystemExit(__doc__)
    main(sys.argv[1])
