"""Makes a tiny random checkpoint of each family of decoders but Llama, and what Hugging Face transformers computes with it.

    pip install torch transformers
    python make_families.py ../resources/dev/llmadapt/local/golden [NAME...]

Each has bfloat16 weights, no tokenizer, windows far shorter than the longest prompt where the family has windows, and
golden.json (prompts, logits in single precision, greedy continuations).
"""

import json
import pathlib
import sys

import torch
from transformers import AutoConfig, AutoModelForCausalLM

WINDOW = 8
VOCABULARY = 96
COMMON = dict(
    vocab_size=VOCABULARY,
    hidden_size=32,
    intermediate_size=48,
    num_hidden_layers=2,
    num_attention_heads=4,
    num_key_value_heads=2,
    head_dim=16,
    max_position_embeddings=256,
    initializer_range=0.2,
    bos_token_id=1,
    eos_token_id=2,
    pad_token_id=0,
)


def long_rope(original):
    return dict(
        model_type="phi3",
        hidden_size=64,  # from which it takes the size of a head where it checks the factors
        tie_word_embeddings=False,
        original_max_position_embeddings=original,
        rope_parameters={
            "rope_type": "longrope",
            "rope_theta": 10000.0,
            "short_factor": [1.0, 1.1, 1.2, 1.3, 1.4, 1.5, 1.6, 1.7],
            "long_factor": [1.0, 1.5, 2.0, 3.0, 4.0, 6.0, 8.0, 12.0],
        },
    )


GPT2 = dict(
    hidden_size="n_embd",
    num_hidden_layers="n_layer",
    num_attention_heads="n_head",
    intermediate_size=None,
    num_key_value_heads=None,
    head_dim=None,
    max_position_embeddings=None,
)
FAMILIES = {
    "tiny-mistral": dict(model_type="mistral", sliding_window=WINDOW, tie_word_embeddings=False),
    "tiny-qwen2": dict(model_type="qwen2", tie_word_embeddings=True),
    "tiny-qwen2-window": dict(
        model_type="qwen2", use_sliding_window=True, sliding_window=WINDOW, max_window_layers=1, tie_word_embeddings=True
    ),
    "tiny-qwen3": dict(model_type="qwen3", tie_word_embeddings=True),
    "tiny-phi3": dict(model_type="phi3", sliding_window=WINDOW, tie_word_embeddings=False),
    "tiny-gemma2": dict(
        model_type="gemma2",
        sliding_window=WINDOW,
        query_pre_attn_scalar=24,
        attn_logit_softcapping=5.0,
        final_logit_softcapping=3.0,
    ),
    "tiny-gemma3": dict(
        model_type="gemma3_text",
        num_hidden_layers=3,
        sliding_window=WINDOW,
        query_pre_attn_scalar=24,
        layer_types=["sliding_attention", "full_attention", "sliding_attention"],
        rope_parameters={
            "full_attention": {"rope_type": "linear", "factor": 8.0, "rope_theta": 1000000.0},
            "sliding_attention": {"rope_type": "default", "rope_theta": 10000.0},
        },
    ),
    "tiny-qwen2-yarn": dict(
        model_type="qwen2",
        tie_word_embeddings=True,
        rope_parameters={
            "rope_type": "yarn",
            "rope_theta": 10000.0,
            "factor": 4.0,
            "original_max_position_embeddings": 64,
            "beta_fast": 2.0,  # both ends of the blend lie among the eight pairs
            "beta_slow": 0.25,
        },
    ),
    "tiny-llama-odd": dict(  # heads that the engine's attention does not take, biases, another activation
        model_type="llama", head_dim=20, attention_bias=True, mlp_bias=True, hidden_act="gelu", tie_word_embeddings=False
    ),
    "tiny-qwen3-odd": dict(model_type="qwen3", head_dim=12, hidden_act="relu2", tie_word_embeddings=True),
    "tiny-phi3-partial": dict(  # twelve pairs of a head of 32 are rotated, as a multiple of eight is not
        model_type="phi3",
        hidden_size=128,
        head_dim=32,
        hidden_act="quick_gelu",
        tie_word_embeddings=False,
        rope_parameters={"rope_type": "default", "rope_theta": 10000.0, "partial_rotary_factor": 0.75},
    ),
    "tiny-gpt2-odd": dict(model_type="gpt2", hidden_size=40, n_inner=48, n_positions=96, activation_function="relu"),
    "tiny-phi3-short": long_rope(128),
    "tiny-phi3-long": long_rope(16),
    "tiny-gpt2": dict(
        model_type="gpt2",
        hidden_size=64,  # four heads of 16, which ONNX Runtime's attention wants
        n_inner=48,
        n_positions=96,
        scale_attn_by_inverse_layer_idx=True,
    ),
}

LENGTHS = (1, 2, 7, 23, 64)
# of prompts that transformers reads by the long factors, as a model does that is opened with a context beyond the original
LONG_LENGTHS = {"tiny-phi3-long": (17, 23, 64)}


def write_golden(folder, vocabulary):
    # the stored numbers, computed in single precision; read anew, since `to` would have rounded the rotary frequencies
    model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32, attn_implementation="eager").eval()
    generator = torch.Generator().manual_seed(11)
    lengths = LONG_LENGTHS.get(folder.name, LENGTHS)
    prompts = [torch.randint(3, vocabulary, (length,), generator=generator).tolist() for length in lengths]
    cases = []
    with torch.no_grad():
        for prompt in prompts:
            logits = model(torch.tensor([prompt])).logits[0]
            text = list(prompt)
            for _ in range(12):  # without a cache: what the model says of the whole text
                text.append(int(model(torch.tensor([text])).logits[0, -1].argmax()))
            keep = range(len(prompt)) if len(prompt) < 10 else [0, len(prompt) // 2, len(prompt) - 1]
            cases.append(
                {
                    "prompt": prompt,
                    "greedy": text[len(prompt):],
                    "logits": {str(i): [round(x, 6) for x in logits[i].tolist()] for i in keep},
                }
            )
    (folder / "golden.json").write_text(json.dumps({"cases": cases}) + "\n")


def make(folder, settings):
    torch.manual_seed(7)
    settings = {**COMMON, **settings}
    if settings["model_type"] == "gpt2":  # which has other names for some, and not all of them
        settings = {GPT2.get(name, name): value for name, value in settings.items() if GPT2.get(name, name)}
    config = AutoConfig.for_model(settings.pop("model_type"), **settings)
    model = AutoModelForCausalLM.from_config(config).to(torch.bfloat16)
    for name, parameter in model.named_parameters():
        if "norm" in name or ".ln_" in name or name.endswith("bias"):
            parameter.data = (parameter.data + torch.randn_like(parameter) * 0.1).to(torch.bfloat16)
    model.save_pretrained(folder)
    write_golden(folder, config.vocab_size)


if __name__ == "__main__":
    root = pathlib.Path(sys.argv[1])
    for name in sys.argv[2:] or FAMILIES:
        make(root / name, FAMILIES[name])
