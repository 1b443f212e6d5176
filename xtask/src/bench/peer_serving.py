"""A Flask application that answers as `reviewlab serve` does, with scikit-learn's own objects. Its pipeline is the JSON
file $PEER_PIPELINE: cleaning from the folder $PEER_REFERENCE, vocabulary, idf and weights as they were fitted."""
import json, os, sys

sys.path.insert(0, os.environ["PEER_REFERENCE"])
import numpy as np
from flask import Flask, jsonify, request
from reference_text import clean
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

with open(os.environ["PEER_PIPELINE"]) as file:
    fitted = json.load(file)
vectorizer = TfidfVectorizer(
    vocabulary=fitted["terms"], lowercase=False, ngram_range=tuple(fitted["ngram_range"]), sublinear_tf=fitted["sublinear_tf"]
)
vectorizer.idf_ = np.array(fitted["idf"])
model = LogisticRegression()
model.classes_ = np.array(fitted["labels"])
model.coef_ = np.array([fitted["coef"]])
model.intercept_ = np.array(fitted["intercept"])

app = Flask(__name__)


@app.post("/api/predict")
def predict():
    [probabilities] = model.predict_proba(vectorizer.transform([clean(request.get_json()["text"])]))
    by_class = dict(zip(fitted["labels"], probabilities.tolist()))
    label = max(by_class, key=by_class.get)
    return jsonify(predictions=[dict(label=label, probability=by_class[label], probabilities=by_class)])
