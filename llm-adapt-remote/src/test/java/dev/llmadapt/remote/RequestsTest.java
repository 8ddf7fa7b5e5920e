package dev.llmadapt.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.llmadapt.GenerationOptions;
import dev.llmadapt.JsonSchema;
import dev.llmadapt.Message;
import dev.llmadapt.OutputConstraint;
import dev.llmadapt.Request;
import dev.llmadapt.ToolCall;
import dev.llmadapt.ToolChoice;
import dev.llmadapt.ToolSpec;
import dev.llmadapt.remote.ServerFeatures.Ability;
import dev.llmadapt.remote.ServerFeatures.Dialect;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What is sent to each kind of server, and what is refused before. */
final class RequestsTest {
    private static final Request ASKED = Request.of("Why?");
    private static final GenerationOptions SAMPLED =
            GenerationOptions.defaults().withTemperature(0.7).withSeed(9);

    @Test
    void answer_everyOption_isSentAlsoWhereItHasItsDefault() {
        assertThat(body(ServerFeatures.vllm(), ASKED.withOptions(SAMPLED))).isEqualTo(json("""
                {"model": "m", "messages": [{"role": "user", "content": "Why?"}],
                 "stream": true, "stream_options": {"include_usage": true},
                 "max_tokens": 256, "temperature": 0.7, "top_p": 1.0, "seed": 9,
                 "top_k": -1, "min_p": 0.0, "repetition_penalty": 1.0}"""));
        assertThat(body(
                        ServerFeatures.llamaCpp(),
                        ASKED.withOptions(SAMPLED.withTopK(7).withSeed(-1))))
                .isEqualTo(json("""
                {"model": "m", "messages": [{"role": "user", "content": "Why?"}],
                 "stream": true, "stream_options": {"include_usage": true},
                 "max_tokens": 256, "temperature": 0.7, "top_p": 1.0, "seed": 4294967294,
                 "top_k": 7, "min_p": 0.0, "repeat_penalty": 1.0, "repeat_last_n": -1}"""));
    }

    @Test
    void answer_greedy_hasNoSeed() {
        JsonObject body = body(
                ServerFeatures.openAi(),
                ASKED.withOptions(SAMPLED.withTemperature(0).withStop("a", "b")));

        assertThat(body.has("seed")).isFalse();
        assertThat(body.get("stop")).isEqualTo(JsonParser.parseString("[\"a\", \"b\"]"));
        assertThat(body.get("max_completion_tokens").getAsInt()).isEqualTo(256);
    }

    @Test
    void answer_filtersWhereThereAreNone_areRefusedByName() {
        for (ServerFeatures features :
                List.of(ServerFeatures.openAi(), ServerFeatures.ollama(true), ServerFeatures.plain())) {
            assertRefused(features, ASKED.withOptions(SAMPLED.withTopK(5)), "topK");
            assertRefused(features, ASKED.withOptions(SAMPLED.withMinP(0.1)), "minP");
            assertRefused(features, ASKED.withOptions(SAMPLED.withRepetitionPenalty(1.1)), "repetitionPenalty");
        }
        assertRefused(
                ServerFeatures.plain(), ASKED.withOptions(SAMPLED.withLogProbabilities(true)), "logProbabilities");
    }

    @Test
    void answer_constraints_inTheFieldsOfTheServer() {
        Request oneOf = ASKED.withConstraint(OutputConstraint.oneOf(List.of("yes", "no\n\"")));
        for (ServerFeatures features : List.of(ServerFeatures.vllm(), ServerFeatures.llmAdapt())) {
            assertThat(body(features, oneOf).get("structured_outputs"))
                    .isEqualTo(json("{\"choice\": [\"yes\", \"no\\n\\\"\"]}"));
        }
        assertThat(body(ServerFeatures.llamaCpp(), oneOf).get("grammar").getAsString())
                .isEqualTo("root ::= \"yes\" | \"no\\n\\\"\"");

        Request regex = ASKED.withConstraint(OutputConstraint.regex("[0-9]+"));
        for (ServerFeatures features : List.of(ServerFeatures.vllm(), ServerFeatures.llmAdapt())) {
            assertThat(body(features, regex).get("structured_outputs")).isEqualTo(json("{\"regex\": \"[0-9]+\"}"));
        }
        assertRefused(ServerFeatures.llamaCpp(), regex, "takes no regular expressions");
        assertRefused(ServerFeatures.openAi(), regex, "takes no regular expressions");

        Request grammar = ASKED.withConstraint(OutputConstraint.grammar("root ::= \"a\""));
        for (ServerFeatures features : List.of(ServerFeatures.vllm(), ServerFeatures.llmAdapt())) {
            assertThat(body(features, grammar).get("structured_outputs"))
                    .isEqualTo(json("{\"grammar\": \"root ::= \\\"a\\\"\"}"));
        }
        assertThat(body(ServerFeatures.llamaCpp(), grammar).get("grammar").getAsString())
                .isEqualTo("root ::= \"a\"");
        assertRefused(ServerFeatures.ollama(true), grammar, "takes no grammars");

        Request schema = ASKED.withConstraint(OutputConstraint.json(JsonSchema.parse("{\"type\": \"object\"}")));
        assertThat(body(ServerFeatures.ollama(true), schema).get("response_format"))
                .isEqualTo(json("""
                {"type": "json_schema",
                 "json_schema": {"name": "answer", "schema": {"type": "object"}, "strict": true}}"""));
        assertRefused(ServerFeatures.plain(), schema, "takes no JSON schemas");
        assertRefused(ServerFeatures.plain(), oneOf, "takes no choices");
        assertRefused(
                ServerFeatures.vllm(),
                ASKED.withConstraint(OutputConstraint.triggered(
                        "<a>", OutputConstraint.Triggered.Tag.json("<a>", JsonSchema.number(), "</a>"))),
                "tagged values");
    }

