#!/usr/bin/env python3
"""Prints the structure of the code: modules by size, public types by who can see them, package cycles, lines that stand twice.

    python3 benchmarks/house.py [CHECKOUT]

A line stands twice if it is part of ten consecutive lines, without imports, comments and blanks, that also stand elsewhere.
"""
import collections
import os
import re
import subprocess
import sys

WINDOW = 10


def read(root):
    names = subprocess.check_output(["git", "-C", root, "ls-files"], text=True).split("\n")
    files = [n for n in names if n.startswith("llm-adapt") and "/src/main/java/" in n and n.endswith(".java")]
    return {name: open(os.path.join(root, name), encoding="utf-8").read() for name in files}


def modules(files):
    sizes = collections.defaultdict(lambda: [0, 0])
    for name, text in files.items():
        size = sizes[name.split("/")[0]]
        size[0] += 1
        size[1] += text.count("\n")
    total = sum(lines for _, lines in sizes.values())
    for module, (count, lines) in sorted(sizes.items()):
        print(f"{module:28s} {count:4d} files {lines:6d} lines {100 * lines / total:5.1f} %")
    print(f"{'all':28s} {len(files):4d} files {total:6d} lines")


def packages(files):
    types, imports, public, exports = collections.defaultdict(set), {}, collections.Counter(), {}
    for name, text in files.items():
        if name.endswith("module-info.java"):
            for room, only in re.findall(r"exports\s+([\w.]+)(\s+to\b)?", text):
                exports[room] = bool(only)
            continue
        package = re.search(r"^package ([\w.]+);", text, re.M).group(1)
        simple = os.path.basename(name)[:-5]
        if simple == "package-info":
            continue
        types[package].add(simple)
        code = re.sub(r"/\*.*?\*/", "", text, flags=re.S)
        body = re.sub(r"^(import|package) .*$", "", code, flags=re.M)
        used = [i for i in re.findall(r"^import (?:static )?([\w.]+);", code, re.M) if re.search(rf"\b{i.split('.')[-1]}\b", body)]
        imports.setdefault(package, set()).update(used)
        if re.search(r"^public ", code, re.M):
            public[package] += 1
    graph = collections.defaultdict(set)
    for package, used in imports.items():
        for name in used:
            parts = name.split(".")
            upper = next((i for i, part in enumerate(parts) if part[:1].isupper()), len(parts))
            other = ".".join(parts[:upper])
            if other in types and other != package:
                graph[package].add(other)
    return types, graph, public, exports


def cycles(graph):
    two_way = sorted((a, b) for a in graph for b in graph[a] if a < b and a in graph.get(b, ()))
    index, low, stack, found = {}, {}, [], []

    def visit(node):
        index[node] = low[node] = len(index)
        stack.append(node)
        for other in graph.get(node, ()):
            if other not in index:
                visit(other)
                low[node] = min(low[node], low[other])
            elif other in stack:
                low[node] = min(low[node], index[other])
        if low[node] == index[node]:
            group = stack[stack.index(node):]
            del stack[stack.index(node):]
            if len(group) > 1:
                found.append(sorted(group))

    for node in list(graph):
        if node not in index:
            visit(node)
    return two_way, found


def repeated(files):
    windows = collections.defaultdict(list)
    for name, text in files.items():
        text = re.sub(r"/\*.*?\*/", lambda m: "\n" * m.group(0).count("\n"), text, flags=re.S)
        lines = [(i, re.sub(r"//.*", "", line).strip()) for i, line in enumerate(text.split("\n"))]
        lines = [(i, line) for i, line in lines if line and not line.startswith(("import ", "package ", "@", "}"))]
        for at in range(len(lines) - WINDOW + 1):
            key = "\n".join(line for _, line in lines[at : at + WINDOW])
            windows[key].append([(name, i) for i, _ in lines[at : at + WINDOW]])
    return len({place for places in windows.values() if len(places) > 1 for window in places for place in window})


def main():
    files = read(sys.argv[1] if len(sys.argv) > 1 else ".")
    modules(files)
    types, graph, public, exports = packages(files)
    seen = collections.Counter()
    for package, count in public.items():
        seen["to all" if exports.get(package) is False else "to named modules" if package in exports else "to none"] += count
    print("public types in packages exported", ", ".join(f"{kind}: {seen[kind]}" for kind in ("to all", "to named modules", "to none")))
    two_way, groups = cycles(graph)
    print(f"packages that use each other: {len(two_way)} pairs, {len(groups)} groups", *[" <-> ".join(pair) for pair in two_way], sep="\n  ")
    print("lines that stand twice:", repeated(files))


main()
