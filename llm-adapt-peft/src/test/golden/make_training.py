"""Trains small PEFT adapters for 20 steps with PyTorch and Hugging Face PEFT, and writes what happened.

    pip install torch transformers peft
    python make_training.py ../resources/dev/llmadapt/peft/golden [CASE...]

Needs the checkpoint tiny-llama of make_tiny_llama.py in that folder; fills its sub-folder `training`, a folder for each
case, or for those named:

    initial/              the adapter before the first step (none for full fine-tuning, which begins with the base)
    gradients.safetensors the gradient of the first step, before clipping, by PEFT's keys
    final.safetensors     what was trained, after the last step, by the same keys
    encoder.safetensors   of `p-tuning` and `prefix-projection`: the encoder before the first step, by its module's keys, as
                          are gradients and final; the adapters have only what it makes
    stored.safetensors    what the encoder makes after the last step
    golden.json           settings, batches, and of each step the learning rate, the loss, the norm before clipping

A batch is rows of [token ids, how many of them are the prompt]; the tokens after the prompt are learned. In `seq-cls` it is
rows of [token ids, label], learned by transformers' own loss of LlamaForSequenceClassification. Else the loss is the
mean cross-entropy over all learned tokens of a step, also where a step has several batches (`lora-accumulate`). AdamW and
SGD are torch's, clipping is clip_grad_norm_. Learning rates rise over 5 steps and fall to 0 along a cosine.
"""

import json
import math
import os
import pathlib
import shutil
import sys

os.environ["HF_HUB_OFFLINE"] = "1"

import torch
from peft import (
    IA3Config,
    LoraConfig,
    PeftModelForSequenceClassification,
    PrefixTuningConfig,
    PromptEncoderConfig,
    PromptTuningConfig,
    get_peft_model,
)
from peft.utils import get_peft_model_state_dict
from safetensors.torch import save_file
from transformers import LlamaForCausalLM, LlamaForSequenceClassification

BASES = pathlib.Path(__file__).resolve().parents[4] / "llm-adapt-local/src/test/resources/dev/llmadapt/local/golden"

STEPS = 20
WARM_UP = 5
BASE = "tiny-llama"
LABELS = 5
PAD = 2
ENCODED = "p-tuning", "prefix-projection"
PROJECTIONS = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]


def batches(per_step, classes=0):
    """The texts repeat, so that there is something to learn."""
    generator = torch.Generator().manual_seed(5)

    def text():
        size = int(torch.randint(5, 15, (1,), generator=generator))
        ids = torch.randint(3, 320, (size,), generator=generator).tolist()
        if classes:
            return [ids, int(torch.randint(0, classes, (1,), generator=generator))]
        return [ids, int(torch.randint(1, size - 2, (1,), generator=generator))]

    texts = [text() for _ in range(8)]
    steps = []
    for step in range(STEPS):
        steps.append([[texts[(4 * (step * per_step + part) + i) % 8] for i in range(4)] for part in range(per_step)])
    return steps


def rate(step, peak):
    if step < WARM_UP:
        return peak * (step + 1) / WARM_UP
    return peak * 0.5 * (1 + math.cos(math.pi * (step - WARM_UP) / (STEPS - WARM_UP)))


def loss_of(model, batch, total, virtual):
    length = max(len(ids) for ids, _ in batch)
    ids = torch.tensor([row + [PAD] * (length - len(row)) for row, _ in batch])
    mask = torch.tensor([[1] * len(row) + [0] * (length - len(row)) for row, _ in batch])
    if isinstance(model, PeftModelForSequenceClassification):
        labels = torch.tensor([label for _, label in batch])
        return model(input_ids=ids, attention_mask=mask, labels=labels).loss * len(batch) / total
    logits = model(input_ids=ids, attention_mask=mask).logits[:, virtual:]
    sum = 0
    for i, (row, prompt) in enumerate(batch):
        predicted = logits[i, prompt - 1 : len(row) - 1]
        sum = sum + torch.nn.functional.cross_entropy(predicted, torch.tensor(row[prompt:]), reduction="sum")
    return sum / total


def trained(model, full, encoded=False):
    if encoded:
        state = model.prompt_encoder["default"].state_dict()
        return {k: v.detach().clone().contiguous() for k, v in state.items()}
    if full:
        state = {name: p for name, p in model.named_parameters()}
        return {name: p.detach().clone().contiguous() for name, p in state.items()}
    return {k: v.detach().clone().contiguous() for k, v in get_peft_model_state_dict(model, save_embedding_layers=False).items()}


def gradients(model, full, encoded):
    """The same keys as the state, holding gradients."""
    kept = [(p, p.data.clone()) for p in model.parameters() if p.requires_grad]
    for p, _ in kept:
        p.data.copy_(p.grad)
    result = trained(model, full, encoded)
    for p, data in kept:
        p.data.copy_(data)
    return result


