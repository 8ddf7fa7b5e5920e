package dev.llmadapt.pilot;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.llmadapt.Example;
import dev.llmadapt.Model;
import dev.llmadapt.ModelLayer;
import dev.llmadapt.Progress;
import dev.llmadapt.Request;
import dev.llmadapt.Strategy;
import dev.llmadapt.Task;
import dev.llmadapt.ToyModel;
import dev.llmadapt.ToyTask;
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
class SuccessiveHalvingTest {
    private static final long SECOND = 1_000_000_000L;

    private final Map<String, String> ruledOut = new LinkedHashMap<>();
    private final AtomicLong now = new AtomicLong();

    @Test
    void run_timeForAllRungs_measuresTheWholeCurve() {
        Map<String, CandidateState> all = run(2_000, plain("plain"), trained("trained", StrategyFamily.FINE_TUNING));
        assertThat(curve(all, "trained")).containsExactly(16, 64, 256, 300);
        assertThat(tests(all, "plain")).isEqualTo(60);
    }

    @Test
    void run_timeForTheLastRungOnly_leavesOutThoseBetween() {
        Map<String, CandidateState> all = run(480, plain("plain"), trained("trained", StrategyFamily.FINE_TUNING));
        assertThat(curve(all, "trained")).containsExactly(16, 300);
        assertThat(tests(all, "trained")).isEqualTo(60);
        assertThat(tests(all, "plain")).isEqualTo(60);
    }

    @Test
    void run_notEvenThat_learnsFromAsManyAsItCan() {
        Map<String, CandidateState> all = run(250, plain("plain"), trained("trained", StrategyFamily.FINE_TUNING));
        assertThat(curve(all, "trained")).containsExactly(16, 128);
    }

    @Test
    void run_twoFamiliesTrain_shareTheTime() {
        Map<String, CandidateState> all =
                run(480, trained("one", StrategyFamily.FINE_TUNING), trained("two", StrategyFamily.PROMPT_TUNING));
        assertThat(curve(all, "one")).endsWith(128);
        assertThat(curve(all, "two")).endsWith(128);
    }

    @Test
    void run_moreThanTheFirstRungHasTimeFor_isRuledOutWithTheReason() {
        Map<String, CandidateState> all = run(
                100,
                trained("one", StrategyFamily.FINE_TUNING),
                trained("two", StrategyFamily.FINE_TUNING),
                trained("three", StrategyFamily.FINE_TUNING));
        assertThat(all).containsOnlyKeys("one", "two");
        assertThat(ruledOut)
                .containsExactly(
                        Map.entry("three", "the budget of 100 s did not reach to it: 16 s expected, 5 s left for it"));
    }

    @Test
    void run_noBudget_measuresTheWholeCurveOfAll() {
        Map<String, CandidateState> all = run(
                0,
                plain("plain"),
                trained("one", StrategyFamily.FINE_TUNING),
                trained("two", StrategyFamily.FINE_TUNING));
        assertThat(curve(all, "one")).containsExactly(16, 64, 256, 300);
        assertThat(curve(all, "two")).containsExactly(16, 64, 256, 300);
        assertThat(curve(all, "plain")).containsExactly(300);
        assertThat(tests(all, "one")).isEqualTo(60);
        assertThat(tests(all, "plain")).isEqualTo(60);
        assertThat(requireNonNull(all.get("one")).curve)
                .extracting(CurvePoint::testExamples)
                .containsExactly(16, 32, 60, 60);
    }

    @Test
    void run_showsExamplesButDoesNotTrain_getsAllAtOnceAndItsCurveAtTheEnd() {
        Task task = ToyTask.task().withExamples(many(300, "l"));
        List<Example> test = many(60, "t");
        Stand shown = new Stand("shown", StrategyFamily.PROMPTING, true, Training.NONE, 20, now);
        try (Model model = new ToyModel();
                TrialContext context =
                        new TrialContext(model, task, Journal.inMemory(), Path.of(""), Progress.NONE, now::get, 0)) {
            SuccessiveHalving halving =
                    new SuccessiveHalving(new TaskSplit(task, test, List.of()), test, Duration.ofSeconds(1_000), 0);
            Map<String, CandidateState> all = halving.run(List.of(shown), context, ruledOut);
            assertThat(curve(all, "shown")).containsExactly(300);
            assertThat(tests(all, "shown")).isEqualTo(60);
            halving.complete(requireNonNull(all.get("shown")), context, 0);
            assertThat(curve(all, "shown")).as("no time").containsExactly(300);
            halving.complete(requireNonNull(all.get("shown")), context, 1e12);
            assertThat(curve(all, "shown")).as("it needs 20").containsExactly(64, 256, 300);
            assertThat(tests(all, "shown")).isEqualTo(60);
        }
    }

