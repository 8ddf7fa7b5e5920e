package dev.llmadapt.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.llmadapt.Generation;
import dev.llmadapt.GenerationOptions;
import dev.llmadapt.Message;
import dev.llmadapt.Request;
import dev.llmadapt.Scores;
import dev.llmadapt.Scoring;
import dev.llmadapt.Token;
import dev.llmadapt.local.LocalModel;
import dev.llmadapt.remote.RemoteModel;
import dev.llmadapt.remote.RemoteOptions;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A model behind this server is, for its client, the model itself. */
class RemoteRoundTripTest {
    private static final List<Request> ASKED = List.of(
            Request.of("what time is it?"),
            Request.of(Message.system("Be brief."), Message.user("Say hello."), Message.assistant("hel")),
            Request.of("hello world").withRaw(true));

    private static LocalModel model;
    private static ModelServer server;
    private static RemoteModel remote;

    @BeforeAll
    static void start() {
        model = Fixtures.model();
        server = Fixtures.start(model);
        remote = RemoteModel.open(RemoteOptions.of(server.uri() + "/v1"));
    }

    @AfterAll
    static void stop() {
        remote.close();
        server.close();
        model.close();
    }

    @Test
    void info_isTheModels() {
        assertThat(remote.info().name()).isEqualTo("tiny");
        assertThat(remote.info().contextLength()).isEqualTo(model.info().contextLength());
        assertThat(remote.info().scoring()).isEqualTo(Scoring.EXACT);
    }

    @Test
    void scores_areTheModels() {
        List<String> continuations = List.of("yes", " no", "not known");
        for (Request request : ASKED) {
            Scores own = model.score(request, continuations);
            Scores told = remote.score(request, continuations);
            for (int i = 0; i < continuations.size(); i++) {
                assertThat(told.entries().get(i).tokens())
                        .extracting(Token::id)
                        .isEqualTo(own.entries().get(i).tokens().stream()
                                .map(Token::id)
                                .toList());
                assertThat(told.entries().get(i).logProbability())
                        .as("'%s' after %s", continuations.get(i), request.messages())
                        .isCloseTo(own.entries().get(i).logProbability(), within(1e-3));
            }
        }
    }

    @Test
    void answers_areTheModels() {
        GenerationOptions options = GenerationOptions.defaults().withMaxTokens(12);
        for (Request request : ASKED) {
            for (GenerationOptions each : List.of(
                    options,
                    options.withStop("e"),
                    options.withTemperature(1).withSeed(5).withTopK(20).withMinP(0.01))) {
                Generation own = model.generate(request.withOptions(each));
                Generation told = remote.generate(request.withOptions(each));

                assertThat(told.text())
                        .as("%s with %s", request.messages(), each)
                        .isEqualTo(own.text());
                assertThat(told.finishReason()).isEqualTo(own.finishReason());
                assertThat(told.usage()).isEqualTo(own.usage());
            }
        }
    }

    @Test
    void logProbabilities_areTheModels() {
        GenerationOptions options =
                GenerationOptions.defaults().withMaxTokens(6).withCandidates(3);
        Generation own = model.generate(ASKED.get(0).withOptions(options));
        Generation told = remote.generate(ASKED.get(0).withOptions(options));

        assertThat(told.tokens()).hasSameSizeAs(own.tokens());
        for (int i = 0; i < own.tokens().size(); i++) {
            assertThat(told.tokens().get(i).logProbability())
                    .isCloseTo(own.tokens().get(i).logProbability(), within(1e-4));
            assertThat(told.tokens().get(i).candidates())
                    .extracting(Token.Candidate::text)
                    .isEqualTo(own.tokens().get(i).candidates().stream()
                            .map(Token.Candidate::text)
                            .toList());
        }
    }

    @Test
    void longPrompt_isRefusedInTheModelsWords() {
        assertThatThrownBy(() ->
                        remote.generate(Request.of("a b ".repeat(model.info().contextLength()))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("context");
    }
}
