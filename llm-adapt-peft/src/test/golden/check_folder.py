"""Loads adapter folders in Hugging Face PEFT and compares the logits with those of their golden.json.

    pip install torch transformers peft
    python check_folder.py ../resources/dev/llmadapt/peft/golden ../resources/dev/llmadapt/peft/golden/adapters
    python check_folder.py ../resources/dev/llmadapt/peft/golden ../../../target/rewritten-adapters

The second folder is what PeftFolderTest leaves behind: every golden adapter read and written by llm-adapt.
"""

import json
import os
import pathlib
import sys
import warnings

os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["TRANSFORMERS_VERBOSITY"] = "error"

import torch
from peft import PeftConfig, PeftModel
from safetensors.torch import load_file
from transformers import LlamaForCausalLM
from transformers.utils import logging

BASES = pathlib.Path(__file__).resolve().parents[4] / "llm-adapt-local/src/test/resources/dev/llmadapt/local/golden"

logging.disable_progress_bar()

QUIET = ["tie_word_embeddings", "is_gradient_checkpointing", "means that merging"]


def check(root, folder):
    golden = json.loads((root / "adapters" / folder.name / "golden.json").read_text())
    base = LlamaForCausalLM.from_pretrained(BASES / golden["base"], dtype=torch.float32).eval()
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        model = PeftModel.from_pretrained(base, folder).eval()
    warned = [str(w.message) for w in caught if not any(word in str(w.message) for word in QUIET)]
    worst = 0.0
    with torch.no_grad():
        for case in golden["cases"]:
            out = model(torch.tensor([case["prompt"]])).logits[0, -1]
            worst = max(worst, (out - torch.tensor(case["logits"])).abs().max().item())
    ours = load_file(folder / "adapter_model.safetensors")
    theirs = load_file(root / "adapters" / folder.name / "adapter_model.safetensors")
    equal = ours.keys() == theirs.keys() and all(torch.equal(ours[key], theirs[key]) for key in ours)
    settings = PeftConfig.from_pretrained(folder).to_dict() == PeftConfig.from_pretrained(
        root / "adapters" / folder.name
    ).to_dict()
    print(f"{folder.name:26} {worst:10.2e}  tensors {'equal' if equal else 'DIFFER'}"
          f"  settings {'equal' if settings else 'differ'}  {'; '.join(warned)}")
    return worst <= 1e-5 and equal


if __name__ == "__main__":
    root, folders = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    results = [check(root, folder) for folder in sorted(folders.iterdir()) if folder.is_dir()]
    print(f"{sum(results)} of {len(results)} load in PEFT with the same logits")
    sys.exit(0 if all(results) and results else 1)
