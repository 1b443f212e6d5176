"""A model that Reviewlab fitted, for mlflow.pyfunc: cleans, counts and predicts as Reviewlab does.

In: texts, the column `text` of a data frame. Out: a label and a probability of each class for each text. Everything
learned stands in model.json; nothing here is a pickle.
"""

import bisect
import json
import math
import re
import string
import struct
import unicodedata
from collections import Counter
from pathlib import Path

import pandas as pd

NEGATIONS = frozenset(
    "aint arent cannot cant couldnt didnt doesnt dont hadnt hasnt havent isnt never no none noone nor not nothing "
    "nowhere shouldnt wasnt werent wont wouldnt without".split()
)


def _load_pyfunc(path):
    return ReviewModel(json.loads(Path(path).read_text(encoding="utf-8")))


# Cleaning: one function a step, a text in and a text out.


def remove_emoji(text, _):
    import emoji

    return emoji.replace_emoji(text, replace="")


def strip_accents(text, _):
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))


def is_punctuation(c):
    return c in string.punctuation or unicodedata.category(c).startswith("P")


def replace_punctuation(text, step):
    out, inside = [], False
    for c in text:
        if not is_punctuation(c):
            out.append(c)
            inside = False
        elif not inside:
            out.append(step["with"])
            inside = True
    return "".join(out)


def remove_prefix(text, step):
    rest = text.lstrip()
    blank = text[: len(text) - len(rest)]
    return blank + rest[len(step["with"]) :] if rest.startswith(step["with"]) else text


def remove_suffix(text, step):
    rest = text.rstrip()
    blank = text[len(rest) :]
    return rest[: len(rest) - len(step["with"])] + blank if rest.endswith(step["with"]) else text


def shorten_elongations(text, _):
    def shortened(match):
        letter = match.group(1)
        is_letter = letter != "_" and not unicodedata.category(letter).startswith("N")
        return letter * 2 if is_letter else match.group(0)

    return re.sub(r"(\w)\1{2,}", shortened, text)


def is_negation(word):
    lower = "".join(c.lower() if c.isascii() else c for c in word)
    if "n't" in lower or "n\u2019t" in lower:
        return True
    start, end = 0, len(lower)
    while start < end and not lower[start].isalnum():
        start += 1
    while end > start and not lower[end - 1].isalnum():
        end -= 1
    return lower[start:end] in NEGATIONS


def mark_negation(text, step):
    reach = math.inf if step["n_words"] is None else step["n_words"]
    left = 0

    def marked(match):
        nonlocal left
        word, mark = match.group(0), ""
        if is_negation(word):
            left = reach
        elif left > 0 and any(c.isalnum() for c in word):
            mark = "not_"
            left -= 1
        if word[-1] in ".:;!?":
            left = 0
        return mark + word

    return re.sub(r"\S+", marked, text)


def remove_words(text, step):
    return " ".join(word for word in text.split() if word not in step["words"])


def stem(text, step):
    from nltk.stem import PorterStemmer

    stemmer = step.setdefault("stemmer", PorterStemmer())
    memory = step.setdefault("memory", {})
    words = text.split()
    for word in words:
        if word not in memory:
            memory[word] = stemmer.stem(word)
    return " ".join(memory[word] for word in words)


