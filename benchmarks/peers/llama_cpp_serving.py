"""What dev.llmadapt.benchmarks.ServingTrial measures, on llama.cpp itself: prompts and answers of as many tokens.

    python llama_cpp_serving.py MODEL.gguf SERVING.json

SERVING.json is a line that ServingTrial wrote. One JSON object with the same names. Needs llama-cpp-python, numpy.
"""

import ctypes
import json
import os
import statistics
import sys
import time

import llama_cpp as lib
import numpy as np

from llama_cpp_peer import Engine

CONTEXT, SEQUENCES, REPEATS, SETTLE = 1024, 8, 3, 3


def memory(field):
    for line in open("/proc/self/status"):
        if line.startswith(field):
            return int(line.split()[1]) * 1024 / 1e6
    raise SystemExit(f"no {field} in /proc/self/status")


def tokens(count, start):
    return [1000 + (start * 101 + i * 37) % 8000 for i in range(count)]


def main():
    quiet = lib.llama_log_callback(lambda level, text, data: None)
    lib.llama_log_set(quiet, ctypes.c_void_p())
    ours = json.load(open(sys.argv[2]))
    begun = process_start()
    engine = Engine(sys.argv[1], SEQUENCES, context=CONTEXT)
    result = {"file": ours["file"], "open": time.time() - begun}
    int(np.argmax(engine.read(tokens(30, 0))))
    result["first"] = time.time() - begun
    time.sleep(SETTLE)
    result["resident"], result["peak"] = memory("VmRSS:"), memory("VmHWM:")
    rates, reading, again, together = [], [], [], []
    prompt, length = int(ours["promptTokens"]), int(ours["shortPromptTokens"])
    answer, all_tokens = int(ours["answerTokens"]), int(ours["togetherTokens"])
    for repeat in range(REPEATS):
        token = int(np.argmax(engine.read(tokens(length, 10 * repeat + 1))))
        start = time.perf_counter()
        for step in range(answer - 1):
            engine.run([(token, length + step, 0, True)])
            token = int(np.argmax(engine.logits(0)))
        rates.append((answer - 1) / (time.perf_counter() - start))
        start = time.perf_counter()
        engine.read_in_parts(tokens(prompt, 10 * repeat + 2))
        reading.append(time.perf_counter() - start)
        start = time.perf_counter()
        more = int(ours["moreTokens"])
        engine.run([(token, prompt + i, 0, i == more - 1) for i, token in enumerate(tokens(more, 10 * repeat + 2))])
        int(np.argmax(engine.logits(more - 1)))
        again.append(time.perf_counter() - start)
        start = time.perf_counter()
        several(engine, repeat, length, all_tokens)
        together.append(all_tokens / (time.perf_counter() - start))
    result["answer"] = statistics.median(rates)
    result["prompt"] = statistics.median(reading)
    result["again"] = statistics.median(again)
    result["together"] = statistics.median(together)
    time.sleep(SETTLE)
    result["residentAfter"], result["peakAfter"] = memory("VmRSS:"), memory("VmHWM:")
    print(json.dumps(result))


def several(engine, repeat, length, count):
    """Prompts of several sequences in one batch, then their answers, a token of each a step, so many tokens in all."""
    lib.llama_memory_clear(engine.memory, True)
    entries = []
    for sequence in range(SEQUENCES):
        prompt = tokens(length, 10 * repeat + sequence + 3)
        entries += [(token, i, sequence, i == length - 1) for i, token in enumerate(prompt)]
    rows = [(sequence + 1) * length - 1 for sequence in range(SEQUENCES)]
    nexts = []
    for first in range(0, len(entries), 512):
        engine.run(entries[first:first + 512])
        nexts += [int(np.argmax(engine.logits(row - first))) for row in rows if first <= row < first + 512]
    written = len(nexts)
    step = 0
    while written < count:
        active = min(SEQUENCES, count - written)
        engine.run([(nexts[s], length + step, s, True) for s in range(active)])
        nexts[:active] = [int(np.argmax(engine.logits(s))) for s in range(active)]
        written += active
        step += 1


def process_start():
    """The moment at which this process began, in seconds since 1970."""
    ticks = int(open("/proc/self/stat").read().rsplit(")", 1)[1].split()[19])
    up = float(open("/proc/uptime").read().split()[0])
    return time.time() - (up - ticks / os.sysconf("SC_CLK_TCK"))


if __name__ == "__main__":
    main()
