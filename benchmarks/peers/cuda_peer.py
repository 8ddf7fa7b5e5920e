"""Measures transformers and PEFT on a CUDA card, beside which `DeviceSpeed` and `TrainingSpeed` are measured there.

    pip install torch transformers peft
    python benchmarks/peers/cuda_peer.py [DEVICE]

The default model's shape with random weights, on which speed does not depend: decoding in bfloat16 with the attention that
PyTorch brings and a cache that grows, 64 tokens of 1, 8, 32 and 128 sequences after prompts of 128; reading 256 and 1000 tokens;
LoRA of rank 16 on all projections in float32 (no TF32), AdamW, rows of 512 tokens. Medians of five rounds, or of eight steps,
minimum and maximum in brackets. Prints a line for each.
"""

import statistics
import sys
import time

import torch
from peft import LoraConfig, get_peft_model
from transformers import DynamicCache, LlamaConfig, LlamaForCausalLM

DEVICE = sys.argv[1] if len(sys.argv) > 1 else "cuda"
SEQUENCES = 1, 8, 32, 128
READS = 256, 1000
ROUNDS = 5
STEPS = 64
ROWS = 1, 8


def model(dtype):
    torch.manual_seed(1)
    config = LlamaConfig(
        hidden_size=576,
        intermediate_size=1536,
        num_hidden_layers=30,
        num_attention_heads=9,
        num_key_value_heads=3,
        vocab_size=49152,
        max_position_embeddings=8192,
        tie_word_embeddings=True,
    )
    return LlamaForCausalLM(config).to(dtype).to(DEVICE)


def spread(values, digits):
    return f"{statistics.median(values):.{digits}f} ({min(values):.{digits}f} to {max(values):.{digits}f})"


def finish():
    if DEVICE.startswith("cuda"):
        torch.cuda.synchronize()


def timed(action):
    finish()
    start = time.perf_counter()
    action()
    finish()
    return time.perf_counter() - start


@torch.inference_mode()
def answering():
    served = model(torch.bfloat16).eval()
    for sequences in SEQUENCES:
        speeds = []
        for _ in range(ROUNDS + 1):
            cache = DynamicCache()
            prompt = torch.randint(0, 49152, (sequences, 128), device=DEVICE)
            served(input_ids=prompt, past_key_values=cache, use_cache=True, logits_to_keep=1)
            token = prompt[:, -1:]

            def decode():
                nonlocal token
                for _ in range(STEPS):
                    logits = served(input_ids=token, past_key_values=cache, use_cache=True).logits
                    token = logits[:, -1:].argmax(-1)

            speeds.append(sequences * STEPS / timed(decode))
        print(f"decode, {sequences} sequences, tokens/s: {spread(speeds[1:], 0)}", flush=True)
    for length in READS:
        ids = torch.randint(0, 49152, (1, length), device=DEVICE)
        millis = [1000 * timed(lambda: served(input_ids=ids, logits_to_keep=1)) for _ in range(ROUNDS + 1)]
        print(f"read {length} tokens, ms: {spread(millis[1:], 1)}", flush=True)


def training():
    torch.backends.cuda.matmul.allow_tf32 = False
    targets = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]
    settings = LoraConfig(task_type="CAUSAL_LM", r=16, lora_alpha=32, target_modules=targets)
    learner = get_peft_model(model(torch.float32), settings).train()
    parameters = [parameter for parameter in learner.parameters() if parameter.requires_grad]
    optimizer = torch.optim.AdamW(parameters, lr=1e-4, weight_decay=0.0)
    for rows in ROWS:

        def step():
            ids = torch.randint(0, 49152, (rows, 512), device=DEVICE)
            learner(input_ids=ids, labels=ids, use_cache=False).loss.backward()
            optimizer.step()
            optimizer.zero_grad()

        seconds = [timed(step) for _ in range(10)][2:]
        print(f"training step, {rows} x 512 tokens, s: {spread(seconds, 3)}", flush=True)


if __name__ == "__main__":
    print(torch.__version__, torch.cuda.get_device_name() if DEVICE.startswith("cuda") else DEVICE)
    answering()
    training()