def run(root, case, config, peak, max_norm, sgd=None, per_step=1, virtual=0, classes=0):
    if len(sys.argv) > 2 and case not in sys.argv[2:]:
        return
    folder = root / "training" / case
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    torch.manual_seed(1)
    settings = {"dtype": torch.float32, "attn_implementation": "eager"}
    if classes:
        model = LlamaForSequenceClassification.from_pretrained(
            BASES / BASE, num_labels=classes, pad_token_id=PAD, **settings
        )
    else:
        model = LlamaForCausalLM.from_pretrained(BASES / BASE, **settings)
    full = config is None
    encoded = case in ENCODED
    if not full:
        model = get_peft_model(model, config)
        generator = torch.Generator().manual_seed(9)
        for name, p in model.named_parameters():
            noise = torch.randn(p.shape, generator=generator)
            if "lora_B" in name:
                p.data = 0.1 * noise
            elif "score.modules_to_save" in name:
                p.data = 0.2 * noise
            elif "magnitude" in name or "ia3_l" in name:
                p.data *= 1 + 0.1 * noise
            elif "prompt_encoder" in name and not encoded:  # an encoder begins as PEFT's
                p.data = 0.3 * noise
        model.peft_config["default"].base_model_name_or_path = BASE
        model.save_pretrained(folder / "initial", save_embedding_layers=False)
        (folder / "initial" / "README.md").unlink(missing_ok=True)
        file = folder / "initial" / "adapter_config.json"
        settings = json.loads(file.read_text())
        for key in "target_modules", "feedforward_modules", "modules_to_save":
            if isinstance(settings.get(key), list):
                settings[key] = sorted(settings[key])
        file.write_text(json.dumps(settings, indent=2, sort_keys=True) + "\n")
    if encoded:
        save_file(trained(model, full, encoded), folder / "encoder.safetensors")
    model.eval()  # no dropout anywhere
    learning = [p for p in model.parameters() if p.requires_grad]
    if sgd is None:
        optimizer = torch.optim.AdamW(learning, lr=peak, weight_decay=0.01)
    else:
        optimizer = torch.optim.SGD(learning, lr=peak, momentum=sgd)
    record = {
        "base": BASE,
        "optimizer": "adamw" if sgd is None else "sgd",
        "momentum": sgd or 0,
        "weight_decay": 0.01 if sgd is None else 0,
        "max_grad_norm": max_norm,
        "steps": [],
    }
    for step, parts in enumerate(batches(per_step, classes)):
        for group in optimizer.param_groups:
            group["lr"] = rate(step, peak)
        optimizer.zero_grad()
        total = sum(1 if classes else len(ids) - second for batch in parts for ids, second in batch)
        sum_of_losses = 0.0
        for batch in parts:
            loss = loss_of(model, batch, total, virtual)
            loss.backward()
            sum_of_losses += loss.item()
        if step == 0:
            save_file(gradients(model, full, encoded), folder / "gradients.safetensors")
        norm = torch.nn.utils.clip_grad_norm_(learning, max_norm).item()
        optimizer.step()
        record["steps"].append(
            {"rate": rate(step, peak), "batches": parts, "loss": sum_of_losses, "norm": norm}
        )
    save_file(trained(model, full, encoded), folder / "final.safetensors")
    if encoded:
        save_file(trained(model, full), folder / "stored.safetensors")
    (folder / "golden.json").write_text(json.dumps(record) + "\n")
    losses = [s["loss"] for s in record["steps"]]
    clipped = sum(s["norm"] > max_norm for s in record["steps"])
    print(f"{case}: loss {losses[0]:.3f} -> {losses[-1]:.3f}, {clipped} of {STEPS} steps clipped")
    assert losses[-1] < losses[0]


def main():
    torch.set_num_threads(1)
    root = pathlib.Path(sys.argv[1])
    lora = {"r": 4, "lora_alpha": 8, "target_modules": PROJECTIONS, "task_type": "CAUSAL_LM"}
    run(root, "lora", LoraConfig(**lora), 0.02, 1.0)
    run(root, "rslora", LoraConfig(**{**lora, "target_modules": ["q_proj", "v_proj"]}, use_rslora=True), 0.02, 1.0)
    run(root, "dora", LoraConfig(**lora, use_dora=True), 0.02, 1.0)
    run(root, "lora-accumulate", LoraConfig(**{**lora, "target_modules": ["q_proj", "down_proj"]}), 0.02, 1.0, per_step=2)
    run(root, "seq-cls", LoraConfig(**{**lora, "task_type": "SEQ_CLS"}), 0.02, 1.0, classes=LABELS)
    ia3 = IA3Config(target_modules=["k_proj", "v_proj", "down_proj"], feedforward_modules=["down_proj"], task_type="CAUSAL_LM")
    run(root, "ia3", ia3, 0.1, 1.0)
    run(root, "prompt-tuning", PromptTuningConfig(num_virtual_tokens=8, task_type="CAUSAL_LM"), 0.05, 1.0, virtual=8)
    run(root, "prefix-tuning", PrefixTuningConfig(num_virtual_tokens=6, task_type="CAUSAL_LM"), 0.05, 1.0)
    encoder = PromptEncoderConfig(num_virtual_tokens=8, encoder_hidden_size=12, task_type="CAUSAL_LM")
    run(root, "p-tuning", encoder, 0.02, 1.0, virtual=8)
    projection = PrefixTuningConfig(
        num_virtual_tokens=6, prefix_projection=True, encoder_hidden_size=12, task_type="CAUSAL_LM"
    )
    run(root, "prefix-projection", projection, 0.02, 1.0)
    run(root, "full", None, 0.005, 3.0)
    run(root, "full-sgd", None, 0.05, 3.0, sgd=0.9)


if __name__ == "__main__":
    main()
