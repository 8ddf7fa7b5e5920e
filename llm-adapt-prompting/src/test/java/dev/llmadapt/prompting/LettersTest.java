package dev.llmadapt.prompting;

import static dev.llmadapt.prompting.LabelChoice.Calibration.BATCH;
import static dev.llmadapt.prompting.LabelChoice.Calibration.CONTENT_FREE;
import static dev.llmadapt.prompting.LabelChoice.Calibration.NONE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.llmadapt.Decision;
import dev.llmadapt.Example;
import dev.llmadapt.FinishReason;
import dev.llmadapt.Generation;
import dev.llmadapt.GenerationOptions;
import dev.llmadapt.InferenceException;
import dev.llmadapt.Message;
import dev.llmadapt.Model;
import dev.llmadapt.ModelLayer;
import dev.llmadapt.OutputConstraint;
import dev.llmadapt.Progress;
import dev.llmadapt.Request;
import dev.llmadapt.Role;
import dev.llmadapt.Scores;
import dev.llmadapt.Strategy;
import dev.llmadapt.StrategyContract;
import dev.llmadapt.Task;
import dev.llmadapt.Timings;
import dev.llmadapt.Token;
import dev.llmadapt.TokenListener;
import dev.llmadapt.ToyModel;
import dev.llmadapt.ToyTask;
import dev.llmadapt.Usage;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

final class LettersTest {
    private static final List<String> LABELS = List.of("B", "A", "a longer one");
    private static final Task TASK = Task.classification(
            "letters", "", LABELS, List.of(new Example("1", "one", "B"), new Example("2", "two", "A")));

    /** A line of the options. */
    private static final Pattern OPTION = Pattern.compile("(?m)^([A-Z])\\. (.*)$");

    @AfterEach
    void clearInterrupt() {
        Thread.interrupted();
    }

    @Nested
    final class Plain extends LettersContract {
        @Override
        protected Strategy strategy() {
            return LabelChoice.byLetters(NONE);
        }
    }

    @Nested
    final class ContentFree extends LettersContract {
        @Override
        protected Strategy strategy() {
            return LabelChoice.byLetters(CONTENT_FREE);
        }
    }

    @Nested
    final class Batch extends LettersContract {
        @Override
        protected Strategy strategy() {
            return LabelChoice.byLetters(BATCH).withTemperature(8);
        }
    }

    @Nested
    final class Around extends LettersContract {
        @Override
        protected Strategy strategy() {
            return LabelChoice.byLetters(BATCH).around(ZeroShot.defaults().then(FewShot.fixed(3, 1)));
        }
    }

    /** The laws but one: the scores of labels are those of their letters, which the base does not know. */
    abstract static class LettersContract extends StrategyContract {
        @Override
        protected boolean preparesAll() {
            return false;
        }
    }

    @Test
    void generate_labelsThatAreLetters_areAskedForByTheLettersOfTheirPlaces() {
        RecordingModel base = RecordingModel.ofRequests(byOption(Map.of("B", -3.0, "A", -1.0, "a longer one", -2.0)));
        Generation answer = answer(base, LabelChoice.byLetters(NONE), TASK, "q");

        assertThat(base.scored.get(0).messages())
                .containsExactly(
                        Message.system(
                                "A. B\nB. A\nC. a longer one\nAnswer with the letter of the right option alone."),
                        Message.user("q"));
        assertThat(answer.text()).isEqualTo("A");
        assertThat(answer.tokens()).extracting(Token::text).containsExactly("A");
        Decision decision = answer.decision().orElseThrow();
        assertThat(decision.labels()).isEqualTo(LABELS);
        double all = Math.exp(-3) + Math.exp(-1) + Math.exp(-2);
        assertThat(decision.probability("B")).isCloseTo(Math.exp(-3) / all, within(1e-12));
        assertThat(decision.probability("A")).isCloseTo(Math.exp(-1) / all, within(1e-12));
    }

    @Test
    void generate_ties_theFirstChoiceWins() {
        RecordingModel base = RecordingModel.ofRequests(byOption(Map.of()));

        assertThat(answer(base, LabelChoice.byLetters(NONE), TASK, "q").text()).isEqualTo("B");
        assertThat(answer(base, LabelChoice.byLetters(NONE), many(100), "q").text())
                .isEqualTo("label 0");
    }

