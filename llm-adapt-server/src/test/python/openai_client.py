"""Checks a running server with OpenAI's own Python client.

    pip install openai
    ./llm-adapt serve --model qwen2.5-0.5b --port 8080
    python llm-adapt-server/src/test/python/openai_client.py http://127.0.0.1:8080/v1

Every check prints a line; the status is 1 if one fails. With a model whose chat template shows no tools, the check of
tools sees that they are refused. A second argument is an API key, for a server that has keys.
"""

import json
import sys
import traceback

import openai
from openai import OpenAI

BASE = sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8080/v1"
KEY = sys.argv[2] if len(sys.argv) > 2 else "none"
client = OpenAI(base_url=BASE, api_key=KEY, max_retries=0)
MODEL = client.models.list().data[0].id
ASK = [{"role": "system", "content": "Answer in one sentence."}, {"role": "user", "content": "Why is the sky blue?"}]
TOOL = {
    "type": "function",
    "function": {
        "name": "weather",
        "description": "The weather of a city.",
        "parameters": {
            "type": "object",
            "properties": {"city": {"type": "string", "maxLength": 30}},
            "required": ["city"],
            "additionalProperties": False,
        },
    },
}
SCHEMA = {
    "type": "object",
    "properties": {"city": {"type": "string", "maxLength": 30}, "days": {"type": "integer", "minimum": 1, "maximum": 9}},
    "required": ["city", "days"],
    "additionalProperties": False,
}


def models():
    assert client.models.retrieve(MODEL).id == MODEL
    try:
        client.models.retrieve("no-such-model")
        raise AssertionError("a model that is not there was found")
    except openai.NotFoundError as e:
        assert e.code == "model_not_found", e


def chat():
    answer = client.chat.completions.create(model=MODEL, messages=ASK, max_tokens=20, seed=1, temperature=0.7)
    choice = answer.choices[0]
    assert choice.message.role == "assistant" and choice.message.content
    assert choice.finish_reason in ("stop", "length")
    assert answer.usage.total_tokens == answer.usage.prompt_tokens + answer.usage.completion_tokens
    again = client.chat.completions.create(model=MODEL, messages=ASK, max_tokens=20, seed=1, temperature=0.7)
    assert again.choices[0].message.content == choice.message.content, "a seed gives one answer"
    several = client.chat.completions.create(model=MODEL, messages=ASK, max_tokens=8, n=3, temperature=1.2)
    assert [each.index for each in several.choices] == [0, 1, 2]


def stream():
    options = dict(model=MODEL, messages=ASK, max_tokens=20, temperature=0)
    pieces = list(client.chat.completions.create(stream=True, stream_options={"include_usage": True}, **options))
    text = "".join(p.choices[0].delta.content or "" for p in pieces if p.choices)
    whole = client.chat.completions.create(**options)
    assert text == whole.choices[0].message.content, (text, whole)
    assert pieces[0].choices[0].delta.role == "assistant"
    assert pieces[-2].choices[0].finish_reason == whole.choices[0].finish_reason
    assert pieces[-1].choices == [] and pieces[-1].usage.total_tokens == whole.usage.total_tokens
    with client.chat.completions.create(stream=True, model=MODEL, messages=ASK, max_tokens=500) as early:
        next(iter(early))  # and the client goes away
    with client.chat.completions.stream(model=MODEL, messages=ASK, max_tokens=200, stop=["."]) as helper:
        assert helper.get_final_completion().choices[0].message.content


def stop():
    whole = client.chat.completions.create(model=MODEL, messages=ASK, max_tokens=20).choices[0].message.content
    word = whole.split()[1]
    cut = client.chat.completions.create(model=MODEL, messages=ASK, max_tokens=20, stop=[word]).choices[0]
    assert cut.message.content == whole[: whole.index(word)] and cut.finish_reason == "stop", (whole, cut)


