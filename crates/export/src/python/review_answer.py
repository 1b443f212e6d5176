"""Turns a model's scores into probabilities, labels and doubt as Reviewlab does. Python's own library only."""

import bisect
import math


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


class ReviewAnswer:
    """The decision of one model: `model` holds how scores become probabilities, the threshold and the band of doubt."""

    def __init__(self, model):
        self.model = model

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

    def answer(self, scores):
        """Number of the label, probabilities, and doubt, of one score of two classes or one a class."""
        scores = [float(score) for score in scores]
        probabilities = self.probabilities(scores)
        if len(scores) == 1:
            label = int(scores[0] > self.model["threshold"])
            margin = 2 * abs(probabilities[1] - self.probabilities([self.model["threshold"]])[1])
        else:
            label = scores.index(max(scores))
            margin = probabilities[label] - max(p for place, p in enumerate(probabilities) if place != label)
        least = self.model["abstain_margin"]
        return label, probabilities, least is not None and margin < least
