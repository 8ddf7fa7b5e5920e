package dev.llmadapt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Tools, calls and results as values. */
class ToolsTest {
    private static final ToolSpec TOOL = ToolSpec.of("time", "The time.");
    private static final ToolCall CALL = new ToolCall("c", "time", "{\"zone\": \"UTC\"}");

    @Test
    void tool_ofWrongNameOrSchema_isRefused() {
        assertThatThrownBy(() -> ToolSpec.of("get time", "")).hasMessageContaining("'get time'");
        assertThatThrownBy(() -> ToolSpec.of("", "")).hasMessageContaining("1 to 64");
        assertThatThrownBy(() -> ToolSpec.of("a", "", JsonSchema.integer()))
                .hasMessageContaining("'a'")
                .hasMessageContaining("the schema of an object");
        assertThatThrownBy(() -> ToolSpec.of("a", "", JsonSchema.parse("true"))).hasMessageContaining("object");
    }

    @Test
    void call_ofWrongArguments_isRefused() {
        assertThatThrownBy(() -> new ToolCall("", "a", "{")).hasMessageContaining("not JSON");
        assertThatThrownBy(() -> new ToolCall("", "a", "[1]")).hasMessageContaining("must be a JSON object");
        assertThatThrownBy(() -> new ToolCall("", "", "{}")).hasMessageContaining("name");
    }

    @Test
    void message_ofWrongRole_hasNoCalls() {
        assertThatThrownBy(() -> new Message(Role.USER, "a", List.of(CALL), "", ""))
                .hasMessageContaining("only an assistant's message calls tools");
        assertThatThrownBy(() -> new Message(Role.ASSISTANT, "a", List.of(), "c", ""))
                .hasMessageContaining("only a tool's message");
        Message result = Message.toolResult(CALL, "9:30");
        assertThat(result.toolCallId()).isEqualTo("c");
        assertThat(result.toolName()).isEqualTo("time");
        assertThat(result.withContent("9:31").toolName()).isEqualTo("time");
        assertThat(Message.assistant("a", List.of(CALL)).withContent("b").toolCalls())
                .containsExactly(CALL);
    }

    @Test
    void message_reasoning_isTheAssistantsAndStays() {
        assertThatThrownBy(() -> Message.user("a").withReasoning("b"))
                .hasMessageContaining("only an assistant's message has a reasoning");
        Message thought = Message.assistant("a", List.of(CALL)).withReasoning("hmm");
        assertThat(thought.withContent("b").reasoning()).isEqualTo("hmm");
        assertThat(thought.withContent("b").toolCalls()).containsExactly(CALL);
        assertThat(thought.withReasoning("")).isEqualTo(Message.assistant("a", List.of(CALL)));
        assertThat(new Generation("a", List.of(), FinishReason.STOP, Usage.NONE, Timings.NONE, "hmm").message())
                .isEqualTo(Message.assistant("a").withReasoning("hmm"));
    }

    @Test
    void request_changes_keepTheTools() {
        Request request = Request.of("a").withTools(List.of(TOOL), ToolChoice.named("time"));
        Request changed = request.plus(Message.user("b"))
                .withOptions(GenerationOptions.defaults().withMaxTokens(3))
                .withAdapter("x")
                .withSystemParagraph("s")
                .withMessages(List.of(Message.user("c")));
        assertThat(changed.tools()).containsExactly(TOOL);
        assertThat(changed.toolChoice()).isEqualTo(ToolChoice.named("time"));
        assertThat(request.callsTools()).isTrue();
        assertThat(request.withToolChoice(ToolChoice.none()).callsTools()).isFalse();
    }

    @Test
    void request_thatCannotBeKept_isRefused() {
        Request request = Request.of("a").withTools(TOOL);
        assertThatThrownBy(() -> request.withRaw(true)).hasMessageContaining("raw text has no tools");
        assertThatThrownBy(() -> request.withConstraint(OutputConstraint.regex("a")))
                .hasMessageContaining("a regular expression");
        assertThatThrownBy(() -> request.withToolChoice(ToolChoice.named("other")))
                .hasMessageContaining("'other'")
                .hasMessageContaining("[time]");
        assertThatThrownBy(() -> Request.of("a").withToolChoice(ToolChoice.required()))
                .hasMessageContaining("has no tools");
        assertThatThrownBy(() -> request.withTools(TOOL, TOOL)).hasMessageContaining("different names");
        assertThatThrownBy(() -> request.requireNoTools("a test")).hasMessageContaining("a test cannot call tools");
        Request none = request.withToolChoice(ToolChoice.none());
        assertThat(none.withConstraint(OutputConstraint.regex("a"))
                        .requireNoTools("a test")
                        .tools())
                .containsExactly(TOOL);
        assertThatThrownBy(() -> new ToolChoice(ToolChoice.Mode.AUTO, "time", true))
                .hasMessageContaining("ToolChoice.named");
    }

    @Test
    void jsonSchema_ofABuiltSchema_saysTheSame() {
        JsonSchema schema = JsonSchema.object(
                JsonSchema.property("a", new JsonSchema.Text(9).orNull()),
                JsonSchema.property("b", JsonSchema.list(JsonSchema.oneOf("x", "y\""))),
                JsonSchema.property("c", JsonSchema.integer()));
        assertThat(schema.jsonSchema())
                .isEqualTo("{\"type\": \"object\", \"properties\": {\"a\": {\"anyOf\": [{\"type\": \"string\","
                        + " \"maxLength\": 9}, {\"type\": \"null\"}]}, \"b\": {\"type\": \"array\", \"items\":"
                        + " {\"type\": \"string\", \"enum\": [\"x\", \"y\\\"\"]}, \"maxItems\": 16}, \"c\": {\"type\":"
                        + " \"integer\"}}, \"required\": [\"a\", \"b\", \"c\"], \"additionalProperties\": false}");
        assertThat(JsonSchema.parse(schema.jsonSchema()).jsonSchema()).isEqualTo(schema.jsonSchema());
    }

    @Test
    void generation_asAMessage_hasItsCalls() {
        Generation answer = new Generation(
                "Let me see.",
                List.of(),
                FinishReason.TOOL_CALLS,
                Usage.NONE,
                Timings.NONE,
                "",
                java.util.Optional.empty(),
                List.of(CALL));
        assertThat(answer.message()).isEqualTo(Message.assistant("Let me see.", List.of(CALL)));
    }
}
