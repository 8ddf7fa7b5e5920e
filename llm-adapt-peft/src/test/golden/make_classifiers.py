"""Makes small classifiers with LoRA and random numbers, and what transformers and Hugging Face PEFT compute with them.

    pip install torch transformers peft
    python make_classifiers.py ../resources/dev/llmadapt/peft/golden

Made with torch 2.15, transformers 5.24 and peft 0.21. Needs the checkpoints of make_tiny_llama.py and make_families.py;
fills the sub-folder `classifiers` of that folder: a PEFT folder each of task_type SEQ_CLS over
AutoModelForSequenceClassification, with golden.json beside its files: the base it is for, and of some texts' token ids the
logits of the labels; where the base has a tokenizer, of texts as it encodes them.
"""

import json
import os
import pathlib
import shutil
import sys
import zlib

os.environ["HF_HUB_OFFLINE"] = "1"

import torch
from peft import LoraConfig, get_peft_model
from transformers import AutoModelForSequenceClassification, AutoTokenizer

BASES = pathlib.Path(__file__).resolve().parents[4] / "llm-adapt-local/src/test/resources/dev/llmadapt/local/golden"

LABELS = 4
FAMILIES = ["llama", "qwen2", "qwen3", "mistral", "gemma2", "gemma3", "phi3", "gpt2"]


TEXTS = ["a", "red and blue", " Where is my card? It has\nnot arrived."]


def texts(base, vocabulary):
    if (BASES / base / "tokenizer.json").exists():
        tokenizer = AutoTokenizer.from_pretrained(BASES / base)
        return [(text, tokenizer(text)["input_ids"]) for text in TEXTS]
    generator = torch.Generator().manual_seed(23)
    return [(None, ids) for ids in random_ids(generator, vocabulary)]


def random_ids(generator, vocabulary):
    return [torch.randint(3, vocabulary, (length,), generator=generator).tolist() for length in (1, 6, 21)]


def make(root, family, **settings):
    base = f"tiny-{family}"
    name = f"{family}-dora" if settings.get("use_dora") else family
    folder = root / "classifiers" / name
    shutil.rmtree(folder, ignore_errors=True)
    torch.manual_seed(1)
    model = AutoModelForSequenceClassification.from_pretrained(BASES / base, num_labels=LABELS, dtype=torch.float32)
    config = LoraConfig(task_type="SEQ_CLS", r=3, lora_alpha=6, target_modules="all-linear", **settings)
    model = get_peft_model(model, config).eval()
    generator = torch.Generator().manual_seed(zlib.crc32(name.encode()))
    for parameter_name, parameter in model.named_parameters():
        noise = torch.randn(parameter.shape, generator=generator)
        if "lora_magnitude_vector" in parameter_name:
            parameter.data *= 1 + 0.3 * noise
        elif "lora_" in parameter_name or "score.modules_to_save" in parameter_name:
            parameter.data = 0.3 * noise
    with torch.no_grad():
        cases = []
        for text, ids in texts(base, model.config.vocab_size):
            logits = model(torch.tensor([ids])).logits[0].tolist()
            cases.append({**({"text": text} if text else {}), "prompt": ids, "logits": [float(f"{x:.7g}") for x in logits]})
    model.peft_config["default"].base_model_name_or_path = base
    model.save_pretrained(folder)
    (folder / "README.md").unlink(missing_ok=True)
    file = folder / "adapter_config.json"
    written = json.loads(file.read_text())
    for key in "target_modules", "modules_to_save":
        written[key] = sorted(written[key]) if isinstance(written[key], list) else written[key]
    file.write_text(json.dumps(written, indent=2, sort_keys=True) + "\n")
    (folder / "golden.json").write_text(json.dumps({"base": base, "cases": cases}) + "\n")
    print(name, cases[0]["logits"])


def main():
    root = pathlib.Path(sys.argv[1])
    for family in FAMILIES:
        make(root, family)
    make(root, "llama", use_dora=True)


if __name__ == "__main__":
    main()
