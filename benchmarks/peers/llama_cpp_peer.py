"""The work of PeerBenchmark and ScoreBenchmark on llama.cpp itself, through llama-cpp-python's low-level calls.

    python llama_cpp_peer.py MODEL.gguf SCORE.json

One JSON object a line: {"benchmark", "engine", "sequences", "ms"}. SCORE.json holds the token ids of a prompt and of its labels,
as dev.llmadapt.benchmarks.ScorePrompt writes them. Needs llama-cpp-python, numpy.
"""

import ctypes
import json
import sys
import time

import llama_cpp as lib
import numpy as np

THREADS, PROMPT, READ, TOKENS, CONTEXT = 2, 128, 256, 32, 512  # as in PeerBenchmark.java
REPEATS = 2


def ids(count, start=0):
    return [1000 + (start + i) * 37 % 8000 for i in range(count)]


class Engine:
    def __init__(self, path, sequences, unified=False, context=CONTEXT):
        self.model = lib.llama_model_load_from_file(path.encode(), lib.llama_model_default_params())
        params = lib.llama_context_default_params()
        params.n_ctx = context * sequences
        params.n_batch = params.n_ubatch = 512
        params.n_seq_max = sequences
        params.n_threads = params.n_threads_batch = THREADS
        params.kv_unified = unified
        self.context = lib.llama_init_from_model(self.model, params)
        self.vocabulary = lib.llama_model_get_vocab(self.model)
        self.size = lib.llama_vocab_n_tokens(self.vocabulary)
        self.memory = lib.llama_get_memory(self.context)
        self.batch = lib.llama_batch_init(512, 0, 1)

    def run(self, entries):
        """entries: (token, position, sequence, whether logits are wanted)"""
        self.batch.n_tokens = len(entries)
        for i, (token, position, sequence, wanted) in enumerate(entries):
            self.batch.token[i] = token
            self.batch.pos[i] = position
            self.batch.n_seq_id[i] = 1
            self.batch.seq_id[i][0] = sequence
            self.batch.logits[i] = wanted
        status = lib.llama_decode(self.context, self.batch)
        if status != 0:
            sys.exit(f"llama_decode failed with {status}")

    def logits(self, i):
        return np.ctypeslib.as_array(lib.llama_get_logits_ith(self.context, i), shape=(self.size,))

    def read(self, tokens, sequence=0):
        lib.llama_memory_seq_rm(self.memory, sequence, -1, -1)
        self.run([(token, i, sequence, i == len(tokens) - 1) for i, token in enumerate(tokens)])
        return self.logits(len(tokens) - 1)

    def read_in_parts(self, tokens, sequence=0):
        """Reads a prompt that is longer than a batch."""
        lib.llama_memory_seq_rm(self.memory, sequence, -1, -1)
        for first in range(0, len(tokens), 512):
            part = tokens[first:first + 512]
            self.run([(token, first + i, sequence, first + i == len(tokens) - 1) for i, token in enumerate(part)])
        return self.logits(len(part) - 1)

    def encode(self, text):
        data = text.encode()
        out = (lib.llama_token * len(data))()
        count = lib.llama_tokenize(self.vocabulary, data, len(data), out, len(data), False, False)
        return out[:count]

    def close(self):
        lib.llama_batch_free(self.batch)
        lib.llama_free(self.context)
        lib.llama_model_free(self.model)


def milliseconds(work, repeats=REPEATS):
    """The mean of some runs after one to warm up."""
    work()
    start = time.perf_counter()
    for _ in range(repeats):
        work()
    return (time.perf_counter() - start) * 1e3 / repeats


def report(benchmark, sequences, ms):
    print(json.dumps({"benchmark": benchmark, "engine": "LLAMA_CPP_PYTHON", "sequences": sequences, "ms": ms}), flush=True)


def load(path):
    start = time.perf_counter()
    engine = Engine(path, 1)
    int(np.argmax(engine.read(ids(30))))
    report("load", 1, (time.perf_counter() - start) * 1e3)
    engine.close()


def read_and_encode(path):
    engine = Engine(path, 1)
    report("read", 1, milliseconds(lambda: int(np.argmax(engine.read(ids(READ))))))
    text = " ".join("the old bridge over the river was closed for repairs last week".split()[i % 12] for i in range(200))
    report("encode", 1, milliseconds(lambda: engine.encode(text)))
    engine.close()


def decode(path, sequences):
    engine = Engine(path, sequences)
    for sequence in range(sequences):
        engine.read(ids(PROMPT, sequence), sequence)

    def answer():
        next_ids = ids(sequences)
        for step in range(TOKENS):
            engine.run([(token, PROMPT + step, sequence, True) for sequence, token in enumerate(next_ids)])
            next_ids = [int(np.argmax(engine.logits(sequence))) for sequence in range(sequences)]
        for sequence in range(sequences):
            lib.llama_memory_seq_rm(engine.memory, sequence, PROMPT, -1)

    report("decode", sequences, milliseconds(answer) / TOKENS)
    engine.close()


def score(path, prompt, labels):
    """All labels in one batch after one prompt, whose cells their sequences share."""
    engine = Engine(path, len(labels) + 1, unified=True)

    def scored():
        for sequence in range(len(labels) + 1):
            lib.llama_memory_seq_rm(engine.memory, sequence, -1, -1)
        first = log_softmax(engine.read(prompt))
        entries, rows = [], []
        for sequence, label in enumerate(labels, 1):
            lib.llama_memory_seq_cp(engine.memory, 0, sequence, -1, -1)
            for i, token in enumerate(label[:-1]):
                rows.append((sequence - 1, label[i + 1]))
                entries.append((token, len(prompt) + i, sequence, True))
        totals = [float(first[label[0]]) for label in labels]
        engine.run(entries)
        for row, (label, token) in enumerate(rows):
            totals[label] += float(log_softmax(engine.logits(row))[token])
        return totals

    def prompt_alone():
        int(np.argmax(engine.read(prompt)))

    report("score", len(labels), milliseconds(scored))
    report("score-prompt", len(labels), milliseconds(prompt_alone))
    engine.close()


def log_softmax(row):
    row = row.astype(np.float64) - row.max()
    return row - np.log(np.exp(row).sum())


def main():
    path = sys.argv[1]
    task = json.load(open(sys.argv[2]))
    quiet = lib.llama_log_callback(lambda level, text, data: None)
    lib.llama_log_set(quiet, ctypes.c_void_p())
    load(path)
    read_and_encode(path)
    for sequences in (1, 4, 8, 16):
        decode(path, sequences)
    score(path, task["prompt"], task["labels"])


if __name__ == "__main__":
    main()
