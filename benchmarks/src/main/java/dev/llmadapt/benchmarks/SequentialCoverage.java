package dev.llmadapt.benchmarks;

import dev.llmadapt.pilot.statistics.EValue;
import dev.llmadapt.pilot.statistics.Familywise;
import dev.llmadapt.pilot.statistics.Normal;
import dev.llmadapt.pilot.statistics.PairedDifference;
import dev.llmadapt.pilot.statistics.PairedSequence;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.function.LongToDoubleFunction;

/**
 * Errors under optional stopping, and how many test examples a comparison takes, on made-up tasks whose truth is known.
 * Arguments: tasks (1000) and seeds (12). It loads no model and takes less than a minute.
 */
public final class SequentialCoverage {
    private static final int EXAMPLES = 432;
    private static final int FIRST_LOOK = 16;
    private static final int COMPETITORS = 11;
    private static final double TOLERANCE = 0.02;
    private static final double ALPHA = 0.05;

    private final int tasks;
    private final int seeds;

    private SequentialCoverage(int tasks, int seeds) {
        this.tasks = tasks;
        this.seeds = seeds;
    }

    /** Prints two Markdown tables. */
    public static void main(String[] arguments) {
        int tasks = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 1_000;
        int seeds = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 12;
        new SequentialCoverage(tasks, seeds).print();
    }

    private void print() {
        System.out.printf(Locale.ROOT, "| over all moments, %d tasks x %d seeds | %% |%n|---|---|%n", tasks, seeds);
        row("95 % interval of a sample covers the truth", seed -> coverage(seed, false));
        row("95 % interval of a test set covers its mean", seed -> coverage(seed, true));
        row("95 % interval for a fixed number of examples, looked at after each from 16", this::coverageOfFixed);
        row(COMPETITORS + " competitors, any false claim shown", this::anyFalse);
        System.out.printf(
                Locale.ROOT,
                "%n| true difference | settled within %d | mean examples used | fixed: settled | fixed: examples |%n"
                        + "|---|---|---|---|---|%n",
                EXAMPLES);
        for (double apart : new double[] {0.05, 0.1, 0.2, 0.3, 0.5}) {
            used(apart);
        }
    }

    private void row(String name, LongToDoubleFunction share) {
        double[] shares = new double[seeds];
        for (int seed = 0; seed < seeds; seed++) {
            shares[seed] = 100 * share.applyAsDouble(seed + 1L);
        }
        Arrays.sort(shares);
        System.out.printf(Locale.ROOT, "| %s | %.1f to %.1f |%n", name, shares[0], shares[seeds - 1]);
    }

    private double coverage(long seed, boolean testSet) {
        SplittableRandom random = new SplittableRandom(seed);
        int covered = 0;
        for (int task = 0; task < tasks; task++) {
            Pair pair = Pair.random(random);
            double[][] scores = pair.scores(random, EXAMPLES);
            PairedSequence sequence = testSet ? PairedSequence.ofTestSet(EXAMPLES) : PairedSequence.ofSample();
            double truth = pair.first() - pair.second();
            if (testSet) {
                truth = Arrays.stream(scores[0]).average().orElseThrow()
                        - Arrays.stream(scores[1]).average().orElseThrow();
            }
            add(sequence, scores, testSet ? EXAMPLES * 3 / 4 : EXAMPLES);
            // what the interval is made of: the truth is outside once one of the two is shown
            covered += sequence.above(truth).shown(ALPHA / 2)
                            || sequence.below(truth).shown(ALPHA / 2)
                    ? 0
                    : 1;
        }
        return (double) covered / tasks;
    }

    private double coverageOfFixed(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        double z = Normal.quantile(1 - ALPHA / 2);
        int covered = 0;
        for (int task = 0; task < tasks; task++) {
            Pair pair = Pair.random(random);
            double[][] scores = pair.scores(random, EXAMPLES);
            double truth = pair.first() - pair.second();
            boolean all = true;
            for (int n = FIRST_LOOK; n <= EXAMPLES && all; n++) {
                var interval = PairedDifference.of(Arrays.copyOf(scores[0], n), scores[1])
                        .interval(z);
                all = interval.low() <= truth && truth <= interval.high();
            }
            covered += all ? 1 : 0;
        }
        return (double) covered / tasks;
    }

