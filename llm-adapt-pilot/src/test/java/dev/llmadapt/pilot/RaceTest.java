package dev.llmadapt.pilot;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.llmadapt.Example;
import dev.llmadapt.FinishReason;
import dev.llmadapt.Generation;
import dev.llmadapt.Model;
import dev.llmadapt.ModelLayer;
import dev.llmadapt.Progress;
import dev.llmadapt.Request;
import dev.llmadapt.Strategy;
import dev.llmadapt.Task;
import dev.llmadapt.Timings;
import dev.llmadapt.ToyModel;
import dev.llmadapt.ToyTask;
import dev.llmadapt.Usage;
import dev.llmadapt.pilot.results.CurvePoint;
import dev.llmadapt.pilot.strategy.Candidate;
import dev.llmadapt.pilot.strategy.Candidate.Training;
import dev.llmadapt.pilot.strategy.StrategyFamily;
import dev.llmadapt.pilot.task.TaskSplit;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** The spending of a budget; time passes only by learning, a second an example, and by answering, a tenth of one. */
class RaceTest {
    private static final long SECOND = 1_000_000_000L;
    private static final int TESTS = 200;

    private final Map<String, String> ruledOut = new LinkedHashMap<>();
    private final AtomicLong now = new AtomicLong();
    private final List<Example> test = many(TESTS, "t");

    @Test
    void run_clearlyWorse_isStoppedAfterFewTestsAndTheLeaderAnswersAll() {
        Map<String, CandidateState> all = run(2_000, prompt("good", 0.9), prompt("poor", 0.3), prompt("near", 0.88));
        assertThat(tests(all, "good")).isEqualTo(TESTS);
        assertThat(tests(all, "near")).isEqualTo(TESTS);
        assertThat(tests(all, "poor")).isBetween(16, 64);
        assertThat(requireNonNull(all.get("poor")).note).isEmpty();
    }

    @Test
    void run_noBudget_nobodyIsStopped() {
        Map<String, CandidateState> all = run(0, prompt("good", 0.9), prompt("poor", 0.1));
        assertThat(tests(all, "poor")).isEqualTo(TESTS);
    }

    @Test
    void run_theBestComesLast_whoWasAheadBeforeIsStoppedThen() {
        Map<String, CandidateState> all = run(2_000, prompt("poor", 0.3), trained("trained", 0.95));
        assertThat(tests(all, "poor")).as("no leader yet when it had its turn").isGreaterThanOrEqualTo(64);
        assertThat(tests(all, "trained")).isEqualTo(TESTS);
    }

    @Test
    void run_timeToTrain_learnsFromAllExamples() {
        Map<String, CandidateState> all = run(480, prompt("plain", 0.5), trained("trained", 0.9));
        assertThat(curve(all, "trained")).containsExactly(300);
        assertThat(tests(all, "trained")).isEqualTo(TESTS);
    }

    @Test
    void run_noTimeToTrain_isEndedAfterItsFirstStepsAndTheNextIsNotTried() {
        Map<String, CandidateState> all =
                run(140, prompt("plain", 0.5), trained("one", 0.9), trained("two", 0.9), trained("three", 0.9));
        assertThat(all).containsOnlyKeys("plain");
        assertThat(ruledOut)
                .containsOnlyKeys("one", "two", "three")
                .hasEntrySatisfying(
                        "one",
                        reason -> assertThat(reason)
                                .startsWith("the budget of 2 min did not reach to it: 300 s expected"));
        assertThat(now.get()).as("a few steps of one of them").isLessThan(40 * SECOND);
    }

    @Test
    void run_trainsLong_hasItsTurnLast() {
        Map<String, CandidateState> all = run(480, trained("trained", 0.9), prompt("plain", 0.5));
        assertThat(all.keySet()).containsExactly("plain", "trained");
    }

    @Test
    void run_readsAllExamplesWithTheModel_isEndedWhenItsProgressShowsThatItTakesTooLong() {
        Stand reads = new Stand(
                "reads", StrategyFamily.CLASSIFIER, Training.QUICK, 1, Set.of(Candidate.Need.LOCAL_MODEL), 0.9, 1, now);
        assertThat(run(480, prompt("plain", 0.5), reads)).containsOnlyKeys("plain", "reads");
        assertThat(run(30, prompt("plain", 0.5), reads)).containsOnlyKeys("plain");
        assertThat(ruledOut).containsOnlyKeys("reads");
        assertThat(ruledOut.get("reads")).contains("30 s expected");
    }

    @Test
    void run_timeEndsWhileItAnswers_saysSo() {
        Map<String, CandidateState> all = run(28, prompt("one", 0.9), prompt("two", 0.88));
        assertThat(tests(all, "two")).isBetween(24, TESTS - 1);
        assertThat(requireNonNull(all.get("two")).note).contains("the budget of 28 s did not reach to it");
    }

    @Test
    void run_timeForAFewTestsOnly_isNotReportedAsMeasured() {
        Map<String, CandidateState> all = run(8, prompt("one", 0.9), prompt("two", 0.88), prompt("three", 0.88));
        assertThat(all).doesNotContainKey("three");
        assertThat(ruledOut).containsOnlyKeys("three");
    }

    @Test
    void run_theBestIsSlow_answersAllTestsBeforeAnythingTrains() {
        Map<String, CandidateState> all =
                run(400, prompt("quick", 0.8), slow("best", 0.9, 10), trained("trained", 0.95));
        assertThat(tests(all, "best")).isEqualTo(TESTS);
        assertThat(all).doesNotContainKey("trained");
        assertThat(ruledOut.get("trained")).contains("300 s expected");
    }

