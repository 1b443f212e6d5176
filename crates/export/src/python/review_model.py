"""A model that Reviewlab fitted, for mlflow.pyfunc: cleans, counts and predicts as Reviewlab does.

In: texts, the column `text` of a data frame. Out: a label and a probability of each class for each text. Everything
learned stands in model.json; nothing here is a pickle.
"""

import json
import math
import struct
from collections import Counter
from pathlib import Path

import pandas as pd
from review_answer import ReviewAnswer
from review_text import ReviewText


def _load_pyfunc(path):
    return ReviewModel(json.loads(Path(path).read_text(encoding="utf-8")))


def as_float32(value):
    return struct.unpack("f", struct.pack("f", value))[0]


class ReviewModel:
    """Predicts by what stands in model.json."""

    def __init__(self, model):
        self.model = model
        self.labels = model["labels"]
        vectorizer = model["vectorizer"]
        self.columns = {term: column for column, term in enumerate(vectorizer["terms"])}
        self.text = ReviewText(model)
        self.decision = ReviewAnswer(model)

    def predict(self, model_input, params=None):
        texts = model_input["text"] if isinstance(model_input, pd.DataFrame) else model_input
        answers = [self.answer("" if text is None else str(text)) for text in texts]
        frame = pd.DataFrame({"label": [self.labels[label] for label, _, _ in answers]})
        for column, label in enumerate(self.labels):
            frame[f"probability_{label}"] = [probabilities[column] for _, probabilities, _ in answers]
        if self.model["abstain_margin"] is not None:
            frame["unsure"] = [unsure for _, _, unsure in answers]
        return frame

    def row(self, words):
        """Columns, ascending, with their weights."""
        vectorizer = self.model["vectorizer"]
        counts = Counter(self.columns[term] for term in self.text.terms(words) if term in self.columns)
        row = []
        for column in sorted(counts):
            count = 1 if vectorizer["binary"] else counts[column]
            weight = 1 + math.log(count) if vectorizer["sublinear_tf"] else count
            row.append((column, weight * vectorizer["idf"][column]))
        size = 0.0
        for _, value in row:
            size += value * value if vectorizer["norm"] == "l2" else abs(value)
        size = math.sqrt(size) if vectorizer["norm"] == "l2" else size
        if vectorizer["norm"] == "none" or size == 0:
            return row
        return [(column, value / size) for column, value in row]

    def scores(self, row):
        scorer = self.model["scorer"]
        if scorer["type"] == "constant":
            return list(scorer["scores"])
        if scorer["type"] == "forest":
            return self.forest_scores(scorer, {column: as_float32(value) for column, value in row})
        scores = []
        for coef, intercept in zip(scorer["coef"], scorer["intercept"]):
            score = 0.0
            for column, value in row:
                score += value * coef[column]
            scores.append(score + intercept)
        return scores

    def forest_scores(self, forest, values):
        n_scores = forest["n_scores"]
        sums = [0.0] * n_scores
        for tree in forest["trees"]:
            node = 0
            while tree["columns"][node] >= 0:
                goes_left = values.get(tree["columns"][node], 0.0) <= tree["thresholds"][node]
                node = node + 1 if goes_left else tree["rights"][node]
            for score in range(n_scores):
                sums[score] += tree["shares"][node * n_scores + score]
        shift = 0.5 if n_scores == 1 else 0.0
        return [total / len(forest["trees"]) - shift for total in sums]

    def answer(self, text):
        """Label, probabilities, and whether it is too close to call."""
        return self.decision.answer(self.scores(self.row(self.text.clean(text))))
