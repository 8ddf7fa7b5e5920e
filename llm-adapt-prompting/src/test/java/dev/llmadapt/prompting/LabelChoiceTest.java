package dev.llmadapt.prompting;

import static dev.llmadapt.prompting.LabelChoice.Calibration.BATCH;
import static dev.llmadapt.prompting.LabelChoice.Calibration.CONTENT_FREE;
import static dev.llmadapt.prompting.LabelChoice.Calibration.NONE;
import static dev.llmadapt.prompting.LabelChoice.Normalization.BYTES;
import static dev.llmadapt.prompting.LabelChoice.Normalization.SUM;
import static dev.llmadapt.prompting.LabelChoice.Normalization.TOKENS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.llmadapt.AdapterUse;
import dev.llmadapt.Decision;
import dev.llmadapt.Example;
import dev.llmadapt.FinishReason;
import dev.llmadapt.Generation;
import dev.llmadapt.GenerationOptions;
import dev.llmadapt.Message;
import dev.llmadapt.Model;
import dev.llmadapt.OutputConstraint;
import dev.llmadapt.Progress;
import dev.llmadapt.Request;
import dev.llmadapt.Role;
import dev.llmadapt.Scores;
import dev.llmadapt.Strategy;
import dev.llmadapt.StrategyContract;
import dev.llmadapt.Task;
import dev.llmadapt.Token;
import dev.llmadapt.ToyModel;
import dev.llmadapt.ToyTask;
import dev.llmadapt.Usage;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

final class LabelChoiceTest {
    /** Three labels of 2, 1 and 3 tokens, and 4, 3 and 9 bytes. */
    private static final List<String> LABELS = List.of("long", "sho", "overläng");

    private static final Task TASK = Task.classification(
            "choice",
            "",
            LABELS,
            List.of(
                    new Example("1", "one", "long"),
                    new Example("2", "two", "sho"),
                    new Example("3", "three", "long")));

    @AfterEach
    void clearInterrupt() {
        Thread.interrupted();
    }

    @Nested
    final class Constrained extends StrategyContract {
        @Override
        protected Strategy strategy() {
            return LabelChoice.constrained();
        }
    }

    @Nested
    final class Scored extends StrategyContract {
        @Override
        protected Strategy strategy() {
            return LabelChoice.scored(SUM, NONE);
        }
    }

    @Nested
    final class ContentFree extends StrategyContract {
        @Override
        protected Strategy strategy() {
            return LabelChoice.scored(TOKENS, CONTENT_FREE);
        }
    }

    @Nested
    final class Batch extends StrategyContract {
        @Override
        protected Strategy strategy() {
            return LabelChoice.scored(BYTES, BATCH);
        }
    }

    @Test
    void normalization_entry_dividesAsItSays() {
        Scores.Entry entry = new Scores.Entry("äbc", List.of(new Token(1, "äb", -1.0), new Token(2, "c", -3.0)));

        assertThat(SUM.score(entry)).isEqualTo(-4.0);
        assertThat(TOKENS.score(entry)).isEqualTo(-2.0);
        assertThat(BYTES.score(entry)).as("4 bytes").isEqualTo(-1.0);
    }

    @Test
    void generate_normalizations_chooseAsComputedByHand() {
        // tokens -> sum, mean, a byte: long -2.2, -1.1, -0.55; sho -2, -2, -0.67; overläng -3, -1, -0.33
        Map<String, List<Double>> scores = Map.of(
                LABELS.get(0), List.of(-1.0, -1.2),
                LABELS.get(1), List.of(-2.0),
                LABELS.get(2), List.of(-1.0, -1.0, -1.0));
        RecordingModel base = new RecordingModel((question, choice) -> scores.get(choice));

        assertThat(answer(base, LabelChoice.scored(SUM, NONE), "q").text()).isEqualTo(LABELS.get(1));
        assertThat(answer(base, LabelChoice.scored(TOKENS, NONE), "q").text()).isEqualTo(LABELS.get(2));
        assertThat(answer(base, LabelChoice.scored(BYTES, NONE), "q").text()).isEqualTo(LABELS.get(2));
    }

    @Test
    void generate_ties_theFirstChoiceWins() {
        RecordingModel base = new RecordingModel((question, choice) -> List.of(-1.0));

        assertThat(answer(base, LabelChoice.scored(SUM, NONE), "q").text()).isEqualTo("long");
    }

