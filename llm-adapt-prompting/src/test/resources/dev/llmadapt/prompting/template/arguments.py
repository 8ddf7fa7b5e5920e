"""Renders real chat templates with arguments, as transformers does, for TemplateArgumentsTest.

Run with transformers 5.24.0 installed:  python3 arguments.py CHAT_TEMPLATES_GOLDEN_FOLDER
Writes arguments.json beside this script: the scenarios, and the SHA-256 of each rendering, or "refused". The templates
belong to their publishers and are not committed, nor is what they write.
"""
import datetime
import hashlib
import json
import pathlib
import sys

from transformers.utils import chat_template_utils

USER = {"role": "user", "content": "  What is 2+2?\nReply briefly. "}
TALK = [{"role": "system", "content": "You are terse."}, USER, {"role": "assistant", "content": "4"},
        {"role": "user", "content": "And <think>3+3</think>?"}]
DOCUMENTS = [{"title": "T <b>", "text": "X & 'y' é\n"}, {"title": "", "text": "Z"}]
SCENARIOS = {
    "thinking": {"messages": TALK, "arguments": {"enable_thinking": True, "thinking": True}},
    "no_thinking": {"messages": TALK, "arguments": {"enable_thinking": False, "thinking": False}},
    "effort": {"messages": TALK, "arguments": {"reasoning_effort": "low"}},
    "documents": {"messages": [USER], "arguments": {"documents": DOCUMENTS}},
    "continue": {"messages": TALK + [{"role": "assistant", "content": "It is "}], "continue": True, "arguments": {}},
    "continue_user": {"messages": [USER], "continue": True, "arguments": {}},
}
WORDS = {"thinking": "think", "no_thinking": "think", "effort": "reasoning_effort", "documents": "documents",
         "continue": "", "continue_user": ""}


class Noon(datetime.datetime):
    @classmethod
    def now(cls, tz=None):
        return cls(2025, 7, 4, 12, 0, 0)


def render(source, scenario):
    goes_on = scenario.get("continue", False)
    try:
        text = chat_template_utils.render_jinja_template(
            [scenario["messages"]], chat_template=source, continue_final_message=goes_on,
            add_generation_prompt=not goes_on, bos_token="<s>", eos_token="</s>", **scenario["arguments"])[0][0]
        return hashlib.sha256(text.encode()).hexdigest()
    except Exception:  # whatever the reference refuses, for whatever reason
        return "refused"


def main(folder):
    chat_template_utils.datetime = Noon
    expected = {}
    for file in sorted((folder / "templates").glob("*.jinja")):
        source = file.read_text(encoding="utf-8")
        for name, scenario in SCENARIOS.items():
            if WORDS[name] in source:
                expected[file.stem + "|" + name] = render(source, scenario)
    out = pathlib.Path(__file__).with_name("arguments.json")
    out.write_text(json.dumps({"scenarios": SCENARIOS, "expected": expected}, ensure_ascii=False, indent=1) + "\n",
                   encoding="utf-8")
    print(len(expected), "renderings,", sum(text == "refused" for text in expected.values()), "refused")


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
