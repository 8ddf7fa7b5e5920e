package dev.llmadapt.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonArray;
import dev.llmadapt.Request;
import dev.llmadapt.Scores;
import dev.llmadapt.Scoring;
import dev.llmadapt.Token;
import dev.llmadapt.Usage;
import dev.llmadapt.remote.ScriptedServer.Reply;
import java.util.List;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class ScoresTest {
    private static final Request ASKED = Request.of("A or B?");

    private final ScriptedServer server = new ScriptedServer();

    @AfterEach
    void stop() {
        Thread.interrupted();
        server.close();
    }

    @Test
    void score_exact_sumsTheTailOfEachEchoedPrompt() {
        server.next("/tokenize", ids(7, 8, 9), ids(1), ids(2, 3));
        server.always("/v1/completions", Reply.json(200, """
                {"choices": [
                  {"index": 1, "logprobs": {"tokens": ["p", "q", "r", "no", "pe"],
                    "token_logprobs": [null, -9, -9, -1.5, -0.25]}},
                  {"index": 0, "logprobs": {"tokens": ["p", "q", "r", "yes", "and"],
                    "token_logprobs": [null, -9, -9, -0.5, -7]}}],
                 "usage": {"prompt_tokens": 9, "completion_tokens": 0}}"""));

        RemoteModel model = open(ServerFeatures.vllm());
        Scores scores = model.score(ASKED, List.of("yes", "nope"));

        assertThat(scores.entries().get(0).tokens()).containsExactly(new Token(1, "yes", -0.5));
        assertThat(scores.entries().get(1).tokens())
                .containsExactly(new Token(2, "no", -1.5), new Token(3, "pe", -0.25));
        assertThat(scores.usage()).isEqualTo(new Usage(9, 0));
        var sent = server.asked("/v1/completions").get(0).json();
        assertThat(sent.get("prompt").toString()).isEqualTo("[[7,8,9,1],[7,8,9,2,3]]");
        assertThat(sent.get("max_tokens").getAsInt()).isZero();
        assertThat(sent.has("logprob_start_len")).as("not a field of vLLM's").isFalse();
        assertThat(sent.get("echo").getAsBoolean()).isTrue();
        var prompt = server.asked("/tokenize").get(0).json();
        assertThat(prompt.get("add_generation_prompt").getAsBoolean()).isTrue();
        assertThat(server.asked("/tokenize")
                        .get(1)
                        .json()
                        .get("add_special_tokens")
                        .getAsBoolean())
                .isFalse();

        server.next("/tokenize", ids(7, 8, 9));
        model.score(ASKED, List.of("yes", "nope"));
        assertThat(server.asked("/tokenize")).as("labels are made tokens once").hasSize(4);
    }

    @Test
    void score_serverThatMustWriteAToken_isAskedForOneThatIsNotRead() {
        server.next("/tokenize", ids(7), ids(1));
        server.next(
                "/v1/completions",
                Reply.json(400, "{\"error\": {\"message\": \"max_tokens must be at least 1, got 0.\"}}"),
                Reply.json(200, """
                {"choices": [{"index": 0, "logprobs": {"tokens": ["p", "yes", "!"],
                  "token_logprobs": [null, -0.5, -3]}}]}"""));

        Scores scores = open(ServerFeatures.vllm()).score(ASKED, List.of("yes"));

        assertThat(scores.entries().get(0).logProbability()).isEqualTo(-0.5);
        assertThat(server.asked("/v1/completions")
                        .get(1)
                        .json()
                        .get("max_tokens")
                        .getAsInt())
                .isEqualTo(1);
    }

    @Test
    void score_llmAdapt_isAskedForTheContinuationAlone() {
        server.next("/tokenize", ids(7), ids(1));
        server.always("/v1/completions", Reply.json(200, """
                {"choices": [{"index": 0, "logprobs": {"tokens": ["p", "yes"], "token_logprobs": [null, -0.5],
                  "top_logprobs": null}}]}"""));

        assertThat(open(ServerFeatures.llmAdapt())
                        .score(ASKED, List.of("yes"))
                        .entries()
                        .get(0)
                        .logProbability())
                .isEqualTo(-0.5);
        var sent = server.asked("/v1/completions").get(0).json();
        assertThat(sent.get("logprobs").getAsInt()).isZero();
        assertThat(sent.get("logprob_start_len").getAsInt())
                .as("those of the prompt are not read")
                .isEqualTo(1);
    }

    @Test
    void score_serverThatDoesNotEcho_isAnError() {
        server.next("/tokenize", ids(7), ids(1));
        server.always("/v1/completions", Reply.json(200, "{\"choices\": [{\"index\": 0, \"text\": \"yes\"}]}"));

        assertThatThrownBy(() -> open(ServerFeatures.vllm()).score(ASKED, List.of("yes")))
                .isInstanceOf(RemoteException.class)
                .hasMessageContaining("echo");
    }

    @Test
    void score_topTokens_areThoseOfOneWrittenToken() {
        server.always("/v1/chat/completions", Recorded.json("llamacpp-first-token.json"));
        RemoteModel model = open(ServerFeatures.llamaCpp());

        Scores scores = model.score(ASKED, List.of("B", "A"));

        assertThat(model.info().scoring()).isEqualTo(Scoring.TOP_TOKENS);
        assertThat(scores.entries())
                .extracting(entry -> entry.tokens().get(0))
                .containsExactly(new Token(33, "B", -2.5), new Token(32, "A", -0.1));
        var sent = server.asked("/v1/chat/completions").get(0).json();
        assertThat(sent.get("max_tokens").getAsInt()).isEqualTo(1);
        assertThat(sent.get("top_logprobs").getAsInt())
                .isEqualTo(ServerFeatures.llamaCpp().topTokens());
    }

    @Test
    void score_textThatIsNoTopToken_isRefusedNotInvented() {
        server.always("/v1/chat/completions", Recorded.json("llamacpp-first-token.json"));

        assertThatThrownBy(() -> open(ServerFeatures.llamaCpp()).score(ASKED, List.of("A", "card arrival")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'card arrival' is not among them")
                .hasMessageContaining("byLetters");
    }

    @Test
    void score_none_isRefusedWithWhatToDo() {
        assertThatThrownBy(() -> open(ServerFeatures.plain()).score(ASKED, List.of("A")))
                .isInstanceOf(UnsupportedOperationException.class)
                .hasMessageContaining("byLettersConstrained");
    }

    @Test
    void score_interrupted_isCancelled() {
        Thread.currentThread().interrupt();

        assertThatThrownBy(() -> open(ServerFeatures.vllm()).score(ASKED, List.of("A")))
                .isInstanceOf(CancellationException.class);
        assertThat(Thread.interrupted()).isTrue();
    }

    private static Reply ids(int... ids) {
        JsonArray array = new JsonArray();
        for (int id : ids) {
            array.add(id);
        }
        return Reply.json(200, "{\"count\": " + ids.length + ", \"tokens\": " + array + "}");
    }

    private RemoteModel open(ServerFeatures features) {
        return RemoteModel.open(RemoteOptions.of(server.base(), "m").withFeatures(features));
    }
}
