package dev.llmadapt.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.llmadapt.Generation;
import dev.llmadapt.GenerationOptions;
import dev.llmadapt.Message;
import dev.llmadapt.Request;
import dev.llmadapt.local.LocalModel;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** {@code /v1/responses}. */
class ResponsesTest {
    static final String PATH = "/v1/responses";
    static final String ASK = "{\"model\":\"tiny\",\"input\":\"what time is it?\"";
    static final String TOOL =
            ",\"tools\":[{\"type\":\"function\",\"name\":\"time\",\"description\":\"The time.\",\"strict\":true,"
                    + "\"parameters\":{\"type\":\"object\",\"properties\":{\"zone\":{\"enum\":[\"UTC\",\"CET\"]}},"
                    + "\"required\":[\"zone\"],\"additionalProperties\":false}}]";

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

    static JsonObject item(JsonObject response, int index) {
        return response.getAsJsonArray("output").get(index).getAsJsonObject();
    }

    static String text(JsonObject response) {
        JsonArray output = response.getAsJsonArray("output");
        assertThat(output).as(response.toString()).hasSize(1);
        JsonObject part = item(response, 0).getAsJsonArray("content").get(0).getAsJsonObject();
        assertThat(part.get("type").getAsString()).isEqualTo("output_text");
        return part.get("text").getAsString();
    }

    private static GenerationOptions tokens(int count) {
        return GenerationOptions.defaults().withMaxTokens(count);
    }

    @Test
    void response_hasTheShapeOfTypedClients() {
        JsonObject response = ask(
                ",\"instructions\":\"be short\",\"max_output_tokens\":5,\"metadata\":{\"run\":\"7\"},\"store\":true");
        assertThat(response.keySet())
                .containsExactlyInAnyOrder(
                        "id",
                        "object",
                        "created_at",
                        "status",
                        "error",
                        "incomplete_details",
                        "model",
                        "output",
                        "background",
                        "instructions",
                        "max_output_tokens",
                        "metadata",
                        "parallel_tool_calls",
                        "previous_response_id",
                        "reasoning",
                        "store",
                        "temperature",
                        "text",
                        "tool_choice",
                        "tools",
                        "top_logprobs",
                        "top_p",
                        "truncation",
                        "usage");
        assertThat(response.get("id").getAsString()).startsWith("resp_");
        assertThat(response.get("object").getAsString()).isEqualTo("response");
        assertThat(response.get("created_at").getAsLong()).isGreaterThan(1_700_000_000L);
        assertThat(response.get("model").getAsString()).isEqualTo("tiny");
        assertThat(response.get("store").getAsBoolean())
                .as("nothing is kept, whatever was asked")
                .isFalse();
        assertThat(response.get("instructions").getAsString()).isEqualTo("be short");
        assertThat(response.get("metadata").toString()).isEqualTo("{\"run\":\"7\"}");
        assertThat(response.get("text").toString()).isEqualTo("{\"format\":{\"type\":\"text\"}}");
        Generation own = model.generate(Request.of(Message.system("be short"), Message.user("what time is it?"))
                .withOptions(tokens(5)));
        assertThat(text(response)).isEqualTo(own.text());
        assertThat(response.get("status").getAsString()).isEqualTo("incomplete");
        assertThat(response.get("incomplete_details").toString()).isEqualTo("{\"reason\":\"max_output_tokens\"}");
        JsonObject message = item(response, 0);
        assertThat(message.keySet()).containsExactlyInAnyOrder("id", "type", "role", "status", "content");
        assertThat(message.get("id").getAsString()).startsWith("msg_");
        assertThat(message.get("type").getAsString()).isEqualTo("message");
        assertThat(message.get("role").getAsString()).isEqualTo("assistant");
        assertThat(message.get("status").getAsString()).isEqualTo("incomplete");
        JsonObject part = message.getAsJsonArray("content").get(0).getAsJsonObject();
        assertThat(part.keySet()).containsExactlyInAnyOrder("type", "text", "annotations", "logprobs");
        JsonObject usage = response.getAsJsonObject("usage");
        assertThat(usage.get("input_tokens").getAsInt()).isEqualTo(own.usage().promptTokens());
        assertThat(usage.get("output_tokens").getAsInt()).isEqualTo(5);
        assertThat(usage.get("total_tokens").getAsInt()).isEqualTo(own.usage().promptTokens() + 5);
        assertThat(usage.getAsJsonObject("output_tokens_details")
                        .get("reasoning_tokens")
                        .getAsInt())
                .isZero();
        assertThat(usage.getAsJsonObject("input_tokens_details")
                        .get("cached_tokens")
                        .getAsInt())
                .isBetween(0, own.usage().cachedPromptTokens());
    }

