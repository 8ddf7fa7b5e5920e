"""Compares what dev.llmadapt.benchmarks.Parity wrote with llama.cpp and transformers, on the same token ids.

    python parity.py PARITY.json MODEL.gguf [--speed ROUNDS CLASSPATH] [--llama-cpp-alone]

Needs llama-cpp-python, numpy, and without --llama-cpp-alone transformers, torch, gguf. With --speed, dev.llmadapt.benchmarks.Speed and llama.cpp are
also timed in turn.
"""

import argparse
import json
import pathlib
import statistics
import subprocess
import sys
import time

import llama_cpp
import numpy as np

THREADS = 2
READ, PROMPT, TOKENS = 256, 128, 32  # as in Speed.java


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("parity")
    arguments.add_argument("model")
    arguments.add_argument("--speed", nargs=2, metavar=("ROUNDS", "CLASSPATH"))
    arguments.add_argument("--llama-cpp-alone", action="store_true")
    options = arguments.parse_args()
    report = json.loads(pathlib.Path(options.parity).read_text())
    print(f"llama-cpp-python {llama_cpp.__version__}")
    if options.speed:
        speed(options.model, int(options.speed[0]), options.speed[1])
    peers = {"llama.cpp": llama(options.model, report)}
    if not options.llama_cpp_alone:
        peers["transformers"] = hugging_face(options.model, report)
    parity(report, peers)


def parity(report, peers):
    print("\n| | perplexity | " + " | ".join(f"ratio to {name}" for name in peers) + " | "
          + " | ".join(f"greedy equal to {name}" for name in peers) + " |")
    print("|---|---" + "|---" * (2 * len(peers)) + "|")
    rows = [(run["precision"], run["perplexity"], run["greedy"]) for run in report["runs"]]
    rows += [(name, perplexity, greedy) for name, (perplexity, greedy) in peers.items()]
    for name, perplexity, greedy in rows:
        ratios = [f"{perplexity / other:.4f}" for other, _ in peers.values()]
        equal = [f"{sum(a == b for a, b in zip(greedy, other))} of {len(greedy)}" for _, other in peers.values()]
        print(f"| {name} | {perplexity:.4f} | " + " | ".join(ratios + equal) + " |", flush=True)


def llama(model, report):
    engine = llama_cpp.Llama(model, n_ctx=1024, n_batch=512, n_threads=THREADS, n_threads_batch=THREADS,
                             logits_all=True, verbose=False)

    def logits(ids):
        engine.reset()
        engine.eval(ids)
        return engine.scores[: len(ids)]

    def greedy(prompt):
        engine.reset()
        engine.eval(prompt)
        ids = []
        while True:
            ids.append(int(np.argmax(engine.scores[engine.n_tokens - 1])))
            if len(ids) == length(report):
                return ids
            engine.eval(ids[-1:])

    return perplexity(report, logits), [greedy(prompt) for prompt in report["prompts"]]


def hugging_face(model, report):
    import torch
    import transformers

    torch.set_num_threads(THREADS)
    print(f"transformers {transformers.__version__}, torch {torch.__version__}")
    path = pathlib.Path(model)
    engine = transformers.AutoModelForCausalLM.from_pretrained(
        str(path.parent), gguf_file=path.name, dtype=torch.float32).eval()

    def logits(ids):
        with torch.inference_mode():
            return engine(torch.tensor([ids])).logits[0].numpy()

    def greedy(prompt):
        ids, past, step = [], None, prompt
        with torch.inference_mode():
            while True:
                out = engine(torch.tensor([step]), past_key_values=past, use_cache=True)
                past = out.past_key_values
                ids.append(int(out.logits[0, -1].argmax()))
                if len(ids) == length(report):
                    return ids
                step = ids[-1:]

    return perplexity(report, logits), [greedy(prompt) for prompt in report["prompts"]]


def length(report):
    return len(report["runs"][0]["greedy"][0])


def perplexity(report, logits):
    total, scored = 0.0, 0
    for start in range(0, len(report["text"]), report["window"]):
        ids = report["text"][start : start + report["window"]]
        rows = logits(ids)[:-1].astype(np.float64)
        rows -= rows.max(axis=1, keepdims=True)
        rows -= np.log(np.exp(rows).sum(axis=1, keepdims=True))
        total -= rows[np.arange(len(ids) - 1), ids[1:]].sum()
        scored += len(ids) - 1
    return float(np.exp(total / scored))


def speed(model, rounds, classpath):
    """Times each engine once a round, in turn, so that what else the machine does hits all alike."""
    engine = llama_cpp.Llama(model, n_ctx=1024, n_batch=512, n_threads=THREADS, n_threads_batch=THREADS, verbose=False)
    ids = [1000 + i * 37 % 8000 for i in range(READ)]  # as in Sessions.java

    def best():
        row = llama_cpp.llama_get_logits_ith(engine.ctx, -1)
        return int(np.argmax(np.ctypeslib.as_array(row, shape=(engine.n_vocab(),))))

    def timed(tokens, work):
        start = time.perf_counter()
        work()
        return (time.perf_counter() - start) * 1e3 / tokens

    def read():
        engine.eval(ids)
        best()

    def decode():
        for _ in range(TOKENS):
            engine.eval([best()])

    def peer():
        engine.reset()
        reading = timed(1, read)
        engine.reset()
        engine.eval(ids[:PROMPT])
        return reading, timed(TOKENS, decode)

    java = subprocess.Popen(["java", "-cp", classpath, "dev.llmadapt.benchmarks.Speed", model],
                            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def ours(precision):
        java.stdin.write(precision + "\n")
        java.stdin.flush()
        return tuple(float(number) for number in java.stdout.readline().split())

    engines = {"llama.cpp": peer, "AS_STORED": lambda: ours("AS_STORED"), "INT8": lambda: ours("INT8")}
    times = {name: [] for name in engines}
    for turn in range(rounds + 2):  # two to warm up
        for name, measure in engines.items():
            result = measure()
            if turn >= 2:
                times[name].append(result)
    java.stdin.close()
    if java.wait() != 0:
        sys.exit("the Java program failed")
    print(f"\n| {rounds} rounds in turn | reading 256 tokens, ms: median (min to max) | its ratio to llama.cpp "
          "| decoding, ms per token | its ratio to llama.cpp |")
    print("|---|---|---|---|---|")
    peer_medians = [statistics.median(column) for column in zip(*times["llama.cpp"])]
    for name, rows in times.items():
        cells = []
        for column, base in zip(zip(*rows), peer_medians):
            median = statistics.median(column)
            cells += [f"{median:.1f} ({min(column):.1f} to {max(column):.1f})", f"{median / base:.2f}"]
        print(f"| {name} | " + " | ".join(cells) + " |", flush=True)


if __name__ == "__main__":
    main()
