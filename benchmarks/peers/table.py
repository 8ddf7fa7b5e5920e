"""The rounds of benchmarks/peers.sh as docs/figures/peers.md: medians, and the minimum and maximum of the rounds.

    python table.py FOLDER ROUNDS
"""

import datetime
import json
import pathlib
import platform
import re
import statistics
import sys

NAMES = {
    "LLM_ADAPT": "llm-adapt, as stored",
    "LLM_ADAPT_INT8": "llm-adapt, INT8",
    "KHERUD": "de.kherud:llama 4.2.0",
    "JLAMA": "jlama-core 0.8.4, Q4",
    "LLAMA_CPP_PYTHON": "llama-cpp-python, low level",
}
OURS = ("LLM_ADAPT", "LLM_ADAPT_INT8")
ROWS = [
    ("load", 1, "path to first token, fresh process, ms"),
    ("encode", 1, "200 words to tokens, ms"),
    ("read", 1, "reading about 256 tokens, ms"),
    ("decode", 1, "a step, 1 sequence, ms"),
    ("decode", 4, "a step, 4 sequences, ms"),
    ("decode", 8, "a step, 8 sequences, ms"),
    ("decode", 16, "a step, 16 sequences, ms"),
    ("score", 15, "15 labels scored, instructions not yet read, ms"),
    ("score-prompt", 15, "their prompt read alone, ms"),
]


def collect(folder, rounds):
    """Milliseconds by (benchmark, sequences) and engine, one a round."""
    times = {}

    def add(benchmark, sequences, engine, ms):
        times.setdefault((benchmark, sequences), {}).setdefault(engine, []).append(ms)

    def runs(name, number):
        """What a part of a round measured; nothing where the round was cut short before it."""
        file = folder / f"{name}-{number}.json"
        return json.loads(file.read_text()) if file.exists() and file.stat().st_size else []

    for number in range(1, rounds + 1):
        for name in ("load", "read", "decode", "decode-jlama"):
            for run in runs(name, number):
                benchmark = run["benchmark"].rsplit(".", 1)[1]
                params = run["params"]
                add(benchmark, int(params.get("sequences", 1)), params["engine"], run["primaryMetric"]["score"])
        for run in runs("score", number):
            params = run["params"]
            engine = {"AS_STORED": "LLM_ADAPT", "INT8": "LLM_ADAPT_INT8"}[params["precision"]]
            benchmark = "score" if run["benchmark"].endswith(".score") else "score-prompt"
            warm = "-warm" if params["instructionsRead"] == "true" else ""
            add(benchmark + warm, int(params["labels"]), engine, run["primaryMetric"]["score"])
        lines = folder / f"llama-cpp-{number}.json"
        for line in lines.read_text().splitlines() if lines.exists() else []:
            run = json.loads(line)
            add(run["benchmark"], run["sequences"], run["engine"], run["ms"])
    return times


def cell(values):
    places = 1 if not values or min(values) >= 1 else 2
    return f"{statistics.median(values):.{places}f} ({min(values):.{places}f} to {max(values):.{places}f})" if values else "-"


def ratio(values):
    return f"{statistics.median(values):.2f} ({min(values):.2f} to {max(values):.2f})"


def cpu():
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return platform.processor()


def main():
    folder, rounds = pathlib.Path(sys.argv[1]), int(sys.argv[2])
    times = collect(folder, rounds)
    import llama_cpp  # for its version and what it was built for

    features = re.findall(r"(\w+) = 1", llama_cpp.llama_print_system_info().decode())
    print("# This library and other engines: the default model\n")
    print(f"`SmolLM2-135M-Instruct.Q4_1.gguf`, 2 threads each, {cpu()}, {rounds} rounds in turn,"
          f" {datetime.date.today()}. Median of the rounds (min to max). llama-cpp-python {llama_cpp.__version__}"
          f" is built with {', '.join(features)}.\n")
    print("Written by `benchmarks/peers.sh`; `benchmarks/README.md` explains the rows.\n")
    print("| | " + " | ".join(NAMES.values()) + " |")
    print("|---" * (len(NAMES) + 1) + "|")
    for benchmark, sequences, title in ROWS:
        engines = times.get((benchmark, sequences), {})
        print(f"| {title} | " + " | ".join(cell(engines.get(name, [])) for name in NAMES) + " |")
    print("\n| best peer's time over ours | as stored | INT8 |")
    print("|---|---|---|")
    for benchmark, sequences, title in ROWS:
        engines = {name: statistics.median(values) for name, values in times.get((benchmark, sequences), {}).items()}
        peers = [ms for name, ms in engines.items() if name not in OURS]
        if peers and all(name in engines for name in OURS):
            print(f"| {title.removesuffix(', ms')} | " + " | ".join(f"{min(peers) / engines[name]:.2f}" for name in OURS)
                  + " |")
    print("\n| 15 labels scored over reading their prompt alone | as stored | INT8 |")
    print("|---|---|---|")
    for warm, title in (("", "nothing read before"), ("-warm", "instructions read before")):
        score, prompt = times.get(("score" + warm, 15), {}), times.get(("score-prompt" + warm, 15), {})
        if not all(name in score and name in prompt for name in OURS):
            continue
        print(f"| {title} | " + " | ".join(
            ratio([a / b for a, b in zip(score[name], prompt[name])]) for name in OURS) + " |")


if __name__ == "__main__":
    main()