    @Test
    void response_thatEndsByItself_isCompleted() {
        JsonObject response = ask(",\"text\":{\"format\":{\"type\":\"json_schema\",\"name\":\"x\",\"strict\":true,"
                + "\"schema\":{\"type\":\"object\",\"properties\":{\"city\":{\"enum\":[\"Bern\",\"Rome\"]}},"
                + "\"required\":[\"city\"],\"additionalProperties\":false}}}");
        assertThat(response.get("status").getAsString()).isEqualTo("completed");
        assertThat(response.get("incomplete_details").isJsonNull()).isTrue();
        assertThat(item(response, 0).get("status").getAsString()).isEqualTo("completed");
        JsonObject answer = JsonParser.parseString(text(response)).getAsJsonObject();
        assertThat(answer.get("city").getAsString()).isIn("Bern", "Rome");
        assertThat(response.getAsJsonObject("text")
                        .getAsJsonObject("format")
                        .get("name")
                        .getAsString())
                .isEqualTo("x");
        assertThat(text(ask(",\"max_output_tokens\":60,\"text\":{\"format\":{\"type\":\"json_object\"}}"))
                        .strip())
                .startsWith("{");
    }

    @Test
    void sampling_isThatOfTheRequest() {
        JsonObject response = ask(",\"max_output_tokens\":12,\"temperature\":1.5,\"top_p\":0.9,\"seed\":7");
        Generation own = model.generate(Request.of("what time is it?")
                .withOptions(tokens(12).withTemperature(1.5).withTopP(0.9).withSeed(7)));
        assertThat(text(response)).isEqualTo(own.text());
        assertThat(response.get("temperature").getAsDouble()).isEqualTo(1.5);
        assertThat(response.get("top_p").getAsDouble()).isEqualTo(0.9);
        assertThat(ask("").get("temperature").getAsDouble()).isZero();
    }

    @Test
    void logprobs_areThoseOfTheModel() {
        JsonObject response =
                ask(",\"max_output_tokens\":4,\"top_logprobs\":2,\"include\":[\"message.output_text.logprobs\"]");
        Generation own = model.generate(
                Request.of("what time is it?").withOptions(tokens(4).withLogProbabilities(true)));
        JsonArray logprobs = item(response, 0)
                .getAsJsonArray("content")
                .get(0)
                .getAsJsonObject()
                .getAsJsonArray("logprobs");
        assertThat(logprobs).hasSize(4);
        for (int i = 0; i < 4; i++) {
            JsonObject each = logprobs.get(i).getAsJsonObject();
            assertThat(each.keySet()).containsExactly("token", "logprob", "bytes", "top_logprobs");
            assertThat(each.get("logprob").getAsDouble())
                    .isEqualTo(own.tokens().get(i).logProbability());
            assertThat(each.getAsJsonArray("top_logprobs")).hasSize(2);
        }
        assertThat(client.refused(400, PATH, ASK + ",\"top_logprobs\":2}")
                        .get("message")
                        .getAsString())
                .contains("message.output_text.logprobs");
    }

    @Test
    void items_areTheMessagesOfAChat() {
        String items = "[{\"role\":\"developer\",\"content\":\"be short\"},"
                + "{\"type\":\"message\",\"role\":\"user\",\"content\":[{\"type\":\"input_text\",\"text\":\"a\"},"
                + "{\"type\":\"input_text\",\"text\":\"b\"}]},"
                + "{\"type\":\"reasoning\",\"id\":\"rs_1\",\"summary\":[],\"content\":[{\"type\":\"reasoning_text\","
                + "\"text\":\"hm\"}]},"
                + "{\"type\":\"message\",\"id\":\"msg_1\",\"status\":\"completed\",\"role\":\"assistant\",\"content\":"
                + "[{\"type\":\"output_text\",\"text\":\"c\",\"annotations\":[]}]},"
                + "{\"type\":\"function_call\",\"id\":\"fc_1\",\"call_id\":\"call_1\",\"name\":\"time\","
                + "\"arguments\":\"{\\\"zone\\\":\\\"UTC\\\"}\"},"
                + "{\"type\":\"function_call_output\",\"call_id\":\"call_1\",\"output\":\"09:30\"},"
                + "{\"role\":\"user\",\"content\":\"thanks\"}]";
        String messages = "[{\"role\":\"system\",\"content\":\"first\"},{\"role\":\"system\",\"content\":\"be short\"},"
                + "{\"role\":\"user\",\"content\":\"ab\"},{\"role\":\"assistant\",\"content\":\"c\","
                + "\"reasoning_content\":\"hm\",\"tool_calls\":[{\"id\":\"call_1\",\"type\":\"function\",\"function\":"
                + "{\"name\":\"time\",\"arguments\":\"{\\\"zone\\\":\\\"UTC\\\"}\"}}]},"
                + "{\"role\":\"tool\",\"tool_call_id\":\"call_1\",\"content\":\"09:30\"},"
                + "{\"role\":\"user\",\"content\":\"thanks\"}]";
        JsonObject response = client.post(
                PATH,
                "{\"instructions\":\"first\",\"input\":" + items + ",\"max_output_tokens\":6,\"tool_choice\":\"none\""
                        + TOOL + "}");
        JsonObject chat = client.post(
                "/v1/chat/completions",
                "{\"messages\":" + messages + ",\"max_tokens\":6,\"tool_choice\":\"none\",\"tools\":[{\"type\":"
                        + "\"function\",\"function\":" + toolOfChat() + "}]}");
        assertThat(text(response)).isEqualTo(ServerClient.content(chat, 0));
        assertThat(response.getAsJsonObject("usage").get("input_tokens"))
                .isEqualTo(chat.getAsJsonObject("usage").get("prompt_tokens"));
    }

