#!/usr/bin/env python3
"""Regret of the pilot's recommendation: how much better the best of a practitioner's short list is, as a row in Markdown.

    pip install scikit-learn onnxruntime tokenizers numpy        # tried with scikit-learn 1.9.1
    ./llm-adapt pilot --task FOLDER --json report.json
    python benchmarks/peers/regret.py FOLDER report.json [--train N] [--jar EMBEDDER.jar ...]

FOLDER has train.csv and test.csv, or files that end in .train and .test with a label and a text on each line. The short list
is a linear SVM on words and runs of characters, and logistic regressions (C 10 and 100) on the embeddings of the jars
langchain4j-embeddings-*-q, those in the local Maven repository unless --jar names them. All are measured on the test examples
that the recommended candidate answered. They learn from as many examples as the report says, drawn evenly over the labels with
seed 0 where the file has more; the pilot draws its own with --train-limit, so that then the examples differ. For both to learn
from the same,

    python benchmarks/peers/regret.py FOLDER --draw N TARGET

writes those N examples and all test examples as a task of its own.
"""
import argparse
import collections
import csv
import json
import pathlib
import random
import sys
import zipfile

import numpy
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import FeatureUnion, Pipeline
from sklearn.svm import LinearSVC

TEXTS = ("text", "sentence", "message", "input")
LABELS = ("label", "category", "intent", "output")


def column(fields, names, path):
    found = [name for name in names if name in fields]
    if not found:
        sys.exit(f"{path}: no column of {names}, found {fields}")
    return found[0]


def examples(folder, part):
    """Texts and labels of one part of a data set."""
    path = folder / f"{part}.csv"
    if path.exists():
        with open(path, encoding="utf-8-sig", newline="") as file:
            rows = csv.DictReader(file)
            text = column(rows.fieldnames, TEXTS, path)
            label = column(rows.fieldnames, LABELS, path)
            return [(row[text], row[label]) for row in rows]
    paths = sorted(folder.glob(f"*.{part}"))
    if len(paths) != 1:
        sys.exit(f"{folder}: expected {part}.csv or one file that ends in .{part}, found {[p.name for p in paths]}")
    with open(paths[0], encoding="utf-8") as file:
        pairs = [line.strip().split(maxsplit=1) for line in file if line.strip()]
    return [(text, label) for label, text in pairs]


def drawn(rows, count):
    """So many rows, each label in its turn."""
    groups = collections.defaultdict(list)
    for row in rows:
        groups[row[1]].append(row)
    shuffle = random.Random(0)
    for group in groups.values():
        shuffle.shuffle(group)
    turns = [row for turn in range(max(map(len, groups.values()))) for group in groups.values() for row in group[turn:turn + 1]]
    return turns[:count]


def write(folder, count, target):
    """A task of so many of the examples to learn from, and all test examples."""
    target.mkdir(parents=True)
    for part, rows in (("train", drawn(examples(folder, "train"), count)), ("test", examples(folder, "test"))):
        with open(target / f"{part}.csv", "w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([("text", "label"), *rows])


def answered(report, row, test):
    """The rows of the test file that a candidate answered, found by their text."""
    places = collections.defaultdict(list)
    for index, (text, _) in enumerate(test):
        places[text.strip()].append(index)
    ids = {outcome["id"] for outcome in row["outcomes"]}
    chosen = []
    for example in report["task"]["test"]:
        if example["id"] in ids:
            if not places[example["input"].strip()]:
                sys.exit(f"test example '{example['id']}' of the report is not in the test file: is this its data?")
            chosen.append(test[places[example["input"].strip()].pop(0)])
    return chosen


def words_svm(train, test):
    features = FeatureUnion([
        ("words", TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True)),
        ("characters", TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 4), sublinear_tf=True)),
    ])
    model = Pipeline([("features", features), ("svm", LinearSVC())])
    model.fit([text for text, _ in train], [label for _, label in train])
    return model.score([text for text, _ in test], [label for _, label in test])