    @Test
    void run_answersInNextToNoTime_isNotDropped() {
        Candidate[] some = {plain("a"), plain("b"), plain("c"), plain("d")};
        assertThat(run(480, some).values().stream().map(state -> state.outcomes.size()))
                .as("a hundredth of the budget each")
                .contains(16);
        assertThat(run(10_000, some).values().stream().map(state -> state.outcomes.size()))
                .containsOnly(60);
    }

    @Test
    void run_readsAllExamplesWithTheModel_isExpectedToTakeAnAnswerForEach() {
        // 300 examples at a tenth of a second
        Stand reads = new Stand(
                "reads", StrategyFamily.CLASSIFIER, true, Training.QUICK, 1, Set.of(Candidate.Need.LOCAL_MODEL), now);
        assertThat(run(480, plain("plain"), reads)).containsOnlyKeys("plain", "reads");
        assertThat(run(60, plain("plain"), reads)).containsOnlyKeys("plain");
        assertThat(ruledOut)
                .containsExactly(
                        Map.entry("reads", "the budget of 60 s did not reach to it: 30 s expected, 22 s left for it"));
    }

    @Test
    void run_trainsQuickly_learnsFromAllAtOnce() {
        Stand quick = new Stand("quick", StrategyFamily.CLASSIFIER, true, Training.QUICK, 1, now);
        Map<String, CandidateState> all = run(480, quick, trained("trained", StrategyFamily.FINE_TUNING));
        assertThat(curve(all, "quick")).containsExactly(300);
        assertThat(tests(all, "quick")).isEqualTo(60);
        assertThat(curve(all, "trained")).as("the other one's time").containsExactly(16, 300);
        assertThat(curve(run(0, quick), "quick")).as("no budget").containsExactly(16, 64, 256, 300);
    }

    @Test
    void run_needsMoreExamplesThanTheFirstRungHas_beginsWithAsManyAsItNeeds() {
        assertThat(curve(run(2_000, shots("shots", 40)), "shots")).containsExactly(40, 64, 256, 300);
        assertThat(curve(run(0, shots("shots", 40)), "shots")).containsExactly(40, 64, 256, 300);
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
        Task task = ToyTask.task().withExamples(many(300, "l"));
        List<Example> test = many(60, "t");
        try (Model model = new ToyModel();
                TrialContext context =
                        new TrialContext(model, task, Journal.inMemory(), Path.of(""), Progress.NONE, now::get, 0)) {
            return new SuccessiveHalving(new TaskSplit(task, test, List.of()), test, Duration.ofSeconds(seconds), 0)
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

    private Stand plain(String name) {
        return new Stand(name, StrategyFamily.PROMPTING, false, Training.NONE, 0, now);
    }

    private Stand shots(String name, int shots) {
        return new Stand(name, StrategyFamily.FINE_TUNING, true, Training.LONG, shots, now);
    }

    private Stand trained(String name, StrategyFamily family) {
        return new Stand(name, family, true, Training.LONG, 0, now);
    }

    private record Stand(
            String name,
            StrategyFamily family,
            boolean learns,
            Training training,
            int shots,
            Set<Candidate.Need> needs,
            AtomicLong now)
            implements Candidate {
        Stand(String name, StrategyFamily family, boolean learns, Training training, int shots, AtomicLong now) {
            this(name, family, learns, training, shots, Set.of(), now);
        }

        @Override
        public Traits traits() {
            return new Traits(family, learns, training, false, false, needs, shots, ModelUse.ANSWERING);
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
            if (task.examples().size() < shots) {
                throw new IllegalArgumentException("needs " + shots + " examples");
            }
            now.addAndGet(training == Training.LONG ? task.examples().size() * SECOND : 0);
            return new ModelLayer(model) {
                @Override
                protected Request apply(Request request) {
                    now.addAndGet(SECOND / 10);
                    return request;
                }
            };
        }
    }
}
