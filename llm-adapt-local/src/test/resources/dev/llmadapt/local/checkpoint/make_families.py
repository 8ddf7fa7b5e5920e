"""Makes the fixtures of GGUF families in families/: python make_families.py (needs torch, transformers, gguf,
llama-cpp-python).

NAME.gguf   a random model of two to seven blocks, in 16-bit floats, written as llama.cpp's convert_hf_to_gguf.py does; that
            it is so shows in that llama.cpp gives the logits that transformers gives
NAME.json   what transformers has: a checksum (CRC-32 of the float32 values, little-endian) and the shape of each tensor
            under its Hugging Face name; the model's settings; and a prompt with the logits of its last token
"""

import json
import pathlib
import tempfile
import zlib

import gguf
import llama_cpp
import numpy as np
import torch
import transformers as tf

HERE = pathlib.Path(__file__).parent / "families"
VOCABULARY = 40
SHAPE = dict(
    vocab_size=VOCABULARY, hidden_size=32, intermediate_size=32, num_hidden_layers=2, num_attention_heads=2,
    num_key_value_heads=1, max_position_embeddings=64, bos_token_id=1, eos_token_id=2, pad_token_id=0,
    initializer_range=0.2,
)
GEMMA = dict(SHAPE, head_dim=16, query_pre_attn_scalar=16, sliding_window=8)
FAMILIES = {
    "qwen2": tf.Qwen2Config(**SHAPE, tie_word_embeddings=True),
    "qwen3": tf.Qwen3Config(**SHAPE, head_dim=16, tie_word_embeddings=False),
    "gemma2": tf.Gemma2Config(**GEMMA),
    "gemma3": tf.Gemma3TextConfig(**dict(GEMMA, num_hidden_layers=7, num_attention_heads=2)),
    "phi3": tf.Phi3Config(**SHAPE, tie_word_embeddings=False),
    "gpt2": tf.GPT2Config(
        vocab_size=VOCABULARY, n_positions=64, n_embd=32, n_layer=2, n_head=2, n_inner=48, initializer_range=0.2,
        bos_token_id=1, eos_token_id=2,
    ),
}
ARCHITECTURES = {
    "qwen2": gguf.MODEL_ARCH.QWEN2, "qwen3": gguf.MODEL_ARCH.QWEN3, "gemma2": gguf.MODEL_ARCH.GEMMA2,
    "gemma3": gguf.MODEL_ARCH.GEMMA3, "phi3": gguf.MODEL_ARCH.PHI3, "gpt2": gguf.MODEL_ARCH.GPT2,
}


def write(path, family, config, state, kind):
    writer = gguf.GGUFWriter(path, family)
    gpt2 = family == "gpt2"
    writer.add_vocab_size(VOCABULARY)
    writer.add_context_length(config.max_position_embeddings)
    writer.add_embedding_length(config.hidden_size)
    writer.add_block_count(config.num_hidden_layers)
    writer.add_feed_forward_length(config.n_inner if gpt2 else config.intermediate_size)
    writer.add_head_count(config.num_attention_heads)
    writer.add_tokenizer_model("no_vocab")
    if gpt2:
        writer.add_layer_norm_eps(config.layer_norm_epsilon)
    else:
        writer.add_head_count_kv(config.num_key_value_heads)
        writer.add_layer_norm_rms_eps(config.rms_norm_eps)
    if family == "gemma2":
        writer.add_attn_logit_softcapping(config.attn_logit_softcapping)
        writer.add_final_logit_softcapping(config.final_logit_softcapping)
    if family.startswith("gemma") or family == "qwen3":
        writer.add_key_length(config.head_dim)
        writer.add_value_length(config.head_dim)
    if family.startswith("gemma"):
        writer.add_sliding_window(config.sliding_window)
    if family == "gemma3":
        writer.add_rope_freq_base(1000000.0)
    if family == "phi3":
        writer.add_rope_dimension_count(config.hidden_size // config.num_attention_heads)
        writer.add_rope_freq_base(10000.0)
        writer.add_sliding_window(0)
    names = gguf.get_tensor_name_map(ARCHITECTURES[family], config.num_hidden_layers)
    for name, tensor in state.items():
        values = tensor.numpy()
        if family.startswith("gemma") and name.endswith("norm.weight"):
            values = values + np.float32(1)
        if gpt2 and name.endswith((".c_attn.weight", ".c_proj.weight", ".c_fc.weight")):
            values = values.T
        stored = names.get_name(name, try_suffixes=(".weight", ".bias"))
        wide = values.ndim == 1 or stored == "position_embd.weight"
        writer.add_tensor(stored, np.ascontiguousarray(values, dtype=np.float32 if wide else kind))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def make(family, config):
    torch.manual_seed(5)
    config._attn_implementation = "eager"
    model = tf.AutoModelForCausalLM.from_config(config).float().eval()
    for name, parameter in model.named_parameters():
        if parameter.ndim == 1:
            # of few bits, as real ones are, so that adding one and taking it off again is exact
            parameter.data = (parameter.data + torch.randn_like(parameter) * 0.1).bfloat16().float()
        else:
            parameter.data = parameter.data.half().float()
    state = {name: tensor for name, tensor in model.state_dict().items()}
    if config.tie_word_embeddings:
        state.pop("lm_head.weight", None)
    prompt = torch.randint(3, VOCABULARY, (24,)).tolist()
    with torch.no_grad():
        logits = model(torch.tensor([prompt])).logits[0].numpy()
    with tempfile.TemporaryDirectory() as folder:
        exact = pathlib.Path(folder) / "exact.gguf"
        write(exact, family, config, state, np.float32)
        peer = llama_cpp.Llama(str(exact), n_ctx=64, logits_all=True, verbose=False, type_k=0, type_v=0, flash_attn=False)
        peer.eval(prompt)
        difference = np.abs(np.array(peer.scores[: len(prompt)]) - logits).max()
    print(family, "differs from llama.cpp by", difference, "of", np.abs(logits).max())
    assert difference < 2e-3, family
    write(HERE / (family + ".gguf"), family, config, state, np.float16)
    tensors = {
        name: {"shape": list(tensor.shape), "crc32": zlib.crc32(tensor.numpy().astype("<f4").tobytes())}
        for name, tensor in state.items()
    }
    settings = {key: value for key, value in config.to_dict().items() if isinstance(value, (int, float, str, bool))}
    golden = {"settings": settings, "tensors": tensors, "prompt": prompt, "logits": [round(float(x), 5) for x in logits[-1]]}
    (HERE / (family + ".json")).write_text(json.dumps(golden, indent=1) + "\n")


if __name__ == "__main__":
    HERE.mkdir(exist_ok=True)
    for family, config in FAMILIES.items():
        make(family, config)