    @Test
    void generate_manyLabels_eachIsPairedWithItsLetterInItsGroup() {
        for (int count : new int[] {26, 27, 60, 77, 700}) {
            for (int right : new int[] {0, 25, 26, count / 2, count - 1}) {
                if (right < count) {
                    RecordingModel base = RecordingModel.ofRequests(byOption(Map.of("label " + right, -0.1)));
                    Decision decision = answer(base, LabelChoice.byLetters(NONE), many(count), "q")
                            .decision()
                            .orElseThrow();

                    assertThat(decision.label()).as(right + " of " + count).isEqualTo("label " + right);
                    assertThat(decision.labels()).isEqualTo(many(count).labels());
                }
            }
        }
        RecordingModel base = RecordingModel.ofRequests(byOption(Map.of()));
        answer(base, LabelChoice.byLetters(NONE), many(60), "q");
        assertThat(base.scored).as("three groups of 20 and their winners").hasSize(4);
        assertThat(base.scored.subList(0, 3))
                .allSatisfy(asked -> assertThat(options(asked)).hasSize(20));
        assertThat(options(base.scored.get(3)).values()).containsExactly("label 0", "label 20", "label 40");
    }

    @Test
    void generate_manyLabels_oddsAreThoseOfTheRounds() {
        // two groups of 14; 3 beats 5 by e in the first, 20 beats 21 by e^2 in the second, 3 beats 20 by e^0.5
        RecordingModel base = RecordingModel.ofRequests(
                byOption(Map.of("label 3", -1.0, "label 5", -2.0, "label 20", -1.5, "label 21", -3.5)));
        Decision decision = answer(base, LabelChoice.byLetters(NONE), many(28), "q")
                .decision()
                .orElseThrow();

        assertThat(Math.log(decision.probability("label 3") / decision.probability("label 5")))
                .isCloseTo(1, within(1e-9));
        assertThat(Math.log(decision.probability("label 20") / decision.probability("label 21")))
                .isCloseTo(2, within(1e-9));
        assertThat(Math.log(decision.probability("label 3") / decision.probability("label 20")))
                .isCloseTo(0.5, within(1e-9));
        assertThat(decision.label()).isEqualTo("label 3");
    }

    @Test
    void generate_calibrations_subtractWhatTheLettersHaveAnyway() {
        // the model favours the first letter by 2 whatever is asked; q's answer is the second
        BiFunction<String, String, List<Double>> biased = (question, letter) ->
                List.of((letter.equals("A") ? -1.0 : -3.0) + (question.startsWith("q") && letter.equals("B") ? 1 : 0));
        RecordingModel base = new RecordingModel(biased);

        assertThat(answer(base, LabelChoice.byLetters(NONE), TASK, "q").text()).isEqualTo("B");
        assertThat(answer(base, LabelChoice.byLetters(CONTENT_FREE), TASK, "q").text())
                .isEqualTo("A");
        assertThat(answer(base, LabelChoice.byLetters(BATCH), TASK, "q").text()).isEqualTo("A");
        Decision fitted = answer(base, LabelChoice.byLetters(BATCH).withTemperature(2), TASK, "q")
                .decision()
                .orElseThrow();
        assertThat(fitted.calibrated()).isTrue();
        assertThat(fitted.label()).isEqualTo("A");
    }

    @Test
    void generate_choicesThatAreNotTheTasks_areLetteredAsTheyAre() {
        RecordingModel base = RecordingModel.ofRequests(byOption(Map.of("no", -0.1)));
        Request other = Request.of("q").withConstraint(OutputConstraint.oneOf(List.of("yes", "no")));
        try (Model adapted = LabelChoice.byLetters(NONE).adapt(base, TASK, Progress.NONE);
                Model learned = LabelChoice.byLetters(BATCH).adapt(base, TASK, Progress.NONE)) {
            assertThat(adapted.generate(other).text()).isEqualTo("no");
            assertThat(options(base.scored.get(base.scored.size() - 1)))
                    .containsEntry("A", "yes")
                    .containsEntry("B", "no")
                    .hasSize(2);
            assertThatThrownBy(() -> learned.generate(other)).hasMessageContaining("[yes, no]");
        }
    }

