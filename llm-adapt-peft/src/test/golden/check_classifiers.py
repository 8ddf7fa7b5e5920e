"""Loads the classifiers that llm-adapt trained in transformers and Hugging Face PEFT and compares the logits with those it
serves.

    pip install torch transformers peft
    python check_classifiers.py ../../../target/trained-classifiers

Run with torch 2.15, transformers 5.24 and peft 0.21. The folder is what LoraHeadTuningTest leaves behind: for some ways of
training a folder as it is written, with golden.json: the base, and of texts their tokens and the logits of the labels.
"""

import json
import os
import pathlib
import sys

os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["TRANSFORMERS_VERBOSITY"] = "error"

import torch
from peft import PeftModel
from transformers import AutoModelForSequenceClassification, AutoTokenizer

BASES = pathlib.Path(__file__).resolve().parents[4] / "llm-adapt-local/src/test/resources/dev/llmadapt/local/golden"


def check(folder):
    golden = json.loads((folder / "golden.json").read_text())
    labels = json.loads((folder / "llm_adapt.json").read_text())["classifier"]["id2label"]
    base = AutoModelForSequenceClassification.from_pretrained(
        BASES / golden["base"],
        num_labels=len(labels),
        id2label={int(i): label for i, label in labels.items()},
        label2id={label: int(i) for i, label in labels.items()},
        dtype=torch.float32,
    )
    model = PeftModel.from_pretrained(base, folder).eval()
    tokenizer = AutoTokenizer.from_pretrained(BASES / golden["base"])
    worst = 0.0
    with torch.no_grad():
        for case in golden["cases"]:
            out = model(**tokenizer(case["text"], return_tensors="pt")).logits[0]
            worst = max(worst, (out - torch.tensor(case["logits"])).abs().max().item())
            assert model.config.id2label[out.argmax().item()] == case["label"], case
    print(f"{folder.name:20} {worst:10.2e}")
    return worst <= 5e-4


if __name__ == "__main__":
    results = [check(file.parent) for file in sorted(pathlib.Path(sys.argv[1]).glob("*/golden.json"))]
    print(f"{sum(results)} of {len(results)} load in transformers with the same logits")
    sys.exit(0 if all(results) and results else 1)
