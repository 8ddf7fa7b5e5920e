package dev.llmadapt.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.llmadapt.Generation;
import dev.llmadapt.GenerationOptions;
import dev.llmadapt.Model;
import dev.llmadapt.ModelContract;
import dev.llmadapt.ModelInfo;
import dev.llmadapt.OutputConstraint;
import dev.llmadapt.Request;
import dev.llmadapt.Scores;
import dev.llmadapt.Scoring;
import dev.llmadapt.Token;
import dev.llmadapt.TokenListener;
import dev.llmadapt.Usage;
import dev.llmadapt.local.Golden;
import dev.llmadapt.local.LocalModel;
import dev.llmadapt.local.ModelOptions;
import dev.llmadapt.remote.RemoteModel;
import dev.llmadapt.remote.RemoteOptions;
import dev.llmadapt.server.catalog.ServedModels;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** A local model behind the server, as a remote model: the laws of models hold, and answers and scores are the same. */
class RoundTripTest {
    private static final Request REQUEST = Request.of("where is my card?")
            .withOptions(GenerationOptions.defaults().withMaxTokens(24).withLogProbabilities(true));

    @Nested
    class OfBytes extends ModelContract {
        @Override
        protected Model open() {
            return Trip.open("tiny-llama");
        }
    }

    @Nested
    class OfCharacters extends ModelContract {
        @Override
        protected Model open() {
            return Trip.open("tiny-ascii");
        }
    }

    @Test
    void answersAndScores_areThoseOfTheLocalModel() {
        try (Trip trip = Trip.open("tiny-llama")) {
            Generation expected = trip.local.generate(REQUEST);
            Generation answer = trip.generate(REQUEST);
            List<String> continuations =
                    List.of("yes", "no", "the card", "the cat", "perhaps another time, or not at all");
            Scores scores = trip.score(REQUEST, continuations);

            assertThat(trip.info().scoring()).isEqualTo(Scoring.EXACT);
            assertThat(answer.text()).isEqualTo(expected.text());
            assertThat(answer.finishReason()).isEqualTo(expected.finishReason());
            int prompt = expected.usage().promptTokens();
            assertThat(answer.usage())
                    .as("the second time")
                    .isEqualTo(new Usage(prompt, expected.usage().completionTokens(), prompt - 2));
            for (int i = 0; i < expected.tokens().size(); i++) {
                Token token = answer.tokens().get(i);
                assertThat(token.logProbability())
                        .isCloseTo(expected.tokens().get(i).logProbability(), within(1e-6));
            }
            Scores local = trip.local.score(REQUEST, continuations);
            for (int i = 0; i < continuations.size(); i++) {
                assertThat(scores.entries().get(i).tokens())
                        .as("to the bit")
                        .isEqualTo(local.entries().get(i).tokens());
            }
        }
    }

    @Test
    void tokensOfAChoice_areThoseOfTheLocalModel() {
        Request request = REQUEST.withConstraint(
                OutputConstraint.oneOf(List.of("the card was lost abroad", "f\u00fcr \u20ac5", "the card came")));
        try (Trip trip = Trip.open("tiny-llama")) {
            Generation expected = trip.local.generate(request);
            Generation answer = trip.generate(request);
            assertThat(answer.text()).isEqualTo(expected.text());
            int prompt = expected.usage().promptTokens();
            assertThat(answer.usage())
                    .as("the second time")
                    .isEqualTo(new Usage(prompt, expected.usage().completionTokens(), prompt - 2));
            assertThat(answer.tokens())
                    .extracting(Token::text)
                    .isEqualTo(expected.tokens().stream().map(Token::text).toList());
            assertThat(answer.tokens())
                    .extracting(Token::bytes)
                    .isEqualTo(expected.tokens().stream().map(Token::bytes).toList());
            assertThat(answer.tokens())
                    .extracting(Token::logProbability)
                    .isEqualTo(expected.tokens().stream()
                            .map(Token::logProbability)
                            .toList());
            assertThat(answer.tokens()).hasSizeGreaterThan(4);
        }
    }

    /** A model, a server of it, and the model that the server is to a client; closes all. */
    private static final class Trip implements Model {
        private final LocalModel local;
        private final ModelServer server;
        private final RemoteModel remote;

        private Trip(LocalModel local) {
            this.local = local;
            this.server = ModelServer.start(new ServedModels().add("tiny", local), Fixtures.options());
            this.remote = RemoteModel.open(RemoteOptions.of(server.uri() + "/v1"));
        }

        static Trip open(String name) {
            return new Trip(
                    LocalModel.open(Golden.folder(name), ModelOptions.defaults().withThreads(1)));
        }

        @Override
        public Generation stream(Request request, TokenListener listener) {
            return remote.stream(request, listener);
        }

        @Override
        public List<Generation> generate(List<Request> requests) {
            return remote.generate(requests);
        }

        @Override
        public Scores score(Request prompt, List<String> continuations) {
            return remote.score(prompt, continuations);
        }

        @Override
        public Request prepare(Request request) {
            return remote.prepare(request);
        }

        @Override
        public ModelInfo info() {
            return remote.info();
        }

        @Override
        public void close() {
            remote.close();
            server.close();
            local.close();
        }
    }
}
