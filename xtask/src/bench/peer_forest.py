"""Grows 100 trees on the reference's training part with scikit-learn: FOLDER_OF_REFERENCE_TEXT REVIEWS.csv"""
import json, sys, time

sys.path.insert(0, sys.argv[1])
from reference_text import load
from sklearn.ensemble import RandomForestClassifier
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.model_selection import train_test_split

frame = load(sys.argv[2], "Review text", "Ratings", ",")
train, _, labels, _ = train_test_split(frame.clean, frame.label, test_size=.3, stratify=frame.label, random_state=42)
x = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, min_df=3, max_df=.9).fit_transform(train)
begun = time.perf_counter()
RandomForestClassifier(n_estimators=100, n_jobs=1, random_state=42).fit(x, labels)
seconds = time.perf_counter() - begun
print(json.dumps(dict(seconds=seconds, n_rows=x.shape[0], n_terms=x.shape[1], n_entries=int(x.nnz))))
