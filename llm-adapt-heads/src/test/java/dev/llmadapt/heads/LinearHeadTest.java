package dev.llmadapt.heads;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llmadapt.Decision;
import dev.llmadapt.Example;
import dev.llmadapt.Progress;
import dev.llmadapt.Request;
import dev.llmadapt.Strategy;
import dev.llmadapt.StrategyContract;
import dev.llmadapt.Task;
import dev.llmadapt.ToyTask;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class LinearHeadTest {
    @Nested
    final class Words extends StrategyContract {
        @Override
        protected Strategy strategy() {
            return LinearHead.words();
        }

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
    final class Embeddings extends StrategyContract {
        @Override
        protected Strategy strategy() {
            return LinearHead.embeddings(new LetterEmbedder());
        }

        @Override
        protected boolean preparesAll() {
            return false;
        }

        @Override
        protected boolean asksTheBase() {
            return false;
        }
    }

    @Test
    void name_isThatOfTheFeatures() {
        assertThat(LinearHead.words().name()).isEqualTo("words");
        assertThat(LinearHead.embeddings(new LetterEmbedder()).name()).isEqualTo("embeddings");
    }

    @Test
    void train_onOtherThreads_givesTheSameHeadAndWritesNothing() {
        PrintStream out = System.out;
        ByteArrayOutputStream written = new ByteArrayOutputStream();
        System.setOut(new PrintStream(written, true, StandardCharsets.UTF_8));
        try {
            List<Decision> decisions = IntStream.range(0, 8)
                    .parallel()
                    .mapToObj(i -> {
                        try (HeadModel head = LinearHead.words().train(ToyTask.task(), Progress.NONE)) {
                            return head.generate(Request.of("an old oak"))
                                    .decision()
                                    .orElseThrow();
                        }
                    })
                    .distinct()
                    .toList();
            assertThat(decisions).hasSize(1);
        } finally {
            System.setOut(out);
        }
        assertThat(written.toString(StandardCharsets.UTF_8)).isEmpty();
    }

    @Test
    void train_bestValueAtTheEdge_triesFurtherOnes() {
        List<Example> examples = IntStream.range(0, 11)
                .mapToObj(i -> new Example("" + i, i < 8 ? "aaa" : "bbb", i < 8 ? "often" : "seldom"))
                .toList();
        Task task = Task.classification("two", "", List.of("often", "seldom"), examples);
        List<String> reports = new ArrayList<>();
        try (HeadModel head = LinearHead.embeddings(new LetterEmbedder())
                .withOptions(HeadOptions.defaults().withRegularization(List.of(0.01, 10.0)))
                .train(task, (stage, done, total) -> reports.add(stage))) {
            List<CrossValidation.Trial> trials = head.crossValidation().trials();

            assertThat(trials)
                    .extracting(CrossValidation.Trial::regularization)
                    .startsWith(0.01, 10.0)
                    .hasSizeGreaterThan(2)
                    .contains(head.regularization());
            assertThat(trials.get(0).accuracy()).as("all are answered 'often'").isEqualTo(8 / 11.0);
            assertThat(trials.get(1).accuracy()).isEqualTo(1);
            assertThat(reports).contains("read", "cross-validate", "learn");
        }
    }

    @Test
    void train_oneValue_isTaken() {
        try (HeadModel head = LinearHead.words()
                .withOptions(HeadOptions.defaults().withRegularization(List.of(2.0)))
                .train(ToyTask.task(), Progress.NONE)) {
            assertThat(head.regularization()).isEqualTo(2.0);
            assertThat(head.crossValidation().trials()).hasSize(1);
        }
    }

    @Test
    void train_labelWithOneExample_isLearnedAndNeverHeldOut() {
        List<Example> examples = new ArrayList<>(ToyTask.task().examples());
        examples.removeIf(example -> example.output().equals("tool"));
        examples.add(new Example("13", "a hammer drives a nail", "tool"));
        try (HeadModel head = LinearHead.words().train(ToyTask.task().withExamples(examples), Progress.NONE)) {
            Decision hammer = head.generate(Request.of("a hammer drives a nail"))
                    .decision()
                    .orElseThrow();
            Decision cat = head.generate(Request.of("my cat purrs on the sofa"))
                    .decision()
                    .orElseThrow();
            assertThat(hammer.probability("tool")).isGreaterThan(cat.probability("tool"));
            assertThat(hammer.calibrated()).isTrue();
        }
    }

    @Test
    void train_oneExampleOfEachLabel_isLearnedWithoutCalibration() {
        try (HeadModel head = LinearHead.words().train(withExamples(3), Progress.NONE)) {
            assertThat(head.crossValidation().trials()).isEmpty();
            assertThat(head.temperature()).isEqualTo(1);
            Decision decision =
                    head.generate(Request.of("the dog barks")).decision().orElseThrow();
            assertThat(decision.label()).isEqualTo("animal");
            assertThat(decision.calibrated()).isFalse();
        }
    }

    @Test
    void train_twoLabels_areOppositeEachOther() {
        List<Example> examples = ToyTask.task().examples().stream()
                .filter(example -> !example.output().equals("tool"))
                .toList();
        Task task = Task.classification("two", "", List.of("plant", "animal"), examples);
        try (HeadModel head = LinearHead.words().train(task, Progress.NONE)) {
            examples.forEach(example -> assertThat(
                            head.generate(Request.of(example.input())).text())
                    .isEqualTo(example.output()));
        }
    }

    @Test
    void train_badTasks_areRefusedByWhatTheyLack() {
        refuses("learns from examples, the task 'kinds' has none", withExamples(0));
        refuses("has 3 labels and 2 examples, none of [tool]", withExamples(2));
        refuses(
                "chooses among labels, the task 'free' has none",
                Task.answering("free", "", ToyTask.task().examples()));
        List<Example> blank = new ArrayList<>(ToyTask.task().examples());
        blank.add(new Example("empty", " ", "tool"));
        refuses(
                "cannot learn from empty texts, examples of the task 'kinds' with one: [empty]",
                ToyTask.task().withExamples(blank));
        refuses(
                "those of the task 'many' are all of [a]; add examples of [b, c, d, e, f] and 1 more",
                Task.classification(
                        "many", "", List.of("a", "b", "c", "d", "e", "f", "g"), List.of(new Example("1", "x", "a"))));
        assertThatThrownBy(() -> LinearHead.embeddings(new LetterEmbedder("none", 0)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'none' has dimension 0");
    }

    private static Task withExamples(int count) {
        return ToyTask.task().withExamples(ToyTask.task().examples().subList(0, count));
    }

    private static void refuses(String message, Task task) {
        assertThatThrownBy(() -> LinearHead.words().train(task, Progress.NONE))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message);
    }

    @Test
    void options_thatCannotBe_areRefused() {
        HeadOptions options = HeadOptions.defaults();
        for (List<Double> values : List.of(List.<Double>of(), List.of(0.0), List.of(1.0, 1.0), List.of(Double.NaN))) {
            assertThatThrownBy(() -> options.withRegularization(values))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("regularization must");
        }
        assertThatThrownBy(() -> options.withFolds(1)).hasMessageContaining("folds must be at least 2, folds: 1");
    }
}
