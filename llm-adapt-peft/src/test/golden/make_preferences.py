"""Trains small LoRA adapters on preferences for 20 steps with TRL, and writes what happened.

    pip install torch==2.15.0 transformers==5.24.0 peft==0.21.2 trl==1.16.0
    python make_preferences.py ../resources/dev/llmadapt/peft/golden

Needs the checkpoint tiny-llama of llm-adapt-local; fills the sub-folder `preferences`, a folder for each case:

    initial/           the adapter before the first step, which is the reference as well
    final.safetensors  what was trained, after the last step, by PEFT's keys
    golden.json        the loss and its settings, and of each step the learning rate, the items, the loss, the norm before
                       clipping and what TRL logs of rewards

An item is [[token ids, how many of them are the prompt] twice, whether the first is desirable]: the better and the worse
answer of DPOTrainer, or the answer of KTOTrainer and that to another prompt, by which TRL estimates the divergence.
Everything is TRL's default but the learning rate, the batch of 4, the seeds, 32-bit floats on a CPU, and what a case says:
AdamW without weight decay, a rate that falls to 0 along a line, norms up to 1. `...-start` train on an adapter that is
not zero; the others begin with one, whose B is zeros.
"""

import json
import os
import pathlib
import random
import shutil
import sys

os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["TRANSFORMERS_VERBOSITY"] = "error"

import torch
from datasets import Dataset
from peft import LoraConfig, get_peft_model
from peft.utils import get_peft_model_state_dict
from safetensors.torch import save_file
from transformers import AutoTokenizer, LlamaForCausalLM
from trl import DPOConfig, DPOTrainer, KTOConfig, KTOTrainer

BASES = pathlib.Path(__file__).resolve().parents[4] / "llm-adapt-local/src/test/resources/dev/llmadapt/local/golden"
BASE = "tiny-llama"
STEPS = 20
WORDS = "red green blue warm cold yes no one two three the a of house water light".split()


def words(generator, least, most):
    return " ".join(generator.choice(WORDS) for _ in range(generator.randint(least, most)))


def pairs():
    generator = random.Random(3)
    rows = []
    for _ in range(8):
        rows.append({
            "prompt": [{"role": "user", "content": words(generator, 1, 6)}],
            "chosen": [{"role": "assistant", "content": words(generator, 1, 5)}],
            "rejected": [{"role": "assistant", "content": words(generator, 1, 5)}],
        })
    return rows


def judged():
    rows = []
    for i, pair in enumerate(pairs()):
        good = i % 3 != 1
        rows.append({"prompt": pair["prompt"], "completion": pair["chosen" if good else "rejected"], "label": good})
    return rows


def texts(ids, attention, completion):
    """[token ids, prompt] of each row, without padding."""
    rows = []
    for row, seen, learned in zip(ids.tolist(), attention.tolist(), completion.tolist()):
        kept = [token for token, mask in zip(row, seen) if mask]
        rows.append([kept, len(kept) - sum(learned)])
    return rows


def recording(trainer_class, kind):
    class Recording(trainer_class):
        def _compute_loss(self, model, inputs, return_outputs):
            first = texts(inputs["input_ids"], inputs["attention_mask"], inputs["completion_mask"])
            if kind == "dpo":
                half = len(first) // 2
                items = [[c, r, True] for c, r in zip(first[:half], first[half:])]
            else:
                second = texts(inputs["KL_input_ids"], inputs["KL_attention_mask"], inputs["KL_completion_mask"])
                items = [[own, kl, bool(label)] for own, kl, label in zip(first, second, inputs["label"])]
            loss = super()._compute_loss(model, inputs, return_outputs)
            value = loss[0] if isinstance(loss, tuple) else loss
            self.record.append({"items": items, "loss": value.item(), "rate": self._get_learning_rate()})
            return loss

    return Recording


def run(root, case, kind, peak, start=False, **options):
    folder = root / "preferences" / case
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    torch.manual_seed(1)
    model = LlamaForCausalLM.from_pretrained(BASES / BASE, dtype=torch.float32, attn_implementation="eager")
    tokenizer = AutoTokenizer.from_pretrained(BASES / BASE)
    lora = LoraConfig(r=4, lora_alpha=8, target_modules=["q_proj", "v_proj", "down_proj"], task_type="CAUSAL_LM")
    config_class, trainer_class = {"dpo": (DPOConfig, DPOTrainer), "kto": (KTOConfig, KTOTrainer)}[kind]
    arguments = config_class(
        output_dir="/tmp/preferences", max_steps=STEPS, per_device_train_batch_size=4, learning_rate=peak, logging_steps=1,
        use_cpu=True, bf16=False, gradient_checkpointing=False, report_to="none", save_strategy="no", seed=7,
        disable_tqdm=True, **options)
    if start:
        model = get_peft_model(model, lora)
        generator = torch.Generator().manual_seed(9)
        for name, p in model.named_parameters():
            if "lora_B" in name:
                p.data = 0.1 * torch.randn(p.shape, generator=generator)
    rows = pairs() if kind == "dpo" else judged()
    trainer = recording(trainer_class, kind)(
        model=model, args=arguments, train_dataset=Dataset.from_list(rows), processing_class=tokenizer,
        peft_config=None if start else lora)
    trainer.record = []
    trainer.model.peft_config["default"].base_model_name_or_path = BASE
    trainer.model.save_pretrained(folder / "initial", save_embedding_layers=False, selected_adapters=["default"])
    (folder / "initial" / "README.md").unlink(missing_ok=True)
    file = folder / "initial" / "adapter_config.json"
    settings = json.loads(file.read_text())
    settings["target_modules"] = sorted(settings["target_modules"])
    file.write_text(json.dumps(settings, indent=2, sort_keys=True) + "\n")
    trainer.train()
    state = get_peft_model_state_dict(trainer.model, save_embedding_layers=False)
    save_file({k: v.detach().clone().contiguous() for k, v in state.items()}, folder / "final.safetensors")
    logs = [log for log in trainer.state.log_history if "grad_norm" in log]
    assert len(logs) == len(trainer.record) == STEPS, (len(logs), len(trainer.record))
    for step, log in zip(trainer.record, logs):
        step["norm"] = log["grad_norm"]
        step["rewards"] = {k: v for k, v in log.items() if k.startswith("rewards/") or k == "kl"}
    record = {"base": BASE, "kind": kind, "beta": arguments.beta, "options": options, "rows": rows, "steps": trainer.record}
    (folder / "golden.json").write_text(json.dumps(record) + "\n")
    losses = [step["loss"] for step in trainer.record]
    clipped = sum(step["norm"] > 1 for step in trainer.record)
    print(f"{case}: loss {losses[0]:.4f} -> {losses[-1]:.4f}, {clipped} of {STEPS} steps clipped, {logs[-1]}")
    assert losses[-1] < losses[0]


def main():
    torch.set_num_threads(1)
    root = pathlib.Path(sys.argv[1])
    run(root, "dpo", "dpo", 0.02)
    run(root, "dpo-start", "dpo", 0.02, start=True, beta=0.3)
    run(root, "ipo", "dpo", 0.02, loss_type=["ipo"])
    run(root, "hinge", "dpo", 0.02, loss_type=["hinge"])
    run(root, "robust", "dpo", 0.02, loss_type=["robust"], label_smoothing=0.1)
    run(root, "kto", "kto", 0.02)
    run(root, "kto-start", "kto", 0.02, start=True, desirable_weight=1.0, undesirable_weight=1.33)


if __name__ == "__main__":
    main()
