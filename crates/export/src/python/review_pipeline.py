"""The model as a scikit-learn Pipeline: as it was asked for (`unfitted`), or with all it learned put in (`ready`)."""

import json
from pathlib import Path

import numpy as np
from review_answer import ReviewAnswer
from review_text import ReviewText
from sklearn.calibration import _SigmoidCalibration
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import RandomForestClassifier
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LogisticRegression
from sklearn.multiclass import OneVsRestClassifier
from sklearn.naive_bayes import ComplementNB, MultinomialNB
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import LabelBinarizer
from sklearn.svm import LinearSVC
from sklearn.tree import DecisionTreeClassifier
from sklearn.tree._tree import NODE_DTYPE, Tree

FOLDER = Path(__file__).parent


def read(name):
    return json.loads((FOLDER / name).read_text(encoding="utf-8"))


class Cleaned:
    """The preprocessor of the vectorizer: a review in, its cleaned words with a space between them out."""

    def __init__(self, settings):
        self.text = ReviewText(settings)

    def __call__(self, review):
        return " ".join(self.text.clean(review))


def vectorizer(settings, **others):
    """scikit-learn's vectorizer; what is not said here is its default."""
    spec = settings["vectorizer"]
    options = {
        "analyzer": spec["analyzer"],
        "ngram_range": tuple(spec["ngram_range"]),
        "binary": spec["binary"],
        "lowercase": False,
        "preprocessor": Cleaned(settings),
        **others,
    }
    if spec["analyzer"] == "word":
        options["stop_words"] = spec["stop_words"] or None
    if spec["kind"] == "bow":
        return CountVectorizer(**options)
    norm = None if spec["norm"] == "none" else spec["norm"]
    weights = {name: spec[name] for name in ("sublinear_tf", "use_idf", "smooth_idf")}
    return TfidfVectorizer(norm=norm, **weights, **options)


def vocabulary(settings, texts):
    """The terms: of equally frequent ones the first in the alphabet, which scikit-learn leaves open."""
    spec = settings["vectorizer"]
    options = {name: spec[name] for name in ("analyzer", "binary")}
    if spec["analyzer"] == "word":
        options["stop_words"] = spec["stop_words"] or None
    counter = CountVectorizer(
        ngram_range=tuple(spec["ngram_range"]),
        lowercase=False,
        preprocessor=Cleaned(settings),
        min_df=spec["min_df"],
        max_df=spec["max_df"],
        **options,
    )
    totals = np.asarray(counter.fit_transform(texts).sum(axis=0)).ravel()
    terms = counter.get_feature_names_out()
    if spec["max_features"] is not None:
        terms = terms[np.sort(np.argsort(-totals, kind="stable")[: spec["max_features"]])]
    return {str(term): column for column, term in enumerate(terms)}


def estimator(settings):
    """The model as it was asked for, fitted as closely as it can be."""
    kind, options = settings["model"]["class"], dict(settings["model"]["options"])
    weights = options.get("class_weight")
    if isinstance(weights, list):
        options["class_weight"] = dict(enumerate(weights))
    if kind == "LogisticRegression":
        # With an L1 penalty the last digits take minutes.
        precision = 1e-5 if options["l1_ratio"] else 1e-8
        model = LogisticRegression(tol=precision, max_iter=100_000, **options)
        one_vs_rest = options["solver"] == "liblinear" and len(settings["labels"]) > 2
        return OneVsRestClassifier(model) if one_vs_rest else model
    if kind == "LinearSVC":
        return LinearSVC(tol=1e-5, max_iter=100_000, random_state=0, **options)
    kinds = {
        "MultinomialNB": MultinomialNB,
        "ComplementNB": ComplementNB,
        "RandomForestClassifier": RandomForestClassifier,
        "DummyClassifier": DummyClassifier,
    }
    return kinds[kind](**options)


def unfitted(settings, texts):
    """The pipeline for these texts."""
    steps = vectorizer(settings, vocabulary=vocabulary(settings, texts))
    return Pipeline([("vectorizer", steps), ("model", estimator(settings))])


def ready(settings, learned):
    """The pipeline with all it learned: nothing is fitted."""
    terms = {term: column for column, term in enumerate(learned["terms"])}
    steps = vectorizer(settings, vocabulary=terms)
    if settings["vectorizer"]["kind"] != "bow":
        steps.fit([""])
        if settings["vectorizer"]["use_idf"]:
            steps.idf_ = np.array(learned["idf"])
    model = filled(settings, learned["model"], len(learned["labels"]), len(terms))
    return Pipeline([("vectorizer", steps), ("model", model)])


