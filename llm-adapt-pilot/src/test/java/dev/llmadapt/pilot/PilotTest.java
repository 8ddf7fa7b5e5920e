package dev.llmadapt.pilot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llmadapt.Example;
import dev.llmadapt.LlmAdaptException;
import dev.llmadapt.Message;
import dev.llmadapt.Metric;
import dev.llmadapt.Model;
import dev.llmadapt.Progress;
import dev.llmadapt.Request;
import dev.llmadapt.Strategy;
import dev.llmadapt.Task;
import dev.llmadapt.ToyModel;
import dev.llmadapt.ToyTask;
import dev.llmadapt.pilot.report.PilotReport;
import dev.llmadapt.pilot.results.Calibration;
import dev.llmadapt.pilot.results.Comparison;
import dev.llmadapt.pilot.results.Failed;
import dev.llmadapt.pilot.results.Measured;
import dev.llmadapt.pilot.results.Outcome;
import dev.llmadapt.pilot.results.PilotOptions;
import dev.llmadapt.pilot.results.Share;
import dev.llmadapt.pilot.statistics.Interval;
import dev.llmadapt.pilot.statistics.SignTest;
import dev.llmadapt.pilot.strategy.StrategyCatalog;
import dev.llmadapt.pilot.task.TaskSplit;
import dev.llmadapt.pilot.task.WordOverlap;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class PilotTest {
    private static final Task TASK = ToyTask.task();
    private static final List<Example> TEST = ToyTask.test();
    private static final PilotOptions OPTIONS = PilotOptions.defaults();

    @Test
    void run_examplesHelp_theyWinAndTheTestSaysSo() {
        PilotReport report = run(TEST, Stand.plain("plain"), Stand.examples("examples"));
        Measured plain = report.measured().get(0);
        Measured examples = report.measured().get(1);
        assertThat(plain.strategy()).isEqualTo("plain");
        assertThat(examples.quality()).isEqualTo(1);
        assertThat(examples.interval()).isEqualTo(Interval.wilson(9, 9));
        assertThat(plain.quality()).isLessThan(0.7);
        assertThat(examples.promptTokens()).isGreaterThan(plain.promptTokens());
        int wrong = (int) plain.outcomes().stream().filter(o -> o.score() == 0).count();
        assertThat(report.best()).contains(examples);
        assertThat(report.comparisons())
                .containsExactly(new Comparison("examples", "plain", wrong, 0, SignTest.pValue(wrong, 0)));
    }

    @Test
    void run_outcomes_areInTheSampleOrderForEveryStrategy() {
        PilotReport report = run(TEST, Stand.plain("a"), Stand.examples("b"));
        assertThat(report.task().test()).containsExactlyInAnyOrderElementsOf(TEST);
        for (Measured row : report.measured()) {
            assertThat(row.outcomes())
                    .extracting(Outcome::id)
                    .containsExactlyElementsOf(
                            report.task().test().stream().map(Example::id).toList());
            assertThat(row.outcomes())
                    .extracting(Outcome::expected)
                    .containsExactlyElementsOf(
                            report.task().test().stream().map(Example::output).toList());
        }
    }

    @Test
    void run_limit_isAStratifiedSample() {
        try (Model model = new ToyModel()) {
            PilotReport report = Pilot.of(TASK, TEST)
                    .candidates(Stand.plain("a"))
                    .options(OPTIONS.withLimit(3))
                    .run(model);
            assertThat(report.measured().get(0).outcomes())
                    .extracting(Outcome::expected)
                    .containsExactlyInAnyOrder("animal", "plant", "tool");
            assertThat(report.task().testExamples()).isEqualTo(3);
        }
    }

    @Test
    void run_strategyThatCannotAdapt_isARowAndTheOthersGoOn() {
        Strategy broken = Stand.of("broken", (model, task) -> {
            throw new IllegalArgumentException("needs\nmore examples");
        });
        PilotReport report = run(TEST, broken, Stand.plain("plain"));
        assertThat(report.rows().get(0)).isEqualTo(new Failed("broken", "needs more examples"));
        assertThat(report.rows().get(1)).isInstanceOf(Measured.class);
        assertThat(report.comparisons()).isEmpty();
    }

    /** Such as one whose context is too short for a longer instruction. */
    @Test
    void run_measurementBesideTheQualityFails_keepsTheRow() {
        List<String> instructions = new ArrayList<>();
        Strategy picky = Stand.of("picky", (model, task) -> {
            instructions.add(task.instruction());
            if (!task.instruction().equals(TASK.instruction())) {
                throw new IllegalArgumentException("the prompt is too long");
            }
            return new Layer(model, request -> request);
        });
        PilotReport report = run(TEST, picky, Stand.plain("plain"));
        assertThat(instructions)
                .as("another wording is tried")
                .contains(TASK.instruction())
                .hasSizeGreaterThan(1);
        assertThat(instructions).anyMatch(instruction -> !instruction.equals(TASK.instruction()));
        Measured row = report.measured().get(0);
        assertThat(row.strategy()).isEqualTo("picky");
        assertThat(row.details().stability().rewording()).isEqualTo(Share.NONE);
        assertThat(report.measured().get(1).details().stability().rewording().of())
                .isPositive();
    }

    @Test
    void run_answersChosenByScores_haveAConfidenceAndAreMeasuredByIt() {
        PilotReport report = run(
                TEST,
                StrategyCatalog.parse("zero-shot/scored,zero-shot/constrained", 0)
                        .toArray(Strategy[]::new));
        Measured scored = report.measured().get(0);
        assertThat(scored.outcomes()).allMatch(outcome -> outcome.confidence().isPresent());
        assertThat(scored.calibration().answers()).isEqualTo(TEST.size());
        assertThat(scored.calibration().brier()).isPositive();
        Measured written = report.measured().get(1);
        assertThat(written.outcomes()).allMatch(outcome -> outcome.confidence().isEmpty());
        assertThat(written.calibration()).isEqualTo(Calibration.NONE);
    }

    @Test
    void run_someAnswersFail_theyCountAsWrong() {
        Strategy sometimes = Stand.of(
                "sometimes",
                (model, task) -> new Layer(model, request -> {
                    if (request.last().content().contains("dog")) {
                        throw new IllegalArgumentException("too long");
                    }
                    return Stand.withExamples(task, request);
                }));
        Measured row = run(TEST, sometimes).measured().get(0);
        assertThat(row.errors()).isEqualTo(1);
        assertThat(row.quality()).isEqualTo(8.0 / 9);
        assertThat(row.outcomes())
                .filteredOn(outcome -> outcome.id().equals("t1"))
                .singleElement()
                .satisfies(outcome -> {
                    assertThat(outcome.error()).isEqualTo("too long");
                    assertThat(outcome.answer()).isEmpty();
                });
    }

    @Test
    void run_everyAnswerFails_isAFailedRow() {
        Strategy never = Stand.of(
                "never",
                (model, task) -> new Layer(model, request -> {
                    throw new LlmAdaptException("no");
                }));
        assertThat(run(TEST, never).rows()).containsExactly(new Failed("never", "every answer failed, the first: no"));
    }

    @Test
    void run_unexpectedException_namesItsKind() {
        Strategy bug = Stand.of("bug", (model, task) -> {
            throw new IndexOutOfBoundsException("7");
        });
        assertThat(run(TEST, bug).rows()).containsExactly(new Failed("bug", "IndexOutOfBoundsException 7"));
    }

    @Test
    void run_clock_measuresAnswersWithoutTheWarmUp() {
        // Each look at the clock is one millisecond later; the k-th answer takes k milliseconds more.
        AtomicLong now = new AtomicLong();
        AtomicInteger answers = new AtomicInteger();
        Strategy slower = Stand.of("slower", (model, task) -> {
            now.addAndGet(500_000_000);
            return new Layer(model, request -> {
                now.addAndGet(answers.getAndIncrement() * 1_000_000L);
                return request;
            });
        });
        try (Model model = new ToyModel()) {
            Measured row = Pilot.of(TASK, TEST)
                    .candidates(slower)
                    .options(OPTIONS)
                    .clock(Instant.EPOCH, () -> now.addAndGet(1_000_000))
                    .run(model)
                    .measured()
                    .get(0);

            assertThat(row.latency().median()).isEqualTo(Duration.ofMillis(6));
            assertThat(row.latency().p95()).isEqualTo(Duration.ofMillis(10));
            assertThat(row.adaptTime()).isEqualTo(Duration.ofMillis(501));
            assertThat(row.wallTime()).isEqualTo(Duration.ofMillis(501 + 9 + 9 * 10 / 2));
        }
    }

    @Test
    void of_taskAlone_measuresOnWhatNobodyLearnsFrom() {
        try (Model model = new ToyModel()) {
            PilotReport report = Pilot.of(TASK).candidates(Stand.examples("a")).run(model);
            assertThat(report.task().trainExamples() + report.task().testExamples())
                    .isEqualTo(TASK.examples().size());
            assertThat(report.measured().get(0).outcomes())
                    .extracting(Outcome::expected)
                    .containsExactlyInAnyOrder("animal", "plant", "tool");
        }
        Task free = new Task("free", "Say.", List.of(), TASK.examples(), List.of(), new WordOverlap());
        TaskSplit split = TaskSplit.of(free, 0.25, 1);
        assertThat(split.test())
                .hasSize(3)
                .doesNotContainAnyElementsOf(split.task().examples());
        assertThat(split.task().examples()).hasSize(9);
        assertThatThrownBy(() -> Pilot.of(TASK.withExamples(List.of()))).hasMessageContaining("0 examples");
        assertThatThrownBy(() -> TaskSplit.of(TASK.withExamples(TASK.examples().subList(0, 3)), 0.3, 0))
                .hasMessageContainingAll("'kinds' cannot be split", "3 examples");
    }

    @Test
    void run_baselines_areMeasuredOnTheSample() {
        List<Example> uneven = TEST.subList(0, 4);
        List<Example> learn = new ArrayList<>(TASK.examples());
        learn.add(new Example("13", "a mouse squeaks", "animal"));
        try (Model model = new ToyModel()) {
            PilotReport report = Pilot.of(TASK.withExamples(learn), uneven)
                    .candidates(Stand.plain("a"))
                    .run(model);
            assertThat(report.task().baselines()).contains(new PilotReport.Baselines(1.0 / 3, 0.5, "animal"));
        }
    }

    @Test
    void run_freeText_hasNoBaselinesAndItsOwnMetric() {
        Metric length = new Metric() {
            @Override
            public String name() {
                return "half";
            }

            @Override
            public double score(String expected, String actual) {
                return 0.5;
            }
        };
        Task free = new Task("free", "Say it.", List.of(), List.of(), List.of(), length);
        try (Model model = new ToyModel()) {
            PilotReport report =
                    Pilot.of(free, TEST).candidates(Stand.plain("a")).run(model);
            assertThat(report.task().baselines()).isEmpty();
            assertThat(report.measured().get(0).interval())
                    .isEqualTo(Interval.ofMean(new double[] {0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5}));
        }
    }

    @Test
    void run_hash_changesWithTheTestExamples() {
        String hash = run(TEST, Stand.plain("a")).task().hash();
        assertThat(run(TEST, Stand.plain("b")).task().hash()).isEqualTo(hash).matches("[0-9a-f]{64}");
        assertThat(run(TEST.subList(1, 9), Stand.plain("a")).task().hash()).isNotEqualTo(hash);
    }

    @Test
    void run_adaptedModels_areClosedAndTheBaseIsNot() {
        AtomicInteger closed = new AtomicInteger();
        Strategy counting = Stand.of("counting", (model, task) -> new Layer(model, request -> request) {
            @Override
            protected void release() {
                closed.incrementAndGet();
            }
        });
        try (Model model = new ToyModel()) {
            Pilot.of(TASK, TEST).candidates(counting).run(model);
            // once measured, once asked for what else there is to know, once under a reworded instruction
            assertThat(closed).hasValue(3);
            assertThat(model.info().name()).isEqualTo("toy");
        }
    }

    @Test
    void run_progress_reachesTheEndOfEachStage() {
        List<String> heard = new ArrayList<>();
        try (Model model = new ToyModel()) {
            Pilot.of(TASK, TEST)
                    .candidates(Stand.plain("a"), Stand.plain("b"))
                    .options(OPTIONS.withLimit(2))
                    .progress((stage, done, total) -> heard.add(stage + " " + done + "/" + total))
                    .run(model);
        }
        assertThat(heard)
                .containsExactly(
                        "1 of 2: a: test examples 0/2",
                        "1 of 2: a: test examples 1/2",
                        "1 of 2: a: test examples 2/2",
                        "2 of 2: b: test examples 0/2",
                        "2 of 2: b: test examples 1/2",
                        "2 of 2: b: test examples 2/2");
    }

    @Test
    void run_interrupted_endsWithTheStatusSet() {
        Strategy interrupting = Stand.of(
                "i",
                (model, task) -> new Layer(model, request -> {
                    Thread.currentThread().interrupt();
                    return request;
                }));
        assertThatThrownBy(() -> run(TEST, interrupting, Stand.plain("never reached")))
                .isInstanceOf(LlmAdaptException.class)
                .hasMessageContaining("interrupted");
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void run_interruptedWhileAdapting_endsInsteadOfFailingTheStrategy() {
        Strategy interrupting = Stand.of("i", (model, task) -> {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted");
        });
        assertThatThrownBy(() -> run(TEST, interrupting)).hasMessageContaining("the pilot was interrupted");
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void run_badConfiguration_failsAtOnce() {
        assertThatThrownBy(() -> run(TEST)).hasMessageContaining("candidates: 0");
        assertThatThrownBy(() -> run(List.of(), Stand.plain("a"))).hasMessageContaining("test: 0");
        assertThatThrownBy(() -> run(TEST, Stand.plain("a"), Stand.plain("a")))
                .hasMessageContaining("two candidates are called 'a'");
        assertThatThrownBy(() -> run(List.of(new Example("x", "y", "stone")), Stand.plain("a")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("'x'", "'stone'", "animal");
        assertThatThrownBy(() -> OPTIONS.withLimit(0)).hasMessageContaining("limit: 0");
    }

    private static PilotReport run(List<Example> test, Strategy... candidates) {
        try (Model model = new ToyModel()) {
            return Pilot.of(TASK, test).candidates(candidates).options(OPTIONS).run(model);
        }
    }

    /** Stand-in strategies, so that this test knows exactly what they do. */
    static final class Stand {
        private Stand() {}

        interface Adaptation {
            Model adapt(Model model, Task task);
        }

        static Strategy of(String name, Adaptation adaptation) {
            return new Strategy() {
                @Override
                public String name() {
                    return name;
                }

                @Override
                public Model adapt(Model model, Task task, Progress progress) {
                    return adaptation.adapt(model, task);
                }
            };
        }

        static Strategy plain(String name) {
            return of(name, (model, task) -> new Layer(model, request -> request));
        }

        static Strategy examples(String name) {
            return of(name, (model, task) -> new Layer(model, request -> withExamples(task, request)));
        }

        static Request withExamples(Task task, Request request) {
            List<Message> messages = new ArrayList<>();
            for (Example example : task.examples()) {
                messages.add(Message.user(example.input()));
                messages.add(Message.assistant(example.output()));
            }
            messages.addAll(request.messages());
            return request.withMessages(messages);
        }
    }

    /** A layer that is its change of requests. */
    static class Layer extends dev.llmadapt.ModelLayer {
        private final java.util.function.UnaryOperator<Request> change;

        Layer(Model base, java.util.function.UnaryOperator<Request> change) {
            super(base);
            this.change = change;
        }

        @Override
        protected Request apply(Request request) {
            return change.apply(request);
        }
    }
}
