"""Writes the hidden states that Hugging Face transformers computes with the tiny checkpoints of each family.

    pip install torch transformers        # with torch 2.15.0 and transformers 5.24.0
    python make_hidden_states.py ../resources/dev/llmadapt/local/golden

Reads the checkpoints of make_tiny_llama.py and make_families.py and the longest prompt of each golden.json; writes
hidden_states.json: by checkpoint, that prompt, the mean of each hidden state over the tokens from 3 on but the last two,
and each at the last token.
"""

import json
import pathlib
import sys

import torch
from transformers import AutoModelForCausalLM

FROM, BEFORE_END = 3, 2


def rounded(states):
    return [[round(x, 5) for x in state.tolist()] for state in states]


def states_of(folder):
    prompt = max((case["prompt"] for case in json.loads((folder / "golden.json").read_text())["cases"]), key=len)
    model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32, attn_implementation="eager").eval()
    with torch.no_grad():
        states = model(torch.tensor([prompt]), output_hidden_states=True).hidden_states
    to = len(prompt) - BEFORE_END
    return {
        "prompt": prompt,
        "from": FROM,
        "to": to,
        "mean": rounded(state[0, FROM:to].mean(0) for state in states),
        "last": rounded(state[0, -1] for state in states),
    }


if __name__ == "__main__":
    root = pathlib.Path(sys.argv[1])
    folders = sorted(path.parent for path in root.glob("tiny-*/golden.json"))
    lines = [f"{json.dumps(folder.name)}: {json.dumps(states_of(folder))}" for folder in folders]
    (root / "hidden_states.json").write_text("{\n" + ",\n".join(lines) + "\n}\n")