class Embedder:
    """The model of a jar: the mean of its states for MiniLM, the first one for BGE, of length 1."""

    def __init__(self, jar):
        import onnxruntime
        import tokenizers

        with zipfile.ZipFile(jar) as files:
            inside = files.namelist()
            tokenizer = next(name for name in inside if name.endswith("tokenizer.json"))
            weights = next(name for name in inside if name.endswith(".onnx"))
            self.tokenizer = tokenizers.Tokenizer.from_str(files.read(tokenizer).decode())
            self.session = onnxruntime.InferenceSession(files.read(weights))
        self.tokenizer.no_padding()
        self.tokenizer.enable_truncation(512)
        self.inputs = [each.name for each in self.session.get_inputs()]
        self.mean = "minilm" in pathlib.Path(jar).name.lower()

    def __call__(self, text):
        encoded = self.tokenizer.encode(text)
        fed = {"input_ids": encoded.ids, "attention_mask": encoded.attention_mask, "token_type_ids": encoded.type_ids}
        states = self.session.run(None, {name: numpy.array([fed[name]]) for name in self.inputs})[0][0]
        vector = states.mean(axis=0) if self.mean else states[0]
        return vector / numpy.linalg.norm(vector)


def short_list(train, test, jars):
    """Accuracy by name."""
    found = {"words, SVM": words_svm(train, test)}
    for jar in jars:
        embed = Embedder(jar)
        learned, asked = ([embed(text) for text, _ in rows] for rows in (train, test))
        name = "MiniLM" if embed.mean else "BGE"
        for c in (10, 100):
            model = LogisticRegression(C=c, max_iter=3000).fit(learned, [label for _, label in train])
            found[f"{name}, C={c}"] = model.score(asked, [label for _, label in test])
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("report", type=pathlib.Path, nargs="?")
    parser.add_argument("--draw", nargs=2, metavar=("N", "TARGET"), help="write a task of N drawn examples instead")
    parser.add_argument("--train", type=int, help="how many examples to learn from; as many as the report says unless given")
    parser.add_argument("--jar", nargs="*", help="jars of embedders; none for words alone")
    options = parser.parse_args()
    if options.draw:
        write(options.folder, int(options.draw[0]), pathlib.Path(options.draw[1]))
        return
    if options.report is None:
        parser.error("a report of the pilot is missing")
    report = json.loads(options.report.read_text(encoding="utf-8"))
    advice = report["recommendation"]
    if "choice" not in advice:
        sys.exit(f"{options.report} recommends nothing ({advice['verdict']})")
    row = next(row for row in report["rows"] if row["strategy"] == advice["choice"])
    repository = pathlib.Path.home() / ".m2/repository/dev/langchain4j"
    jars = options.jar if options.jar is not None else sorted(repository.glob("langchain4j-embeddings-*-q/*/*-q-*.jar"))
    train, test = examples(options.folder, "train"), answered(report, row, examples(options.folder, "test"))
    count = options.train or report["task"]["trainExamples"]
    if count < len(train):
        train = drawn(train, count)
    found = short_list(train, test, jars)
    for name, accuracy in found.items():
        print(f"{name}: {100 * accuracy:.1f} %", file=sys.stderr)
    best = max(found, key=found.get)
    cells = [
        f"{report['task']['name']}, {len(train)} to learn from, {len(test)} tests",
        advice["choice"],
        advice["verdict"].lower().replace("_", " "),
        f"{100 * row['quality']:.1f} %",
        f"{best}: {100 * found[best]:.1f} %",
        f"{100 * (found[best] - row['quality']):+.1f}",
    ]
    print("| data | recommended | verdict | its accuracy | best of the short list | regret in points |")
    print("|---|---|---|---|---|---|")
    print("| " + " | ".join(cells) + " |")


if __name__ == "__main__":
    main()
