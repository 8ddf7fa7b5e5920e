"""Loads the adapter folders that llm-adapt trained in Hugging Face PEFT and compares the logits with those it serves.

    pip install torch transformers peft
    python check_trained.py ../../../target/trained-adapters

The second folder is what TrainedAdapterTest leaves behind: for every family and every method a folder as training writes
it, with golden.json: the base, and of two prompts the logits at their last position.
"""

import json
import os
import pathlib
import sys
import warnings

os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["TRANSFORMERS_VERBOSITY"] = "error"

import torch
from peft import PeftModel
from transformers import AutoModelForCausalLM
from transformers.utils import logging

BASES = pathlib.Path(__file__).resolve().parents[4] / "llm-adapt-local/src/test/resources/dev/llmadapt/local/golden"

logging.disable_progress_bar()


def check(folder):
    golden = json.loads((folder / "golden.json").read_text())
    base = AutoModelForCausalLM.from_pretrained(
        BASES / golden["base"], dtype=torch.float32, attn_implementation="eager"
    ).eval()
    name = f"{folder.parent.name}/{folder.name}"
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            model = PeftModel.from_pretrained(base, folder).eval()
        worst = 0.0
        with torch.no_grad():
            for case in golden["cases"]:
                out = model(torch.tensor([case["prompt"]])).logits[0, -1]
                worst = max(worst, (out - torch.tensor(case["logits"])).abs().max().item())
    except Exception as e:  # what a user of PEFT would see
        print(f"{name:36} {type(e).__name__}: {str(e)[:200]}")
        return False
    print(f"{name:36} {worst:10.2e}")
    return worst <= 5e-4


if __name__ == "__main__":
    folders = pathlib.Path(sys.argv[1])
    results = [check(file.parent) for file in sorted(folders.glob("*/*/golden.json"))]
    print(f"{sum(results)} of {len(results)} load in PEFT with the same logits")
    sys.exit(0 if all(results) and results else 1)
