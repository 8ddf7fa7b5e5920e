package dev.llmadapt.observation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ModelListenerTest {
    private static final RetrievalEnd SEARCH = new RetrievalEnd("index", 3, Duration.ofMillis(2), "");
    private static final TrainingStep STEP = new TrainingStep(1, 2, 0.5, 100, Duration.ofMillis(20));

    private static ModelListener throwing(RuntimeException failure) {
        return new ModelListener() {
            @Override
            public void onRetrieval(RetrievalEnd retrieval) {
                throw failure;
            }

            @Override
            public void onTrainingStep(TrainingStep step) {
                throw new AssertionError("as a test's");
            }
        };
    }

    @Test
    void guarded_whatIsThrown_isSwallowed() {
        ModelListener guarded = ModelListener.guarded(throwing(new IllegalStateException("a listener's fault")));
        assertThatCode(() -> guarded.onRetrieval(SEARCH)).doesNotThrowAnyException();
        assertThatCode(() -> guarded.onRetrieval(SEARCH)).doesNotThrowAnyException();
        assertThatCode(() -> guarded.onTrainingStep(STEP)).doesNotThrowAnyException();
    }

    @Test
    void guarded_none_staysNone() {
        assertThat(ModelListener.guarded(ModelListener.NONE)).isSameAs(ModelListener.NONE);
        assertThat(ModelListener.NONE).hasToString("none");
    }

    @Test
    void all_oneThrows_theOthersHear() {
        List<Object> heard = new ArrayList<>();
        ModelListener last = new ModelListener() {
            @Override
            public void onRetrieval(RetrievalEnd retrieval) {
                heard.add(retrieval);
            }

            @Override
            public void onTrainingStep(TrainingStep step) {
                heard.add(step);
            }
        };
        ModelListener all = ModelListener.all(List.of(throwing(new IllegalStateException("a listener's fault")), last));
        all.onRetrieval(SEARCH);
        all.onTrainingStep(STEP);
        assertThat(heard).containsExactly(SEARCH, STEP);
    }
}
