package dev.llmadapt;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** One hook for all that a layer is asked. */
class ModelLayerTest {
    private final List<Request> asked = new ArrayList<>();
    private final Model base = new ModelLayer(new ToyModel()) {
        @Override
        protected Request apply(Request request) {
            asked.add(request);
            return request;
        }
    };

    /** Answers questions that begin with "own", and lets the model inside answer others, in capitals. */
    private final Model layer = new ModelLayer(base) {
        @Override
        protected Exchange exchange(Request request) {
            return new Exchange() {
                @Override
                public Request asked() {
                    return request.withMessages(List.of(Message.user("asked " + content(request))));
                }

                @Override
                public Optional<Generation> own(TokenListener listener) {
                    return content(request).startsWith("own")
                            ? Optional.of(generation("own answer"))
                            : Optional.empty();
                }

                @Override
                public Generation answered(Generation inside) {
                    return generation("inside: " + inside.text());
                }
            };
        }
    };

    @Test
    void generate_batch_answersEachRowAsAlone() {
        List<Request> requests =
                List.of(Request.of("a dog"), Request.of("own 1"), Request.of("an oak"), Request.of("own 2"));
        List<Generation> alone = requests.stream().map(layer::generate).toList();
        List<Request> askedAlone = List.copyOf(asked);
        asked.clear();
        List<Generation> together = layer.generate(requests);
        assertThat(together).isEqualTo(alone);
        assertThat(together.get(1).text()).isEqualTo("own answer");
        assertThat(together.get(2).text()).startsWith("inside: ");
        assertThat(asked)
                .isEqualTo(askedAlone)
                .extracting(ModelLayerTest::content)
                .containsExactly("asked a dog", "asked an oak");
    }

    @Test
    void scoreAndPrepare_anyRequest_goThroughTheSameHook() {
        layer.score(Request.of("own 1"), List.of("animal"));
        layer.prepare(Request.of("own 1"));
        assertThat(asked).extracting(ModelLayerTest::content).containsExactly("asked own 1", "asked own 1");
    }

    private static String content(Request request) {
        return request.last().content();
    }

    private static Generation generation(String text) {
        return new Generation(text, List.of(), FinishReason.STOP, Usage.NONE, Timings.NONE, "");
    }
}
