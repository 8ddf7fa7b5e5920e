"""Makes small PEFT adapters of every kind with random numbers, and what Hugging Face PEFT computes with them.

    pip install torch transformers peft
    python make_adapters.py ../resources/dev/llmadapt/peft/golden [adapters|gpt2-adapters|family-adapters]

Needs the checkpoints of make_tiny_llama.py and make_families.py in that folder; fills its sub-folders `adapters`,
`gpt2-adapters` and `family-adapters`, or one of them: a PEFT folder each, with golden.json beside its files: the base it is for, and of two
prompts the logits at their last position (of one for the combinations).
`compose-*` are add_weighted_adapter's combinations of compose-one and compose-two; how each was made stands in golden.json.
"""

import json
import os
import pathlib
import shutil
import sys
import zlib

os.environ["HF_HUB_OFFLINE"] = "1"

import torch
from peft import (
    IA3Config,
    LoraConfig,
    PrefixTuningConfig,
    PromptEncoderConfig,
    PromptTuningConfig,
    get_peft_model,
)
from transformers import AutoModelForCausalLM

BASES = pathlib.Path(__file__).resolve().parents[4] / "llm-adapt-local/src/test/resources/dev/llmadapt/local/golden"

ATTENTION = ["q_proj", "k_proj", "v_proj", "o_proj"]


def prompts(vocabulary):
    generator = torch.Generator().manual_seed(17)
    return [torch.randint(3, vocabulary, (length,), generator=generator).tolist() for length in (7, 23)]


def base_model(base):
    return AutoModelForCausalLM.from_pretrained(BASES / base, dtype=torch.float32).eval()


def randomize(model, seed):
    """Numbers that make every part of an adapter visible in the logits."""
    generator = torch.Generator().manual_seed(seed)
    for name, parameter in model.named_parameters():
        noise = torch.randn(parameter.shape, generator=generator)
        if "lora_magnitude_vector" in name or "ia3_l" in name:
            parameter.data *= 1 + 0.3 * noise
        elif "lora_" in name or "prompt_encoder" in name:
            parameter.data = 0.3 * noise
        elif parameter.requires_grad and name.endswith("bias"):
            parameter.data += 0.3 * noise


def logits(model, skip=0):
    cases = []
    with torch.no_grad():
        for prompt in prompts(model.config.vocab_size):
            out = model(torch.tensor([prompt])).logits[0]
            assert len(out) in (len(prompt), len(prompt) + skip)
            cases.append({"prompt": prompt, "logits": [float(f"{x:.7g}") for x in out[-1].tolist()]})
    return cases


def save(model, folder, base, adapter="default", **golden):
    shutil.rmtree(folder, ignore_errors=True)
    model.peft_config[adapter].base_model_name_or_path = base
    copies = golden.pop("copies", False)  # of the base's embedding and head, as PEFT keeps them when they are targeted
    model.save_pretrained(folder, selected_adapters=[adapter], save_embedding_layers="auto" if copies else False)
    if adapter != "default":
        for file in (folder / adapter).iterdir():
            file.rename(folder / file.name)
        (folder / adapter).rmdir()
    (folder / "README.md").unlink(missing_ok=True)
    file = folder / "adapter_config.json"
    config = json.loads(file.read_text())
    for key in "target_modules", "exclude_modules", "feedforward_modules":
        if isinstance(config.get(key), list):
            config[key] = sorted(config[key])  # a set, so far in any order
    file.write_text(json.dumps(config, indent=2))
    golden = {"base": base, **golden}
    cases = golden.pop("cases")
    text = json.dumps(golden)[:-1] + ', "cases": [\n' + ",\n".join(json.dumps(case) for case in cases) + "\n]}\n"
    (folder / "golden.json").write_text(text)


def make(root, folder, name, base, config, **how):
    torch.manual_seed(3)
    model = get_peft_model(base_model(base), config)
    model.eval()
    randomize(model, zlib.crc32(name.encode()))
    skip = getattr(config, "num_virtual_tokens", 0)
    save(model, root / folder / name, base, cases=logits(model, skip), **how)