def logprobs():
    answer = client.chat.completions.create(model=MODEL, messages=ASK, max_tokens=5, logprobs=True, top_logprobs=3)
    content = answer.choices[0].logprobs.content
    assert len(content) == answer.usage.completion_tokens
    assert all(each.logprob <= 0 and len(each.top_logprobs) == 3 for each in content)
    assert "".join(each.token for each in content) == answer.choices[0].message.content


def json_schema():
    answer = client.chat.completions.create(
        model=MODEL,
        messages=[{"role": "user", "content": "Plan a trip to Bern for three days, as JSON with city and days."}],
        response_format={"type": "json_schema", "json_schema": {"name": "trip", "strict": True, "schema": SCHEMA}},
    )
    value = json.loads(answer.choices[0].message.content)
    assert set(value) == {"city", "days"} and 1 <= value["days"] <= 9, value


def tools():
    ask = [{"role": "user", "content": "What is the weather in Bern?"}]
    options = dict(model=MODEL, messages=ask, tools=[TOOL], tool_choice="required", parallel_tool_calls=False)
    try:
        answer = client.chat.completions.create(**options)
    except openai.BadRequestError as e:
        assert "tools" in e.message, e
        return "refused: the chat template shows no tools"
    choice = answer.choices[0]
    assert choice.finish_reason == "tool_calls" and choice.message.content is None
    call = choice.message.tool_calls[0]
    assert call.function.name == "weather" and set(json.loads(call.function.arguments)) == {"city"}
    pieces = [p.choices[0].delta for p in client.chat.completions.create(stream=True, **options) if p.choices]
    calls = [each.tool_calls[0] for each in pieces if each.tool_calls]
    assert len(calls) == 1 and calls[0].function.arguments == call.function.arguments, calls
    result = {"role": "tool", "tool_call_id": call.id, "content": "rain"}
    final = client.chat.completions.create(
        model=MODEL, messages=ask + [choice.message, result], tools=[TOOL], max_tokens=20, tool_choice="none"
    )
    assert final.choices[0].message.content


def completions():
    answer = client.completions.create(model=MODEL, prompt=["The sky is", "Grass is"], max_tokens=5)
    assert [each.index for each in answer.choices] == [0, 1] and answer.object == "text_completion"
    scored = client.completions.create(model=MODEL, prompt="The sky is blue", max_tokens=0, echo=True, logprobs=0)
    parts = scored.choices[0].logprobs
    assert len(parts.tokens) == len(parts.token_logprobs) == scored.usage.prompt_tokens
    assert parts.token_logprobs[0] is None and all(each <= 0 for each in parts.token_logprobs[1:])
    text = "".join(p.choices[0].text for p in client.completions.create(model=MODEL, prompt="The sky is", stream=True))
    assert text


def responses():
    options = dict(model=MODEL, instructions="Answer in one sentence.", input="Why is the sky blue?", temperature=0)
    whole = client.responses.create(max_output_tokens=12, metadata={"run": "1"}, **options)
    assert whole.object == "response" and whole.store is False and whole.metadata == {"run": "1"}
    assert whole.status == "incomplete" and whole.incomplete_details.reason == "max_output_tokens", whole
    assert whole.output_text and whole.usage.output_tokens == 12
    assert whole.usage.total_tokens == whole.usage.input_tokens + whole.usage.output_tokens
    events = list(client.responses.create(stream=True, max_output_tokens=12, **options))
    assert [each.sequence_number for each in events] == list(range(len(events)))
    assert [each.type for each in events[:2]] == ["response.created", "response.in_progress"]
    assert events[-1].type == "response.incomplete" and events[-1].response.output_text == whole.output_text
    text = "".join(each.delta for each in events if each.type == "response.output_text.delta")
    assert text == whole.output_text, (text, whole.output_text)
    form = {"type": "json_schema", "name": "trip", "strict": True, "schema": SCHEMA}
    trip = client.responses.create(model=MODEL, input="Plan a trip to Bern for three days.", text={"format": form})
    assert trip.status == "completed" and set(json.loads(trip.output_text)) == {"city", "days"}, trip.output_text
    again = dict(model=MODEL, input="Plan a trip to Bern for three days.", text={"format": form})
    with client.responses.stream(**again) as helper:
        types = [each.type for each in helper]
        assert "response.output_text.done" in types and helper.get_final_response().output_text == trip.output_text
    try:
        client.responses.create(previous_response_id=whole.id, **options)
        raise AssertionError("a response was found that is not kept")
    except openai.BadRequestError as e:
        assert e.param == "previous_response_id", e