    private static JsonObject toolOfChat() {
        JsonObject tool = JsonParser.parseString("{" + TOOL.substring(1) + "}")
                .getAsJsonObject()
                .getAsJsonArray("tools")
                .get(0)
                .getAsJsonObject();
        tool.remove("type");
        return tool;
    }

    @Test
    void tools_areCalledAndAnswered() {
        String choice = TOOL + ",\"tool_choice\":\"required\",\"parallel_tool_calls\":false";
        JsonObject response = ask(choice);
        assertThat(response.get("status").getAsString()).isEqualTo("completed");
        assertThat(response.getAsJsonArray("output")).hasSize(1);
        JsonObject call = item(response, 0);
        assertThat(call.keySet()).containsExactlyInAnyOrder("id", "type", "status", "call_id", "name", "arguments");
        assertThat(call.get("type").getAsString()).isEqualTo("function_call");
        assertThat(call.get("name").getAsString()).isEqualTo("time");
        assertThat(JsonParser.parseString(call.get("arguments").getAsString())
                        .getAsJsonObject()
                        .keySet())
                .containsExactly("zone");
        assertThat(response.get("tool_choice").getAsString()).isEqualTo("required");
        assertThat(response.get("parallel_tool_calls").getAsBoolean()).isFalse();
        JsonObject tool = response.getAsJsonArray("tools").get(0).getAsJsonObject();
        assertThat(tool.keySet()).contains("type", "name", "description", "parameters", "strict");

        String result = "{\"type\":\"function_call_output\",\"call_id\":" + call.get("call_id")
                + ",\"output\":[{\"type\":\"input_text\",\"text\":\"09:30\"}]}";
        JsonObject next = client.post(
                PATH,
                "{\"input\":[{\"role\":\"user\",\"content\":\"what time is it?\"}," + call + "," + result
                        + "],\"max_output_tokens\":3,\"tool_choice\":\"none\"" + TOOL + "}");
        assertThat(text(next)).isNotEmpty();

        JsonObject named = ask(TOOL + ",\"tool_choice\":{\"type\":\"function\",\"name\":\"time\"}");
        assertThat(item(named, 0).get("name").getAsString()).isEqualTo("time");
    }

    @Test
    void thought_isAnItemOfItsOwn() {
        JsonObject response = ask(",\"max_output_tokens\":9,\"include\":[\"reasoning.encrypted_content\"],"
                + "\"reasoning\":{\"summary\":\"auto\"},\"chat_template_kwargs\":{\"enable_thinking\":true}");
        assertThat(response.getAsJsonArray("output"))
                .as("cut off while it thinks")
                .hasSize(1);
        JsonObject thought = item(response, 0);
        assertThat(thought.get("type").getAsString()).isEqualTo("reasoning");
        assertThat(thought.get("status").getAsString()).isEqualTo("incomplete");
        assertThat(thought.getAsJsonArray("summary")).isEmpty();
        JsonObject part = thought.getAsJsonArray("content").get(0).getAsJsonObject();
        assertThat(part.get("type").getAsString()).isEqualTo("reasoning_text");
        assertThat(part.get("text").getAsString()).isNotBlank();
        assertThat(response.getAsJsonObject("usage")
                        .getAsJsonObject("output_tokens_details")
                        .get("reasoning_tokens")
                        .getAsInt())
                .isPositive();
        JsonObject error = client.refused(400, PATH, ASK + ",\"reasoning\":{\"effort\":\"low\"}}");
        assertThat(error.get("message").getAsString())
                .as("this template reads no effort")
                .contains("reasoning_effort");
    }
}
