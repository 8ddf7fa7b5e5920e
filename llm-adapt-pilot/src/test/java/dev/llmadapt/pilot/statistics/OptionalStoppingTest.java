package dev.llmadapt.pilot.statistics;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Whether what is looked at after each example holds what it promises, on made-up tasks whose truth is known. */
class OptionalStoppingTest {
    private static final int TASKS = 300;
    private static final int EXAMPLES = 216;
    private static final double TOLERANCE = 0.05;

    @Test
    void interval_ofSample_coversTheTruthAtEachMoment() {
        Seeds.check("sample, covered at all moments", 3, 0.95, 1, seed -> coverage(seed, false));
    }

    @Test
    void interval_ofTestSet_coversItsMeanAtEachMoment() {
        Seeds.check("test set, covered at all moments", 4, 0.95, 1, seed -> coverage(seed, true));
    }

    /** Why intervals for a fixed number of examples are not enough: they would fail the tests above. */
    @Test
    void difference_lookedAtAfterEachExample_coversTooSeldom() {
        Seeds.check("fixed size, covered at all moments from 16", 5, 0.3, 0.9, seed -> {
            SplittableRandom random = new SplittableRandom(seed);
            int covered = 0;
            for (int task = 0; task < TASKS; task++) {
                Pair pair = Pair.random(random);
                double[][] scores = pair.scores(random, EXAMPLES);
                boolean all = true;
                for (int n = 16; n <= EXAMPLES && all; n++) {
                    Interval interval = PairedDifference.of(
                                    java.util.Arrays.copyOf(scores[0], n), java.util.Arrays.copyOf(scores[1], n))
                            .interval(1.959963984540054);
                    all = interval.low() <= pair.truth() && pair.truth() <= interval.high();
                }
                covered += all ? 1 : 0;
            }
            return (double) covered / TASKS;
        });
    }

    @Test
    void shown_sixCompetitors_anyErrorIsRare() {
        Seeds.check(
                "any false claim shown", 6, 0, 0.05, seed -> familywise(seed).errors() / (double) TASKS);
    }

    /** What e-Holm would gain over Holm, where it is allowed: nothing worth a condition. */
    @Test
    void eHolm_sixCompetitors_showsHardlyMore() {
        Seeds.check("claims by means for each by peaks", 7, 0.85, 1.05, seed -> {
            Account account = familywise(seed);
            return account.byMeans() / (double) account.byPeaks();
        });
    }

    private static double coverage(long seed, boolean testSet) {
        SplittableRandom random = new SplittableRandom(seed);
        int covered = 0;
        for (int task = 0; task < TASKS; task++) {
            Pair pair = Pair.random(random);
            double[][] scores = pair.scores(random, EXAMPLES);
            PairedSequence sequence = testSet ? PairedSequence.ofTestSet(EXAMPLES) : PairedSequence.ofSample();
            int seen = testSet ? EXAMPLES * 3 / 4 : EXAMPLES;
            double mean = 0;
            for (int i = 0; i < EXAMPLES; i++) {
                mean += (scores[0][i] - scores[1][i]) / EXAMPLES;
                if (i < seen) {
                    sequence.add(scores[0][i], scores[1][i]);
                }
            }
            double truth = testSet ? mean : pair.truth();
            Interval interval = sequence.interval(0.05); // what no moment ruled out
            covered += interval.low() <= truth && truth <= interval.high() ? 1 : 0;
        }
        return (double) covered / TASKS;
    }

    private record Account(int errors, int byPeaks, int byMeans) {}

    private static Account familywise(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        int errors = 0;
        int byPeaks = 0;
        int byMeans = 0;
        for (int task = 0; task < TASKS; task++) {
            List<EValue> claims = new ArrayList<>();
            List<Boolean> truths = new ArrayList<>();
            for (int competitor = 0; competitor < 6; competitor++) {
                Pair pair = Pair.random(random);
                double[][] scores = pair.scores(random, EXAMPLES);
                PairedSequence sequence = PairedSequence.ofSample();
                for (int i = 0; i < EXAMPLES; i++) {
                    sequence.add(scores[0][i], scores[1][i]);
                }
                claims.addAll(
                        List.of(sequence.above(TOLERANCE), sequence.below(-TOLERANCE), sequence.within(TOLERANCE)));
                truths.addAll(List.of(
                        pair.truth() > TOLERANCE, pair.truth() < -TOLERANCE, Math.abs(pair.truth()) < TOLERANCE));
            }
            boolean[] shown = Familywise.shown(claims, 0.05);
            boolean[] means = EHolm.shown(claims, 0.05);
            boolean error = false;
            for (int i = 0; i < shown.length; i++) {
                error |= shown[i] && !truths.get(i);
                byPeaks += shown[i] ? 1 : 0;
                byMeans += means[i] ? 1 : 0;
            }
            errors += error ? 1 : 0;
        }
        return new Account(errors, byPeaks, byMeans);
    }

    /** Two candidates: how often each is right, and on how many examples both go by the same luck. */
    private record Pair(double first, double second, double shared, boolean graded) {
        static Pair random(SplittableRandom random) {
            double first = 0.1 + 0.8 * random.nextDouble();
            // two in three are at the bound of a claim, where an error is likeliest
            double apart = random.nextInt(3) == 0 ? random.nextDouble() - 0.5 : random.nextInt(-1, 2) * TOLERANCE;
            double second = Math.min(0.95, Math.max(0.02, first + apart));
            return new Pair(first, second, random.nextDouble(), random.nextBoolean());
        }

        double truth() {
            return first - second;
        }

        double[][] scores(SplittableRandom random, int n) {
            double[][] scores = new double[2][n];
            for (int i = 0; i < n; i++) {
                double common = random.nextDouble();
                double a = random.nextDouble() < shared ? common : random.nextDouble();
                double b = random.nextDouble() < shared ? common : random.nextDouble();
                scores[0][i] = score(a, first);
                scores[1][i] = score(b, second);
            }
            return scores;
        }

        /** A score with this mean: 1 or 0, or between for answers that are right in part. */
        private double score(double luck, double mean) {
            if (!graded) {
                return luck < mean ? 1 : 0;
            }
            double reach = Math.min(mean, 1 - mean);
            return mean + reach * (1 - 2 * luck);
        }
    }
}