    @Test
    void generate_contentFree_subtractsTheScoreWithoutAQuestion() {
        // q: long -1, sho -2, third -4; N/A: long -0.5, sho -2.5, third -4; difference -0.5, 0.5, 0
        Map<String, Double> asked = Map.of(LABELS.get(0), -1.0, LABELS.get(1), -2.0, LABELS.get(2), -4.0);
        Map<String, Double> empty = Map.of(LABELS.get(0), -0.5, LABELS.get(1), -2.5, LABELS.get(2), -4.0);
        RecordingModel base =
                new RecordingModel((question, choice) -> List.of((question.equals("N/A") ? empty : asked).get(choice)));
        try (Model adapted = LabelChoice.scored(SUM, CONTENT_FREE).adapt(base, TASK, Progress.NONE)) {
            Generation first = adapted.generate(TASK.request("q"));
            Generation second = adapted.generate(TASK.request("other q"));

            assertThat(first.text()).isEqualTo("sho");
            assertThat(second.text()).isEqualTo("sho");
            assertThat(first.usage()).as("both scorings").isEqualTo(new Usage(20, 0));
            assertThat(second.usage()).as("the prior is known").isEqualTo(new Usage(10, 0));
            assertThat(base.scored.stream().filter(request -> request.last().equals(Message.user("N/A"))))
                    .hasSize(1);

            adapted.generate(Request.of(Message.system("another context"), Message.user("q"))
                    .withConstraint(OutputConstraint.oneOf(LABELS)));
            assertThat(base.scored.get(base.scored.size() - 1).messages())
                    .containsExactly(Message.system("another context"), Message.user("N/A"));
        }
    }

    @Test
    void generate_batch_subtractsTheLogOfTheMeanShare() {
        // shares of long, sho, third: one .8 .1 .1, two .8 .1 .1, three .2 .7 .1; means .6 .3 .1
        // q: .5 .4 .1; divided by the means .833 1.333 1. That q's probabilities add up to half of it changes nothing.
        Map<String, List<Double>> probabilities = Map.of(
                "one", List.of(0.8, 0.1, 0.1),
                "two", List.of(0.08, 0.01, 0.01),
                "three", List.of(0.2, 0.7, 0.1),
                "q", List.of(0.25, 0.2, 0.05));
        RecordingModel base = new RecordingModel((question, choice) ->
                List.of(Math.log(probabilities.getOrDefault(question, List.of()).get(LABELS.indexOf(choice)))));

        assertThat(answer(base, LabelChoice.scored(SUM, NONE), "q").text()).isEqualTo("long");
        assertThat(answer(base, LabelChoice.scored(SUM, BATCH), "q").text()).isEqualTo("sho");
        Decision decision =
                answer(base, LabelChoice.scored(SUM, BATCH), "q").decision().orElseThrow();
        assertThat(decision.label()).isEqualTo("sho");
        assertThat(decision.labels()).isEqualTo(LABELS);
        assertThat(decision.probability("long")).isCloseTo(0.833 / 3.167, within(1e-3));
        assertThat(decision.calibrated()).isFalse();
        LabelPrior prior = batch(base);
        assertThat(prior.of(TASK.request("q"), LABELS).scores())
                .usingElementComparator(LabelChoiceTest::almost)
                .containsExactly(Math.log(0.6), Math.log(0.3), Math.log(0.1));
    }

    private static LabelPrior batch(Model base) {
        return LabelPrior.batch(ScoredExamples.of(base, SUM, TASK, 16, "batch calibration", Progress.NONE));
    }

    @Test
    void generate_temperature_changesNoChoiceAndSaysThatItIsCalibrated() {
        // of three examples, two are right, all with odds of 100 to 1: less sure is better
        Map<String, List<Double>> probabilities = Map.of(
                "one", List.of(0.98, 0.01, 0.01),
                "two", List.of(0.98, 0.01, 0.01),
                "three", List.of(0.98, 0.01, 0.01),
                "q", List.of(0.98, 0.01, 0.01));
        RecordingModel base = new RecordingModel((question, choice) ->
                List.of(Math.log(probabilities.getOrDefault(question, List.of()).get(LABELS.indexOf(choice)))));

        Decision plain =
                answer(base, LabelChoice.scored(SUM, NONE), "q").decision().orElseThrow();
        Decision fitted = answer(base, LabelChoice.scored(SUM, NONE).withTemperature(3), "q")
                .decision()
                .orElseThrow();
        assertThat(plain.probability()).isCloseTo(0.98, within(1e-12));
        assertThat(plain.calibrated()).isFalse();
        assertThat(fitted.label()).isEqualTo("long");
        // two of three are right; the prior wants it a little surer
        assertThat(fitted.probability()).isBetween(0.66, 0.8);
        assertThat(fitted.calibrated()).isTrue();
    }

