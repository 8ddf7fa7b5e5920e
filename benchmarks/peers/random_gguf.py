"""A GGUF file of the size and layout of a larger model, with random weights, to measure memory and speed with.

    python random_gguf.py TEMPLATE.gguf TARGET.gguf [--layers 28 --hidden 3584 --feed-forward 18944 --heads 28 --kv-heads 4]

TEMPLATE is a Q4_K_M file of the qwen2 family, such as Qwen2.5-Coder-1.5B-Instruct's; its tokenizer and other settings are kept, its
sizes are replaced. The defaults are those of Qwen2.5-7B. Weights are Q4_K, where llama.cpp's Q4_K_M has Q6_K they are Q6_K, norms and
biases are 32-bit floats. What the model says means nothing. Needs numpy.
"""

import argparse
import struct

import numpy as np

ALIGNMENT = 32
F32, Q4_K, Q6_K = 0, 12, 14
BLOCK = {Q4_K: 144, Q6_K: 210}  # bytes of 256 weights
SCALARS = {0: "<B", 1: "<b", 2: "<H", 3: "<h", 4: "<I", 5: "<i", 6: "<f", 7: "<B", 10: "<Q", 11: "<q", 12: "<d"}
STRING, ARRAY, UINT32 = 8, 9, 4


def read_settings(file):
    """The settings of a GGUF file as (key, type, bytes of the value), in order."""
    def take(form):
        return struct.unpack(form, file.read(struct.calcsize(form)))[0]

    def skip(kind):
        if kind == STRING:
            file.seek(take("<Q"), 1)
        elif kind == ARRAY:
            inner, count = take("<I"), take("<Q")
            if inner in SCALARS:
                file.seek(count * struct.calcsize(SCALARS[inner]), 1)
            else:
                for _ in range(count):
                    skip(inner)
        else:
            file.seek(struct.calcsize(SCALARS[kind]), 1)

    if file.read(4) != b"GGUF" or take("<I") != 3:
        raise SystemExit("the template is no GGUF file of version 3")
    take("<Q")
    settings = []
    for _ in range(take("<Q")):
        key = file.read(take("<Q")).decode()
        kind = take("<I")
        start = file.tell()
        skip(kind)
        end = file.tell()
        file.seek(start)
        settings.append((key, kind, file.read(end - start)))
    return settings


def tensors(options, vocabulary):
    """(name, shape as GGUF has it: the innermost first, type)"""
    hidden, inner = options.hidden, options.feed_forward
    keys = hidden // options.heads * options.kv_heads
    rows = [("token_embd.weight", (hidden, vocabulary), Q4_K)]
    for i in range(options.layers):
        # as llama.cpp's Q4_K_M: values and the way down have six bits in a half of the layers
        more = Q6_K if i < options.layers // 8 or i >= 7 * options.layers // 8 or (i - options.layers // 8) % 3 == 2 else Q4_K
        rows += [
            (f"blk.{i}.attn_norm.weight", (hidden,), F32),
            (f"blk.{i}.attn_q.weight", (hidden, hidden), Q4_K),
            (f"blk.{i}.attn_q.bias", (hidden,), F32),
            (f"blk.{i}.attn_k.weight", (hidden, keys), Q4_K),
            (f"blk.{i}.attn_k.bias", (keys,), F32),
            (f"blk.{i}.attn_v.weight", (hidden, keys), more),
            (f"blk.{i}.attn_v.bias", (keys,), F32),
            (f"blk.{i}.attn_output.weight", (hidden, hidden), Q4_K),
            (f"blk.{i}.ffn_norm.weight", (hidden,), F32),
            (f"blk.{i}.ffn_gate.weight", (hidden, inner), Q4_K),
            (f"blk.{i}.ffn_up.weight", (hidden, inner), Q4_K),
            (f"blk.{i}.ffn_down.weight", (inner, hidden), more),
        ]
    return rows + [("output_norm.weight", (hidden,), F32), ("output.weight", (hidden, vocabulary), Q6_K)]


def size(shape, kind):
    count = int(np.prod(shape, dtype=np.int64))
    return count * 4 if kind == F32 else count // 256 * BLOCK[kind]


def blocks(rng, count, kind):
    """Random blocks, whose weights have a standard deviation of some 0.02."""
    data = rng.integers(0, 256, (count, BLOCK[kind]), dtype=np.uint8)
    if kind == Q4_K:  # scale and offset as half floats, then 6-bit scales and offsets, then integers of 4 bits
        data[:, 0:4] = np.frombuffer(np.array([1.5e-4, 1.1e-3], dtype="<f2").tobytes(), dtype=np.uint8)
    else:  # integers of 6 bits, 16 scales of 8 bits, one scale as a half float
        data[:, 192:208] = rng.integers(1, 64, (count, 16), dtype=np.uint8)
        data[:, 208:210] = np.frombuffer(np.array([3e-5], dtype="<f2").tobytes(), dtype=np.uint8)
    return data.tobytes()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("template")
    parser.add_argument("target")
    parser.add_argument("--layers", type=int, default=28)
    parser.add_argument("--hidden", type=int, default=3584)
    parser.add_argument("--feed-forward", type=int, default=18944)
    parser.add_argument("--heads", type=int, default=28)
    parser.add_argument("--kv-heads", type=int, default=4)
    options = parser.parse_args()
    if options.hidden % 256 or options.feed_forward % 256 or options.hidden % options.heads:
        raise SystemExit("--hidden and --feed-forward must be multiples of 256, --hidden of --heads")
    with open(options.template, "rb") as file:
        settings = read_settings(file)
    sizes = {
        "qwen2.block_count": options.layers,
        "qwen2.embedding_length": options.hidden,
        "qwen2.feed_forward_length": options.feed_forward,
        "qwen2.attention.head_count": options.heads,
        "qwen2.attention.head_count_kv": options.kv_heads,
    }
    missing = set(sizes) - {key for key, _, _ in settings}
    if missing:
        raise SystemExit(f"the template is not of the qwen2 family, it has no {', '.join(sorted(missing))}")
    vocabulary = next(struct.unpack("<Q", value[4:12])[0] for key, _, value in settings if key == "tokenizer.ggml.tokens")
    rows = tensors(options, vocabulary)
    rng = np.random.default_rng(0)
    with open(options.target, "wb") as file:
        file.write(b"GGUF" + struct.pack("<IQQ", 3, len(rows), len(settings)))
        for key, kind, value in settings:
            if key in sizes:
                kind, value = UINT32, struct.pack("<I", sizes[key])
            file.write(struct.pack("<Q", len(key.encode())) + key.encode() + struct.pack("<I", kind) + value)
        offset = 0
        for name, shape, kind in rows:
            file.write(struct.pack("<Q", len(name)) + name.encode() + struct.pack("<I", len(shape)))
            file.write(struct.pack(f"<{len(shape)}Q", *shape) + struct.pack("<IQ", kind, offset))
            offset += (size(shape, kind) + ALIGNMENT - 1) // ALIGNMENT * ALIGNMENT
        file.write(b"\0" * (-file.tell() % ALIGNMENT))
        for name, shape, kind in rows:
            if kind == F32:
                values = np.ones(shape, "<f4") if "norm" in name else rng.normal(0, 0.02, shape).astype("<f4")
                file.write(values.tobytes())
            else:
                left = int(np.prod(shape, dtype=np.int64)) // 256
                while left:
                    part = min(left, 1 << 18)
                    file.write(blocks(rng, part, kind))
                    left -= part
            file.write(b"\0" * (-file.tell() % ALIGNMENT))


if __name__ == "__main__":
    main()