    @Test
    void generate_otherRequests_passUnchanged() {
        RecordingModel base = new RecordingModel();
        try (Model adapted = LabelChoice.byLetters(NONE).adapt(base, TASK, Progress.NONE)) {
            Request free =
                    Request.of("free").withOptions(GenerationOptions.defaults().withMaxTokens(5));
            adapted.generate(free);
            assertThat(base.generated).containsExactly(free);
            Scores scores = adapted.score(TASK.request("q"), List.of("something else"));
            assertThat(base.scored.get(0)).isEqualTo(TASK.request("q"));
            assertThat(scores.entries().get(0).continuation()).isEqualTo("something else");
        }
    }

    @Test
    void fewShot_insideAndOutside_isAnsweredWithLetters() {
        Strategy inside = LabelChoice.byLetters(NONE).around(ZeroShot.defaults().then(FewShot.fixed(2, 0)));
        Strategy outside = LabelChoice.byLetters(NONE).then(FewShot.fixed(2, 0));
        for (Strategy layers : List.of(inside, outside)) {
            RecordingModel base = RecordingModel.ofRequests(byOption(Map.of()));
            answer(base, layers, TASK, "q");

            assertThat(base.scored.get(0).messages())
                    .filteredOn(message -> message.role() == Role.ASSISTANT)
                    .extracting(Message::content)
                    .containsExactlyInAnyOrder("A", "B");
            List<Message> messages = base.scored.get(0).messages();
            int one = messages.indexOf(Message.user("one"));
            assertThat(messages.get(one + 1)).as("its label is 'B'").isEqualTo(Message.assistant("A"));
        }
        assertThatThrownBy(() -> FewShot.fixed(2, 0)
                        .then(LabelChoice.byLetters(NONE))
                        .adapt(new ToyModel(), TASK, Progress.NONE))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("around(layers)");
    }

    @Test
    void fewShot_manyLabels_showsOnlyExamplesOfTheGroup() {
        Task task =
                many(40).withExamples(List.of(new Example("1", "one", "label 1"), new Example("2", "two", "label 30")));
        RecordingModel base = RecordingModel.ofRequests(byOption(Map.of()));
        answer(base, LabelChoice.byLetters(NONE).around(FewShot.fixed(2, 0)), task, "q");

        assertThat(base.scored.get(0).messages().subList(1, 3))
                .containsExactly(Message.user("one"), Message.assistant("B"));
        assertThat(base.scored.get(0).messages()).hasSize(4);
        assertThat(base.scored.get(1).messages().subList(1, 3))
                .containsExactly(Message.user("two"), Message.assistant("K"));
        assertThat(base.scored.get(2).messages()).as("neither won").hasSize(2);
    }

    @Test
    void generate_toyTask_isSolvedWithExamples() {
        for (LabelChoice.Calibration calibration : LabelChoice.Calibration.values()) {
            solves(LabelChoice.byLetters(calibration).around(FewShot.nearest(6)));
        }
        solves(LabelChoice.byLettersConstrained().around(FewShot.nearest(6)));
    }

    private static void solves(Strategy layers) {
        try (Model base = new ToyModel();
                Model adapted = layers.adapt(base, ToyTask.task(), Progress.NONE)) {
            assertThat(ToyTask.test())
                    .allSatisfy(example -> assertThat(
                                    adapted.generate(ToyTask.task().request(example.input()))
                                            .text())
                            .as(layers.name() + " on '" + example.input() + "'")
                            .isEqualTo(example.output()));
        }
    }

