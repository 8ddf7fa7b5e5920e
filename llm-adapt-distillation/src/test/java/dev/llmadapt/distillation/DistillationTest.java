package dev.llmadapt.distillation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.llmadapt.Decision;
import dev.llmadapt.Example;
import dev.llmadapt.FinishReason;
import dev.llmadapt.Generation;
import dev.llmadapt.JsonSchema;
import dev.llmadapt.LlmAdaptException;
import dev.llmadapt.Model;
import dev.llmadapt.Progress;
import dev.llmadapt.Strategy;
import dev.llmadapt.StrategyContract;
import dev.llmadapt.Task;
import dev.llmadapt.ToyTask;
import dev.llmadapt.UnavailableException;
import dev.llmadapt.distillation.DistillationReport.Reason;
import dev.llmadapt.heads.HeadModel;
import dev.llmadapt.heads.LinearHead;
import dev.llmadapt.prompting.FewShot;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CancellationException;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class DistillationTest {
    private static final List<String> LABELS = List.of("animal", "plant", "tool");
    private static final List<String> INPUTS =
            ToyTask.test().stream().map(Example::input).toList();
    private static final DistillationOptions DEFAULTS = DistillationOptions.defaults();

    private static FakeTeacher perfect() {
        return FakeTeacher.writing(DistillationTest::right);
    }

    private static String right(String input) {
        return ToyTask.test().stream()
                .filter(example -> example.input().equals(input))
                .map(Example::output)
                .findFirst()
                .orElse("tool");
    }

    private static Distillation of(FakeTeacher teacher, List<String> inputs) {
        return Distillation.of(teacher, LinearHead.words(), inputs);
    }

    private static Decision decision(String label, double probability) {
        double other = (1 - probability) / (LABELS.size() - 1);
        return new Decision(
                LABELS.stream()
                        .map(each -> new Decision.Choice(each, each.equals(label) ? probability : other))
                        .toList(),
                true);
    }

    @Nested
    final class OfFewShot extends StrategyContract {
        @Override
        protected Strategy strategy() {
            return Distillation.of(perfect(), FewShot.nearest(4), INPUTS);
        }
    }

    @Nested
    final class OfWords extends StrategyContract {
        @Override
        protected Strategy strategy() {
            return of(perfect(), INPUTS);
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
    void label_inputs_areExamplesAfterTheOwnOnes() {
        FakeTeacher teacher = perfect();
        Distilled distilled = of(teacher, INPUTS).label(ToyTask.task(), Progress.NONE);

        List<Example> examples = distilled.task().examples();
        assertThat(examples.subList(0, 12)).isEqualTo(ToyTask.task().examples());
        assertThat(examples.subList(12, 21))
                .extracting(Example::input, Example::output)
                .containsExactlyElementsOf(ToyTask.test().stream()
                        .map(each -> tuple(each.input(), each.output()))
                        .toList());
        assertThat(teacher.asked.get(0)).isEqualTo(ToyTask.task().request(INPUTS.get(0)));
        DistillationReport report = distilled.report();
        assertThat(report.kept()).isEqualTo(9);
        assertThat(report.ownExamples()).isEqualTo(12);
        assertThat(report.answers()).containsExactlyInAnyOrderEntriesOf(Map.of("animal", 3, "plant", 3, "tool", 3));
        assertThat(report.spent().calls()).isEqualTo(9);
        assertThat(report.spent().tokens()).isEqualTo(99);
        assertThat(report.dropped()).isEmpty();
        assertThat(report.json())
                .contains("\"kept\": 9,", "\"answers\": {\n    \"animal\": 3,", "\"promptTokens\": 90,");
    }

    @Test
    void label_withoutOwnExamples_hasTheTeachersAlone() {
        Distilled distilled = of(perfect(), INPUTS)
                .withOptions(DEFAULTS.withOwnExamples(false))
                .label(ToyTask.task(), Progress.NONE);

        assertThat(distilled.task().examples())
                .hasSize(9)
                .allMatch(example -> example.id().startsWith("teacher:"));
    }

    @Test
    void label_twiceEmptyHeldOutOrBeyondTheLimit_isNotAsked() {
        FakeTeacher teacher = perfect();
        DistillationReport report = of(
                        teacher, List.of("that cat sleeps", " that cat sleeps ", " ", "a test", "x", "y"))
                .withHeldOut(List.of("a test "))
                .withOptions(DEFAULTS.withMaxInputs(2))
                .label(ToyTask.task(), Progress.NONE)
                .report();

        assertThat(teacher.inputs()).containsExactly("that cat sleeps", "x");
        assertThat(report.dropped())
                .isEqualTo(Map.of(Reason.DUPLICATE, 1, Reason.EMPTY, 1, Reason.HELD_OUT, 1, Reason.BEYOND_LIMIT, 1));
        assertThat(report.inputs()).isEqualTo(6);
    }

    @Test
    void label_inputOfAnOwnExample_isComparedWithIt() {
        List<String> inputs = List.of("the dog barks at night", "a rose blooms in june", "that cat sleeps");
        Function<String, String> answers = input -> input.contains("rose") ? "tool" : "animal";
        DistillationReport report = of(FakeTeacher.writing(answers), inputs)
                .label(ToyTask.task(), Progress.NONE)
                .report();
        assertThat(report.overlap()).isEqualTo(2);
        assertThat(report.overlapScore()).isEqualTo(0.5);
        assertThat(report.dropped()).isEqualTo(Map.of(Reason.KNOWN, 2));
        assertThat(report.kept()).isEqualTo(1);

        Distilled alone = of(FakeTeacher.writing(answers), inputs)
                .withOptions(DEFAULTS.withOwnExamples(false))
                .label(ToyTask.task(), Progress.NONE);
        assertThat(alone.task().examples()).hasSize(3);
        assertThat(alone.report().overlap()).isEqualTo(2);
    }

    @Test
    void label_answersThatAreNone_areDropped() {
        FakeTeacher teacher = FakeTeacher.of(request -> switch (FakeTeacher.input(request)) {
            case "a" -> FakeTeacher.generation("a fish", FinishReason.STOP, Optional.empty());
            case "b" -> FakeTeacher.generation("tool", FinishReason.LENGTH, Optional.empty());
            default -> FakeTeacher.generation(" tool\n", FinishReason.STOP, Optional.empty());
        });
        Distilled distilled = of(teacher, List.of("a", "b", "c")).label(ToyTask.task(), Progress.NONE);

        assertThat(distilled.report().dropped()).isEqualTo(Map.of(Reason.INVALID, 1, Reason.CUT_OFF, 1));
        assertThat(distilled.task().examples()).last().isEqualTo(new Example("teacher:3", "c", "tool"));
    }

    @Test
    void label_json_isCheckedAndWrittenAsExamplesAre() {
        Task task = Task.extraction(
                "kinds",
                "Read it.",
                JsonSchema.object(
                        JsonSchema.property("name", JsonSchema.text()),
                        JsonSchema.property("legs", JsonSchema.integer().orNull()),
                        JsonSchema.property("like", JsonSchema.list(JsonSchema.oneOf("dog", "cat")))),
                List.of());
        Map<String, String> answers = Map.of(
                "fits", "{\"like\":[\"dog\",\"cat\"],\"name\":\"Rex \\\"R\\\"\",\"legs\":null}",
                "another key", "{\"name\": \"Rex\", \"legs\": 4, \"like\": [], \"age\": 3}",
                "another value", "{\"name\": \"Rex\", \"legs\": 4, \"like\": [\"cow\"]}",
                "a part", "{\"name\": \"Rex\", \"legs\": 4.5, \"like\": []}",
                "missing", "{\"legs\": 4, \"like\": []}",
                "none", "Rex has four legs");
        Distilled distilled = of(FakeTeacher.writing(answers::get), List.copyOf(answers.keySet()))
                .label(task, Progress.NONE);

        assertThat(distilled.task().examples())
                .extracting(Example::output)
                .containsExactly("{\"name\": \"Rex \\\"R\\\"\", \"legs\": null, \"like\": [\"dog\", \"cat\"]}");
        assertThat(distilled.report().dropped()).isEqualTo(Map.of(Reason.INVALID, 5));
        assertThat(distilled.report().answers()).isEmpty();
    }

    @Test
    void label_minConfidence_dropsWhatIsUnsure() {
        FakeTeacher teacher = FakeTeacher.deciding(input -> decision("plant", input.equals("sure") ? 0.9 : 0.5));
        Distillation distillation = of(teacher, List.of("sure", "unsure"));

        Distilled distilled =
                distillation.withOptions(DEFAULTS.withMinConfidence(0.8)).label(ToyTask.task(), Progress.NONE);
        assertThat(distilled.report().dropped()).isEqualTo(Map.of(Reason.UNSURE, 1));
        assertThat(distilled.task().examples()).last().isEqualTo(new Example("teacher:1", "sure", "plant"));

        assertThatThrownBy(() ->
                        distillation.withOptions(DEFAULTS.withSamples(3, 0.7)).label(ToyTask.task(), Progress.NONE))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("filter by minConfidence");
        assertThatThrownBy(() -> of(perfect(), INPUTS)
                        .withOptions(DEFAULTS.withMinConfidence(0.8))
                        .label(ToyTask.task(), Progress.NONE))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("needs a teacher that gives probabilities");
    }

    /** A teacher that is not sure makes a student that is not sure of such texts either. */
    @Test
    void adapt_probabilities_areWhatAHeadLearns() {
        List<String> inputs = IntStream.range(0, 12)
                .mapToObj(i -> i % 2 == 0 ? "glimmer number " + i : "shimmer number " + i)
                .toList();
        FakeTeacher teacher = FakeTeacher.deciding(input -> decision("plant", input.startsWith("glimmer") ? 0.5 : 1));
        Distillation hard = of(teacher, inputs);
        Distillation soft = hard.withOptions(DEFAULTS.withProbabilities(true));
        Distilled distilled = soft.label(ToyTask.task(), Progress.NONE);
        assertThat(distilled.decisions()).hasSize(24);
        assertThat(distilled.decisions().get(0)).isEqualTo(Decision.certain(LABELS, "animal"));
        assertThat(distilled.decisions().get(12)).isEqualTo(decision("plant", 0.5));

        try (Model sure = hard.adapt(teacher, ToyTask.task(), Progress.NONE);
                Model unsure = soft.adapt(teacher, ToyTask.task(), Progress.NONE)) {
            assertThat(plant(unsure, "glimmer number 20")).isLessThan(plant(sure, "glimmer number 20") - 0.1);
            assertThat(plant(unsure, "shimmer number 20")).isGreaterThan(plant(unsure, "glimmer number 20") + 0.1);
        }
        assertThatThrownBy(() -> Distillation.of(teacher, FewShot.nearest(4), inputs)
                        .withOptions(DEFAULTS.withProbabilities(true)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("learns answers, not probabilities");
        assertThatThrownBy(() -> of(perfect(), inputs)
                        .withOptions(DEFAULTS.withProbabilities(true))
                        .label(ToyTask.task(), Progress.NONE))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("learning from probabilities needs a teacher");
    }

    private static double plant(Model model, String input) {
        return model.generate(ToyTask.task().request(input))
                .decision()
                .orElseThrow()
                .probability("plant");
    }

    @Test
    void label_samples_keepsWhatMostOfThemSay() {
        FakeTeacher teacher = FakeTeacher.of(request -> {
            long seed = request.options().seed();
            boolean split = FakeTeacher.input(request).equals("split");
            String answer = LABELS.get((int) (split ? (seed - 7) % 3 : seed == 7 ? 0 : 1));
            return FakeTeacher.generation(answer, FinishReason.STOP, Optional.empty());
        });
        DistillationOptions options = DEFAULTS.withSamples(3, 0.5).withSeed(7).withMinAgreement(0.6);
        Distilled distilled =
                of(teacher, List.of("most", "split")).withOptions(options).label(ToyTask.task(), Progress.NONE);

        assertThat(distilled.task().examples()).last().isEqualTo(new Example("teacher:1", "most", "plant"));
        assertThat(distilled.report().dropped()).isEqualTo(Map.of(Reason.DISAGREEMENT, 1));
        assertThat(teacher.asked)
                .hasSize(6)
                .allMatch(request -> request.options().temperature() == 0.5);
        assertThat(teacher.asked.subList(0, 3))
                .extracting(request -> request.options().seed())
                .containsExactly(7L, 8L, 9L);
    }

    @Test
    void label_twoTeachers_keepsWhatBothSay() {
        FakeTeacher other = FakeTeacher.writing(input -> input.contains("cat") ? "tool" : right(input));
        Distilled distilled = of(perfect(), INPUTS).withFurtherTeacher(other).label(ToyTask.task(), Progress.NONE);

        assertThat(distilled.report().dropped()).isEqualTo(Map.of(Reason.DISAGREEMENT, 1));
        assertThat(distilled.report().spent().calls()).isEqualTo(18);
    }

    @Test
    void label_twoTeachersWithProbabilities_areAveraged() {
        FakeTeacher one = FakeTeacher.deciding(input -> decision("plant", 0.4));
        FakeTeacher sure = FakeTeacher.deciding(input -> decision("tool", 0.8));
        Distilled distilled = of(one, List.of("x"))
                .withFurtherTeacher(sure)
                .withOptions(DEFAULTS.withMinAgreement(0.5).withMinConfidence(0.54))
                .label(ToyTask.task(), Progress.NONE);

        assertThat(distilled.task().examples()).last().isEqualTo(new Example("teacher:1", "x", "tool"));
    }

    @Test
    void label_questionsThatFail_areCountedAndTooManyEndTheWork() {
        FakeTeacher teacher = FakeTeacher.writing(input -> {
            if (input.startsWith("bad")) {
                throw new LlmAdaptException("the service is down");
            }
            return "tool";
        });
        List<String> inputs = List.of("bad 1", "good", "bad 2");
        DistillationReport report = of(teacher, inputs)
                .withOptions(DEFAULTS.withMaxErrors(2))
                .label(ToyTask.task(), Progress.NONE)
                .report();
        assertThat(report.dropped()).isEqualTo(Map.of(Reason.ERROR, 2));
        assertThat(report.kept()).isEqualTo(1);
        assertThat(report.errors()).containsExactly("'bad 1': the service is down", "'bad 2': the service is down");

        assertThatThrownBy(() -> of(teacher, inputs)
                        .withOptions(DEFAULTS.withMaxErrors(1))
                        .label(ToyTask.task(), Progress.NONE))
                .isInstanceOf(LlmAdaptException.class)
                .hasMessageContaining("failed at 2 questions, 1 are borne")
                .hasMessageContaining("bad 1");
    }

    @Test
    void label_teacherCannotBeAskedAnyMore_endsTheWorkAndIsNoFailedQuestion() {
        FakeTeacher teacher = FakeTeacher.writing(input -> {
            if (input.startsWith("bad")) {
                throw new UnavailableException("nobody answers");
            }
            return "tool";
        });

        assertThatThrownBy(() -> of(teacher, List.of("good", "bad 1", "bad 2"))
                        .withOptions(DEFAULTS.withMaxErrors(2))
                        .label(ToyTask.task(), Progress.NONE))
                .isInstanceOf(UnavailableException.class)
                .hasMessageContaining("nobody answers");
    }

    @Test
    void label_maxTokens_asksNothingMoreOnceReached() {
        FakeTeacher teacher = perfect();
        DistillationReport report = of(teacher, INPUTS)
                .withOptions(DEFAULTS.withBatchSize(2).withMaxTokens(30))
                .label(ToyTask.task(), Progress.NONE)
                .report();

        assertThat(teacher.asked).hasSize(4);
        assertThat(report.dropped()).isEqualTo(Map.of(Reason.OVER_BUDGET, 5));
        assertThat(report.spent().tokens()).isEqualTo(44);
    }

    @Test
    void label_interrupted_isCancelled() {
        FakeTeacher teacher = FakeTeacher.of(request -> {
            Thread.currentThread().interrupt();
            return FakeTeacher.generation("", FinishReason.INTERRUPTED, Optional.empty());
        });
        try {
            assertThatThrownBy(() -> of(teacher, INPUTS).label(ToyTask.task(), Progress.NONE))
                    .isInstanceOf(CancellationException.class)
                    .hasMessageContaining("after 0 of 9 inputs");
            assertThat(Thread.currentThread().isInterrupted()).isTrue();
        } finally {
            Thread.interrupted();
        }
    }

    @Test
    void adapt_tellsTheReportBeforeTheStudentLearns() {
        List<DistillationReport> reports = new ArrayList<>();
        try (Model model =
                of(perfect(), INPUTS).withListener(reports::add).adapt(perfect(), ToyTask.task(), Progress.NONE)) {
            assertThat(model).isInstanceOf(HeadModel.class);
        }
        assertThat(reports).hasSize(1);
        assertThat(reports.get(0).text())
                .startsWith("teacher: 9 of 9 inputs kept; 12 examples of the task beside them\n"
                        + "answers: 3 animal, 3 plant, 3 tool\ncost: 9 answers, 90 tokens read, 9 written, ");
    }

    @Test
    void adapt_nothingLeft_isRefusedWithTheReport() {
        assertThatThrownBy(() -> of(FakeTeacher.writing(input -> "fish"), INPUTS)
                        .withOptions(DEFAULTS.withOwnExamples(false))
                        .adapt(perfect(), ToyTask.task(), Progress.NONE))
                .isInstanceOf(LlmAdaptException.class)
                .hasMessageContaining("left nothing to learn: teacher: 0 of 9 inputs kept, dropped: 9 no answer");
    }

    @Test
    void labelling_hasNoStudent() {
        FakeTeacher teacher = FakeTeacher.writing(input -> "animal");
        Distillation labelling = Distillation.labelling(teacher, List.of("a cat"));
        assertThat(labelling.label(ToyTask.task(), Progress.NONE).report().kept())
                .isEqualTo(1);
        assertThatThrownBy(() -> labelling.adapt(teacher, ToyTask.task(), Progress.NONE))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("call label");
    }

    @Test
    void read_json_isTheReport() {
        DistillationReport report = new DistillationReport(
                9,
                6,
                2,
                Map.of(DistillationReport.Reason.EMPTY, 1, DistillationReport.Reason.HELD_OUT, 2),
                Map.of("animal", 6),
                new DistillationReport.Cost(5, 50, 5, Duration.ofMillis(1_234)),
                new DistillationReport.Cost(1, 10, 1, Duration.ofMillis(17)),
                3,
                1 / 3.0,
                List.of("'a': broken"));
        assertThat(DistillationReport.read(report.json())).isEqualTo(report);
        for (String broken : List.of(
                "",
                "[]",
                "{}",
                report.json().replace("held_out", "held"),
                report.json().replace("\"kept\": 6", "\"kept\": [6]"))) {
            assertThatThrownBy(() -> DistillationReport.read(broken))
                    .as(broken)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("no report of a distillation");
        }
    }

    @Test
    void of_noInputs_isRefused() {
        assertThatThrownBy(() -> of(perfect(), List.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("needs inputs");
    }

    /** Texts of eight words, one of which tells the label; few examples have met few of those words. */
    @Test
    void adapt_perfectTeacher_makesAStudentOfFewExamplesBetter() {
        Random random = new Random(11);
        List<Example> texts = IntStream.range(0, 400)
                .mapToObj(i -> DistillationTest.text(i, random))
                .toList();
        Task few = Task.classification("words", "Which?", LABELS, texts.subList(0, 12));
        List<Example> unlabelled = texts.subList(12, 300);
        Map<String, String> answers = new HashMap<>();
        unlabelled.forEach(example -> answers.put(example.input(), example.output()));
        FakeTeacher teacher = FakeTeacher.writing(answers::get);
        Distillation distillation =
                of(teacher, unlabelled.stream().map(Example::input).toList());
        List<Example> test = texts.subList(300, 400);

        double before;
        double after;
        try (Model student = LinearHead.words().train(few, Progress.NONE);
                Model distilled = distillation.adapt(teacher, few, Progress.NONE)) {
            before = accuracy(student, few, test);
            after = accuracy(distilled, few, test);
        }
        assertThat(before).isLessThan(0.7);
        assertThat(after).isGreaterThan(0.9);
    }

    private static Example text(int number, Random random) {
        int label = number % LABELS.size();
        StringBuilder text = new StringBuilder();
        int telling = random.nextInt(8);
        for (int word = 0; word < 8; word++) {
            int code = word == telling ? 1_000 * (label + 1) + random.nextInt(25) : 9_000 + random.nextInt(200);
            text.append(word == 0 ? "" : " ").append(letters(code));
        }
        return new Example("text " + number, text.toString(), LABELS.get(label));
    }

    private static String letters(int code) {
        Random random = new Random(code);
        return random.ints(6, 'a', 'z' + 1)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    private static double accuracy(Model model, Task task, List<Example> test) {
        List<Generation> answers = model.generate(
                test.stream().map(example -> task.request(example.input())).toList());
        return IntStream.range(0, test.size())
                .mapToDouble(i -> answers.get(i).text().equals(test.get(i).output()) ? 1 : 0)
                .average()
                .orElseThrow();
    }
}
