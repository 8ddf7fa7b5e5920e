"""Measures how fast transformers and Hugging Face PEFT train a LoRA adapter, beside which our own training is measured.

    pip install torch transformers peft
    python benchmarks/peers/train.py --model FOLDER|FILE.gguf --rows 4 --tokens 128 --steps 7 --threads 2 \
      [--checkpointing] [--java CLASSPATH]

With --java this library's `TrainingSpeed` does the same first, on the same model, and prints the same numbers.

Rank 16, alpha 32, all seven projections, no dropout, AdamW without decay, all in float32 on the processor. A step takes
random tokens, rows of one length without padding, and learns all of them but the first of each row. Two steps warm up, then
--steps are measured. --checkpointing computes each block again on the way back, instead of keeping what is in it.

Prints one line of JSON: "step_seconds" is the median, "tokens_per_second" rows * tokens / median, "peak_rss_mb" the most
memory of the process so far, in units of 2^20 bytes, with what loading the model took.
"""

import argparse
import json
import os
import pathlib
import resource
import statistics
import subprocess
import time

os.environ["HF_HUB_OFFLINE"] = "1"

import torch
from peft import LoraConfig, get_peft_model
from transformers import AutoModelForCausalLM

WARM_UP = 2


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("--model", required=True)
    for name in "rows", "tokens", "steps", "threads":
        parser.add_argument(f"--{name}", type=int, required=True)
    parser.add_argument("--checkpointing", action="store_true")
    parser.add_argument("--java")
    return parser.parse_args()


def ours(options):
    numbers = [str(n) for n in (options.rows, options.tokens, options.steps, options.threads)]
    command = ["java", "-XX:+UseSerialGC", "-cp", options.java, "dev.llmadapt.benchmarks.TrainingSpeed", options.model]
    command += [*numbers, "FP32", str(options.checkpointing).lower()]
    print(subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip(), flush=True)


def adapted(model, checkpointing):
    path = pathlib.Path(model)
    place = {"gguf_file": path.name} if path.suffix == ".gguf" else {}
    folder = path.parent if place else path
    model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32, **place)
    if checkpointing:
        model.gradient_checkpointing_enable(gradient_checkpointing_kwargs={"use_reentrant": False})
    targets = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]
    model = get_peft_model(model, LoraConfig(task_type="CAUSAL_LM", r=16, lora_alpha=32, target_modules=targets))
    return model.train()


def main():
    options = arguments()
    if options.java:
        ours(options)
    torch.set_num_threads(options.threads)
    torch.manual_seed(1)
    model = adapted(options.model, options.checkpointing)
    parameters = [parameter for parameter in model.parameters() if parameter.requires_grad]
    optimizer = torch.optim.AdamW(parameters, lr=1e-4, weight_decay=0.0)
    seconds = []
    for _ in range(WARM_UP + options.steps):
        ids = torch.randint(0, model.config.vocab_size, (options.rows, options.tokens))
        start = time.perf_counter()
        loss = model(input_ids=ids, labels=ids, use_cache=False).loss
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
        seconds.append(time.perf_counter() - start)
    median = statistics.median(seconds[WARM_UP:])
    result = {
        **{key: value for key, value in vars(options).items() if key not in ("java", "model")},
        "torch": torch.__version__,
        "trained": sum(parameter.numel() for parameter in parameters),
        "loss": loss.item(),
        "step_seconds": median,
        "tokens_per_second": options.rows * options.tokens / median,
        "peak_rss_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,  # kilobytes on Linux
    }
    print(json.dumps(result))


if __name__ == "__main__":
    main()
