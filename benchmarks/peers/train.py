"""Measures how fast transformers and Hugging Face PEFT train a LoRA adapter, beside which our own training is measured.

    pip install torch transformers peft gguf
    python benchmarks/peers/train.py --model FOLDER|FILE.gguf --rows 4 --tokens 128 --steps 7 --threads 2 \
      [--warm-up 2] [--checkpointing] [--java CLASSPATH]

With --java this library's `TrainingSpeed` does the same first, on the same model, and prints the same numbers.

    python benchmarks/peers/train.py --table 135M=FILE.gguf 0.5B=FILE.gguf 1.5B=FILE.gguf --threads 2 --java CLASSPATH

prints the table of docs/figures/training.md in Markdown, of the models that are named: each line a process of its own,
ours and PyTorch's alternately. On 2 idle cores it takes about 14 minutes; --only ours or --only peer leaves half of it out.

Rank 16, alpha 32, all seven projections, no dropout, AdamW without decay, all in float32 on the processor; a GGUF file is
dequantised by transformers. A step takes random tokens, rows of one length without padding, and learns all of them but the
first of each row. --warm-up steps warm up, then --steps are measured. --checkpointing computes each block again on the way
back, instead of keeping what is in it.

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
import sys
import time

os.environ["HF_HUB_OFFLINE"] = "1"

ROWS = 4

# Of each model: tokens in a row, and the lines of the table: who, frozen weights, checkpointing, warm-up steps, measured steps.
TABLE = {
    "135M": (
        128,
        2 * [("ours", "FP32", False, 2, 5), ("peer", "FP32", False, 2, 5), ("ours", "AS_STORED", False, 2, 5)]
        + [("ours", "FP32", True, 2, 5), ("peer", "FP32", True, 2, 5), ("ours", "AS_STORED", True, 2, 5)],
    ),
    "0.5B": (
        256,
        [("ours", "FP32", False, 1, 2), ("peer", "FP32", False, 1, 2), ("ours", "AS_STORED", False, 1, 2)]
        + [("peer", "FP32", True, 1, 2), ("ours", "AS_STORED", True, 1, 2)],
    ),
    "1.5B": (256, [("ours", "AS_STORED", True, 1, 1), ("peer", "FP32", True, 1, 1)]),
}


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("--model")
    for name in "rows", "tokens", "steps":
        parser.add_argument(f"--{name}", type=int)
    parser.add_argument("--threads", type=int, required=True)
    parser.add_argument("--warm-up", type=int, default=2)
    parser.add_argument("--checkpointing", action="store_true")
    parser.add_argument("--java")
    parser.add_argument("--table", nargs="+", metavar="SIZE=FILE")
    parser.add_argument("--only", choices=["ours", "peer"])
    options = parser.parse_args()
    if not options.table and not (options.model and options.rows and options.tokens and options.steps):
        parser.error("expected --table, or --model, --rows, --tokens and --steps")
    return options


def ours(options, precision="FP32"):
    numbers = [str(n) for n in (options.rows, options.tokens, options.steps, options.threads)]
    command = ["java", "-XX:+UseSerialGC", "-cp", options.java, "dev.llmadapt.benchmarks.TrainingSpeed", options.model]
    command += [*numbers, precision, str(options.checkpointing).lower(), "cpu", str(options.warm_up)]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def peer(options):
    command = [sys.executable, __file__, "--model", options.model]
    for name in "rows", "tokens", "steps", "threads", "warm-up":
        command += [f"--{name}", str(getattr(options, name.replace("-", "_")))]
    command += ["--checkpointing"] if options.checkpointing else []
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip().splitlines()[-1]


def table(options):
    print("| model, rows | who, frozen weights | checkpointing | s per step | tokens/s | peak MB |\n|---|---|---|---|---|---|")
    for named in options.table:
        size, options.model = named.split("=", 1)
        options.rows = ROWS
        options.tokens, lines = TABLE[size]
        for who, precision, options.checkpointing, options.warm_up, options.steps in lines:
            if options.only in (None, who):
                found = json.loads(ours(options, precision) if who == "ours" else peer(options))
                name = "PyTorch + PEFT" if who == "peer" else "llm-adapt"
                weights = "floats" if precision == "FP32" else "blocks as stored"
                print(
                    f"| {size}, {ROWS} x {options.tokens} | {name}, {weights} | {'yes' if options.checkpointing else 'no'} "
                    f"| {found['step_seconds']:.2f} | {found['tokens_per_second']:.0f} | {found['peak_rss_mb']:.0f} |",
                    flush=True,
                )


def adapted(model, checkpointing):
    import torch
    from peft import LoraConfig, get_peft_model
    from transformers import AutoModelForCausalLM

    path = pathlib.Path(model)
    place = {"gguf_file": path.name} if path.suffix == ".gguf" else {}
    folder = path.parent if place else path
    model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32, **place)
    if checkpointing:
        model.gradient_checkpointing_enable(gradient_checkpointing_kwargs={"use_reentrant": False})
    targets = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]
    model = get_peft_model(model, LoraConfig(task_type="CAUSAL_LM", r=16, lora_alpha=32, target_modules=targets))
    return model.train()


def measure(options):
    import torch

    torch.set_num_threads(options.threads)
    torch.manual_seed(1)
    model = adapted(options.model, options.checkpointing)
    parameters = [parameter for parameter in model.parameters() if parameter.requires_grad]
    optimizer = torch.optim.AdamW(parameters, lr=1e-4, weight_decay=0.0)
    seconds = []
    for _ in range(options.warm_up + options.steps):
        ids = torch.randint(0, model.config.vocab_size, (options.rows, options.tokens))
        start = time.perf_counter()
        loss = model(input_ids=ids, labels=ids, use_cache=False).loss
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
        seconds.append(time.perf_counter() - start)
    median = statistics.median(seconds[options.warm_up :])
    names = ("rows", "tokens", "steps", "threads", "warm_up", "checkpointing")
    return {
        **{name: getattr(options, name) for name in names},
        "torch": torch.__version__,
        "trained": sum(parameter.numel() for parameter in parameters),
        "loss": loss.item(),
        "step_seconds": median,
        "tokens_per_second": options.rows * options.tokens / median,
        "peak_rss_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,  # kilobytes on Linux
    }


def main():
    options = arguments()
    if options.table:
        table(options)
        return
    if options.java:
        print(ours(options), flush=True)
    print(json.dumps(measure(options)))


if __name__ == "__main__":
    main()
