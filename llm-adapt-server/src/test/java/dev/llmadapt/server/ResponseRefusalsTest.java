package dev.llmadapt.server;

import static dev.llmadapt.server.ResponsesTest.ASK;
import static dev.llmadapt.server.ResponsesTest.PATH;
import static dev.llmadapt.server.ResponsesTest.text;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.llmadapt.local.LocalModel;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code /v1/responses} refuses, and what it takes without an effect. */
class ResponseRefusalsTest {
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

    private static JsonObject ask(String more) {
        return client.post(PATH, ASK + more + "}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                ",\"unknown\":{\"a\":1}",
                ",\"store\":false,\"background\":false,\"truncation\":\"disabled\",\"service_tier\":\"auto\"",
                ",\"prompt_cache_key\":\"k\",\"safety_identifier\":\"me\",\"user\":\"me\",\"max_tool_calls\":3",
                ",\"previous_response_id\":null,\"conversation\":null,\"tools\":[],\"tool_choice\":\"auto\"",
                ",\"text\":{\"verbosity\":\"medium\"},\"reasoning\":{},\"include\":[]",
                ",\"n\":1,\"stream_options\":{\"include_obfuscation\":false}"
            })
    void neutralParameters_areTaken(String more) {
        assertThat(text(ask(",\"max_output_tokens\":3" + more))).isEqualTo(text(ask(",\"max_output_tokens\":3")));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "previous_response_id | \"resp_1\"",
                "conversation | \"conv_1\"",
                "background | true",
                "prompt | {\"id\":\"pmpt_1\"}",
                "truncation | \"auto\"",
                "context_management | [{\"type\":\"compaction\"}]",
                "tools | [{\"type\":\"web_search\"}]",
                "tools | [{\"type\":\"file_search\",\"vector_store_ids\":[\"v\"]}]",
                "tools | [{\"type\":\"code_interpreter\",\"container\":{\"type\":\"auto\"}}]",
                "tools | [{\"type\":\"mcp\",\"server_label\":\"a\"}]",
                "tools | [{\"type\":\"image_generation\"}]",
                "tools | [{\"type\":\"custom\",\"name\":\"patch\"}]",
                "tools | [{\"type\":\"function\"}]",
                "tool_choice | \"always\"",
                "tool_choice | {\"type\":\"allowed_tools\",\"mode\":\"auto\",\"tools\":[]}",
                "tool_choice | {\"type\":\"function\",\"name\":\"none\"}",
                "include | [\"file_search_call.results\"]",
                "text | {\"format\":{\"type\":\"grammar\"}}",
                "text | {\"format\":{\"type\":\"json_schema\",\"name\":\"x\"}}",
                "text | {\"verbosity\":\"low\"}",
                "reasoning | {\"summary\":\"detailed\"}",
                "stream_options | {\"include_obfuscation\":true}",
                "metadata | {\"a\":1}",
                "max_output_tokens | 0",
                "max_tokens | 5",
                "messages | [{\"role\":\"user\",\"content\":\"a\"}]",
                "response_format | {\"type\":\"json_object\"}",
                "logprobs | true",
                "top_logprobs | 21",
                "temperature | 3",
                "n | 2",
                "logit_bias | {\"5\":1}",
                "instructions | [\"a\"]",
                "stream | 1",
                "input | []",
                "input | 5",
                "input | null",
                "input | [{\"role\":\"tool\",\"content\":\"a\"}]",
                "input | [{\"role\":\"user\"}]",
                "input | [{\"type\":\"item_reference\",\"id\":\"msg_1\"}]",
                "input | [{\"type\":\"web_search_call\",\"id\":\"ws_1\"}]",
                "input | [{\"type\":\"function_call_output\",\"call_id\":\"call_9\",\"output\":\"a\"}]",
                "input | [{\"type\":\"function_call\",\"call_id\":\"c\",\"name\":\"f\",\"arguments\":\"no\"}]",
                "input | [{\"type\":\"reasoning\",\"summary\":[],\"encrypted_content\":\"gAAA\"}]",
                "input | [{\"role\":\"user\",\"content\":[{\"type\":\"input_image\",\"image_url\":\"x\"}]}]",
                "input | [{\"role\":\"user\",\"content\":[{\"type\":\"input_file\",\"file_id\":\"x\"}]}]"
            })
    void whatCannotBeKept_isRefusedByName(String name, String value) {
        String json = name.equals("input")
                ? "{\"input\":" + value + "}"
                : ASK + (name.equals("top_logprobs") ? ",\"include\":[\"message.output_text.logprobs\"]" : "") + ",\""
                        + name + "\":" + value + "}";
        JsonObject error = client.refused(400, PATH, json);
        assertThat(error.get("param").getAsString()).startsWith(name);
        assertThat(error.get("message").getAsString()).contains(name);
        assertThat(error.get("type").getAsString()).isEqualTo("invalid_request_error");
    }

    @Test
    void hostedTool_isRefusedWithTheNextStep() {
        JsonElement error = client.refused(400, PATH, ASK + ",\"tools\":[{\"type\":\"web_search\"}]}");
        assertThat(error.toString()).contains("'web_search'").contains("this server runs no tools");
        error = client.refused(400, PATH, ASK + ",\"previous_response_id\":\"resp_1\"}");
        assertThat(error.toString()).contains("resp_1").contains("keeps no responses");
    }

    @Test
    void promptThatIsTooLong_saysSo() {
        JsonObject error = client.refused(400, PATH, ASK.replace("what", "what ".repeat(300)) + "}");
        assertThat(error.get("code").getAsString()).isEqualTo("context_length_exceeded");
        assertThat(error.get("param").getAsString()).isEqualTo("input");
        assertThat(client.refused(404, PATH, ASK.replace("tiny", "large") + "}")
                        .get("code")
                        .getAsString())
                .isEqualTo("model_not_found");
        assertThat(client.fetch(PATH + "/resp_1").statusCode()).isEqualTo(404);
    }
}