STEPS = {
    "lowercase": lambda text, _: text.lower(),
    "remove_emoji": remove_emoji,
    "remove_urls": lambda text, _: re.sub(r"http\S+|www\S+", "", text),
    "remove_html_tags": lambda text, _: re.sub(r"<.*?>", "", text),
    "keep_letters": lambda text, _: re.sub(r"[^a-z\s]", "", text),
    "strip_accents": strip_accents,
    "remove_emails": lambda text, _: re.sub(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+", "", text),
    "remove_handles": lambda text, _: re.sub(r"(?<!\w)@\w+", "", text),
    "replace_digits": lambda text, step: re.sub(r"\d+", lambda _: step["with"], text),
    "replace_punctuation": replace_punctuation,
    "remove_prefix": remove_prefix,
    "remove_suffix": remove_suffix,
    "shorten_elongations": shorten_elongations,
    "mark_negation": mark_negation,
    "remove_words": remove_words,
    "stem": stem,
}


# Terms: a cleaned text in, its n-grams out, by scikit-learn's rules.


def word_ngrams(words, shortest, longest):
    for length in range(shortest, longest + 1):
        for start in range(len(words) - length + 1):
            yield " ".join(words[start : start + length])


def char_ngrams(text, shortest, longest):
    for length in range(shortest, longest + 1):
        for start in range(len(text) - length + 1):
            yield text[start : start + length]


def char_wb_ngrams(words, shortest, longest):
    for word in words:
        padded = f" {word} "
        for length in range(shortest, longest + 1):
            yield padded[:length]
            for start in range(1, len(padded) - length + 1):
                yield padded[start : start + length]
            # A word shorter than that stands there once.
            if length >= len(padded):
                break


def as_float32(value):
    return struct.unpack("f", struct.pack("f", value))[0]


def sigmoid(x):
    if x >= 0:
        return 1 / (1 + math.exp(-x))
    grown = math.exp(x)
    return grown / (1 + grown)


def on_curve(curve, score):
    scores, probabilities = curve["scores"], curve["probabilities"]
    place = bisect.bisect_left(scores, score)
    if place == len(scores):
        return probabilities[-1]
    if place == 0:
        return probabilities[0]
    rise = (probabilities[place] - probabilities[place - 1]) / (scores[place] - scores[place - 1])
    return rise * (score - scores[place - 1]) + probabilities[place - 1]


class ReviewModel:
    """Predicts by what stands in model.json."""

    def __init__(self, model):
        self.model = model
        self.labels = model["labels"]
        vectorizer = model["vectorizer"]
        self.columns = {term: column for column, term in enumerate(vectorizer["terms"])}
        self.stop_words = frozenset(vectorizer["stop_words"])
        for step in model["cleaning"]:
            step["words"] = frozenset(step["words"])

    def predict(self, model_input, params=None):
        texts = model_input["text"] if isinstance(model_input, pd.DataFrame) else model_input
        answers = [self.answer("" if text is None else str(text)) for text in texts]
        frame = pd.DataFrame({"label": [self.labels[label] for label, _, _ in answers]})
        for column, label in enumerate(self.labels):
            frame[f"probability_{label}"] = [probabilities[column] for _, probabilities, _ in answers]
        if self.model["abstain_margin"] is not None:
            frame["unsure"] = [unsure for _, _, unsure in answers]
        return frame

    def clean(self, text):
        for step in self.model["cleaning"]:
            text = STEPS[step["step"]](text, step)
        return text.split()

    def terms(self, words):
        vectorizer = self.model["vectorizer"]
        shortest, longest = vectorizer["ngram_range"]
        if vectorizer["analyzer"] == "char":
            return char_ngrams(" ".join(words), shortest, longest)
        if vectorizer["analyzer"] == "char_wb":
            return char_wb_ngrams(words, shortest, longest)
        tokens = re.findall(r"\b\w\w+\b", " ".join(words))
        tokens = [token for token in tokens if token not in self.stop_words]
        return word_ngrams(tokens, shortest, longest)

    def row(self, words):
        """Columns, ascending, with their weights."""
        vectorizer = self.model["vectorizer"]
        counts = Counter(self.columns[term] for term in self.terms(words) if term in self.columns)
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

    def probabilities(self, scores):
        how = self.model["probabilities"]

        def sided(place, score):
            if how == "sigmoids":
                slope, shift = self.model["sigmoids"][place]
                return sigmoid(-(slope * score + shift))
            return on_curve(self.model["curves"][place], score) if how == "curves" else sigmoid(score)

        if len(scores) == 1:
            second = min(max(scores[0] + 0.5, 0.0), 1.0) if how == "shares" else sided(0, scores[0])
            return [1 - second, second]
        if how == "shares":
            shares = scores
        elif how == "softmax":
            shares = [math.exp(score - max(scores)) for score in scores]
        else:
            shares = [sided(place, score) for place, score in enumerate(scores)]
        total = sum(shares)
        return [share / total if total > 0 else 1 / len(shares) for share in shares]

    def answer(self, text):
        """Label, probabilities, and whether it is too close to call."""
        scores = self.scores(self.row(self.clean(text)))
        probabilities = self.probabilities(scores)
        if len(scores) == 1:
            label = int(scores[0] > self.model["threshold"])
            margin = 2 * abs(probabilities[1] - self.probabilities([self.model["threshold"]])[1])
        else:
            label = scores.index(max(scores))
            margin = probabilities[label] - max(p for place, p in enumerate(probabilities) if place != label)
        least = self.model["abstain_margin"]
        return label, probabilities, least is not None and margin < least
