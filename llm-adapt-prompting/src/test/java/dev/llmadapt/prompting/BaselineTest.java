package dev.llmadapt.prompting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.llmadapt.Decision;
import dev.llmadapt.Example;
import dev.llmadapt.Generation;
import dev.llmadapt.JsonSchema;
import dev.llmadapt.Model;
import dev.llmadapt.OutputConstraint;
import dev.llmadapt.Progress;
import dev.llmadapt.Request;
import dev.llmadapt.Strategy;
import dev.llmadapt.StrategyContract;
import dev.llmadapt.Task;
import dev.llmadapt.ToyModel;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

final class BaselineTest {
    /** Six of ten are about cards, four about loans, none about cash. */
    private static final Task UNEVEN = Task.classification(
            "uneven",
            "Say what it is about.",
            List.of("cash", "loan", "card"),
            IntStream.range(0, 10)
                    .mapToObj(i -> new Example("" + i, "question number " + i, i < 6 ? "card" : "loan"))
                    .toList());

    private static final Task ORDERS = Task.extraction(
            "orders",
            "Find the number.",
            JsonSchema.object(Map.of("number", JsonSchema.integer())),
            IntStream.range(0, 10)
                    .mapToObj(i -> new Example("" + i, "my order no " + i + " is late", "{\"number\": " + i + "}"))
                    .toList());

    abstract static class Contract extends StrategyContract {
        @Override
        protected boolean preparesAll() {
            return false;
        }

        @Override
        protected boolean asksTheBase() {
            return false;
        }
    }

    @Nested
    final class Majority extends Contract {
        @Override
        protected Strategy strategy() {
            return Baseline.majority();
        }
    }

    @Nested
    final class Random extends Contract {
        @Override
        protected Strategy strategy() {
            return Baseline.random(7);
        }
    }

    @Nested
    final class NearestExample extends Contract {
        @Override
        protected Strategy strategy() {
            return Baseline.nearestExample();
        }
    }

    @Nested
    final class Rules extends Contract {
        @Override
        protected Strategy strategy() {
            return Baseline.rules(Map.of("number", "no ([0-9]+)"));
        }

        @Override
        protected Task task() {
            return ORDERS;
        }
    }

    @Test
    void majority_anyQuestion_isTheMostFrequentLabelWithItsShare() {
        try (Model model = adapt(Baseline.majority(), UNEVEN)) {
            Decision decision =
                    model.generate(Request.of("anything")).decision().orElseThrow();
            assertThat(decision.label()).isEqualTo("card");
            assertThat(decision.calibrated()).isTrue();
            assertThat(decision.choices())
                    .containsExactly(
                            new Decision.Choice("cash", 0),
                            new Decision.Choice("loan", 0.4),
                            new Decision.Choice("card", 0.6));
            assertThat(model.score(Request.of("x"), List.of("loan"))
                            .entries()
                            .get(0)
                            .logProbability())
                    .isCloseTo(Math.log(0.4), within(1e-12));
            assertThat(model.generate(among("cash", "loan")).text()).isEqualTo("loan");
            assertThatThrownBy(() -> model.generate(among("cash", "gold")))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("gold");
        }
    }

    @Test
    void random_manyQuestions_followTheSharesAndStayTheSame() {
        List<String> some = answers(Baseline.random(1));
        assertThat(answers(Baseline.random(1))).isEqualTo(some);
        assertThat(answers(Baseline.random(2))).isNotEqualTo(some);
        assertThat(some.stream().filter("card"::equals).count() / 2000.0).isCloseTo(0.6, within(0.04));
        assertThat(some).doesNotContain("cash");
    }

    @Test
    void nearestExample_freeText_isTheAnswerOfTheMostSimilarQuestion() {
        Task task = Task.answering(
                "faq",
                "Answer.",
                List.of(
                        new Example("1", "When do you open?", "At nine."),
                        new Example("2", "Where is the next branch of the bank?", "In Main Street."),
                        new Example("3", "branch bank", "A bank has branches.")));
        try (Model model = adapt(Baseline.nearestExample(), task)) {
            Generation answer = model.generate(Request.of("when is it open"));
            assertThat(answer.text()).isEqualTo("At nine.");
            assertThat(answer.decision()).isEmpty();
            assertThat(model.generate(Request.of(" Where is the next branch of the bank?"))
                            .text())
                    .isEqualTo("In Main Street.");
            assertThat(model.generate(Request.of("xyz")).text()).isEqualTo("At nine.");
        }
    }

    @Test
    void rules_newQuestion_answersWithJson() {
        try (Model model = adapt(Baseline.rules(), ORDERS)) {
            assertThat(model.generate(ORDERS.request("where is order no 4711 ?"))
                            .text())
                    .isEqualTo("{\"number\": 4711}");
            assertThatThrownBy(() -> model.generate(among("a", "b")))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("JSON of the schema");
        }
        assertThatThrownBy(() -> adapt(Baseline.rules(), UNEVEN))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'uneven' has none; take nearest-example");
    }

    @Test
    void adapt_taskWithoutWhatItNeeds_isRefused() {
        Task free = Task.answering("faq", "Answer.", List.of(new Example("1", "a", "b")));
        assertThatThrownBy(() -> adapt(Baseline.majority(), free))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'faq' has none; take nearest-example");
        assertThatThrownBy(() -> adapt(Baseline.nearestExample(), free.withExamples(List.of())))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("add examples");
    }

    private static List<String> answers(Strategy strategy) {
        try (Model model = adapt(strategy, UNEVEN)) {
            return IntStream.range(0, 2000)
                    .mapToObj(
                            i -> model.generate(Request.of("my question " + i)).text())
                    .toList();
        }
    }

    private static Request among(String... labels) {
        return Request.of("anything").withConstraint(OutputConstraint.oneOf(List.of(labels)));
    }

    private static Model adapt(Strategy strategy, Task task) {
        try (Model base = new ToyModel()) { // closed already when the baseline answers: it is never asked
            return strategy.adapt(base, task, Progress.NONE);
        }
    }
}