    @Test
    void constrained_writesALetterAndAnswersTheLabel() {
        RecordingModel base = new RecordingModel();
        List<Token> heard = new ArrayList<>();
        try (Model adapted = LabelChoice.byLettersConstrained().adapt(base, many(60), Progress.NONE)) {
            Generation answer = adapted.stream(many(60).request("q"), heard::add);

            assertThat(many(60).labels()).contains(answer.text());
            assertThat(answer.tokens()).isEqualTo(heard).extracting(Token::text).containsExactly(answer.text());
            assertThat(answer.decision()).isEmpty();
            assertThat(base.scored).isEmpty();
            assertThat(base.generated)
                    .hasSize(4)
                    .allSatisfy(asked -> assertThat(asked.constraint())
                            .isInstanceOfSatisfying(
                                    OutputConstraint.OneOf.class,
                                    letters -> assertThat(letters.choices()).startsWith("A", "B", "C")));
            assertThat(answer.usage().completionTokens()).isGreaterThanOrEqualTo(4);
            Thread.currentThread().interrupt();
            assertThat(adapted.generate(many(60).request("q")).finishReason()).isEqualTo(FinishReason.INTERRUPTED);
        }
        assertThatThrownBy(() -> LabelChoice.byLettersConstrained().withTemperature(4))
                .hasMessageContaining("use LabelChoice.byLetters");
    }

    /** A model that leaves constraints to chance, as a server may. */
    @Test
    void constrained_modelThatWritesNoLetter_isAnError() {
        Model careless = new ModelLayer(new ToyModel()) {
            @Override
            protected Exchange exchange(Request request) {
                return new Exchange() {
                    @Override
                    public Request asked() {
                        return request;
                    }

                    @Override
                    public Optional<Generation> own(TokenListener listener) {
                        return Optional.of(new Generation(
                                "I think A", List.of(), FinishReason.STOP, Usage.NONE, Timings.NONE, ""));
                    }
                };
            }
        };
        try (Model adapted = LabelChoice.byLettersConstrained().adapt(careless, TASK, Progress.NONE)) {
            assertThatThrownBy(() -> adapted.generate(TASK.request("q")))
                    .isInstanceOf(InferenceException.class)
                    .hasMessageContaining("one of the letters", "I think A");
        }
    }

    @Test
    void generate_usage_isThatOfAllRounds() {
        RecordingModel base = RecordingModel.ofRequests(byOption(Map.of()));

        assertThat(answer(base, LabelChoice.byLetters(NONE), many(60), "q").usage())
                .as("10 for each scoring")
                .isEqualTo(new Usage(40, 0));
    }

    @Test
    void adapt_withoutLabelsOrExamples_isRefused() {
        assertThatThrownBy(
                        () -> LabelChoice.byLetters(NONE).adapt(new ToyModel(), ZeroShotTest.free("x"), Progress.NONE))
                .hasMessageContaining("needs a task with labels, the task 'free' has none");
        assertThatThrownBy(() ->
                        LabelChoice.byLetters(BATCH).adapt(new ToyModel(), TASK.withExamples(List.of()), Progress.NONE))
                .hasMessageContaining("0 examples");
        assertThatThrownBy(() -> LabelChoice.byLetters(BATCH).withBatchInputs(0))
                .hasMessageContaining("batchInputs: 0");
        assertThat(LabelChoice.byLetters(CONTENT_FREE).name()).isEqualTo("label-choice(letters, content-free)");
        assertThat(LabelChoice.byLettersConstrained().name()).isEqualTo("label-choice(letters, constrained)");
    }

    /** The options of a request by their letters. */
    private static Map<String, String> options(Request request) {
        Map<String, String> options = new LinkedHashMap<>();
        Matcher matcher = OPTION.matcher(request.messages().get(0).content());
        while (matcher.find()) {
            options.put(matcher.group(1), matcher.group(2));
        }
        return options;
    }

    /** Scores letters by the options that they stand for; -9 where none is given. */
    private static RecordingModel.RequestScores byOption(Map<String, Double> scores) {
        return (request, letter) -> List.of(scores.getOrDefault(options(request).getOrDefault(letter, ""), -9.0));
    }

    private static Task many(int labels) {
        return Task.classification(
                "many",
                "",
                IntStream.range(0, labels).mapToObj(i -> "label " + i).toList(),
                List.of());
    }

    private static Generation answer(Model base, Strategy strategy, Task task, String question) {
        try (Model adapted = strategy.adapt(base, task, Progress.NONE)) {
            return adapted.generate(task.request(question));
        }
    }
}
