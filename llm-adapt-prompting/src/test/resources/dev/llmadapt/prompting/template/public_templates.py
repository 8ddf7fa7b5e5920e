"""Renders the chat templates that public Python packages carry, as transformers does, for PublicTemplatesTest.

Run with transformers 5.24.0 installed:  python3 public_templates.py OUT PACKAGE_FOLDER...
A package folder is an unpacked wheel or source archive, such as of trl, axolotl or llama-cpp-python (whose source has
llama.cpp's models/templates); each *.jinja file below it is a template. OUT gets the layout of chat_templates_golden:
templates/, scenarios.json and expected_jinja2.json. Nothing of OUT is committed: templates belong to their publishers.
"""
import datetime
import json
import pathlib
import sys

from transformers.utils import chat_template_utils

TOOLS = [{"type": "function", "function": {
    "name": "get_weather", "description": "Weather <b> & 'x'",
    "parameters": {"type": "object", "required": ["city"],
                   "properties": {"city": {"type": "string", "description": "A city"}}}}}]


def user(content):
    return {"role": "user", "content": content}


def call(name, arguments, content):
    return {"role": "assistant", "content": content, "tool_calls": [
        {"id": "callabcde", "type": "function", "function": {"name": name, "arguments": arguments}}]}


def result(content):
    return {"role": "tool", "tool_call_id": "callabcde", "name": "get_weather", "content": content}


SCENARIOS = {
    "plain": {"messages": [{"role": "system", "content": "Be terse."}, user("  What is 2+2?\n"),
                           {"role": "assistant", "content": "4."}, user("And 3+3?")]},
    "user": {"messages": [user("a {{ 7*7 }} {% if true %}X{% endif %} <b>&\"' \\n back\\slash\ttab")]},
    "no_prompt": {"messages": [user("Hi"), {"role": "assistant", "content": "Ho"}], "add_generation_prompt": False},
    "thinking": {"messages": [user("U"), {"role": "assistant", "content": "<think>\nhmm\n</think>\n\nA"}, user("V")],
                 "enable_thinking": True},
    "reasoning": {"messages": [user("U"), {"role": "assistant", "reasoning_content": "hmm\n", "content": "A"},
                               user("V")], "enable_thinking": False},
    "tools": {"messages": [user("Weather?")], "tools": TOOLS},
    "call": {"tools": TOOLS, "messages": [
        user("Weather in Köln & <Bonn>?"),
        call("get_weather", {"city": "Köln", "n": 3, "deep": {"a": [1, 2.5, None, True]}}, ""),
        result("{\"t\": 3}"), {"role": "assistant", "content": "3 degrees."}, user("Thanks")]},
    "call_text": {"tools": TOOLS, "messages": [
        user("Weather?"), call("get_weather", "{\"city\": \"Köln\"}", None), result("3")]},
    "parts": {"messages": [user([{"type": "text", "text": "Hi"}, {"type": "text", "text": " there"}])]},
    "documents": {"messages": [user("Hi")], "documents": [{"title": "T", "text": "X"}]},
}


class Noon(datetime.datetime):
    @classmethod
    def now(cls, tz=None):
        return cls(2025, 7, 4, 12, 0, 0)


def render(source, context):
    try:
        return {"ok": chat_template_utils._compile_jinja_template(source).render(**context)}
    except Exception as e:  # whatever the reference refuses, for whatever reason
        return {"err": f"{type(e).__name__}: {e}"[:200]}


def main(out, folders):
    chat_template_utils.datetime = Noon
    base = {"bos_token": "<s>", "eos_token": "</s>", "add_generation_prompt": True}
    scenarios = {name: {**base, **context} for name, context in SCENARIOS.items()}
    (out / "templates").mkdir(parents=True, exist_ok=True)
    expected = {}
    for folder in folders:
        for file in sorted(folder.rglob("*.jinja")):
            name = folder.name + "--" + file.stem
            source = file.read_text(encoding="utf-8")
            (out / "templates" / (name + ".jinja")).write_text(source, encoding="utf-8")
            for scenario, context in scenarios.items():
                expected[name + "|" + scenario] = render(source, context)
    (out / "scenarios.json").write_text(json.dumps(scenarios, ensure_ascii=False), encoding="utf-8")
    (out / "expected_jinja2.json").write_text(json.dumps(expected, ensure_ascii=False), encoding="utf-8")
    print(len(list((out / "templates").iterdir())), "templates,", sum("ok" in r for r in expected.values()), "renderings")


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]), [pathlib.Path(a) for a in sys.argv[2:]])