    @Test
    void generate_temperatureForOtherChoicesOrAdapters_isNotCalibrated() {
        RecordingModel base = new RecordingModel((question, choice) -> List.of(choice.equals("sho") ? -1.0 : -2.0));
        try (Model adapted = LabelChoice.scored(SUM, NONE).withTemperature(2).adapt(base, TASK, Progress.NONE)) {
            Request other = Request.of("q").withConstraint(OutputConstraint.oneOf(List.of("sho", "no")));
            assertThat(adapted.generate(other).decision().orElseThrow().calibrated())
                    .isFalse();
        }
        Temperature fitted = new Temperature(LABELS, 2);
        double[] scores = {0, -1, -2};
        Request request = TASK.request("q");
        assertThat(fitted.decide(request, LABELS, scores).calibrated()).isTrue();
        assertThat(fitted.decide(request.withAdapters(List.of(new AdapterUse("a", 1))), LABELS, scores))
                .isEqualTo(Decision.softmax(LABELS, scores, false));
    }

    @Test
    void adapt_temperatureWithBatch_readsTheInputsOnce() {
        Task task = TASK.withExamples(IntStream.range(0, 40)
                .mapToObj(i -> new Example("" + i, "input " + i, "long"))
                .toList());
        RecordingModel base = new RecordingModel((question, choice) -> List.of(-1.0));
        LabelChoice.scored(SUM, BATCH).withBatchInputs(4).withTemperature(4).adapt(base, task, Progress.NONE);
        assertThat(base.scored).hasSize(4);
        LabelChoice.scored(SUM, BATCH).withBatchInputs(4).withTemperature(8).adapt(base, task, Progress.NONE);
        assertThat(base.scored).hasSize(4 + 8);
        assertThat(LabelChoice.scored(SUM, BATCH).withTemperature(8).name())
                .isEqualTo("label-choice(sum, batch, temperature)");
        assertThatThrownBy(() -> LabelChoice.scored(SUM, BATCH).withTemperature(-1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("temperatureExamples: -1");
    }

    @Test
    void prior_hopelessLabel_staysFinite() {
        RecordingModel base =
                new RecordingModel((question, choice) -> List.of(choice.equals("sho") ? -5000.0 : -2000.0));

        assertThat(batch(base).of(TASK.request("q"), LABELS).scores())
                .usingElementComparator(LabelChoiceTest::almost)
                .containsExactly(-Math.log(2), -3000 - Math.log(2), -Math.log(2));
    }

    @Test
    void adapt_batch_takesInputsEvenlySpacedAndReports() {
        Task task = TASK.withExamples(IntStream.range(0, 40)
                .mapToObj(i -> new Example("" + i, "input " + i, "long"))
                .toList());
        RecordingModel base = new RecordingModel((question, choice) -> List.of(-1.0));
        List<String> reports = new ArrayList<>();
        LabelChoice.scored(SUM, BATCH)
                .withBatchInputs(4)
                .adapt(base, task, (stage, done, total) -> reports.add(stage + " " + done + "/" + total));

        assertThat(base.scored)
                .extracting(request -> request.last().content())
                .containsExactly("input 0", "input 10", "input 20", "input 30");
        assertThat(reports).first().isEqualTo("calibrate 0/4");
        assertThat(reports).last().isEqualTo("calibrate 4/4");
    }

    @Test
    void adapt_batchWithoutLabelsOrExamples_isRefused() {
        try (Model base = new ToyModel()) {
            LabelChoice strategy = LabelChoice.scored(SUM, BATCH);

            assertThatThrownBy(() -> strategy.adapt(base, TASK.withExamples(List.of()), Progress.NONE))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("0 examples");
            for (LabelChoice any : List.of(
                    LabelChoice.constrained(),
                    strategy,
                    LabelChoice.scored(SUM, NONE),
                    LabelChoice.scored(TOKENS, CONTENT_FREE))) {
                assertThatThrownBy(() -> any.adapt(base, ZeroShotTest.free("x"), Progress.NONE))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining("needs a task with labels, the task 'free' has none");
            }
            assertThatThrownBy(() -> LabelChoice.scored(SUM, BATCH).withBatchInputs(0))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void generate_batchWithOtherChoices_isRefused() {
        RecordingModel base = new RecordingModel();
        try (Model adapted = LabelChoice.scored(SUM, BATCH).adapt(base, TASK, Progress.NONE)) {
            Request request = Request.of("q").withConstraint(OutputConstraint.oneOf(List.of("yes", "no")));

            assertThatThrownBy(() -> adapted.generate(request))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContainingAll("[yes, no]", LABELS.toString());
        }
    }

    @Test
    void stream_chosen_reportsTheTokensOfTheChoice() {
        RecordingModel base = new RecordingModel((question, choice) -> List.of(-1.0, -2.0));
        try (Model adapted = LabelChoice.scored(SUM, NONE).adapt(base, TASK, Progress.NONE)) {
            Request request =
                    TASK.request("q").withOptions(GenerationOptions.defaults().withLogProbabilities(true));
            List<Token> heard = new ArrayList<>();
            Generation answer = adapted.stream(request, heard::add);

            assertThat(answer.tokens())
                    .containsExactly(new Token(0, "l", -1.0), new Token(1, "ong", -2.0))
                    .isEqualTo(heard);
            assertThat(answer.finishReason()).isEqualTo(FinishReason.STOP);
            assertThat(adapted.generate(TASK.request("q")).tokens())
                    .as("log-probabilities not asked for")
                    .allMatch(token -> Double.isNaN(token.logProbability()));
        }
    }

    @Test
    void generate_mixedBatch_keepsTheOrder() {
        RecordingModel base = new RecordingModel((question, choice) -> List.of(choice.equals("sho") ? -1.0 : -2.0));
        try (Model adapted = LabelChoice.scored(SUM, NONE).adapt(base, TASK, Progress.NONE)) {
            Request free =
                    Request.of("free").withOptions(GenerationOptions.defaults().withMaxTokens(5));
            List<Generation> answers = adapted.generate(List.of(free, TASK.request("q"), free, TASK.request("r")));

            assertThat(answers).extracting(Generation::text).element(1).isEqualTo("sho");
            assertThat(answers).extracting(Generation::text).element(3).isEqualTo("sho");
            assertThat(answers.get(0).text()).isEqualTo(answers.get(2).text()).hasSize(5);
            assertThat(base.generated).as("the free ones in one batch").hasSize(2);
        }
    }

    @Test
    void generate_interruptedBefore_choosesNothing() {
        RecordingModel base = new RecordingModel();
        try (Model adapted = LabelChoice.scored(SUM, NONE).adapt(base, TASK, Progress.NONE)) {
            Thread.currentThread().interrupt();
            Generation answer = adapted.generate(TASK.request("q"));

            assertThat(answer.finishReason()).isEqualTo(FinishReason.INTERRUPTED);
            assertThat(answer.text()).isEmpty();
            assertThat(base.scored).isEmpty();
        }
    }

    @Test
    void generate_allCalibrations_solveTheToyTaskWithExamples() {
        for (LabelChoice.Calibration calibration : LabelChoice.Calibration.values()) {
            Strategy layers = FewShot.nearest(6).then(LabelChoice.scored(TOKENS, calibration));
            try (Model base = new ToyModel();
                    Model adapted = layers.adapt(base, ToyTask.task(), Progress.NONE)) {
                assertThat(ToyTask.test())
                        .allSatisfy(example -> assertThat(
                                        adapted.generate(ToyTask.task().request(example.input()))
                                                .text())
                                .as(calibration + " on '" + example.input() + "'")
                                .isEqualTo(example.output()));
            }
        }
    }

    @Test
    void layeredWithFewShotInside_theContentFreeQuestionHasExamplesToo() {
        RecordingModel base = new RecordingModel();
        Strategy layers = FewShot.fixed(2, 0).then(LabelChoice.scored(SUM, CONTENT_FREE));
        try (Model adapted = layers.adapt(base, ToyTask.task(), Progress.NONE)) {
            adapted.generate(ToyTask.task().request("a dog"));
        }

        assertThat(base.scored).hasSize(2);
        assertThat(base.scored.get(1).messages()).hasSize(5).last().isEqualTo(Message.user("N/A"));
        assertThat(base.scored.get(1).messages().subList(0, 4))
                .isEqualTo(base.scored.get(0).messages().subList(0, 4))
                .anyMatch(message -> message.role() == Role.ASSISTANT);
    }

    @Test
    void name_scored_saysHow() {
        assertThat(LabelChoice.scored(BYTES, CONTENT_FREE).name()).isEqualTo("label-choice(bytes, content-free)");
    }

    private static int almost(double a, double b) {
        return Math.abs(a - b) < 1e-9 ? 0 : Double.compare(a, b);
    }

    private static Generation answer(Model base, Strategy strategy, String question) {
        try (Model adapted = strategy.adapt(base, TASK, Progress.NONE)) {
            return adapted.generate(TASK.request(question));
        }
    }
}
