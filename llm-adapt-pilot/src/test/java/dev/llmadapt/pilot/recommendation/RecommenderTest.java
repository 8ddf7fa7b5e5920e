package dev.llmadapt.pilot.recommendation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llmadapt.pilot.recommendation.Recommendation.Verdict;
import dev.llmadapt.pilot.results.Latency;
import dev.llmadapt.pilot.results.Measured;
import dev.llmadapt.pilot.results.MeasurementDetails;
import dev.llmadapt.pilot.results.Outcome;
import dev.llmadapt.pilot.results.RiskProfile;
import dev.llmadapt.pilot.results.Share;
import dev.llmadapt.pilot.results.Stability;
import dev.llmadapt.pilot.statistics.Interval;
import dev.llmadapt.pilot.statistics.PairedSequence;
import dev.llmadapt.pilot.statistics.Seeds;
import dev.llmadapt.pilot.strategy.StrategyFamily;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.LongFunction;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class RecommenderTest {
    private static final Needs NEEDS = Needs.defaults();

    @Test
    void recommend_thousandTasksWithOptionalStopping_errsInLessThan5Of100() {
        Map<Long, Simulated> simulated = new HashMap<>();
        LongFunction<Simulated> tasks = seed -> simulated.computeIfAbsent(seed, RecommenderTest::simulate);
        Seeds.check(
                "wrong of those called certain",
                99,
                0,
                0.05,
                seed -> tasks.apply(seed).wrongOfCertain());
        Seeds.check(
                "better by more than said",
                99,
                0,
                0.05,
                seed -> tasks.apply(seed).beyondBound());
        Seeds.check("certain", 99, 0.15, 0.9, seed -> tasks.apply(seed).certain());
        Seeds.check(
                "intervals that cover",
                99,
                0.93,
                0.97,
                seed -> tasks.apply(seed).covered());
        Seeds.check("certain or tied", 99, 0.3, 1, seed -> tasks.apply(seed).settled());
        Seeds.check(
                "tests used, of all", 99, 0.2, 0.95, seed -> tasks.apply(seed).used());
    }

    /** Shares of tasks. */
    private record Simulated(
            double wrongOfCertain, double beyondBound, double certain, double settled, double used, double covered) {}

    /** Candidates as the pilot asks them: who is shown to be worse than the leader is asked no more. */
    private static Simulated simulate(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        int certain = 0;
        int wrong = 0;
        int guessedWrong = 0;
        int settled = 0;
        int beyond = 0;
        int covered = 0;
        int measured = 0;
        double used = 0;
        for (int task = 0; task < 1_000; task++) {
            int candidates = 2 + random.nextInt(5);
            int n = new int[] {40, 100, 300, 1000}[random.nextInt(4)];
            double[] truth = new double[candidates];
            for (int c = 0; c < candidates; c++) {
                // half of them near one another, where mistakes are made
                truth[c] = random.nextBoolean() ? 0.6 + 0.1 * random.nextDouble() : 0.2 + 0.7 * random.nextDouble();
            }
            // a fifth of the candidates are too slow to answer all tests
            Map<String, Integer> limits = new HashMap<>();
            for (int c = 0; c < candidates; c++) {
                if (random.nextInt(5) == 0) {
                    limits.put("c" + c, 24 + random.nextInt(n));
                }
            }
            List<Measured> rows = raced(rows(random, truth, n), limits);
            Set<String> outOfTime = rows.stream()
                    .filter(row -> row.outcomes().size() == limits.getOrDefault(row.strategy(), n)
                            && row.outcomes().size() < n)
                    .map(Measured::strategy)
                    .collect(Collectors.toSet());
            used += rows.stream().mapToInt(row -> row.outcomes().size()).sum() / (double) (n * candidates);
            for (int c = 0; c < candidates; c++) {
                Interval interval = rows.get(c).interval();
                covered += interval.low() <= truth[c] && truth[c] <= interval.high() ? 1 : 0;
                measured++;
            }
            // costs matter in every other task
            Needs needs = NEEDS.withTolerance(0.05).withRequestsPerMonth(task % 2 == 0 ? 10_000 : 1_000_000);
            Recommendation recommendation = Recommender.recommend(rows, needs, outOfTime);
            int choice = Integer.parseInt(recommendation.choice().orElseThrow().substring(1));
            double regret = Arrays.stream(truth).max().orElseThrow() - truth[choice];
            boolean hit = regret <= 0.05;
            for (int c = 0; task % 2 == 1 && c < choice; c++) {
                hit &= truth[c] < truth[choice] - 0.05;
            }
            if (recommendation.verdict() == Verdict.CERTAIN) {
                certain++;
                wrong += hit ? 0 : 1;
            } else {
                guessedWrong += hit ? 0 : 1;
            }
            settled += recommendation.verdict() != Verdict.NOT_ENOUGH_EVIDENCE ? 1 : 0;
            beyond += regret > recommendation.atMostBetter().orElseThrow() ? 1 : 0;
        }
        assertThat(certain)
                .as("seed " + seed + ": certain often enough to be tested")
                .isGreaterThan(150);
        // the test can fail: guesses, which claim nothing, are wrong far more often
        assertThat((double) guessedWrong / (1_000 - certain)).as("seed " + seed).isGreaterThan(0.1);
        return new Simulated(
                (double) wrong / certain,
                beyond / 1_000.0,
                certain / 1_000.0,
                settled / 1_000.0,
                used / 1_000,
                (double) covered / measured);
    }

    private static List<Measured> raced(List<Measured> rows, Map<String, Integer> limits) {
        List<Measured> raced = new ArrayList<>();
        for (Measured row : rows) {
            int most = Math.min(row.outcomes().size(), limits.getOrDefault(row.strategy(), Integer.MAX_VALUE));
            int asked = 0;
            boolean stopped = false;
            while (!stopped && asked < most) {
                asked = Math.min(most, asked + Math.max(8, asked / 8));
                stopped = beaten(row, asked, raced, rows.size());
            }
            raced.add(first(row, asked));
        }
        return raced;
    }

    private static boolean beaten(Measured row, int asked, List<Measured> before, int candidates) {
        Optional<Measured> leader = before.stream()
                .filter(other -> other.outcomes().size() >= asked)
                .max(Comparator.comparingInt(
                                (Measured other) -> other.outcomes().size())
                        .thenComparingDouble(Measured::quality));
        PairedSequence ahead = PairedSequence.ofSample();
        for (int i = 0; i < asked && leader.isPresent(); i++) {
            ahead.add(
                    leader.get().outcomes().get(i).score(),
                    row.outcomes().get(i).score());
        }
        return ahead.above(0).shown(0.01 / candidates);
    }

    private static Measured first(Measured row, int asked) {
        double[] scores =
                row.outcomes().stream().limit(asked).mapToDouble(Outcome::score).toArray();
        return row(row.strategy(), scores, row.latency().median().toMillis(), 0);
    }

    @Test
    void recommend_fewExamples_saysHowManyWouldSettleItAndTheyDo() {
        SplittableRandom random = new SplittableRandom(5);
        double[] truth = {0.55, 0.75};
        Recommendation few = Recommender.recommend(rows(random, truth, 40), NEEDS);
        assertThat(few.verdict()).isNotEqualTo(Verdict.CERTAIN);
        int needed = few.examplesNeeded().orElseThrow();
        assertThat(needed).isBetween(41, 5_000);
        int settled = 0;
        for (int again = 0; again < 100; again++) {
            settled += Recommender.recommend(rows(random, truth, 4 * needed), NEEDS)
                                    .verdict()
                            == Verdict.CERTAIN
                    ? 1
                    : 0;
        }
        assertThat(settled).isGreaterThan(70);
    }

    @Test
    void recommend_outOfTime_isJudgedByATestAtTheEndAndAskedForMoreTime() {
        double[] better = new double[1_000];
        double[] worse = new double[48];
        for (int i = 0; i < better.length; i++) {
            better[i] = i % 4 == 0 ? 0 : 1;
            worse[Math.min(i, 47)] = i % 3 == 0 ? 0 : 1;
        }
        List<Measured> cut = List.of(row("c0", better, 100, 0), row("c1", worse, 200, 0));
        Recommendation stopped = Recommender.recommend(cut, NEEDS, Set.of());
        assertThat(stopped.moreTime()).as("stopped for its scores").isFalse();
        assertThat(stopped.text()).contains("test examples would settle it");
        Recommendation timed = Recommender.recommend(cut, NEEDS, Set.of("c1"));
        assertThat(timed.atMostBetter().orElseThrow())
                .isLessThan(stopped.atMostBetter().orElseThrow());
        assertThat(timed.moreTime()).isTrue();
        assertThat(timed.text()).contains("a longer budget would settle it (about ");
    }

    @Test
    void recommend_equallyGood_takesTheCheaperAndNamesTheOther() {
        double[] same = new double[2000];
        for (int i = 0; i < same.length; i++) {
            same[i] = i % 3 == 0 ? 0 : 1;
        }
        Recommendation recommendation =
                Recommender.recommend(List.of(row("costly", same, 900, 0), row("cheap", same, 100, 0)), NEEDS);
        assertThat(recommendation.choice()).contains("cheap");
        assertThat(recommendation.runnerUp()).contains("costly");
        assertThat(recommendation.verdict()).isEqualTo(Verdict.CERTAIN);
        assertThat(recommendation.text()).startsWith("Take cheap; certain at 95%.\n");
    }

    @Test
    void recommend_twoNearlyAlike_areTiedAndTheDifferenceIsBounded() {
        double[] first = new double[1000];
        double[] second = new double[1000];
        for (int i = 0; i < first.length; i++) {
            first[i] = i % 10 < 7 ? 1 : 0;
            second[i] = i % 10 < 6 || i % 10 == 8 ? 1 : 0;
        }
        Recommendation recommendation =
                Recommender.recommend(List.of(row("a", first, 100, 0), row("b", second, 110, 0)), NEEDS);
        assertThat(recommendation.verdict()).isEqualTo(Verdict.TIED);
        assertThat(recommendation.choice()).contains("a");
        assertThat(recommendation.tied()).containsExactly("b");
        assertThat(recommendation.atMostBetter().orElseThrow()).isBetween(0.02, 0.05);
        assertThat(recommendation.reasons()).anyMatch(reason -> reason.startsWith("b may be as good or better"));
        assertThat(recommendation.text())
                .startsWith("Take a; tied, b may be as good, at 95% none is better by more than ");
    }

    @Test
    void recommend_withoutALanguageModel_goesBeforeOneThatIsHardlyBetter() {
        Measured words = Rows.row(StrategyFamily.CLASSIFIER, answers(200, 150));
        Measured nearest = Rows.row(StrategyFamily.BASELINE, answers(200, 149));
        Measured lora = Rows.row(StrategyFamily.FINE_TUNING, answers(200, 152));
        assertThat(Recommender.recommend(List.of(nearest, words, lora), NEEDS).choice())
                .as("the better one of those without, whichever is cheaper")
                .contains("classifier");
        Measured better = Rows.row(StrategyFamily.FINE_TUNING, answers(200, 170));
        assertThat(Recommender.recommend(List.of(nearest, words, better), NEEDS).choice())
                .contains("fine-tuning");
    }

    private static List<Outcome> answers(int all, int right) {
        List<Outcome> answers = new ArrayList<>();
        for (int i = 0; i < all; i++) {
            answers.add(Rows.outcome(i, "a", i < right ? "a" : "b", Optional.empty()));
        }
        return answers;
    }

    @Test
    void recommend_oneCandidate_isNotCertain() {
        double[] good = new double[300];
        Arrays.fill(good, 1);
        List<Measured> one = List.of(row("one", good, 100, 0));
        assertThat(Recommender.recommend(one, NEEDS).verdict()).isEqualTo(Verdict.NOT_ENOUGH_EVIDENCE);
        assertThat(Recommender.recommend(one, NEEDS.withMinimumQuality(0.5)).verdict())
                .isEqualTo(Verdict.CERTAIN);
    }

    @Test
    void recommend_fewTests_areNotEnoughHoweverClear() {
        double[] good = {1, 1, 1, 1};
        double[] poor = new double[4];
        assertThat(Recommender.recommend(List.of(row("good", good, 100, 0), row("poor", poor, 90, 0)), NEEDS)
                        .verdict())
                .isEqualTo(Verdict.NOT_ENOUGH_EVIDENCE);
    }

    @Test
    void recommend_errorsHaveAPrice_takesTheLeastTotal() {
        double[] better = new double[1000];
        double[] worse = new double[1000];
        for (int i = 0; i < better.length; i++) {
            better[i] = i % 100 < 71 ? 1 : 0;
            worse[i] = i % 100 < 70 ? 1 : 0;
        }
        List<Measured> rows = List.of(row("cheap", worse, 100, 0), row("dear", better, 3_000, 0));
        assertThat(Recommender.recommend(rows, NEEDS).choice()).contains("cheap");
        Needs dearErrors = NEEDS.withStakes(Stakes.none().withError(5));
        Recommendation priced = Recommender.recommend(rows, dearErrors);
        assertThat(priced.choice()).contains("dear");
        assertThat(priced.verdict()).isEqualTo(Verdict.CERTAIN);
        assertThat(priced.reasons())
                .anyMatch(reason -> reason.contains("the other one does not cost less by more than"));
    }

    @Test
    void recommend_limits_ruleOutWhatMissesThem() {
        double[] good = new double[300];
        double[] poor = new double[300];
        Arrays.fill(good, 1);
        Measured slow = row("slow", good, 900, 0);
        Measured fast = row("fast", poor, 100, 0);
        assertThat(Recommender.recommend(List.of(slow, fast), NEEDS).choice()).contains("slow");
        Recommendation limited = Recommender.recommend(List.of(slow, fast), NEEDS.withLatency(Duration.ofMillis(500)));
        assertThat(limited.choice()).contains("fast");
        assertThat(limited.reasons()).anyMatch(reason -> reason.contains("slow does not meet the needs"));
        assertThat(limited.wouldChange())
                .containsExactly("without the limit that it misses: slow, which reaches 100.0%"
                        + " (95% of answers take up to 900 ms, allowed are 500)");
        Recommendation none = Recommender.recommend(
                List.of(slow, fast), NEEDS.withLatency(Duration.ofMillis(500)).withMinimumQuality(0.5));
        assertThat(none.verdict()).isEqualTo(Verdict.NONE_MEETS_THE_NEEDS);
        assertThat(none.choice()).isEmpty();
        assertThat(Recommender.recommend(List.of(), NEEDS).verdict()).isEqualTo(Verdict.NONE_MEETS_THE_NEEDS);
    }

    @Test
    void recommend_consistentNeeded_ruleOutWhatIsShownNotToBe() {
        double[] good = new double[100];
        Arrays.fill(good, 1);
        Measured moody = row("moody", good, 100, 0, new Share(2, 10));
        Measured steady = row("steady", good, 200, 0, new Share(10, 10));
        assertThat(Recommender.recommend(List.of(moody, steady), NEEDS).choice())
                .contains("moody");
        assertThat(Recommender.recommend(List.of(moody, steady), NEEDS.withConsistent(true))
                        .choice())
                .contains("steady");
    }

    @Test
    void breakEven_trainedOnceAndFaster_isWhereTheCostsMeet() {
        double[] any = {1, 0};
        Needs needs = NEEDS.withPrices(new Prices(3.6, 0, 0)); // a second costs 0.001
        Costs trained = Costs.of(row("trained", any, 100, 500), needs);
        Costs prompted = Costs.of(row("prompted", any, 600, 0), needs);
        assertThat(trained.perThousand()).isEqualTo(0.1, org.assertj.core.api.Assertions.within(1e-9));
        assertThat(trained.breakEven(prompted)).hasValue(1_000);
        assertThat(prompted.breakEven(trained)).isEmpty();
        assertThat(trained.breakEven(trained)).hasValue(0);
    }

    @Test
    void month_knowledgeThatChanges_trainingIsPaidAgain() {
        double[] any = {1, 0};
        Measured trained = row("trained", any, 100, 500);
        double never = TotalCosts.of(trained, NEEDS).month();
        double daily = TotalCosts.of(trained, NEEDS.withKnowledge(Needs.KnowledgeChange.DAILY))
                .month();
        assertThat(daily).isGreaterThan(2 * never);
    }

    @Test
    void recommend_errorsCostNothing_takesTheCheapestThatIsEnough() {
        List<Measured> rows = List.of(
                row("cheap", correct(1000, 70), 100, 0),
                row("dear", correct(1000, 95), 20_000, 0),
                row("poor", correct(1000, 30), 1, 0));
        Needs free = NEEDS.withRequestsPerMonth(100_000)
                .withMinimumQuality(0.6)
                .withStakes(Stakes.none().withError(0));
        Recommendation enough = Recommender.recommend(rows, free);
        assertThat(enough.choice()).contains("cheap");
        assertThat(enough.verdict()).isEqualTo(Verdict.CERTAIN);
        assertThat(enough.reasons()).anyMatch(reason -> reason.contains("of those that reach 60.0% the cheapest"));
        assertThat(enough.reasons()).noneMatch(reason -> reason.contains("better by more than"));
        assertThat(Recommender.recommend(rows, free.withStakes(Stakes.none().withError(5)))
                        .choice())
                .as("an error costs 5")
                .contains("dear");
        Recommendation near = Recommender.recommend(rows, free.withMinimumQuality(0.69));
        assertThat(near.choice()).contains("cheap");
        assertThat(near.verdict()).as("0.69 is not shown").isEqualTo(Verdict.NOT_ENOUGH_EVIDENCE);
        Recommendation far = Recommender.recommend(rows, free.withMinimumQuality(0.71));
        assertThat(far.choice()).contains("dear");
        assertThat(far.reasons())
                .contains("cheap may be good enough at a lower price: that it does not reach 71.0% is not shown");
        assertThatThrownBy(free.withMinimumQuality(0)::requireDecidable)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("name the least quality");
    }

    @Test
    void recommend_labelsHaveAPrice_whatLearnedFromThemPaysIt() {
        List<Measured> rows =
                List.of(row("prompted", correct(1000, 80), 100, 0), row("trained", correct(1000, 81), 120, 500));
        assertThat(Recommender.recommend(rows, NEEDS).choice()).contains("trained");
        assertThat(Recommender.recommend(rows, NEEDS.withStakes(Stakes.none().withLabel(1)))
                        .choice())
                .as("500 labels at 1, over 12 months")
                .contains("prompted");
    }

    private static double[] correct(int tests, int ofHundred) {
        double[] scores = new double[tests];
        for (int i = 0; i < tests; i++) {
            scores[i] = i * 37 % 100 < ofHundred ? 1 : 0;
        }
        return scores;
    }

    /** Candidates that cost more the later they come, their answers correlated as those to one question are. */
    private static List<Measured> rows(SplittableRandom random, double[] truth, int n) {
        double[] hard = random.doubles(n).toArray();
        List<Measured> rows = new ArrayList<>();
        for (int c = 0; c < truth.length; c++) {
            double[] scores = new double[n];
            for (int i = 0; i < n; i++) {
                scores[i] = (random.nextDouble() < 0.6 ? hard[i] : random.nextDouble()) < truth[c] ? 1 : 0;
            }
            rows.add(row("c" + c, scores, 100L * (c + 1), 0));
        }
        return rows;
    }

    private static Measured row(String name, double[] scores, long millis, long adaptSeconds) {
        return row(name, scores, millis, adaptSeconds, Share.NONE);
    }

    private static Measured row(String name, double[] scores, long millis, long adaptSeconds, Share paraphrase) {
        List<Outcome> outcomes = new ArrayList<>();
        for (int i = 0; i < scores.length; i++) {
            outcomes.add(new Outcome("t" + i, "x", "x", scores[i], Duration.ofMillis(millis), 10, 1, ""));
        }
        MeasurementDetails none = MeasurementDetails.none();
        return new Measured(
                name,
                Arrays.stream(scores).average().orElseThrow(),
                Interval.ofMean(scores),
                new Latency(Duration.ofMillis(millis), Duration.ofMillis(millis)),
                10,
                1,
                Duration.ofSeconds(adaptSeconds),
                Duration.ofSeconds(1),
                outcomes,
                new MeasurementDetails(
                        StrategyFamily.FINE_TUNING,
                        adaptSeconds > 0 ? 500 : 10,
                        none.throughput(),
                        0,
                        0,
                        List.of(),
                        new Stability(paraphrase, Share.NONE, Share.NONE),
                        none.freshness(),
                        List.of(),
                        Optional.empty(),
                        RiskProfile.NONE,
                        Optional.empty()));
    }
}
