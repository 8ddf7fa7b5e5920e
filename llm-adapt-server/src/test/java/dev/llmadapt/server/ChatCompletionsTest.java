package dev.llmadapt.server;

import static dev.llmadapt.server.Fixtures.ASK;
import static dev.llmadapt.server.ServerClient.choice;
import static dev.llmadapt.server.ServerClient.content;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.llmadapt.Generation;
import dev.llmadapt.GenerationOptions;
import dev.llmadapt.JsonSchema;
import dev.llmadapt.Message;
import dev.llmadapt.Request;
import dev.llmadapt.Token;
import dev.llmadapt.local.LocalModel;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ChatCompletionsTest {
    private static final String PATH = "/v1/chat/completions";
    private static final String TOOL =
            ",\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"time\",\"description\":\"The time.\",\"parameters\":"
                    + "{\"type\":\"object\",\"properties\":{\"zone\":{\"enum\":[\"UTC\",\"CET\"]}},\"required\":[\"zone\"],"
                    + "\"additionalProperties\":false}}}]";

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

    private static int cached(JsonObject response) {
        return response.getAsJsonObject("usage")
                .getAsJsonObject("prompt_tokens_details")
                .get("cached_tokens")
                .getAsInt();
    }

    private static JsonObject ask(String more) {
        return client.post(PATH, ASK + more + "}");
    }

    @Test
    void answer_hasTheShapeOfTypedClients() {
        JsonObject response = ask(",\"max_tokens\":5");
        assertThat(response.keySet()).containsExactly("id", "object", "created", "model", "choices", "usage");
        assertThat(response.get("id").getAsString()).startsWith("chatcmpl-");
        assertThat(response.get("object").getAsString()).isEqualTo("chat.completion");
        assertThat(response.get("created").getAsLong()).isGreaterThan(1_700_000_000L);
        assertThat(response.get("model").getAsString()).isEqualTo("tiny");
        JsonObject choice = choice(response, 0);
        assertThat(choice.keySet()).containsExactly("index", "message", "logprobs", "finish_reason");
        assertThat(choice.get("finish_reason").getAsString()).isEqualTo("length");
        assertThat(choice.get("logprobs").isJsonNull()).isTrue();
        Generation own = model.generate(Request.of("what time is it?")
                .withOptions(GenerationOptions.defaults().withMaxTokens(5)));
        assertThat(content(response, 0)).isEqualTo(own.text());
        JsonObject usage = response.getAsJsonObject("usage");
        assertThat(usage.get("prompt_tokens").getAsInt()).isEqualTo(own.usage().promptTokens());
        assertThat(usage.get("completion_tokens").getAsInt()).isEqualTo(5);
        assertThat(usage.get("total_tokens").getAsInt()).isEqualTo(own.usage().promptTokens() + 5);
        assertThat(cached(response))
                .as("the question begins as others")
                .isLessThan(own.usage().promptTokens());
        assertThat(cached(ask(",\"max_tokens\":5")))
                .isPositive()
                .isEqualTo(own.usage().cachedPromptTokens());
        assertThat(usage.getAsJsonObject("completion_tokens_details")
                        .get("reasoning_tokens")
                        .getAsInt())
                .isZero();
    }

    @Test
    void sampling_isThatOfTheRequest() {
        GenerationOptions options = GenerationOptions.defaults()
                .withMaxTokens(12)
                .withTemperature(1.5)
                .withTopP(0.9)
                .withTopK(50)
                .withMinP(0.01)
                .withRepetitionPenalty(1.1)
                .withSeed(7);
        Request request = Request.of("what time is it?");
        JsonObject response = ask(",\"max_completion_tokens\":12,\"temperature\":1.5,\"top_p\":0.9,\"top_k\":50,"
                + "\"min_p\":0.01,\"repetition_penalty\":1.1,\"seed\":7,\"n\":3");
        assertThat(response.getAsJsonArray("choices")).hasSize(3);
        for (int i = 0; i < 3; i++) {
            Generation own = model.generate(request.withOptions(options.withSeed(7 + i)));
            assertThat(content(response, i)).as("answer " + i).isEqualTo(own.text());
        }
        int prompt = model.promptTokens(request).length;
        assertThat(response.getAsJsonObject("usage").get("prompt_tokens").getAsInt())
                .as("read once")
                .isEqualTo(prompt);
        assertThat(content(ask(",\"temperature\":2,\"max_tokens\":20"), 0))
                .as("without a seed each request has its own")
                .isNotEqualTo(content(ask(",\"temperature\":2,\"max_tokens\":20"), 0));
    }

    @Test
    void stop_oneOrSeveral_endsTheAnswer() {
        String whole = content(ask(",\"max_tokens\":30"), 0);
        String stop = whole.substring(4, 6);
        String json = JsonParser.parseString(JsonSchema.quoted(stop)).toString();
        for (String given : new String[] {json, "[" + json + ",\"#never#\"]"}) {
            JsonObject response = ask(",\"max_tokens\":30,\"stop\":" + given);
            assertThat(content(response, 0)).isEqualTo(whole.substring(0, whole.indexOf(stop)));
            assertThat(choice(response, 0).get("finish_reason").getAsString()).isEqualTo("stop");
        }
    }

    @Test
    void logprobs_areThoseOfTheModel() {
        Generation own = model.generate(Request.of("what time is it?")
                .withOptions(GenerationOptions.defaults().withMaxTokens(6).withLogProbabilities(true)));
        JsonArray content = choice(ask(",\"max_tokens\":6,\"logprobs\":true,\"top_logprobs\":0"), 0)
                .getAsJsonObject("logprobs")
                .getAsJsonArray("content");
        assertThat(content).hasSize(6);
        for (int i = 0; i < 6; i++) {
            Token token = own.tokens().get(i);
            JsonObject each = content.get(i).getAsJsonObject();
            assertThat(each.keySet()).containsExactly("token", "logprob", "bytes", "top_logprobs");
            assertThat(each.get("token").getAsString()).isEqualTo(token.text());
            assertThat(each.get("logprob").getAsDouble()).isEqualTo(token.logProbability());
        }
    }

    @Test
    void responseFormat_isKept() {
        String schema = "{\"type\":\"object\",\"properties\":{\"city\":{\"enum\":[\"Bern\",\"Rome\"]},"
                + "\"days\":{\"type\":\"integer\",\"minimum\":1,\"maximum\":9}},\"required\":[\"city\",\"days\"],"
                + "\"additionalProperties\":false}";
        JsonObject response = ask(",\"response_format\":{\"type\":\"json_schema\",\"json_schema\":{\"name\":\"trip\","
                + "\"strict\":true,\"schema\":" + schema + "}}");
        JsonObject answer = JsonParser.parseString(content(response, 0)).getAsJsonObject();
        assertThat(answer.keySet()).containsExactlyInAnyOrder("city", "days");
        assertThat(answer.get("city").getAsString()).isIn("Bern", "Rome");
        assertThat(answer.get("days").getAsInt()).isBetween(1, 9);
        assertThat(choice(response, 0).get("finish_reason").getAsString()).isEqualTo("stop");
        assertThat(content(ask(",\"max_tokens\":60,\"response_format\":{\"type\":\"json_object\"}"), 0)
                        .strip())
                .startsWith("{");
        assertThat(content(ask(",\"max_tokens\":4,\"response_format\":{\"type\":\"text\"}"), 0))
                .isEqualTo(content(ask(",\"max_tokens\":4"), 0));
    }

    @Test
    void tools_areCalledAndAnswered() {
        JsonObject response = ask(TOOL + ",\"tool_choice\":\"required\",\"parallel_tool_calls\":false");
        JsonObject message = choice(response, 0).getAsJsonObject("message");
        assertThat(choice(response, 0).get("finish_reason").getAsString()).isEqualTo("tool_calls");
        assertThat(message.get("content").isJsonNull()).isTrue();
        JsonObject call = message.getAsJsonArray("tool_calls").get(0).getAsJsonObject();
        assertThat(call.get("type").getAsString()).isEqualTo("function");
        JsonObject function = call.getAsJsonObject("function");
        assertThat(function.get("name").getAsString()).isEqualTo("time");
        String arguments = function.get("arguments").getAsString();
        assertThat(JsonParser.parseString(arguments).getAsJsonObject().keySet()).containsExactly("zone");

        String result = "{\"role\":\"tool\",\"tool_call_id\":\""
                + call.get("id").getAsString() + "\",\"content\":[{\"type\":\"text\",\"text\":\"09:30\"}]}";
        JsonObject next = client.post(
                PATH,
                "{\"messages\":[{\"role\":\"user\",\"content\":\"what time is it?\"}," + message + "," + result
                        + "],\"max_tokens\":3,\"tool_choice\":\"none\"" + TOOL + "}");
        assertThat(content(next, 0)).isNotEmpty();
        assertThat(choice(next, 0).getAsJsonObject("message").has("tool_calls")).isFalse();

        JsonObject named = ask(TOOL + ",\"tool_choice\":{\"type\":\"function\",\"function\":{\"name\":\"time\"}}");
        assertThat(choice(named, 0).getAsJsonObject("message").getAsJsonArray("tool_calls"))
                .hasSize(1);
    }

    @Test
    void reasoning_isApartFromTheContent() {
        JsonObject response = ask(",\"max_tokens\":9,\"chat_template_kwargs\":{\"enable_thinking\":true}");
        JsonObject message = choice(response, 0).getAsJsonObject("message");
        assertThat(message.get("reasoning_content").getAsString()).isNotBlank();
        assertThat(message.get("content").getAsString()).isEmpty();
        assertThat(response.getAsJsonObject("usage")
                        .getAsJsonObject("completion_tokens_details")
                        .get("reasoning_tokens")
                        .getAsInt())
                .isPositive();
        JsonObject error = client.refused(400, PATH, ASK + ",\"chat_template_kwargs\":{\"other\":1}}");
        assertThat(error.get("message").getAsString()).contains("does not read the argument 'other'");
    }

    @Test
    void messages_developerAndParts_areTheSameAsSystemAndText() {
        String plain = "{\"messages\":[{\"role\":\"system\",\"content\":\"be short\"},"
                + "{\"role\":\"user\",\"content\":\"ab\"},{\"role\":\"assistant\",\"content\":\"c\"},"
                + "{\"role\":\"user\",\"content\":\"d\"}],\"max_tokens\":4}";
        String parts = plain.replace("\"system\"", "\"developer\"")
                .replace("\"ab\"", "[{\"type\":\"text\",\"text\":\"a\"},{\"type\":\"text\",\"text\":\"b\"}]");
        Generation own = model.generate(
                Request.of(Message.system("be short"), Message.user("ab"), Message.assistant("c"), Message.user("d"))
                        .withOptions(GenerationOptions.defaults().withMaxTokens(4)));
        assertThat(content(client.post(PATH, plain), 0)).isEqualTo(own.text());
        assertThat(content(client.post(PATH, parts), 0)).isEqualTo(own.text());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                ",\"unknown\":{\"a\":1}",
                ",\"user\":\"me\",\"metadata\":{}",
                ",\"logit_bias\":{}",
                ",\"presence_penalty\":0.0,\"frequency_penalty\":0",
                ",\"n\":1,\"stop\":null,\"tools\":null",
                ",\"modalities\":[\"text\"],\"best_of\":1,\"store\":false"
            })
    void unknownAndNeutralParameters_areIgnored(String more) {
        assertThat(content(ask(",\"max_tokens\":3" + more), 0)).isEqualTo(content(ask(",\"max_tokens\":3"), 0));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "logit_bias | {\"5\":1}",
                "presence_penalty | 0.5",
                "frequency_penalty | 1",
                "best_of | 2",
                "modalities | [\"audio\"]",
                "audio | {\"voice\":\"a\"}",
                "functions | [{}]",
                "n | 9",
                "n | 0",
                "n | 1.5",
                "temperature | 3",
                "temperature | \"1\"",
                "temperature | 1e999",
                "top_p | -1",
                "min_p | 1",
                "max_tokens | 0",
                "max_tokens | 1e12",
                "seed | 1e30",
                "stop | [\"\"]",
                "stop | [\"a\",\"b\",\"c\",\"d\",\"e\"]",
                "stop | 5",
                "stream | 1",
                "logprobs | 1",
                "top_logprobs | 21",
                "tool_choice | \"always\"",
                "tools | [{\"type\":\"web\"}]",
                "messages | []",
                "messages | [{\"role\":\"robot\",\"content\":\"a\"}]",
                "messages | [{\"role\":\"user\"}]",
                "messages | [{\"role\":\"user\",\"content\":[{\"type\":\"image_url\",\"image_url\":{\"url\":\"x\"}}]}]",
                "response_format | {\"type\":\"xml\"}",
                "response_format | {\"type\":\"json_schema\"}",
                "stream_options | {\"include_usage\":true}"
            })
    void valueThatCannotBeTaken_isRefusedByName(String name, String value) {
        String json = name.equals("messages")
                ? "{\"messages\":" + value + "}"
                : ASK + (name.equals("top_logprobs") ? ",\"logprobs\":true" : "") + ",\"" + name + "\":" + value + "}";
        JsonObject error = client.refused(400, PATH, json);
        assertThat(error.get("param").getAsString()).startsWith(name);
        assertThat(error.get("message").getAsString()).contains(name);
        assertThat(error.get("type").getAsString()).isEqualTo("invalid_request_error");
    }

    @Test
    void topLogprobs_areTheLikeliestInOrder() {
        JsonArray content = choice(ask(",\"max_tokens\":4,\"logprobs\":true,\"top_logprobs\":3"), 0)
                .getAsJsonObject("logprobs")
                .getAsJsonArray("content");
        assertThat(content).hasSize(4).allSatisfy(each -> {
            JsonArray top = each.getAsJsonObject().getAsJsonArray("top_logprobs");
            assertThat(top).hasSize(3);
            assertThat(top.get(0).getAsJsonObject().get("logprob"))
                    .as("greedy: the first is the token itself")
                    .isEqualTo(each.getAsJsonObject().get("logprob"));
            assertThat(top.get(0).getAsJsonObject().get("logprob").getAsDouble())
                    .isGreaterThanOrEqualTo(
                            top.get(1).getAsJsonObject().get("logprob").getAsDouble());
        });
        JsonObject error = client.refused(400, PATH, ASK + ",\"top_logprobs\":2}");
        assertThat(error.get("param").getAsString()).isEqualTo("top_logprobs");
    }

    @Test
    void modelThatIsNotThere_is404() {
        JsonObject error = client.refused(404, PATH, ASK.replace("tiny", "large") + "}");
        assertThat(error.get("code").getAsString()).isEqualTo("model_not_found");
        assertThat(error.get("param").getAsString()).isEqualTo("model");
        assertThat(error.get("message").getAsString()).contains("'large'").contains("tiny");
    }

    @Test
    void promptThatIsTooLong_saysSo() {
        JsonObject error = client.refused(400, PATH, ASK.replace("what", "what ".repeat(300)) + "}");
        assertThat(error.get("code").getAsString()).isEqualTo("context_length_exceeded");
        assertThat(error.get("message").getAsString()).contains("256");
    }

    @Test
    void schemaThatCannotBeKept_isRefusedWithItsPlace() {
        JsonElement error = client.refused(
                400,
                PATH,
                ASK + ",\"response_format\":{\"type\":\"json_schema\",\"json_schema\":{\"name\":\"x\",\"schema\":"
                        + "{\"type\":\"object\",\"properties\":{\"a\":{\"$ref\":\"http://example.org/x.json\"}},"
                        + "\"required\":[\"a\"]}}}}");
        assertThat(error.toString()).contains("$ref");
    }
}
