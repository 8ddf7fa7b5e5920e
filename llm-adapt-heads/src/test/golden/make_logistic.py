"""Makes random rows, and the probabilities that scikit-learn's logistic regressions give them.

    pip install scikit-learn
    python make_logistic.py ../resources/dev/llmadapt/heads/logistic.json

Made with scikit-learn 1.9.1 and numpy 2.4.6. Each problem has its labels ("several": those of each row, any number; one
label against the rest) and what was learned with each C.
"""

import json
import sys

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.multiclass import OneVsRestClassifier


def problem(random, rows, dimension, labels, several):
    x = random.normal(size=(rows, dimension)) * random.uniform(0.2, 2, dimension) + random.normal(size=dimension)
    scores = x @ random.normal(size=(dimension, labels)) + random.normal(size=(rows, labels)) * 2
    y = (scores > 1).astype(int) if several else scores.argmax(1)
    asked = random.normal(size=(5, dimension))
    learned = []
    for c in [0.1, 3.0, 100.0]:
        model = LogisticRegression(C=c, tol=1e-10, max_iter=20000)
        model = OneVsRestClassifier(model) if several else model
        model.fit(x.round(6), y)
        learned.append({"c": c, "probabilities": model.predict_proba(asked.round(6)).round(8).tolist()})
    return {
        "several": several,
        "rows": x.round(6).tolist(),
        "labels": y.tolist() if several else np.eye(labels, dtype=int)[y].tolist(),
        "asked": asked.round(6).tolist(),
        "learned": learned,
    }


random = np.random.default_rng(0)
problems = [
    problem(random, 60, 5, 4, False),
    problem(random, 40, 3, 2, False),
    problem(random, 31, 40, 3, False),
    problem(random, 50, 4, 3, True),
]
with open(sys.argv[1], "w") as file:
    json.dump(problems, file, separators=(",", ":"))
    file.write("\n")
