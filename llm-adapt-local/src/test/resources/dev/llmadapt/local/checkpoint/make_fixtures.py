"""Makes the fixtures beside this file: python make_fixtures.py (needs numpy, gguf, torch, safetensors, transformers).

dequantize.txt   one line a type: name, stored bytes, the bits of the float32 values that gguf.quants gives (hex)
rounding.txt     how far gguf.quantize leads from made-up weights: their kind, the type, the root of the mean squared error
tiny-llama/      a random Llama with rope scaling, saved by transformers as one bfloat16 safetensors file
tiny-llama.gguf  the same weights as F32/F16/Q8_0, written by gguf.GGUFWriter, query and key rows permuted as llama.cpp's
                 convert_hf_to_gguf.py does
tiny-llama.txt   name and float32 bits (hex) of some weights of the folder, as transformers loads them
"""

import pathlib
import shutil

import gguf
import numpy as np
import torch
from gguf import GGMLQuantizationType as T
from transformers import AutoModelForCausalLM, LlamaConfig, LlamaForCausalLM

HERE = pathlib.Path(__file__).parent


def hexbits(values):
    return np.ascontiguousarray(values, dtype=">f4").tobytes().hex()


def dequantize():
    rng = np.random.default_rng(7)
    # Where in a block the float16 fields stand; everything else is random bytes.
    halves = {
        T.Q4_0: [0], T.Q4_1: [0, 2], T.Q5_0: [0], T.Q5_1: [0, 2], T.Q8_0: [0],
        T.Q2_K: [80, 82], T.Q3_K: [108], T.Q4_K: [0, 2], T.Q5_K: [0, 2], T.Q6_K: [208],
        T.IQ4_NL: [0], T.IQ4_XS: [0],
    }
    lines = []
    for kind, at in halves.items():
        size, stored = gguf.GGML_QUANT_SIZES[kind]
        blocks = rng.integers(0, 256, (4 if size == 32 else 2, stored), dtype=np.uint8)
        for offset in at:
            scale = rng.normal(0, 0.1, len(blocks)).astype(np.float16)
            scale[-1] = np.float16(3e-7)  # subnormal
            blocks[:, offset:offset + 2] = scale.view(np.uint8).reshape(-1, 2)
        # every bit clear, every bit set and only the sign bits set, under scales at the ends of their range
        for fill, scale in ((0, 65504), (255, -65504), (255, 6e-8), (128, -0.0)):
            block = np.full((1, stored), fill, dtype=np.uint8)
            for offset in at:
                block[0, offset:offset + 2] = np.array([scale], dtype=np.float16).view(np.uint8)
            blocks = np.concatenate([blocks, block])
        values = gguf.dequantize(blocks.reshape(1, -1), kind)
        lines.append(f"{kind.name} {blocks.tobytes().hex()} {hexbits(values)}")
    special = [0.0, -0.0, 1.0, -2.5, 65504.0, 6.1e-05, 6e-08, np.inf, -np.inf, 0.1]
    half = np.array(special, dtype=np.float16)
    lines.append(f"F16 {half.tobytes().hex()} {hexbits(half.astype(np.float32))}")
    brain = torch.tensor(special + [3e38, 1e-40]).to(torch.bfloat16)
    lines.append(f"BF16 {brain.view(torch.int16).numpy().tobytes().hex()} {hexbits(brain.float().numpy())}")
    single = np.array(special + [3e38, 1e-40], dtype=np.float32)
    lines.append(f"F32 {single.tobytes().hex()} {hexbits(single)}")
    (HERE / "dequantize.txt").write_text("\n".join(lines) + "\n")


def made_up(kind, count):
    """Weights that another language can make to the bit: sums of twelve numbers of a linear congruential generator."""
    state = 1
    values = []
    for _ in range(count):
        total = -6.0
        for _ in range(12):
            state = (state * 1664525 + 1013904223) % 2**32
            total += (state >> 8) / 2**24
        values.append({"normal": total, "tailed": total**3, "shifted": total + 1}[kind] * 0.02)
    return np.array(values, dtype=np.float32)