def filled(settings, learned, n_classes, n_terms):
    """A model of its class with what it learned."""
    classes = np.arange(n_classes)
    model = estimator(settings)
    if "coef" in learned:
        coef, intercept = np.array(learned["coef"]), np.array(learned["intercept"])
        if isinstance(model, OneVsRestClassifier):
            model.label_binarizer_ = LabelBinarizer(sparse_output=True).fit(classes)
            model.estimators_ = [
                with_weights(estimator(settings).estimator, np.arange(2), coef[[row]], intercept[[row]])
                for row in range(n_classes)
            ]
            return model
        return with_weights(model, classes, coef, intercept)
    model.classes_ = classes
    model.n_features_in_ = n_terms
    if "feature_log_prob" in learned:
        model.feature_log_prob_ = np.array(learned["feature_log_prob"])
        model.class_log_prior_ = np.array(learned["class_log_prior"])
    elif "trees" in learned:
        model.n_classes_, model.n_outputs_ = n_classes, 1
        model.estimators_ = [tree(nodes, n_classes, n_terms) for nodes in learned["trees"]]
    else:
        model.n_classes_, model.n_outputs_ = n_classes, 1
        model.class_prior_ = np.array(learned["class_prior"])
        model._strategy = model.strategy
    return model


def with_weights(model, classes, coef, intercept):
    model.classes_, model.coef_, model.intercept_ = classes, coef, intercept
    model.n_features_in_ = coef.shape[1]
    return model


def tree(learned, n_classes, n_terms):
    """A tree of its nodes in the order of a walk, left before right: a node's left child is the next."""
    columns = np.array(learned["columns"])
    n_nodes = len(columns)
    nodes = np.zeros(n_nodes, dtype=NODE_DTYPE)
    is_leaf = columns < 0
    nodes["left_child"] = np.where(is_leaf, -1, np.arange(n_nodes) + 1)
    nodes["right_child"] = np.where(is_leaf, -1, learned["rights"])
    nodes["feature"] = np.where(is_leaf, -2, columns)
    nodes["threshold"] = np.where(is_leaf, -2.0, learned["thresholds"])
    shares = np.array(learned["shares"])
    if n_classes == 2:
        shares = np.column_stack([1 - shares, shares])
    values = np.ascontiguousarray(shares.reshape(n_nodes, 1, n_classes))
    inner = Tree(n_terms, np.array([n_classes], dtype=np.intp), 1)
    inner.__setstate__({"max_depth": n_nodes, "node_count": n_nodes, "nodes": nodes, "values": values})
    model = DecisionTreeClassifier()
    model.n_features_in_, model.n_outputs_, model.n_classes_ = n_terms, 1, n_classes
    model.classes_, model.tree_ = np.arange(n_classes), inner
    return model


def scores(pipeline, texts):
    """A row of scores a text: one of two classes, which speaks for the second, else one a class."""
    rows = pipeline.named_steps["vectorizer"].transform(texts)
    return model_scores(pipeline.named_steps["model"], rows)


def model_scores(model, rows):
    if isinstance(model, (MultinomialNB, ComplementNB)):
        joint = model.predict_joint_log_proba(rows)
        if joint.shape[1] == 2:
            return joint[:, [1]] - joint[:, [0]]
        return joint - joint.mean(axis=1, keepdims=True)
    if isinstance(model, (RandomForestClassifier, DummyClassifier)):
        shares = model.predict_proba(rows)
        return shares[:, [1]] - 0.5 if shares.shape[1] == 2 else shares
    found = model.decision_function(rows)
    return found.reshape(-1, 1) if found.ndim == 1 else found


def answers(pipeline, learned, texts):
    """A dictionary a text: label, probabilities by class, unsure."""
    decision = ReviewAnswer(learned)
    found = []
    for row in scores(pipeline, texts):
        label, probabilities, unsure = decision.answer(row)
        by_class = dict(zip(learned["labels"], map(float, probabilities)))
        found.append({"label": learned["labels"][label], "probabilities": by_class, "unsure": bool(unsure)})
    return found


def calibrated(learned, held_out, truth):
    """What was learned with its calibration fitted anew, on scores by fits that did not see the row."""
    n_scores = held_out.shape[1]
    sides = [(truth == (1 if n_scores == 1 else score)).astype(float) for score in range(n_scores)]
    if learned["probabilities"] == "sigmoids":
        fits = [_SigmoidCalibration().fit(held_out[:, score], side) for score, side in enumerate(sides)]
        return {**learned, "sigmoids": [(fit.a_, fit.b_) for fit in fits]}
    if learned["probabilities"] == "curves":
        fits = [
            IsotonicRegression(out_of_bounds="clip").fit(held_out[:, score], side)
            for score, side in enumerate(sides)
        ]
        curves = [
            {"scores": list(fit.X_thresholds_), "probabilities": list(fit.y_thresholds_)} for fit in fits
        ]
        return {**learned, "curves": curves}
    return learned


def worst(golden, found):
    """The largest difference of a probability, and how many labels differ."""
    gaps = [
        abs(p - answer["probabilities"][label])
        for row, answer in zip(golden, found)
        for label, p in row["probabilities"].items()
    ]
    n_other = sum(row["label"] != answer["label"] for row, answer in zip(golden, found))
    return max(gaps), n_other
