package dev.llmadapt.prompting;

import static dev.llmadapt.prompting.ZeroShotTest.prepared;
import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llmadapt.Example;
import dev.llmadapt.Message;
import dev.llmadapt.Metric;
import dev.llmadapt.Model;
import dev.llmadapt.Progress;
import dev.llmadapt.Request;
import dev.llmadapt.Role;
import dev.llmadapt.Strategy;
import dev.llmadapt.StrategyContract;
import dev.llmadapt.Task;
import dev.llmadapt.ToyModel;
import dev.llmadapt.ToyTask;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

final class FewShotTest {
    @Nested
    final class Fixed extends StrategyContract {
        @Override
        protected Strategy strategy() {
            return FewShot.fixed(4, 1);
        }

        @Test
        void prepare_request_examplesAsTurnsBeforeTheQuestion() {
            Task task = Task.classification("t", "", List.of("a", "b"), List.of(new Example("1", "in", "a")));
            Request request =
                    Request.of(Message.system("s"), Message.user("question"), Message.assistant("The answer"));

            assertThat(prepared(FewShot.fixed(1, 0), task, request))
                    .containsExactly(
                            Message.system("s"),
                            Message.user("in"),
                            Message.assistant("a"),
                            Message.user("question"),
                            Message.assistant("The answer"));
        }

        @Test
        void prepare_anySeedAndNumber_isBalanced() {
            for (int seed = 0; seed < 20; seed++) {
                for (int shots = 1; shots <= 12; shots++) {
                    Collection<Long> counts = outputs(FewShot.fixed(shots, seed), "a question").stream()
                            .collect(groupingBy(label -> label, counting()))
                            .values();

                    assertThat(counts)
                            .as("labels, seed %d, shots %d", seed, shots)
                            .hasSize(Math.min(3, shots));
                    assertThat(Collections.max(counts) - Collections.min(counts))
                            .as("most minus least examples of a label, seed %d, shots %d", seed, shots)
                            .isLessThanOrEqualTo(1);
                }
            }
        }

        @Test
        void prepare_rareLabel_othersFillUp() {
            Task task = Task.classification(
                    "t",
                    "",
                    List.of("a", "b"),
                    IntStream.range(0, 6)
                            .mapToObj(i -> new Example("" + i, "input " + i, i == 0 ? "a" : "b"))
                            .toList());

            assertThat(prepared(FewShot.fixed(5, 0), task, Request.of("question")))
                    .filteredOn(message -> message.role() == Role.ASSISTANT)
                    .extracting(Message::content)
                    .containsExactlyInAnyOrder("a", "b", "b", "b", "b");
        }

        @Test
        void prepare_sameSeed_sameExamplesForEveryQuestionAndOthersForOtherSeeds() {
            Set<List<String>> chosen = new HashSet<>();
            for (int seed = 0; seed < 10; seed++) {
                List<String> inputs = inputs(FewShot.fixed(3, seed), "one question");

                assertThat(inputs(FewShot.fixed(3, seed), "another")).isEqualTo(inputs);
                chosen.add(inputs);
            }
            assertThat(chosen).as("choices of ten seeds").hasSizeGreaterThan(5);
        }

        @Test
        void prepare_questionIsAnExample_isNotShown() {
            for (Example example : task().examples()) {
                assertThat(inputs(FewShot.fixed(11, 3), example.input()))
                        .hasSize(11)
                        .doesNotContain(example.input());
            }
        }

        @Test
        void prepare_freeTextTask_drawsFromAll() {
            List<Example> examples = List.of(new Example("1", "one", "un"), new Example("2", "two", "deux"));
            Task task = new Task("t", "", List.of(), examples, List.of(), Metric.exactMatch());

            assertThat(prepared(FewShot.fixed(2, 0), task, Request.of("three")))
                    .hasSize(5)
                    .contains(Message.assistant("un"), Message.assistant("deux"));
        }
    }

    @Nested
    final class Nearest extends StrategyContract {
        @Override
        protected Strategy strategy() {
            return FewShot.nearest(3);
        }

        @Test
        void prepare_question_mostSimilarLast() {
            assertThat(inputs(FewShot.nearest(2), "the cat and the sofa and the dog"))
                    .containsExactly("the dog barks at night", "my cat purrs on the sofa");
        }

        @Test
        void prepare_ties_theEarlierExampleIsNearer() {
            assertThat(inputs(FewShot.nearest(3), "xyz"))
                    .containsExactly("a hammer drives a nail", "an oak sheds its leaves", "the dog barks at night");
        }

        @Test
        void prepare_questionIsAnExample_isNotShownButItsTwinIs() {
            List<Example> examples = List.of(
                    new Example("1", "a red apple", "a"),
                    new Example("2", "a red apple!", "a"),
                    new Example("3", "something else", "b"));
            Task task = Task.classification("t", "", List.of("a", "b"), examples);

            assertThat(prepared(FewShot.nearest(1), task, Request.of("a red apple")))
                    .first()
                    .isEqualTo(Message.user("a red apple!"));
            assertThat(prepared(FewShot.nearest(3), task, Request.of("a red apple")))
                    .as("one fewer than asked")
                    .hasSize(2 * 2 + 1);
        }

        @Test
        void prepare_retrievalPutPassagesBeforeTheQuestion_theExampleItselfIsStillNotShown() {
            Task task = ToyTask.task();
            Example itself = task.examples().get(0);
            try (Model toy = new ToyModel();
                    Model adapted = FewShot.nearest(3).adapt(toy, task, Progress.NONE)) {
                Request prepared = adapted.prepare(Request.of("[1] Some passage.\n\n" + itself.input() + " "));
                assertThat(prepared.messages())
                        .hasSize(7)
                        .extracting(Message::content)
                        .doesNotContain(itself.input());
            }
        }

        @Test
        void generate_toyTask_solvesIt() {
            try (Model base = new ToyModel();
                    Model adapted = FewShot.nearest(3).adapt(base, task(), Progress.NONE)) {
                assertThat(ToyTask.test())
                        .allSatisfy(example -> assertThat(adapted.generate(task().request(example.input()))
                                        .text())
                                .isEqualTo(example.output()));
            }
        }
    }

    @Test
    void adapt_tooFewExamples_isRefused() {
        try (Model base = new ToyModel()) {
            for (FewShot strategy : List.of(FewShot.fixed(13, 0), FewShot.nearest(13))) {
                assertThatThrownBy(() -> strategy.adapt(base, ToyTask.task(), Progress.NONE))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContainingAll("13", "12", "kinds");
                assertThatThrownBy(() -> strategy.adapt(base, ToyTask.task().withExamples(List.of()), Progress.NONE))
                        .isInstanceOf(IllegalArgumentException.class);
            }
        }
    }

    @Test
    void construct_noShots_isRefused() {
        assertThatThrownBy(() -> FewShot.fixed(0, 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> FewShot.nearest(-1)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void prepare_noUserMessage_isRefused() {
        assertThatThrownBy(() -> prepared(FewShot.nearest(1), ToyTask.task(), Request.of(Message.system("s"))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("user message");
    }

    private static List<String> inputs(Strategy strategy, String question) {
        List<String> inputs = contents(strategy, question, Role.USER);
        return inputs.subList(0, inputs.size() - 1);
    }

    private static List<String> outputs(Strategy strategy, String question) {
        return contents(strategy, question, Role.ASSISTANT);
    }

    private static List<String> contents(Strategy strategy, String question, Role role) {
        return prepared(strategy, ToyTask.task(), Request.of(question)).stream()
                .filter(message -> message.role() == role)
                .map(Message::content)
                .toList();
    }
}
