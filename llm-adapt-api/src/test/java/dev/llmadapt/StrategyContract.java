package dev.llmadapt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * The laws of {@link Strategy}. A test of an implementation extends this class and says how to make one. That the
 * adapted model is a model like any other is for {@link ModelContract} to test.
 */
public abstract class StrategyContract {
    /** For subclasses. */
    protected StrategyContract() {}

    /** The strategy under test. */
    protected abstract Strategy strategy();

    /** The task to adapt to; its first example's input is what the tests ask. */
    protected Task task() {
        return ToyTask.task();
    }

    /** Opens a new model to adapt; the tests close it. */
    protected Model openBase() {
        return new ToyModel();
    }

    /**
     * Whether a request {@linkplain Model#prepare prepared} by the adapted model holds all that the strategy adds, so
     * that the base model gives it the same scores; false for a strategy that changes how the model computes.
     */
    protected boolean preparesAll() {
        return true;
    }

    /** Whether the adapted model asks the base model; false for one that answers by itself. */
    protected boolean asksTheBase() {
        return true;
    }

    /** The largest allowed difference between two log-probabilities. */
    protected double tolerance() {
        return 1e-3;
    }

    @Test
    void name_anyStrategy_isShort() {
        assertThat(strategy().name()).isNotBlank().hasSizeLessThan(80).doesNotContain("\n");
    }

    @Test
    void adapt_thenClose_leavesTheBaseOpenAndAsItWas() {
        try (Model base = openBase()) {
            Generation before = base.generate(request());
            Model adapted = strategy().adapt(base, task(), Progress.NONE);
            adapted.generate(request());
            adapted.close();

            assertThat(base.generate(request()).text()).isEqualTo(before.text());
        }
    }

    @Test
    void close_twice_andEveryUseAfterIsRefused() {
        try (Model base = openBase()) {
            Model adapted = strategy().adapt(base, task(), Progress.NONE);
            adapted.close();
            adapted.close();

            ModelContract.assertRefusesUse(adapted);
        }
    }

    @Test
    void close_ofLayers_isRefusedAfterAndLeavesTheBaseOpen() {
        try (Model base = openBase()) {
            Model layers = strategy().then(strategy()).adapt(base, task(), Progress.NONE);
            layers.generate(request());
            layers.close();

            ModelContract.assertRefusesUse(layers);
            assertThat(base.info().name()).isNotBlank();
        }
    }

    @Test
    void adapt_twice_isDeterministic() {
        try (Model base = openBase();
                Model one = strategy().adapt(base, task(), Progress.NONE);
                Model other = strategy().adapt(base, task(), Progress.NONE)) {
            assertThat(other.generate(request()).text())
                    .isEqualTo(one.generate(request()).text());
            assertThat(other.prepare(request())).isEqualTo(one.prepare(request()));
            assertScoresAgree(other.score(request(), labels()), one.score(request(), labels()));
        }
    }

    @Test
    void adapt_adaptedAlready_works() {
        try (Model base = openBase();
                Model once = strategy().adapt(base, task(), Progress.NONE);
                Model twice = strategy().adapt(once, task(), Progress.NONE)) {
            assertThat(twice.generate(request()).text()).isNotEmpty();
        }
    }

    @Test
    void prepare_request_keepsTheQuestionAndTheConstraint() {
        try (Model base = openBase();
                Model adapted = strategy().adapt(base, task(), Progress.NONE)) {
            Request prepared = adapted.prepare(request());

            assertThat(prepared.messages())
                    .anySatisfy(message -> assertThat(message.content())
                            .contains(task().examples().get(0).input()));
            assertThat(prepared.constraint()).isEqualTo(request().constraint());
            assertThat(prepared.options()).isEqualTo(request().options());
            assertThat(adapted.prepare(request())).as("prepared again").isEqualTo(prepared);
        }
    }

    @Test
    void score_adapted_equalsTheBaseOnThePreparedRequest() {
        assumeTrue(preparesAll(), "needs a strategy that only prepares requests");
        try (Model base = openBase();
                Model adapted = strategy().adapt(base, task(), Progress.NONE)) {
            for (Example example : task().examples()) {
                Request request = task().request(example.input());

                assertScoresAgree(adapted.score(request, labels()), base.score(adapted.prepare(request), labels()));
            }
        }
    }

    @Test
    void adapted_askedAloneInABatchOrForScores_isTheSameLayer() {
        assumeTrue(asksTheBase(), "needs a strategy whose model asks the base");
        List<Request> seen = new ArrayList<>();
        try (Model base = openBase();
                Model recorder = new ModelLayer(base) {
                    @Override
                    protected Request apply(Request request) {
                        seen.add(request);
                        return request;
                    }
                };
                Model adapted = strategy().adapt(recorder, task(), Progress.NONE)) {
            adapted.generate(request()); // what is learned from the first question is not learned again
            seen.clear();
            adapted.stream(request(), TokenListener.NONE);
            List<Request> streamed = List.copyOf(seen);
            seen.clear();
            adapted.generate(List.of(request()));
            assertThat(seen).as("asked in a batch").isEqualTo(streamed);
            seen.clear();
            adapted.score(request(), labels());
            assertThat(seen).as("asked for scores").endsWith(streamed.get(streamed.size() - 1));
            seen.clear();
            assertThat(adapted.prepare(request())).as("prepared").isEqualTo(streamed.get(streamed.size() - 1));
        }
    }

    private Request request() {
        return task().request(task().examples().get(0).input());
    }

    /** The answers that are scored: the task's labels where it has some. */
    protected List<String> labels() {
        return task().labels().isEmpty() ? List.of("yes", "no") : task().labels();
    }

    private void assertScoresAgree(Scores actual, Scores expected) {
        assertThat(actual.entries()).hasSameSizeAs(expected.entries());
        for (int i = 0; i < expected.entries().size(); i++) {
            assertThat(actual.entries().get(i).logProbability())
                    .as("score of '%s'", expected.entries().get(i).continuation())
                    .isCloseTo(expected.entries().get(i).logProbability(), within(tolerance()));
        }
    }
}
