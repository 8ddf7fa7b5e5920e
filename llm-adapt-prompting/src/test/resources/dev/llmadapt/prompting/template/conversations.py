"""Renders conversations with tools and with thoughts, as transformers does, for ConversationGoldensTest.

Run with transformers 5.24.0 installed:  python3 conversations.py CHAT_TEMPLATES_GOLDEN_FOLDER PACKAGE_FOLDER...
The first folder has the layout of chat_templates_golden; a package folder is an unpacked package with *.jinja files, as
public_templates.py takes it. Writes conversations.json beside this script: the tools, the conversations, and the SHA-256
of each rendering, or "refused". The templates belong to their publishers and are not committed, nor is what they write.
"""
import datetime
import hashlib
import json
import pathlib
import sys

from transformers.utils import chat_template_utils

TOOLS = [
    {"type": "function", "function": {
        "name": "get_weather", "description": "The <b>weather</b> of a 'city' & more, \"now\" é 日本",
        "parameters": {"type": "object", "properties": {
            "city": {"type": "string", "description": "A city"},
            "days": {"type": "integer", "minimum": 1, "default": 3},
            "units": {"type": "array", "items": {"type": "string", "enum": ["C", "F"]}},
            "least": {"type": "number", "maximum": 2.5}}, "required": ["city"]}}},
    {"type": "function", "function": {
        "name": "stop", "description": "Stops.", "parameters": {"type": "object", "properties": {}}}}]
SYSTEM = {"role": "system", "content": "You are terse."}
USER = {"role": "user", "content": "Weather in Zürich & <Bonn>?"}
ARGUMENTS = {"city": "Zürich & \"x\" </tool_call> ]}", "days": 2, "units": ["C"], "least": -0.5}


def call(number, name, arguments):
    return {"id": f"callabcd{number}", "type": "function", "function": {"name": name, "arguments": arguments}}


def said(content, *calls, thought=""):
    message = {"role": "assistant", "content": content}
    if thought:
        message["reasoning_content"] = thought
    if calls:
        message["tool_calls"] = list(calls)
    return message


def result(number, name, content):
    return {"role": "tool", "name": name, "tool_call_id": f"callabcd{number}", "content": content}


FIRST = call(1, "get_weather", ARGUMENTS)
SECOND = call(2, "stop", {})
# "begin": whether the model's turn begins at the end
CONVERSATIONS = {
    "tools": {"messages": [SYSTEM, USER], "tools": True, "begin": True},
    "called": {"messages": [USER, said("", FIRST)], "tools": True, "begin": False},
    "result": {"messages": [USER, said("", FIRST), result(1, "get_weather", "{\"t\": 3}")], "tools": True,
               "begin": True},
    "two_calls": {"messages": [USER, said("", FIRST, SECOND), result(1, "get_weather", "3"), result(2, "stop", "ok")],
                  "tools": True, "begin": True},
    "later": {"messages": [SYSTEM, USER, said("", FIRST), result(1, "get_weather", "3"), said("3 degrees."),
                           {"role": "user", "content": "Thanks"}], "tools": True, "begin": True},
    "thought": {"messages": [USER, said("", FIRST, thought="Look <it> up.\nNow."), result(1, "get_weather", "3")],
                "tools": True, "begin": True},
    "two_thoughts": {"messages": [
        USER, said("", FIRST, thought="One."), result(1, "get_weather", "3"), said("", SECOND, thought="Two."),
        result(2, "stop", "ok")], "tools": True, "begin": True},
    "earlier_thought": {"messages": [USER, said("3 degrees.", thought="It is\n cold."),
                                     {"role": "user", "content": "Thanks"}], "tools": False, "begin": True},
    "last_thought": {"messages": [USER, said("3 degrees.", thought="It is cold.")], "tools": False, "begin": False},
}


def granite(calls):
    return "<|tool_call|>[" + ", ".join(one(each) for each in calls) + "]"


def hermes(calls):
    return "\n".join("<tool_call>\n" + one(each) + "\n</tool_call>" for each in calls)


def one(each):
    function = each["function"]
    return '{"name": "%s", "arguments": %s}' % (function["name"], json.dumps(function["arguments"], ensure_ascii=False))


# templates by their name without that of the package: the variable of the tools, and who writes calls where the template does not
TEMPLATES = {
    "mistralai-Mistral-Nemo-Instruct-2407": ("tools", None), "Mistral-Small-3.2-24B-Instruct-2506": ("tools", None),
    "unsloth-mistral-Devstral-Small-2507": ("tools", None), "mistralai-Ministral-3-14B-Reasoning-2512": ("tools", None),
    "smollm3": ("xml_tools", hermes), "granite3.3_2b": ("tools", granite),
    "ibm-granite-granite-3.3-2B-Instruct": ("tools", granite), "granite4_350m": ("tools", None),
    "ibm-granite-granite-4.1": ("tools", None), "llama3.1_8b": ("tools", None), "llama3.2_3b": ("tools", None),
    "meta-llama-Llama-3.3-70B-Instruct": ("tools", None), "qwen2.5_0.5b": ("tools", None), "qwen3_0.6b": ("tools", None),
    "qwen3-next_80b": ("tools", None), "NousResearch-Hermes-3-Llama-3.1-8B-tool_use": ("tools", None),
    "qwen3_training": ("tools", None), "Qwen-QwQ-32B": ("tools", None), "Bielik-11B-v3.0-Instruct": ("tools", None),
    "nemotron_3_nano": ("tools", None), "openbmb-MiniCPM5-1B": ("tools", None), "qwen3_5_think": ("tools", None),
    "GLM-4.6": ("tools", None), "MiniMax-M2": ("tools", None),
}


class Noon(datetime.datetime):
    @classmethod
    def now(cls, tz=None):
        return cls(2025, 7, 4, 12, 0, 0)


def render(source, conversation, variable, writer):
    messages = json.loads(json.dumps(conversation["messages"]))
    for message in messages:
        if writer and "tool_calls" in message:
            message["content"] += writer(message.pop("tool_calls"))
    tools = {variable: TOOLS} if conversation["tools"] else {}
    try:
        text = chat_template_utils._compile_jinja_template(source).render(
            messages=messages, add_generation_prompt=conversation["begin"], bos_token="<s>", eos_token="</s>", **tools)
        return hashlib.sha256(text.encode()).hexdigest()
    except Exception:  # whatever the reference refuses, for whatever reason
        return "refused"


def main(golden, folders):
    chat_template_utils.datetime = Noon
    files = {file.stem: file for file in sorted((golden / "templates").glob("*.jinja"))}
    for folder in folders:
        files.update({folder.name + "--" + file.stem: file for file in sorted(folder.rglob("*.jinja"))})
    expected = {}
    for end, (variable, writer) in TEMPLATES.items():
        found = [name for name in files if name == end or name.endswith("--" + end)]
        if not found:
            raise SystemExit("no template " + end)
        source = files[found[-1]].read_text(encoding="utf-8")
        expected[end] = {key: render(source, each, variable, writer) for key, each in CONVERSATIONS.items()}
    out = pathlib.Path(__file__).with_name("conversations.json")
    out.write_text(json.dumps({"tools": TOOLS, "conversations": CONVERSATIONS, "expected": expected},
                              ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    texts = [text for each in expected.values() for text in each.values()]
    print(len(expected), "templates,", len(texts), "renderings,", texts.count("refused"), "refused")


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]), [pathlib.Path(a) for a in sys.argv[2:]])
