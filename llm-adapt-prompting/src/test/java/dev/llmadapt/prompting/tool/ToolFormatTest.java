package dev.llmadapt.prompting.tool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llmadapt.ToolCall;
import dev.llmadapt.ToolChoice;
import dev.llmadapt.ToolSpec;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The forms of tool calls, as models write them. */
class ToolFormatTest {
    private static final String ARGUMENTS = "{\"city\": \"Bern\", \"days\": 2}";

    @ParameterizedTest
    @CsvSource(delimiter = '~', textBlock = """
            HERMES      ~<tool_call>\\n{"name": "weather", "arguments": {"city": "Bern", "days": 2}}\\n</tool_call>~1
            HERMES      ~<tool_call>{"arguments":{"city": "Bern", "days": 2}, "name":"weather"}</tool_call>~1
            HERMES      ~<tool_call>\\n{"name": "weather", "arguments": {"city": "Bern", "days": 2}}~1
            HERMES      ~<tool_call>{"name": "weather", "arguments": "{\\\\"city\\\\": \\\\"Bern\\\\"}"}</tool_call>~-1
            LLAMA       ~{"name": "weather", "parameters": {"city": "Bern", "days": 2}}~1
            LLAMA       ~<|python_tag|>{"name": "weather", "parameters": {"city": "Bern", "days": 2}}~1
            LLAMA       ~\\n{ "name" : "weather", "parameters": {"city": "Bern", "days": 2}} ; {"name": "weather", "parameters": {"city": "Bern", "days": 2}}~2
            JSON        ~{"name": "weather", "arguments": {"city": "Bern", "days": 2}}~1
            JSON        ~```json\\n{\\n  "name": "weather",\\n  "arguments": {"city": "Bern", "days": 2}\\n}\\n```~1
            MISTRAL     ~[TOOL_CALLS] [{"name": "weather", "arguments": {"city": "Bern", "days": 2}, "id": "abc123def"}]~1
            MISTRAL     ~[TOOL_CALLS][{"name": "weather", "arguments": {"city": "Bern", "days": 2}}, {"name": "weather", "arguments": {"city": "Bern", "days": 2}}]~2
            MISTRAL_ARGS~[TOOL_CALLS]weather[ARGS]{"city": "Bern", "days": 2}~1
            MISTRAL_ARGS~[TOOL_CALLS]weather[CALL_ID]abc123def[ARGS]{"city": "Bern", "days": 2}[TOOL_CALLS]weather[ARGS]{"city": "Bern", "days": 2}~2
            GRANITE     ~<|tool_call|>[{"name": "weather", "arguments": {"city": "Bern", "days": 2}}]~1
            GRANITE     ~<|tool_call|>{"name": "weather", "arguments": {"city": "Bern", "days": 2}}~1
            PYTHONIC    ~[weather(city="Bern", days=2)]~1
            PYTHONIC    ~[weather(city='Bern', days=2), weather(city="Bern", days=2,)]~2
            PYTHON_CODE ~<code>\\nweather(city="Bern", days=2)\\n</code>~1
            """)
    void parse_asModelsWrite_readsTheCalls(ToolFormat format, String answer, int calls) {
        ParsedCalls parsed = format.parse(answer.replace("\\n", "\n").replace("\\\\", "\\"));
        String arguments = calls < 0 ? "{\"city\": \"Bern\"}" : ARGUMENTS; // -1: JSON in a string
        assertThat(parsed.calls()).hasSize(Math.abs(calls)).allSatisfy(call -> {
            assertThat(call.name()).isEqualTo("weather");
            assertThat(call.arguments()).isEqualTo(arguments);
        });
        assertThat(parsed.rest()).isEmpty();
        assertThat(parsed.text()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(ToolFormat.class)
    void parse_whatIsWritten_isTheSame(ToolFormat format) {
        List<ToolCall> calls = List.of(
                new ToolCall("", "a", "{\"x\": [1, -2.5, null, true, {\"y\": \"</tool_call> ] } \\\" \\n é\"}]}"),
                new ToolCall("", "b_c", "{}"));
        List<ToolCall> written = format.separator.isPresent() ? calls : calls.subList(0, 1);
        ParsedCalls parsed = format.parse(text(format.write(written)));
        assertThat(parsed.calls()).isEqualTo(written);
        assertThat(parsed.rest()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(ToolFormat.class)
    void parse_cutAnywhere_hasWholeCallsOnly(ToolFormat format) {
        ToolCall call = new ToolCall("", "a", "{\"x\": \"y\"}");
        List<ToolCall> written = format.separator.isPresent() ? List.of(call, call) : List.of(call);
        String whole = text(format.write(written));
        for (int length = 0; length <= whole.length(); length++) {
            ParsedCalls parsed = format.parse(whole.substring(0, length));
            assertThat(parsed.calls()).as(whole.substring(0, length)).allMatch(call::equals);
            int found = parsed.calls().size();
            assertThat(found == written.size() || length < whole.length()).isTrue();
            assertThat(length > 0 && found == 0 && parsed.rest().isEmpty())
                    .as("text, or the rest of a call: %s", whole.substring(0, length))
                    .isEqualTo(length > 0 && found == 0 && !parsed.text().isEmpty());
        }
    }

    private static String text(List<Object> pieces) {
        StringBuilder text = new StringBuilder();
        pieces.forEach(text::append);
        return text.toString();
    }

    @Test
    void parse_textBeforeCalls_isKept() {
        ParsedCalls parsed = ToolFormat.HERMES.parse("Let me look.\n<tool_call>{\"name\": \"a\"}</tool_call>");
        assertThat(parsed.text()).isEqualTo("Let me look.\n");
        assertThat(parsed.calls()).containsExactly(new ToolCall("", "a", "{}"));
        assertThat(ToolFormat.LLAMA.parse("It is {\"name\": \"a\"}").calls()).isEmpty();
        assertThat(ToolFormat.PYTHONIC.parse("[see](x)").text()).isEqualTo("[see](x)");
    }

    @Test
    void parse_whatIsNoCall_isTheRest() {
        assertThat(ToolFormat.HERMES
                        .parse("<tool_call>{\"name\": 3}</tool_call>")
                        .rest())
                .isNotEmpty();
        assertThat(ToolFormat.HERMES
                        .parse("<tool_call>{\"name\": \"a\", \"arguments\": [1]}</tool_call>")
                        .rest())
                .isNotEmpty();
        assertThat(ToolFormat.PYTHONIC.parse("[a(b=c())]").calls()).isEmpty();
    }

    @Test
    void constraint_namedTool_hasThatToolOnly() {
        List<ToolSpec> tools = List.of(ToolSpec.of("a", ""), ToolSpec.of("b", ""));
        assertThat(ToolFormat.HERMES.constraint(tools, ToolChoice.named("b")).tags())
                .singleElement()
                .satisfies(tag -> assertThat(tag.begin()).contains("\"b\""));
        assertThat(ToolFormat.HERMES
                        .constraint(tools, ToolChoice.auto().withParallel(false))
                        .repeated())
                .isFalse();
        assertThat(ToolFormat.LLAMA.constraint(tools, ToolChoice.auto()).repeated())
                .isFalse();
        assertThatThrownBy(() -> ToolFormat.PYTHONIC.constraint(List.of(ToolSpec.of("a-b", "")), ToolChoice.auto()))
                .hasMessageContaining("'a-b'");
    }

    @Test
    void of_unknown_namesAll() {
        assertThatThrownBy(() -> ToolFormat.of("xml"))
                .hasMessageContaining("hermes, llama, json, mistral, mistral-args");
    }
}
