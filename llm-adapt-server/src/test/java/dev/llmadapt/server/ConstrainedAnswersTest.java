package dev.llmadapt.server;

import static dev.llmadapt.server.Fixtures.ASK;
import static dev.llmadapt.server.ServerClient.content;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.llmadapt.local.LocalModel;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The constraints of vLLM and llama.cpp. */
class ConstrainedAnswersTest {
    private static final String CHAT = "/v1/chat/completions";
    private static final String COMPLETIONS = "/v1/completions";
    private static final String SCHEMA = "{\"type\":\"object\",\"properties\":{\"n\":{\"enum\":[1,2]}},"
            + "\"required\":[\"n\"],\"additionalProperties\":false}";

    private static LocalModel model;
    private static ModelServer server;
    private static ServerClient client;

    @BeforeAll
    static void start() {
        model = Fixtures.model();
        server = Fixtures.start(model);
        client = new ServerClient(server);
    }

    @AfterAll
    static void stop() {
        server.close();
        model.close();
    }

    /** The answers of the three routes. */
    private static String[] answers(String constraint) {
        String more = ",\"temperature\":1.5,\"seed\":3," + constraint + "}";
        JsonObject completion = client.post(COMPLETIONS, "{\"prompt\":\"abc\",\"max_tokens\":60" + more);
        return new String[] {
            content(client.post(CHAT, ASK + more), 0),
            ServerClient.choice(completion, 0).get("text").getAsString(),
            ResponsesTest.text(client.post(ResponsesTest.PATH, ResponsesTest.ASK + more))
        };
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"structured_outputs\":{\"regex\":\"[ab]{3}-\\\\d\"} | [ab]{3}-\\d",
                "\"guided_regex\":\"[ab]{3}-\\\\d\" | [ab]{3}-\\d",
                "\"structured_outputs\":{\"choice\":[\"left\",\"rightest\"],\"disable_fallback\":true} | [lr]\\w+t",
                "\"guided_choice\":[\"left\",\"rightest\"],\"guided_decoding_backend\":\"xgrammar\" | [lr]\\w+t",
                "\"structured_outputs\":{\"grammar\":\"root ::= \\\"x\\\" [0-9]\"} | x[0-9]",
                "\"guided_grammar\":\"root ::= \\\"x\\\" [0-9]\" | x[0-9]",
                "\"grammar\":\"root ::= \\\"x\\\" [0-9]\",\"guided_regex\":null | x[0-9]",
                "\"structured_outputs\":{\"regex\":\"[xy]{2}\",\"json\":null,\"json_object\":false} | [xy]{2}"
            })
    void text_isKept(String constraint, String pattern) {
        String json = constraint.strip();
        String regex = pattern.strip();
        assertThat(answers(json)).allSatisfy(answer -> assertThat(answer).matches(regex));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"structured_outputs\":{\"json\":SCHEMA}",
                "\"structured_outputs\":{\"json\":TEXT}",
                "\"guided_json\":SCHEMA",
                "\"guided_json\":TEXT",
                "\"json_schema\":SCHEMA"
            })
    void schema_isKept(String constraint) {
        String text = "\"" + SCHEMA.replace("\"", "\\\"") + "\"";
        String json = constraint.replace("SCHEMA", SCHEMA).replace("TEXT", text);
        assertThat(answers(json)).allSatisfy(answer -> {
            JsonObject value = JsonParser.parseString(answer).getAsJsonObject();
            assertThat(value.keySet()).containsExactly("n");
            assertThat(value.get("n").getAsInt()).isBetween(1, 2);
        });
    }

    @Test
    void anyObject_isKept() {
        assertThat(answers("\"structured_outputs\":{\"json_object\":true}"))
                .allSatisfy(answer -> assertThat(answer.strip()).startsWith("{"));
    }

    @Test
    void schemaOfAJsonObject_isKept() {
        // llama.cpp's form
        String format = ASK + ",\"response_format\":{\"type\":\"json_object\",\"schema\":" + SCHEMA + "}}";
        assertThat(JsonParser.parseString(content(client.post(CHAT, format), 0))
                        .getAsJsonObject()
                        .keySet())
                .containsExactly("n");
    }

    @Test
    void emptyConstraints_areNone() {
        String plain = content(client.post(CHAT, ASK + ",\"max_tokens\":4}"), 0);
        String empty = ",\"grammar\":\"\",\"guided_regex\":\"\",\"structured_outputs\":{},\"guided_json\":null,"
                + "\"response_format\":{\"type\":\"text\"}}";
        assertThat(content(client.post(CHAT, ASK + ",\"max_tokens\":4" + empty), 0))
                .isEqualTo(plain);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"guided_regex\":\"a\",\"guided_choice\":[\"b\"] | guided_choice",
                "\"structured_outputs\":{\"regex\":\"a\",\"choice\":[\"b\"]} | structured_outputs.choice",
                "\"structured_outputs\":{\"regex\":\"a\"},\"grammar\":\"root ::= [a]\" | grammar",
                "\"response_format\":{\"type\":\"json_object\"},\"guided_regex\":\"a\" | guided_regex",
                "\"structured_outputs\":{\"structural_tag\":\"{}\"} | structured_outputs.structural_tag",
                "\"structured_outputs\":{\"json\":{},\"whitespace_pattern\":\" \"} | structured_outputs.whitespace_pattern",
                "\"structured_outputs\":{\"json\":{},\"disable_any_whitespace\":true} | structured_outputs.disable_any_whitespace",
                "\"structured_outputs\":{\"lark\":\"start: a\"} | structured_outputs.lark",
                "\"structured_outputs\":{\"json\":5} | structured_outputs.json",
                "\"structured_outputs\":{\"json\":\"{\"} | structured_outputs.json",
                "\"structured_outputs\":\"json\" | structured_outputs",
                "\"structural_tag\":{\"type\":\"structural_tag\"} | structural_tag",
                "\"response_format\":{\"type\":\"structural_tag\"} | response_format.type",
                "\"guided_whitespace_pattern\":\" \" | guided_whitespace_pattern",
                "\"guided_choice\":\"a\" | guided_choice",
                "\"guided_choice\":[] | guided_choice",
                "\"guided_choice\":[\"a\",\"a\"] | guided_choice",
                "\"guided_regex\":5 | guided_regex",
                "\"guided_grammar\":\" \" | guided_grammar",
                "\"grammar\":\"root ::= [a]\",\"grammar_lazy\":true | grammar_lazy",
                "\"json_schema\":[] | json_schema"
            })
    void whatCannotBeKept_isRefusedByName(String constraint, String name) {
        JsonObject error = client.refused(400, CHAT, ASK + "," + constraint.strip() + "}");
        assertThat(error.get("param").getAsString()).isEqualTo(name.strip());
        assertThat(error.get("message").getAsString()).contains(name.strip());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"guided_regex\":\"a(?=b)\" | look",
                "\"guided_grammar\":\"root ::= other\" | other",
                "\"guided_grammar\":\"start: \\\"a\\\"\" | ::=",
                "\"guided_json\":{\"$ref\":\"http://example.org/x.json\"} | $ref"
            })
    void whatTheModelCannotKeep_isRefusedByPlace(String constraint, String place) {
        assertThat(client.refused(400, CHAT, ASK + "," + constraint.strip() + "}")
                        .get("message")
                        .getAsString())
                .contains(place.strip());
    }

    @Test
    void constraintBesideTools_isRefused() {
        String tools = ",\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\"}}],\"guided_regex\":\"a\"}";
        assertThat(client.refused(400, CHAT, ASK + tools).get("message").getAsString())
                .contains("tools");
    }
}