    private double anyFalse(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        int errors = 0;
        for (int task = 0; task < tasks; task++) {
            List<EValue> claims = new ArrayList<>();
            List<Boolean> truths = new ArrayList<>();
            for (int competitor = 0; competitor < COMPETITORS; competitor++) {
                Pair pair = Pair.random(random);
                PairedSequence sequence = PairedSequence.ofSample();
                add(sequence, pair.scores(random, EXAMPLES), EXAMPLES);
                double truth = pair.first() - pair.second();
                claims.addAll(
                        List.of(sequence.above(TOLERANCE), sequence.below(-TOLERANCE), sequence.within(TOLERANCE)));
                truths.addAll(List.of(truth > TOLERANCE, truth < -TOLERANCE, Math.abs(truth) < TOLERANCE));
            }
            boolean[] shown = Familywise.shown(claims, ALPHA);
            boolean error = false;
            for (int i = 0; i < shown.length; i++) {
                error |= shown[i] && !truths.get(i);
            }
            errors += error ? 1 : 0;
        }
        return (double) errors / tasks;
    }

    /**
     * One of the competitors, looked at after each eighth example until it is shown to be worse by more than the
     * tolerance, with the error that the first of all claims has; and by one test after all examples.
     */
    private void used(double apart) {
        SplittableRandom random = new SplittableRandom(1);
        double each = ALPHA / (3 * COMPETITORS);
        double z = Normal.quantile(1 - each);
        int some = Math.max(1, tasks / 4);
        int settled = 0;
        int fixed = 0;
        long examples = 0;
        for (int task = 0; task < some; task++) {
            double[][] scores = new Pair(0.75, 0.75 - apart, 0.7).scores(random, EXAMPLES);
            PairedSequence sequence = PairedSequence.ofSample();
            boolean shown = false;
            for (int i = 0; i < EXAMPLES && !shown; i++) {
                sequence.add(scores[0][i], scores[1][i]);
                shown = (i + 1) % 8 == 0 && sequence.above(TOLERANCE).shown(each);
            }
            settled += shown ? 1 : 0;
            examples += sequence.pairs();
            fixed += PairedDifference.of(scores[0], scores[1]).interval(z).low() > TOLERANCE ? 1 : 0;
        }
        System.out.printf(
                Locale.ROOT,
                "| %.0f points | %.0f %% | %d | %.0f %% | %d |%n",
                100 * apart,
                100.0 * settled / some,
                examples / some,
                100.0 * fixed / some,
                EXAMPLES);
    }

    private static void add(PairedSequence sequence, double[][] scores, int examples) {
        for (int i = 0; i < examples; i++) {
            sequence.add(scores[0][i], scores[1][i]);
        }
    }

    /** How often each of two candidates is right, and the share of their luck that is common to both. */
    private record Pair(double first, double second, double shared) {
        static Pair random(SplittableRandom random) {
            double first = 0.1 + 0.8 * random.nextDouble();
            // two in three are at the bound of a claim, where an error is likeliest
            double apart = random.nextInt(3) == 0 ? random.nextDouble() - 0.5 : random.nextInt(-1, 2) * TOLERANCE;
            return new Pair(first, Math.min(0.95, Math.max(0.02, first + apart)), random.nextDouble());
        }

        double[][] scores(SplittableRandom random, int n) {
            double[][] scores = new double[2][n];
            for (int i = 0; i < n; i++) {
                double common = random.nextDouble();
                boolean alike = random.nextDouble() < shared;
                scores[0][i] = common < first ? 1 : 0;
                scores[1][i] = (alike ? common : random.nextDouble()) < second ? 1 : 0;
            }
            return scores;
        }
    }
}