def rounding():
    lines = []
    for kind in ("normal", "tailed", "shifted"):
        values = made_up(kind, 64 * 256).reshape(64, 256)
        for type in (T.Q4_0, T.Q8_0):
            back = gguf.dequantize(gguf.quantize(values, type), type)
            error = np.sqrt(np.mean((back.astype(np.float64) - values) ** 2))
            lines.append(f"{kind} {type.name} {error:.9g}")
    (HERE / "rounding.txt").write_text("\n".join(lines) + "\n")


def permute(weights, heads):
    """convert_hf_to_gguf.py, LlamaModel.permute"""
    return weights.reshape(heads, 2, weights.shape[0] // heads // 2, *weights.shape[1:]).swapaxes(1, 2).reshape(weights.shape)


def tiny_llama():
    torch.manual_seed(3)
    config = LlamaConfig(
        vocab_size=40, hidden_size=32, intermediate_size=64, num_hidden_layers=1, num_attention_heads=4,
        num_key_value_heads=2, max_position_embeddings=256, rms_norm_eps=1e-5, tie_word_embeddings=True,
        bos_token_id=1, eos_token_id=2,
        rope_parameters={
            "rope_type": "llama3", "rope_theta": 500000.0, "factor": 8.0, "low_freq_factor": 1.0,
            "high_freq_factor": 4.0, "original_max_position_embeddings": 64,
        },
    )
    model = LlamaForCausalLM(config).to(torch.bfloat16)
    model.generation_config.eos_token_id = [2, 5]
    folder = HERE / "tiny-llama"
    shutil.rmtree(folder, ignore_errors=True)
    model.save_pretrained(folder)
    state = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32).state_dict()
    picked = ["model.layers.0.self_attn.q_proj.weight", "model.layers.0.self_attn.k_proj.weight", "model.norm.weight"]
    (HERE / "tiny-llama.txt").write_text("".join(f"{name} {hexbits(state[name].numpy())}\n" for name in picked))

    names = {
        "model.embed_tokens": "token_embd", "model.norm": "output_norm", "input_layernorm": "attn_norm",
        "self_attn.q_proj": "attn_q", "self_attn.k_proj": "attn_k", "self_attn.v_proj": "attn_v",
        "self_attn.o_proj": "attn_output", "post_attention_layernorm": "ffn_norm", "mlp.gate_proj": "ffn_gate",
        "mlp.up_proj": "ffn_up", "mlp.down_proj": "ffn_down",
    }
    writer = gguf.GGUFWriter(HERE / "tiny-llama.gguf", "llama")
    writer.add_vocab_size(40)
    writer.add_context_length(256)
    writer.add_embedding_length(32)
    writer.add_block_count(1)
    writer.add_feed_forward_length(64)
    writer.add_head_count(4)
    writer.add_head_count_kv(2)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_rope_freq_base(500000.0)
    writer.add_bool("test.bool", True)
    writer.add_array("test.numbers", [1.5, -2.0])
    writer.add_tensor("rope_freqs.weight", np.array([1, 1, 4.5, 8], dtype=np.float32))
    for name, tensor in state.items():
        if name == "lm_head.weight":
            continue
        stem = name.removesuffix(".weight")
        values = tensor.numpy()
        if stem.startswith("model.layers.0."):
            part = names[stem.removeprefix("model.layers.0.")]
            values = permute(values, {"attn_q": 4, "attn_k": 2}[part]) if part in ("attn_q", "attn_k") else values
            stem = "blk.0." + part
        else:
            stem = names[stem]
        values = np.ascontiguousarray(values)
        if "ffn" in stem and values.ndim == 2:
            writer.add_tensor(stem + ".weight", gguf.quantize(values, T.Q8_0), raw_dtype=T.Q8_0)
        elif "attn_v" in stem:
            writer.add_tensor(stem + ".weight", values.astype(np.float16))
        else:
            writer.add_tensor(stem + ".weight", values)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


if __name__ == "__main__":
    dequantize()
    rounding()
    tiny_llama()