def lora(**settings):
    return LoraConfig(**{"task_type": "CAUSAL_LM", "r": 4, "lora_alpha": 6, "lora_dropout": 0.1, **settings})


def kinds():
    one, three = "tiny-llama", "tiny-llama3"
    yield "lora", one, lora(target_modules=["q_proj", "v_proj"])
    yield "lora-all-linear", one, lora(target_modules="all-linear", r=3, exclude_modules=["k_proj"])
    yield "lora-patterns", one, lora(
        target_modules=["q_proj", "v_proj", "down_proj"],
        # PEFT sorts the keys when it saves, and the first that matches counts: in sorted order here
        rank_pattern={r"layers\.0\.self_attn\.q_proj": 2, "q_proj|v_proj": 5, "self_attn.*": 6},
        alpha_pattern={"model.layers.1.mlp.down_proj": 9, "q_proj": 3},
    )
    yield "lora-regex", one, lora(target_modules=r".*\.(?!1\.)\d+\.(self_attn\.[kv]_proj|mlp\.(?:up|gate)_proj)")
    yield "lora-layers", one, lora(
        target_modules=["o_proj", "up_proj"], layers_to_transform=[1], layers_pattern="layers"
    )
    yield "lora-rslora", one, lora(target_modules=ATTENTION, use_rslora=True, alpha_pattern={"k_proj": 2})
    yield "lora-dora", three, lora(target_modules=["q_proj", "o_proj", "down_proj"], use_dora=True)
    yield "lora-bias-of-b", one, lora(target_modules=["v_proj", "gate_proj"], lora_bias=True)
    yield "lora-bias-all", three, lora(target_modules=["q_proj"], bias="all")
    yield "lora-bias-only", three, lora(target_modules=["q_proj", "up_proj"], bias="lora_only")
    yield "lora-embedding", one, lora(target_modules=["embed_tokens", "k_proj"])
    yield "lora-embedding-untied", three, lora(target_modules=["embed_tokens"])
    yield "lora-head", three, lora(target_modules=["lm_head", "q_proj"])
    yield "lora-head-tied", one, lora(target_modules=["lm_head"])
    yield "lora-dora-embedding", three, lora(target_modules=["embed_tokens", "v_proj"], use_dora=True)
    yield "ia3", three, IA3Config(
        task_type="CAUSAL_LM", target_modules=["k_proj", "v_proj", "down_proj"], feedforward_modules=["down_proj"]
    )
    yield "prompt-tuning", one, PromptTuningConfig(task_type="CAUSAL_LM", num_virtual_tokens=5)
    yield "p-tuning", one, PromptEncoderConfig(task_type="CAUSAL_LM", num_virtual_tokens=4, encoder_hidden_size=16)
    yield "prefix-tuning", one, PrefixTuningConfig(task_type="CAUSAL_LM", num_virtual_tokens=3)
    yield "prefix-projection", three, PrefixTuningConfig(
        task_type="CAUSAL_LM", num_virtual_tokens=6, prefix_projection=True, encoder_hidden_size=16
    )


def gpt2_kinds():
    """Of a base whose projections are stored transposed (Conv1D) and whose positions are embedded."""
    base = "tiny-gpt2"
    yield "gpt2-lora", base, lora(target_modules=["c_attn", "c_proj", "c_fc"], fan_in_fan_out=True)
    yield "gpt2-lora-feed-forward", base, lora(target_modules=r".*\.mlp\.c_(fc|proj)", fan_in_fan_out=True)
    yield "gpt2-lora-embedding", base, lora(target_modules=["wte", "c_attn"], fan_in_fan_out=True)
    yield "gpt2-dora", base, lora(target_modules=["c_attn", "c_fc"], use_dora=True, fan_in_fan_out=True)
    yield "gpt2-ia3", base, IA3Config(
        task_type="CAUSAL_LM",
        target_modules=["c_attn", "mlp.c_proj"],
        feedforward_modules=["mlp.c_proj"],
        fan_in_fan_out=True,
    )
    yield "gpt2-prompt-tuning", base, PromptTuningConfig(task_type="CAUSAL_LM", num_virtual_tokens=5)
    yield "gpt2-prefix-tuning", base, PrefixTuningConfig(task_type="CAUSAL_LM", num_virtual_tokens=3)