    @Test
    void answer_abilityWithoutItsDialect_isRefused() {
        assertRefused(
                ServerFeatures.plain().with(Ability.REGEX),
                ASKED.withConstraint(OutputConstraint.regex("a")),
                "of that dialect");
    }

    @Test
    void answer_toolsAndTheirChoice() {
        ToolSpec tool = ToolSpec.of("look_up", "Looks up.");
        JsonObject body = body(ServerFeatures.vllm(), ASKED.withTools(List.of(tool), ToolChoice.named("look_up")));

        assertThat(body.get("tools")).isEqualTo(JsonParser.parseString("""
                [{"type": "function", "function": {"name": "look_up", "description": "Looks up.",
                  "parameters": {"type": "object", "properties": {}, "additionalProperties": false}}}]"""));
        assertThat(body.get("tool_choice"))
                .isEqualTo(json("{\"type\": \"function\", \"function\": {\"name\": \"look_up\"}}"));
        assertThat(body.get("parallel_tool_calls").getAsBoolean()).isFalse();
        assertThat(body(ServerFeatures.vllm(), ASKED.withTools(List.of(tool), ToolChoice.none()))
                        .has("tools"))
                .isFalse();
        assertRefused(
                ServerFeatures.ollama(true), ASKED.withTools(List.of(tool), ToolChoice.required()), "must call a tool");
        assertRefused(
                ServerFeatures.llamaCpp(), ASKED.withTools(List.of(tool), ToolChoice.named("look_up")), "they name");
    }

    @Test
    void answer_callsAndResultsWithoutIds_getSome() {
        ToolCall call = new ToolCall("", "look_up", "{}");
        Request request = Request.of(
                Message.user("Why?"),
                Message.assistant("", List.of(call, call)),
                Message.toolResult(call, "a"),
                Message.toolResult(call, "b"));

        assertThat(body(ServerFeatures.openAi(), request).get("messages")).isEqualTo(JsonParser.parseString("""
                [{"role": "user", "content": "Why?"},
                 {"role": "assistant", "content": null, "tool_calls": [
                   {"id": "call1", "type": "function", "function": {"name": "look_up", "arguments": "{}"}},
                   {"id": "call2", "type": "function", "function": {"name": "look_up", "arguments": "{}"}}]},
                 {"role": "tool", "content": "a", "tool_call_id": "call1"},
                 {"role": "tool", "content": "b", "tool_call_id": "call2"}]"""));
    }

    @Test
    void answer_continuationTemplateArgumentsAndRawText() {
        Request begun = Request.of(Message.user("Why?"), Message.assistant("Because"));
        JsonObject body = body(ServerFeatures.vllm(), begun.withTemplateArgument("enable_thinking", false));

        assertThat(body.get("continue_final_message").getAsBoolean()).isTrue();
        assertThat(body.get("add_generation_prompt").getAsBoolean()).isFalse();
        assertThat(body.get("chat_template_kwargs")).isEqualTo(json("{\"enable_thinking\": false}"));
        assertRefused(ServerFeatures.openAi(), begun, "assistant's message");
        assertRefused(ServerFeatures.openAi(), ASKED.withTemplateArgument("enable_thinking", false), "enable_thinking");
        assertRefused(ServerFeatures.openAi(), ASKED.withRaw(true), "without a chat template");

        JsonObject raw = body(
                ServerFeatures.llamaCpp(),
                Request.of(Message.user("a"), Message.user("b")).withRaw(true));
        assertThat(raw.get("prompt").getAsString()).isEqualTo("a\n\nb");
        assertThat(RequestBodies.path(ASKED.withRaw(true))).isEqualTo("/completions");
    }

    @Test
    void answer_extraFields_areAdded() {
        JsonObject extra = ExtraFields.json(RemoteOptions.of("http://h/v1")
                .withExtraBody(Map.of("priority", 3))
                .extraBody());

        assertThat(new RequestBodies("w", ServerFeatures.vllm(), extra)
                        .answer(ASKED, "m")
                        .get("priority")
                        .getAsInt())
                .isEqualTo(3);
        assertThatThrownBy(() -> RemoteOptions.of("http://h/v1").withExtraBody(Map.of("seed", 3)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("seed");
    }

    @Test
    void features_thatContradictThemselves_areRefused() {
        assertThatThrownBy(() -> ServerFeatures.openAi().withScoring(dev.llmadapt.Scoring.EXACT))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("VLLM");
        assertThatThrownBy(() -> ServerFeatures.plain().withScoring(dev.llmadapt.Scoring.TOP_TOKENS))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("LOG_PROBABILITIES");
        assertThat(Dialect.LLAMA_CPP).hasToString("llama.cpp");
    }

    private static void assertRefused(ServerFeatures features, Request request, String named) {
        assertThatThrownBy(() -> body(features, request))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(named);
    }

    private static JsonObject body(ServerFeatures features, Request request) {
        return json(new RequestBodies("http://h/v1", features, new JsonObject())
                .answer(request, "m")
                .toString());
    }

    private static JsonObject json(String text) {
        return JsonParser.parseString(text).getAsJsonObject();
    }
}
