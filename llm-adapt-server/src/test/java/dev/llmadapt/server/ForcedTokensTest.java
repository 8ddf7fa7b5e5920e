package dev.llmadapt.server;

import static dev.llmadapt.server.Fixtures.ASK;
import static dev.llmadapt.server.ServerClient.choice;
import static dev.llmadapt.server.ServerClient.content;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.llmadapt.Request;
import dev.llmadapt.Token;
import dev.llmadapt.local.LocalModel;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Tokens that a constraint left no choice about, and parts of characters, as clients are told of them. */
class ForcedTokensTest {
    private static final String CHAT = "/v1/chat/completions";
    private static final String COMPLETIONS = "/v1/completions";
    private static final String LABEL = "the card was lost in a foreign country";
    private static final String CHOICES = ",\"guided_choice\":[\"" + LABEL + "\"]";

    private static LocalModel model;
    private static ModelServer server;
    private static ServerClient client;
    private static int count;

    @BeforeAll
    static void start() {
        model = Fixtures.model();
        server = Fixtures.start(model);
        client = new ServerClient(server);
        count = model.textTokens(LABEL).length;
    }

    @AfterAll
    static void stop() {
        server.close();
        model.close();
    }

    private static int written(JsonObject response) {
        return response.getAsJsonObject("usage").get("completion_tokens").getAsInt();
    }

    private static String texts(JsonArray content) {
        StringBuilder text = new StringBuilder();
        content.forEach(each -> text.append(each.getAsJsonObject().get("token").getAsString()));
        return text.toString();
    }

    private static String bytes(JsonArray content) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (JsonElement each : content) {
            each.getAsJsonObject().getAsJsonArray("bytes").forEach(value -> bytes.write(value.getAsInt()));
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }

    @Test
    void choice_hasEveryTokenWithItsLogProbability() {
        JsonObject response = client.post(CHAT, ASK + CHOICES + ",\"n\":2,\"logprobs\":true,\"top_logprobs\":2}");
        List<Token> scored = model.score(Request.of("what time is it?"), List.of(LABEL))
                .entries()
                .get(0)
                .tokens();
        assertThat(written(response)).isEqualTo(2 * count);
        for (int index = 0; index < 2; index++) {
            JsonArray content =
                    choice(response, index).getAsJsonObject("logprobs").getAsJsonArray("content");
            assertThat(content).hasSize(count).hasSizeGreaterThan(8);
            assertThat(texts(content)).isEqualTo(LABEL).isEqualTo(content(response, index));
            assertThat(bytes(content)).isEqualTo(LABEL);
            for (int i = 0; i < count; i++) {
                JsonObject each = content.get(i).getAsJsonObject();
                assertThat(each.get("logprob").getAsDouble())
                        .isCloseTo(scored.get(i).logProbability(), within(1e-4));
                assertThat(each.getAsJsonArray("top_logprobs")).hasSize(2);
            }
        }
        assertThat(written(client.post(CHAT, ASK + CHOICES + "}"))).isEqualTo(count);
    }

    @Test
    void choice_maxTokens_cutsItOff() {
        for (String more : List.of("", ",\"logprobs\":true")) {
            JsonObject response = client.post(CHAT, ASK + CHOICES + ",\"max_tokens\":2" + more + "}");
            assertThat(choice(response, 0).get("finish_reason").getAsString()).isEqualTo("length");
            assertThat(written(response)).isEqualTo(2);
            assertThat(LABEL).startsWith(content(response, 0));
            assertThat(content(response, 0)).hasSizeLessThan(LABEL.length() / 2);
        }
        JsonObject whole = client.post(CHAT, ASK + CHOICES + ",\"max_tokens\":" + count + "}");
        assertThat(choice(whole, 0).get("finish_reason").getAsString()).isEqualTo("stop");
        assertThat(content(whole, 0)).isEqualTo(LABEL);
    }

    @Test
    void choice_streamed_isInPiecesOfTokens() {
        for (String more : List.of("", ",\"logprobs\":true")) {
            StringBuilder text = new StringBuilder();
            int pieces = 0;
            for (JsonObject event : client.stream(CHAT, ASK + CHOICES + more + ",\"stream\":true}")) {
                JsonElement piece = choice(event, 0).getAsJsonObject("delta").get("content");
                if (piece != null && !piece.getAsString().isEmpty()) {
                    text.append(piece.getAsString());
                    pieces++;
                }
            }
            assertThat(text.toString()).isEqualTo(LABEL);
            assertThat(pieces).isEqualTo(count);
        }
    }

    @Test
    void choice_afterAnEchoedPrompt_hasEveryToken() {
        int read = model.promptTokens(Request.of("hello").withRaw(true)).length;
        JsonObject response = client.post(
                COMPLETIONS, "{\"prompt\":\"hello\",\"max_tokens\":100,\"echo\":true,\"logprobs\":0" + CHOICES + "}");
        JsonObject logprobs = choice(response, 0).getAsJsonObject("logprobs");
        assertThat(choice(response, 0).get("text").getAsString()).isEqualTo("hello" + LABEL);
        assertThat(logprobs.getAsJsonArray("tokens")).hasSize(read + count);
        JsonArray values = logprobs.getAsJsonArray("token_logprobs");
        for (int i = 1; i < values.size(); i++) {
            assertThat(values.get(i).getAsDouble()).isNegative();
        }
        assertThat(written(response)).isEqualTo(count);
    }

    @Test
    void bytes_ofPartsOfACharacter_areTheirOwn() {
        JsonObject response = client.post(
                CHAT, ASK + ",\"guided_regex\":\"[\u20ac\uD83D\uDE00]{3}\",\"logprobs\":true,\"top_logprobs\":20}");
        JsonArray content = choice(response, 0).getAsJsonObject("logprobs").getAsJsonArray("content");
        assertThat(bytes(content)).isEqualTo(content(response, 0));
        assertThat(content)
                .allSatisfy(each -> assertThat(each.getAsJsonObject().getAsJsonArray("bytes"))
                        .hasSize(1));
        int broken = 0;
        for (JsonElement each : content) {
            for (JsonElement other : each.getAsJsonObject().getAsJsonArray("top_logprobs")) {
                if (other.getAsJsonObject().get("token").getAsString().equals("\uFFFD")) {
                    assertThat(other.getAsJsonObject().getAsJsonArray("bytes")).hasSize(1);
                    broken++;
                }
            }
        }
        assertThat(broken).isPositive();
    }
}