def family_kinds():
    """Of bases that do what Llama does not: scaled embeddings, biases, modules of several projections."""
    for gemma in "gemma2", "gemma3":
        base = f"tiny-{gemma}"
        yield f"family-{gemma}-lora-embedding", base, lora(target_modules=["embed_tokens", "q_proj"])
        yield f"family-{gemma}-dora-embedding", base, lora(target_modules=["embed_tokens"], use_dora=True)
        yield f"family-{gemma}-lora-head", base, lora(target_modules=["lm_head"]), {"copies": True}
        yield f"family-{gemma}-prompt-tuning", base, PromptTuningConfig(task_type="CAUSAL_LM", num_virtual_tokens=5)
    for base in "tiny-qwen2", "tiny-phi3", "tiny-llama3":
        name = base.removeprefix("tiny-")
        attention = ["qkv_proj"] if name == "phi3" else ["k_proj", "v_proj"]
        yield f"family-{name}-ia3-head", base, IA3Config(
            task_type="CAUSAL_LM",
            target_modules=["lm_head", "down_proj", *attention],
            feedforward_modules=["down_proj"],
        ), {"copies": True}
        yield f"family-{name}-prefix-tuning", base, PrefixTuningConfig(task_type="CAUSAL_LM", num_virtual_tokens=3)
    yield "family-gpt2-dora-embedding", "tiny-gpt2", lora(target_modules=["wte"], use_dora=True)
    yield "family-qwen2-dora-head", "tiny-qwen2", lora(target_modules=["lm_head", "v_proj"], use_dora=True), {
        "copies": True
    }


def compose(root):
    base = "tiny-llama"
    model = get_peft_model(base_model(base), lora(target_modules=["q_proj", "down_proj"]), adapter_name="one")
    model.add_adapter("two", lora(target_modules=["q_proj", "down_proj"], lora_alpha=10))
    model.eval()
    randomize(model, 23)
    combinations = {
        "cat": dict(weights=[0.7, 0.4]),
        "linear": dict(weights=[0.7, 0.4]),
        "svd": dict(weights=[0.7, 0.4], svd_rank=4),
        "ties": dict(weights=[0.7, 0.4], density=0.6),
        "ties_svd": dict(weights=[0.7, 0.4], density=0.6, svd_rank=4),
        "magnitude_prune": dict(weights=[0.7, 0.4], density=0.6),
    }
    for name in ["one", "two"]:
        model.set_adapter(name)
        save(model, root / "adapters" / f"compose-{name}", base, adapter=name, cases=logits(model)[1:])
    for name, how in combinations.items():
        model.add_weighted_adapter(["one", "two"], adapter_name=name, combination_type=name, **how)
        model.set_adapter(name)
        model.eval()  # the new adapter's dropout
        folder = root / "adapters" / f"compose-{name.replace('_', '-')}"
        save(model, folder, base, adapter=name, combination=name, **how, cases=logits(model)[1:])


if __name__ == "__main__":
    root = pathlib.Path(sys.argv[1])
    for folder, of in {"adapters": kinds, "gpt2-adapters": gpt2_kinds, "family-adapters": family_kinds}.items():
        if folder in (sys.argv[2:] or [folder]):
            shutil.rmtree(root / folder, ignore_errors=True)
            for name, base, config, *how in of():
                make(root, folder, name, base, config, **(how[0] if how else {}))
            if folder == "adapters":
                compose(root)
