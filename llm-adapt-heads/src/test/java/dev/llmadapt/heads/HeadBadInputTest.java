package dev.llmadapt.heads;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.llmadapt.Decision;
import dev.llmadapt.Example;
import dev.llmadapt.Model;
import dev.llmadapt.OutputConstraint;
import dev.llmadapt.Progress;
import dev.llmadapt.Request;
import dev.llmadapt.Task;
import dev.llmadapt.ToyTask;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Data that is too little or not right, and each kind of head. */
class HeadBadInputTest {
    private static final List<Example> EXAMPLES = ToyTask.task().examples();

    @TempDir
    private Path folder;

    enum Kind {
        WORDS,
        EMBEDDINGS,
        FEATURES;

        LinearHead strategy() {
            return switch (this) {
                case WORDS -> LinearHead.words();
                case EMBEDDINGS -> LinearHead.embeddings(new LetterEmbedder());
                case FEATURES -> LinearHead.features();
            };
        }

        HeadModel load(Path folder) {
            return switch (this) {
                case WORDS -> HeadModel.load(folder);
                case EMBEDDINGS -> HeadModel.load(folder, new LetterEmbedder());
                case FEATURES -> HeadModel.load(folder, (Model) new LetterStates());
            };
        }

        HeadModel learn(Task task) {
            return learn(strategy(), task);
        }

        HeadModel learn(LinearHead head, Task task) {
            return head.adapt(new LetterStates(), task, Progress.NONE);
        }

        HeadModel leavingOut(Task task) {
            LinearHead head = strategy();
            return learn(head.withOptions(head.options().leavingOutLabelsWithoutExamples()), task);
        }
    }

    private static void refuses(ThrowingCallable call, String... messages) {
        assertThatThrownBy(call).isInstanceOf(IllegalArgumentException.class).hasMessageContainingAll(messages);
    }

    private static List<Example> of(String... labels) {
        return EXAMPLES.stream()
                .filter(example -> List.of(labels).contains(example.output()))
                .toList();
    }

    @ParameterizedTest
    @EnumSource
    void learn_examplesOfOneLabel_isRefusedNamingIt(Kind kind) {
        Task task = ToyTask.task().withExamples(of("tool"));
        refuses(() -> kind.learn(task), "the task 'kinds' are all of [tool]", "add examples of [animal, plant]");
        refuses(() -> kind.leavingOut(task), "add examples of [animal, plant]");
    }

    @ParameterizedTest
    @EnumSource
    void learn_labelWithoutExample_isRefusedWithWhatToDo(Kind kind) {
        refuses(
                () -> kind.learn(ToyTask.task().withExamples(of("tool", "animal"))),
                "3 labels and 8 examples, none of [plant]",
                "add examples",
                "leavingOutLabelsWithoutExamples");
    }

    @ParameterizedTest
    @EnumSource
    void learn_labelLeftOut_isNeverAnsweredAndNamed(Kind kind) {
        Task task = ToyTask.task().withExamples(of("tool", "animal"));
        try (HeadModel head = kind.leavingOut(task)) {
            assertLeavesOutPlants(head, task);
            head.save(folder);
        }
        try (HeadModel head = kind.load(folder)) {
            assertLeavesOutPlants(head, task);
        }
    }

    private static void assertLeavesOutPlants(HeadModel head, Task task) {
        assertThat(head.leftOut()).containsExactly("plant");
        assertThat(head.labels()).containsExactly("animal", "tool");
        assertThat(head.info().name()).endsWith("of kinds, without [plant]");
        Request request = task.request("a rose in the garden");
        Decision decision = head.generate(request).decision().orElseThrow();
        assertThat(decision.labels()).containsExactly("animal", "plant", "tool");
        assertThat(decision.probability("plant")).isZero();
        assertThat(Decision.of(head.score(request, task.labels())).probability("animal"))
                .isCloseTo(decision.probability("animal"), within(1e-12));
        refuses(
                () -> head.generate(request.withConstraint(OutputConstraint.oneOf(List.of("plant")))),
                "had no example of the labels [plant]",
                "allow one of [animal, tool]");
    }

    @ParameterizedTest
    @EnumSource
    void learn_labelWithOneExample_isAnsweredForIt(Kind kind) {
        List<Example> examples = new ArrayList<>(of("animal", "plant"));
        Example hammer = of("tool").get(0);
        examples.add(hammer);
        try (HeadModel head = kind.learn(ToyTask.task().withExamples(examples))) {
            assertThat(head.generate(Request.of(hammer.input())).decision().orElseThrow())
                    .satisfies(decision -> assertThat(decision.calibrated()).isTrue())
                    .satisfies(decision -> assertThat(decision.labels()).contains("tool"));
        }
    }

    @ParameterizedTest
    @EnumSource
    void learn_oneExampleOfEachLabel_worksWithoutCalibration(Kind kind) {
        List<Example> examples =
                List.of(of("animal").get(0), of("plant").get(0), of("tool").get(0));
        try (HeadModel head = kind.learn(ToyTask.task().withExamples(examples))) {
            assertThat(head.crossValidation().trials()).isEmpty();
            assertThat(head.generate(Request.of(examples.get(1).input()))
                            .decision()
                            .orElseThrow()
                            .calibrated())
                    .isFalse();
        }
    }

    @ParameterizedTest
    @EnumSource
    void learn_moreLabelsThanExamples_isRefusedUnlessSomeAreLeftOut(Kind kind) {
        List<Example> two = List.of(of("animal").get(0), of("tool").get(0));
        refuses(() -> kind.learn(ToyTask.task().withExamples(two)), "3 labels and 2 examples, none of [plant]");
        try (HeadModel head = kind.leavingOut(ToyTask.task().withExamples(two))) {
            assertThat(head.labels()).hasSize(2);
        }
    }

    @ParameterizedTest
    @EnumSource
    void emptyTexts_areRefused(Kind kind) {
        List<Example> examples = new ArrayList<>(EXAMPLES);
        examples.add(new Example("empty", " \n", "tool"));
        refuses(
                () -> kind.learn(ToyTask.task().withExamples(examples)),
                "cannot learn from empty texts",
                "[empty]",
                "leave them out");
        try (HeadModel head = kind.learn(ToyTask.task())) {
            refuses(() -> head.generate(Request.of(" ")), "needs a text to answer");
        }
    }

    @ParameterizedTest
    @EnumSource
    void folderOfAnotherTask_isRefusedByItsLabels(Kind kind) {
        try (HeadModel head = kind.learn(ToyTask.task())) {
            head.save(folder);
        }
        Task other = Task.classification("others", "", List.of("fish", "tool"), List.of());
        try (HeadModel head = kind.load(folder)) {
            refuses(
                    () -> head.generate(other.request("a saw")),
                    "not learned the labels [fish]",
                    "[animal, plant, tool]",
                    "train one for this task");
        }
    }
}
