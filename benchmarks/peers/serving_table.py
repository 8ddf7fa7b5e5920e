"""What ServingTrial and llama_cpp_serving.py measured as docs/figures/serving.md.

    python serving_table.py FOLDER

FOLDER has NAME.ENGINE.ROUND.json for each model, engine (as-stored, compact, llama-cpp) and round.
"""

import datetime
import json
import pathlib
import statistics
import sys

from table import cpu

ENGINES = {"as-stored": "as stored", "compact": "compact", "llama-cpp": "llama.cpp"}
# name, title, unit, whether more is better
ROWS = [
    ("open", "open", "s", False),
    ("first", "first token since the process began", "s", False),
    ("resident", "resident then", "MB", False),
    ("peak", "at most so far", "MB", False),
    ("answer", "an answer of 48 tokens", "tokens/s", True),
    ("prompt", "a long prompt", "s", False),
    ("again", "the same prompt with some 10 tokens more", "s", False),
    ("together", "8 answers of 32 tokens together, with their prompts", "tokens/s", True),
    ("residentAfter", "resident after all that", "MB", False),
    ("peakAfter", "at most in all", "MB", False),
]


def cell(values, unit):
    places = {"s": 2, "MB": 0}.get(unit, 1)
    return (f"{statistics.median(values):,.{places}f} ({min(values):,.{places}f} to {max(values):,.{places}f})"
            if values else "-")


def ratio(row, engines, engine):
    """How many times as good as llama.cpp: above 1 is better than it."""
    name, _, _, more = row
    ours, theirs = engines.get(engine, []), engines.get("llama-cpp", [])
    if not ours or not theirs:
        return "-"
    a, b = (statistics.median(run[name] for run in runs) for runs in (ours, theirs))
    return f"{a / b if more else b / a:.2f}"


def main():
    models = {}
    for file in sorted(pathlib.Path(sys.argv[1]).glob("*.json")):
        name, engine, _ = file.name.rsplit(".", 3)[0:3] if file.name.count(".") >= 3 else (None, None, None)
        if engine in ENGINES and file.stat().st_size:
            models.setdefault(name, {}).setdefault(engine, []).append(json.loads(file.read_text()))
    import llama_cpp

    rounds = max(len(runs) for engines in models.values() for runs in engines.values())
    print("# This library and llama.cpp, by the size of the model\n")
    print(f"Fresh processes in turn, 2 threads each, {cpu()}, {rounds} rounds, {datetime.date.today()}. Median of the rounds (min to"
          f" max); llama.cpp by llama-cpp-python {llama_cpp.__version__}, low level, 8 sequences in one batch. *as stored* and *compact*"
          f" (`Precision.COMPACT`) open from the second time on, with packed weights in the cache folder. The last columns say how many"
          f" times as good as llama.cpp; below 1 is worse.\n")
    print("Written by `benchmarks/peers.sh ROUNDS MODEL...`; `benchmarks/README.md` explains the rows.")
    for name, engines in sorted(models.items(), key=lambda item: next(iter(item[1].values()))[0]["file"]):
        first = next(iter(engines.values()))[0]
        print(f"\n## {name}\n")
        print(f"{first['file']:,.0f} MB; a long prompt is one of {first['promptTokens'] if 'promptTokens' in first else 0:.0f} tokens.\n")
        print("| | " + " | ".join(ENGINES.values()) + " | as stored | compact |")
        print("|---" * (len(ENGINES) + 3) + "|")
        for row in ROWS:
            key, title, unit, _ = row
            cells = [cell([run[key] for run in engines.get(engine, [])], unit) for engine in ENGINES]
            print(f"| {title}, {unit} | " + " | ".join(cells) + f" | {ratio(row, engines, 'as-stored')} |"
                  f" {ratio(row, engines, 'compact')} |")


if __name__ == "__main__":
    main()
