"""Writes constructs.json: what Python's jinja2 renders for one template a construct, under Hugging Face's settings.

Run with jinja2 3.1.6 from this folder: python3 constructs.py
A case is a template over the context below; "ok" is the text, "err" a refusal. Cases marked REFUSED render in Python
but are errors here, on purpose: the engine supports less than Python, never something else.
"""
import datetime
import json

from jinja2 import nodes
from jinja2.exceptions import TemplateError
from jinja2.ext import Extension
from jinja2.sandbox import ImmutableSandboxedEnvironment


class Generation(Extension):
    tags = {"generation"}

    def parse(self, parser):
        line = next(parser.stream).lineno
        body = parser.parse_statements(("name:endgeneration",), drop_needle=True)
        return nodes.CallBlock(self.call_method("_body"), [], [], body).set_lineno(line)

    def _body(self, caller):
        return caller()


def tojson(x, ensure_ascii=False, indent=None, separators=None, sort_keys=False):
    return json.dumps(x, ensure_ascii=ensure_ascii, indent=indent, separators=separators, sort_keys=sort_keys)


def raise_exception(message):
    raise TemplateError(message)


env = ImmutableSandboxedEnvironment(
    trim_blocks=True, lstrip_blocks=True, extensions=["jinja2.ext.loopcontrols", Generation])
env.filters["tojson"] = tojson
env.globals["raise_exception"] = raise_exception
env.globals["strftime_now"] = lambda f: datetime.datetime(2025, 7, 4, 9, 5, 3).strftime(f)

CONTEXT = {
    "s": "Hello, World", "empty": "", "blank": " \t\n x y \n", "uni": "a\U0001F600b\u00e9", "quote": "it's \"q\"\\\n",
    "n": 7, "neg": -7, "f": 2.5, "big": 1e22, "t": True, "none": None, "html": "<b>&\"'</b>",
    "xs": [3, 1, 2], "words": ["b", "A", "c", "a"], "mixed": [1, "a", None, True, 2.5, [1, 2], {"k": "v"}],
    "d": {"b": 1, "a": "x", "items": "shadow", "nested": {"list": [1, {"z": 0}]}},
    "rows": [{"name": "x", "v": 2, "tags": ["p"]}, {"name": "y", "v": 1}, {"name": "X", "v": 3, "tags": []}],
    "tree": [{"n": 1, "c": [{"n": 2, "c": [{"n": 3, "c": []}]}, {"n": 4, "c": []}]}],
    "lines": "one\n\n  two\r\nthree", "pairs": [["a", 1], ["b", 2]],
}

# One template a line; \n stands for a newline in the source.
CASES = open("constructs.txt", encoding="utf-8").read().splitlines()

cases = []
for line in CASES:
    if not line or line.startswith("# "):
        continue
    source = line.removeprefix("REFUSED ").replace("\\n", "\n")
    try:
        result = {"ok": env.from_string(source).render(**CONTEXT)}
    except Exception as e:
        result = {"err": type(e).__name__}
    if line.startswith("REFUSED "):
        result = {"err": "refused here; Python: " + json.dumps(result)}
    cases.append({"template": source, **result})
with open("constructs.json", "w", encoding="utf-8") as out:
    json.dump({"context": CONTEXT, "cases": cases}, out, ensure_ascii=True, indent=0)
    out.write("\n")
print(len(cases), "cases,", sum("ok" in c for c in cases), "render")