    @Test
    void run_aSlowOneAmongOthers_isAskedAFewTestsUntilTheOthersHadTheirs() {
        Map<String, CandidateState> all = run(100, slow("slow", 0.9, 20), prompt("one", 0.9), prompt("two", 0.9));
        assertThat(tests(all, "one")).isEqualTo(TESTS);
        assertThat(tests(all, "two")).isEqualTo(TESTS);
        assertThat(ruledOut).containsOnlyKeys("slow");
    }

    @Test
    void run_shortOfTime_whoMayStillBeBetterIsAskedFirst() {
        Map<String, CandidateState> all = run(68, prompt("lead", 0.9), slow("near", 0.9, 3), slow("behind", 0.7, 3));
        assertThat(tests(all, "lead")).isEqualTo(TESTS);
        assertThat(tests(all, "near")).isGreaterThan(tests(all, "behind"));
    }

    @Test
    void complete_showsExamples_measuresTheCurveAtTheEnd() {
        Task task = ToyTask.task().withExamples(many(300, "l"));
        Stand shown = new Stand("shown", StrategyFamily.PROMPTING, Training.NONE, 20, Set.of(), 1, 1, now);
        try (Model model = new ToyModel();
                TrialContext context =
                        new TrialContext(model, task, Journal.inMemory(), Path.of(""), Progress.NONE, now::get, 0)) {
            Race race = new Race(
                    new TaskSplit(task, test, List.of()),
                    test,
                    Duration.ofSeconds(1_000),
                    (candidate, other) -> List.of());
            LearningCurve curve = new LearningCurve(300, test, true);
            Map<String, CandidateState> all = race.run(List.of(shown), context, ruledOut);
            assertThat(curve(all, "shown")).containsExactly(300);
            assertThat(curve.complete(requireNonNull(all.get("shown")), context, 0))
                    .isFalse();
            assertThat(curve(all, "shown")).as("no time").containsExactly(300);
            assertThat(curve.complete(requireNonNull(all.get("shown")), context, 1e12))
                    .isTrue();
            assertThat(curve(all, "shown")).as("it needs 20").containsExactly(64, 256, 300);
            assertThat(requireNonNull(all.get("shown")).curve)
                    .extracting(CurvePoint::testExamples)
                    .containsExactly(32, 32, TESTS);
            assertThat(tests(all, "shown")).isEqualTo(TESTS);
        }
    }

    private static List<Integer> curve(Map<String, CandidateState> all, String name) {
        return requireNonNull(all.get(name)).curve.stream()
                .map(CurvePoint::trainExamples)
                .toList();
    }

    private static int tests(Map<String, CandidateState> all, String name) {
        return requireNonNull(all.get(name)).outcomes.size();
    }

    private Map<String, CandidateState> run(long seconds, Candidate... candidates) {
        now.set(0);
        ruledOut.clear();
        Task task = ToyTask.task().withExamples(many(300, "l"));
        try (Model model = new ToyModel();
                TrialContext context =
                        new TrialContext(model, task, Journal.inMemory(), Path.of(""), Progress.NONE, now::get, 0)) {
            return new Race(
                            new TaskSplit(task, test, List.of()),
                            test,
                            Duration.ofSeconds(seconds),
                            (candidate, other) -> List.of())
                    .run(List.of(candidates), context, ruledOut);
        }
    }

    /** So many examples, their texts all different. */
    static List<Example> many(int count, String prefix) {
        List<Example> some = ToyTask.test();
        List<Example> many = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Example example = some.get(i % some.size());
            many.add(new Example(prefix + i, example.input() + " " + prefix + i, example.output()));
        }
        return many;
    }

    private Stand prompt(String name, double quality) {
        return slow(name, quality, 1);
    }

    private Stand slow(String name, double quality, int tenths) {
        return new Stand(name, StrategyFamily.PROMPTING, Training.NONE, 0, Set.of(), quality, tenths, now);
    }

    private Stand trained(String name, double quality) {
        return new Stand(name, StrategyFamily.FINE_TUNING, Training.LONG, 0, Set.of(), quality, 1, now);
    }

    /** A candidate that answers a given share of the tests rightly, spread evenly over them. */
    private record Stand(
            String name,
            StrategyFamily family,
            Training training,
            int shots,
            Set<Candidate.Need> needs,
            double quality,
            int tenths,
            AtomicLong now)
            implements Candidate {
        @Override
        public Traits traits() {
            return new Traits(
                    family,
                    shots > 0 || training != Training.NONE,
                    training,
                    false,
                    false,
                    needs,
                    shots,
                    ModelUse.ANSWERING);
        }

        @Override
        public Strategy keeping(Path folder) {
            return this;
        }

        @Override
        public Candidate withSeed(long seed) {
            return this;
        }

        @Override
        public Model adapt(Model model, Task task, Progress progress) {
            long each = training == Training.LONG ? SECOND : training == Training.QUICK ? SECOND / 10 : 0;
            for (int i = 0; each > 0 && i < task.examples().size(); i++) {
                progress.report("train", i, task.examples().size());
                now.addAndGet(each);
            }
            return new ModelLayer(model) {
                @Override
                public Generation generate(Request request) {
                    now.addAndGet(tenths * SECOND / 10);
                    String text = request.last().content();
                    int number = Integer.parseInt(
                            text.substring(text.lastIndexOf('t') + 1).strip());
                    Example asked = many(number + 1, "t").get(number);
                    boolean right = Math.floor((number + 1) * quality) > Math.floor(number * quality);
                    return new Generation(
                            right ? asked.output() : "none",
                            List.of(),
                            FinishReason.STOP,
                            new Usage(1, 1),
                            Timings.NONE,
                            "");
                }
            };
        }
    }
}
