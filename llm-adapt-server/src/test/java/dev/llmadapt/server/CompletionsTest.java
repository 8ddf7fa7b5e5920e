package dev.llmadapt.server;

import static dev.llmadapt.server.ServerClient.choice;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.llmadapt.Generation;
import dev.llmadapt.GenerationOptions;
import dev.llmadapt.Request;
import dev.llmadapt.Token;
import dev.llmadapt.local.LocalModel;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CompletionsTest {
    private static final String PATH = "/v1/completions";
    private static final Request RAW = Request.of("hello world").withRaw(true);

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

    private static String text(JsonObject response, int index) {
        return choice(response, index).get("text").getAsString();
    }

    @Test
    void answer_hasTheShapeOfTypedClients() {
        JsonObject response = client.post(PATH, "{\"model\":\"tiny\",\"prompt\":\"hello world\",\"max_tokens\":5}");
        assertThat(response.keySet()).containsExactly("id", "object", "created", "model", "choices", "usage");
        assertThat(response.get("object").getAsString()).isEqualTo("text_completion");
        assertThat(choice(response, 0).keySet()).containsExactly("text", "index", "logprobs", "finish_reason");
        Generation own =
                model.generate(RAW.withOptions(GenerationOptions.defaults().withMaxTokens(5)));
        assertThat(text(response, 0)).isEqualTo(own.text());
        assertThat(response.getAsJsonObject("usage").get("prompt_tokens").getAsInt())
                .isEqualTo(own.usage().promptTokens());
        assertThat(client.post(PATH, "{\"prompt\":\"hello world\"}")
                        .getAsJsonObject("usage")
                        .get("completion_tokens")
                        .getAsInt())
                .as("OpenAI's default")
                .isEqualTo(16);
    }

    @Test
    void prompts_severalTextsOrTokens_areAnsweredInOrder() {
        int[] ids = model.promptTokens(RAW);
        String tokens = Arrays.toString(ids);
        String more = ",\"max_tokens\":5,\"n\":2,\"temperature\":1.2,\"seed\":4}";
        JsonObject texts = client.post(PATH, "{\"prompt\":[\"hello world\",\"abc\"]" + more);
        JsonObject same = client.post(PATH, "{\"prompt\":[" + tokens + ",\"abc\"]" + more);
        JsonObject alone = client.post(PATH, "{\"prompt\":" + tokens + more);
        assertThat(texts.getAsJsonArray("choices")).hasSize(4);
        assertThat(same.get("choices")).isEqualTo(texts.get("choices"));
        for (String count : List.of("prompt_tokens", "completion_tokens", "total_tokens")) {
            assertThat(same.getAsJsonObject("usage").get(count))
                    .isEqualTo(texts.getAsJsonObject("usage").get(count));
        }
        for (int i = 0; i < 2; i++) {
            assertThat(text(alone, i)).isEqualTo(text(texts, i));
        }
        assertThat(text(texts, 0)).isNotEqualTo(text(texts, 1));
    }

    @Test
    void echo_withLogprobs_scoresThePromptAsTheModelDoes() {
        int[] ids = model.promptTokens(RAW);
        JsonObject response = client.post(
                PATH, "{\"prompt\":" + Arrays.toString(ids) + ",\"max_tokens\":0,\"echo\":true,\"logprobs\":0}");
        JsonObject logprobs = choice(response, 0).getAsJsonObject("logprobs");
        JsonArray values = logprobs.getAsJsonArray("token_logprobs");
        assertThat(values).hasSize(ids.length);
        assertThat(values.get(0).isJsonNull()).isTrue();
        assertThat(choice(response, 0).get("finish_reason").getAsString()).isEqualTo("length");
        assertThat(response.getAsJsonObject("usage").get("prompt_tokens").getAsInt())
                .isEqualTo(ids.length);
        // the same by the model's own scoring of the last tokens as a continuation
        String last = logprobs.getAsJsonArray("tokens").get(ids.length - 1).getAsString();
        String before = text(response, 0).substring(0, text(response, 0).length() - last.length());
        if (Arrays.equals(model.textTokens(last), new int[] {ids[ids.length - 1]})
                && model.promptTokens(Request.of(before).withRaw(true)).length == ids.length - 1) {
            double own = model.score(Request.of(before).withRaw(true), List.of(last))
                    .entries()
                    .get(0)
                    .logProbability();
            assertThat(values.get(ids.length - 1).getAsDouble()).isCloseTo(own, within(1e-3));
        }
        // and what follows has the probabilities of a generation
        JsonObject more =
                client.post(PATH, "{\"prompt\":\"hello world\",\"max_tokens\":3,\"echo\":true,\"logprobs\":0}");
        JsonArray all = choice(more, 0).getAsJsonObject("logprobs").getAsJsonArray("token_logprobs");
        assertThat(all).hasSize(ids.length + 3);
        Generation own = model.generate(
                RAW.withOptions(GenerationOptions.defaults().withMaxTokens(3).withLogProbabilities(true)));
        assertThat(text(more, 0)).isEqualTo("hello world" + own.text());
        for (int i = 0; i < 3; i++) {
            assertThat(all.get(ids.length + i).getAsDouble())
                    .isCloseTo(own.tokens().get(i).logProbability(), within(1e-6));
        }
        JsonArray offsets = choice(more, 0).getAsJsonObject("logprobs").getAsJsonArray("text_offset");
        assertThat(offsets.get(0).getAsInt()).isZero();
        assertThat(offsets).hasSize(ids.length + 3);
    }

    @Test
    void scores_ofEachToken_agreeWithTheModelsOwn() {
        int[] text = model.textTokens(" continues here and there for a while");
        int[] ids = model.promptTokens(RAW);
        int[] all = new int[ids.length + text.length];
        System.arraycopy(ids, 0, all, 0, ids.length);
        System.arraycopy(text, 0, all, ids.length, text.length);
        double[] scored = model.scoreTokens(all, RAW).stream()
                .mapToDouble(Token::logProbability)
                .toArray();
        double own = model.score(RAW, List.of(" continues here and there for a while"))
                .entries()
                .get(0)
                .logProbability();
        assertThat(Arrays.stream(scored, ids.length, scored.length).sum()).isCloseTo(own, within(1e-2));
    }

    @Test
    void promptsThatBeginAlike_areScoredAsContinuations() {
        List<String> labels = List.of(" lost", " lost card", " sent", " a text of more tokens than a few, and some");
        int[] ids = model.promptTokens(RAW);
        JsonArray prompts = new JsonArray();
        for (String label : labels) {
            JsonArray all = new JsonArray();
            Arrays.stream(ids).forEach(all::add);
            Arrays.stream(model.textTokens(label)).forEach(all::add);
            prompts.add(all);
        }
        String body = "{\"max_tokens\":0,\"echo\":true,\"logprobs\":0,\"prompt\":" + prompts;
        JsonObject tails = client.post(PATH, body + ",\"logprob_start_len\":" + ids.length + "}");
        JsonObject whole = client.post(PATH, body + "}");
        for (int i = 0; i < labels.size(); i++) {
            List<Token> own =
                    model.score(RAW, List.of(labels.get(i))).entries().get(0).tokens();
            double[] alone = model.scoreTokens(ids(prompts.get(i).getAsJsonArray()), RAW).stream()
                    .mapToDouble(Token::logProbability)
                    .toArray();
            JsonArray tail = choice(tails, i).getAsJsonObject("logprobs").getAsJsonArray("token_logprobs");
            JsonArray all = choice(whole, i).getAsJsonObject("logprobs").getAsJsonArray("token_logprobs");
            assertThat(tail).hasSize(ids.length + own.size()).hasSameSizeAs(all);
            assertThat(text(tails, i)).isEqualTo(text(whole, i)).isEqualTo("hello world" + labels.get(i));
            for (int at = 0; at < alone.length; at++) {
                if (at < ids.length) {
                    assertThat(tail.get(at).isJsonNull()).isTrue();
                } else {
                    assertThat(tail.get(at).getAsDouble())
                            .as("to the bit")
                            .isEqualTo(own.get(at - ids.length).logProbability());
                }
                assertThat(all.get(at).isJsonNull()).isEqualTo(at == 0);
                if (at > 0) {
                    assertThat(all.get(at).getAsDouble()).isCloseTo(alone[at], within(1e-4));
                }
            }
        }
        assertThat(client.refused(400, PATH, "{\"prompt\":\"a\",\"logprobs\":0,\"logprob_start_len\":1}")
                        .get("param")
                        .getAsString())
                .isEqualTo("logprob_start_len");
    }

    private static int[] ids(JsonArray array) {
        return array.asList().stream().mapToInt(each -> each.getAsInt()).toArray();
    }

    @Test
    void logprobs_above0_haveTheLikeliest() {
        JsonObject response = client.post(PATH, "{\"prompt\":\"hello\",\"max_tokens\":2,\"logprobs\":3}");
        JsonArray top = choice(response, 0).getAsJsonObject("logprobs").getAsJsonArray("top_logprobs");
        assertThat(top).hasSize(2);
        assertThat(top.get(0).getAsJsonObject().size()).isBetween(1, 3);
        JsonObject error = client.refused(400, PATH, "{\"prompt\":\"a\",\"echo\":true,\"logprobs\":1}");
        assertThat(error.get("param").getAsString()).isEqualTo("logprobs");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "prompt | 5",
                "prompt | []",
                "prompt | [[]]",
                "prompt | [1.5]",
                "prompt | [-1]",
                "prompt | [\"a\", {}]",
                "suffix | \"x\"",
                "best_of | 3",
                "logprobs | 21",
                "logprobs | true",
                "max_tokens | 0",
                "echo | \"yes\""
            })
    void valueThatCannotBeTaken_isRefusedByName(String name, String value) {
        String json = name.equals("prompt")
                ? "{\"prompt\":" + value + "}"
                : "{\"prompt\":\"a\",\"" + name + "\":" + value + "}";
        JsonObject error = client.refused(400, PATH, json);
        assertThat(error.get("param").getAsString()).startsWith(name);
    }

    @Test
    void tokenOutsideTheVocabulary_isRefused() {
        JsonObject error = client.refused(400, PATH, "{\"prompt\":[1,2,100000]}");
        assertThat(error.get("message").getAsString()).contains("100000").contains("320");
        assertThat(client.refused(400, PATH, "{}").get("param").getAsString()).isEqualTo("prompt");
    }

    @Test
    void tokenize_andBack() {
        JsonObject text = client.post("/tokenize", "{\"model\":\"tiny\",\"prompt\":\"hello world\"}");
        int[] ids = model.promptTokens(RAW);
        assertThat(text.get("tokens").toString()).isEqualTo(Arrays.toString(ids).replace(" ", ""));
        assertThat(text.get("count").getAsInt()).isEqualTo(ids.length);
        assertThat(text.get("max_model_len").getAsInt()).isEqualTo(256);
        int[] plain = model.textTokens("hello world");
        JsonObject bare = client.post("/tokenize", "{\"prompt\":\"hello world\",\"add_special_tokens\":false}");
        assertThat(bare.get("tokens").toString())
                .isEqualTo(Arrays.toString(plain).replace(" ", ""));
        assertThat(client.post("/detokenize", "{\"tokens\":" + bare.get("tokens") + "}")
                        .get("prompt")
                        .getAsString())
                .isEqualTo("hello world");
        String messages = "{\"messages\":[{\"role\":\"user\",\"content\":\"hello\"}]";
        Request chat = Request.of("hello");
        assertThat(client.post("/tokenize", messages + "}").get("tokens").toString())
                .isEqualTo(Arrays.toString(model.promptTokens(chat)).replace(" ", ""));
        assertThat(client.post("/tokenize", messages + ",\"add_generation_prompt\":false}")
                        .get("tokens")
                        .toString())
                .isEqualTo(Arrays.toString(model.conversationTokens(chat)).replace(" ", ""));
        assertThat(client.refused(400, "/detokenize", "{\"tokens\":[99999]}")
                        .get("message")
                        .getAsString())
                .contains("99999");
        assertThat(client.refused(400, "/tokenize", "{}").get("param").getAsString())
                .isEqualTo("prompt");
    }
}
