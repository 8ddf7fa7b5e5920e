package dev.llmadapt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonDocumentTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "true",
                " {} ",
                "{\"a\": [1, -2.5e+3, \"\\u00e9\\n\", null, {\"b\": false}], \"c\": []}\n",
                "{\"a\": {\"x\": 1}, \"b\": {\"x\": 1}}"
            })
    void parse_json_keepsItsText(String text) {
        assertThat(JsonSchema.parse(text).text()).isEqualTo(text);
        assertThat(OutputConstraint.json(JsonSchema.parse(text)).kind()).isEqualTo("JSON");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{\"a\": 1,}",
                "{\"a\" 1}",
                "[1",
                "{\"a\": 01}",
                "{\"a\": .5}",
                "{\"a\": tru}",
                "{\"a\": \"x",
                "{\"a\": \"\\x\"}",
                "{\"a\": \"\\u00g0\"}",
                "{} {}",
                "[]",
                "1",
                "\"a\"",
                "null",
                "{'a': 1}",
                "{a: 1}",
                "// c\n{}"
            })
    void parse_notAJsonSchema_isRefused(String text) {
        assertThatThrownBy(() -> JsonSchema.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void parse_brokenJson_saysWhere() {
        assertThatThrownBy(() -> JsonSchema.parse("{\n\"a\": 1,\n}"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("not JSON: expected a string at character 11, line 3, got '}'");
        assertThatThrownBy(() -> JsonSchema.parse("[".repeat(100_000)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("levels");
        assertThatThrownBy(() -> JsonSchema.parse("{\"a\": \"\n\"}"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("control character");
        assertThatThrownBy(() -> JsonSchema.parse("{\"a\": 1, \"a\": 2}"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("not in the object yet");
    }

    @Test
    void parsedSchema_withinABuiltOne_isRefused() {
        JsonSchema parsed = JsonSchema.parse("{}");
        assertThatThrownBy(() -> JsonSchema.object(Map.of("a", parsed)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("cannot be a part of a built one");
        assertThatThrownBy(() -> JsonSchema.list(parsed)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(parsed::orNull).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> parsed.canonical("x"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("no one form");
    }

    @Test
    void constraints_withoutContent_areRefused() {
        assertThatThrownBy(() -> OutputConstraint.regex("")).hasMessageContaining("empty");
        assertThatThrownBy(() -> OutputConstraint.grammar(" ")).hasMessageContaining("blank");
        assertThat(OutputConstraint.regex("a").kind()).isEqualTo("a regular expression");
        assertThat(OutputConstraint.grammar("root ::= \"a\"").kind()).isEqualTo("a grammar");
        assertThat(OutputConstraint.none().kind()).isEqualTo("nothing");
    }
}
