"""Cleans and cuts reviews as Reviewlab does.

In: a text and what a model's JSON says of its cleaning and its terms. Out: words, n-grams, and the line of units that
model.onnx takes. Python's own library, and `emoji` or `nltk` where a step needs them.
"""

import math
import re
import string
import unicodedata

NEGATIONS = frozenset(
    "aint arent cannot cant couldnt didnt doesnt dont hadnt hasnt havent isnt never no none noone nor not nothing "
    "nowhere shouldnt wasnt werent wont wouldnt without".split()
)


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


class ReviewText:
    """The cleaning and the terms of one model: `model` holds `cleaning` and `vectorizer`."""

    def __init__(self, model):
        self.vectorizer = model["vectorizer"]
        self.stop_words = frozenset(self.vectorizer["stop_words"])
        self.cleaning = [dict(step, words=frozenset(step["words"])) for step in model["cleaning"]]

    def clean(self, text):
        """The cleaned words of a text."""
        for step in self.cleaning:
            text = STEPS[step["step"]](text, step)
        return text.split()

    def tokens(self, words):
        """What n-grams of words are made of."""
        tokens = re.findall(r"\b\w\w+\b", " ".join(words))
        return [token for token in tokens if token not in self.stop_words]

    def terms(self, words):
        """Every n-gram of cleaned words."""
        shortest, longest = self.vectorizer["ngram_range"]
        if self.vectorizer["analyzer"] == "char":
            return char_ngrams(" ".join(words), shortest, longest)
        if self.vectorizer["analyzer"] == "char_wb":
            return char_wb_ngrams(words, shortest, longest)
        return word_ngrams(self.tokens(words), shortest, longest)

    def prepare(self, text):
        """What model.onnx takes of a text: tokens with a space between them, or characters with a line feed."""
        words = self.clean(text)
        if self.vectorizer["analyzer"] == "char":
            return "\n".join(" ".join(words))
        if self.vectorizer["analyzer"] == "char_wb":
            # The empty unit between two words is in no term, so no term crosses it.
            return "\n\n".join("\n".join(f" {word} ") for word in words)
        return " ".join(self.tokens(words))