def responses_tools():
    tool = {"type": "function", "strict": True, **TOOL["function"]}
    ask = [{"role": "user", "content": "What is the weather in Bern?"}]
    options = dict(model=MODEL, tools=[tool], tool_choice="required", parallel_tool_calls=False)
    try:
        answer = client.responses.create(input=ask, **options)
    except openai.BadRequestError as e:
        assert "tools" in e.message, e
        return "refused: the chat template shows no tools"
    call = answer.output[-1]
    assert call.type == "function_call" and set(json.loads(call.arguments)) == {"city"}, answer
    events = list(client.responses.create(input=ask, stream=True, **options))
    done = [each for each in events if each.type == "response.function_call_arguments.done"]
    assert [each.arguments for each in done] == [call.arguments], events
    result = {"type": "function_call_output", "call_id": call.call_id, "output": "rain"}
    options["tool_choice"] = "none"
    final = client.responses.create(input=ask + answer.output + [result], max_output_tokens=20, **options)
    assert final.output_text


def constraints():
    options = dict(model=MODEL, messages=[{"role": "user", "content": "Heads or tails?"}])
    for body in (
        {"structured_outputs": {"choice": ["heads", "tails"]}},
        {"guided_regex": "heads|tails"},
        {"grammar": 'root ::= "heads" | "tails"'},
    ):
        answer = client.chat.completions.create(extra_body=body, **options).choices[0].message.content
        assert answer in ("heads", "tails"), (body, answer)


def embeddings():
    names = [each.id for each in client.models.list().data]
    try:
        answer = client.embeddings.create(model=names[-1], input=["a dog", "a cat"])  # base64 on the wire
    except openai.NotFoundError:
        return "the server has no embedding model"
    plain = client.embeddings.create(model=names[-1], input=["a dog", "a cat"], encoding_format="float")
    assert len(answer.data) == 2
    assert all(abs(a - b) < 1e-6 for a, b in zip(answer.data[1].embedding, plain.data[1].embedding))


def errors():
    def refused(kind, param, **options):
        try:
            client.chat.completions.create(**{"model": MODEL, "messages": ASK, **options})
        except kind as e:
            assert e.param == param, e.body
            assert e.message and e.type, e.body
            return
        raise AssertionError(f"{options} was taken")

    refused(openai.NotFoundError, "model", model="no-such-model")
    refused(openai.BadRequestError, "logit_bias", logit_bias={"5": 1})
    refused(openai.BadRequestError, "temperature", temperature=5)
    refused(openai.BadRequestError, "messages", messages=[])
    image = {"type": "image_url", "image_url": {"url": "data:image/png;base64,AA=="}}
    refused(openai.BadRequestError, "messages[0].content[0].type", messages=[{"role": "user", "content": [image]}])
    refused(openai.BadRequestError, "messages", messages=[{"role": "user", "content": "long " * 20000}])
    if KEY != "none":
        try:
            OpenAI(base_url=BASE, api_key="another-key", max_retries=0).models.list()
            raise AssertionError("another key was taken")
        except openai.AuthenticationError as e:
            assert e.code == "invalid_api_key"


failed = 0
for check in (
    models,
    chat,
    stream,
    stop,
    logprobs,
    json_schema,
    tools,
    completions,
    responses,
    responses_tools,
    constraints,
    embeddings,
    errors,
):
    try:
        print("ok", check.__name__, check() or "", flush=True)
    except Exception:
        failed += 1
        print("FAILED", check.__name__, flush=True)
        traceback.print_exc()
sys.exit(1 if failed else 0)
