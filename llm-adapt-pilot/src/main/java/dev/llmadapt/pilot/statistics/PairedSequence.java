package dev.llmadapt.pilot.statistics;

import java.util.Arrays;

/**
 * The difference of two candidates' scores on the same examples, which may be looked at after each example.
 *
 * <p>{@link PairedDifference} is right for a number of examples that was fixed before. Whoever looks again and again
 * and stops when it pleases him is wrong more often than it says. Here the error holds over all looks together: the
 * interval is a confidence sequence, and {@link #above}, {@link #below} and {@link #within} are e-processes (both by
 * betting, see Waudby-Smith and Ramdas 2024, "Estimating means of bounded random variables by betting", JRSS B 86). All
 * that is asked of the examples is that they come in random order, of the scores that they lie in [0, 1].
 *
 * <p>Not thread-safe. A question takes time in proportion to the pairs, an interval 100 times as much: 1 ms or so for
 * some hundred pairs.
 */
public final class PairedSequence {
    private static final int HALVINGS = 50;

    private final int population;
    private double[] differences = new double[16];
    private int pairs;
    private double sum;

    private PairedSequence(int population) {
        this.population = population;
    }

    /** A sequence whose mean is that of all examples there could be, of which the test examples are a sample. */
    public static PairedSequence ofSample() {
        return new PairedSequence(0);
    }

    /**
     * A sequence whose mean is that of a finite test set, drawn from in random order without replacement (Waudby-Smith
     * and Ramdas 2020, "Confidence sequences for sampling without replacement"). It is narrower the more of the set was
     * seen, and exact at its end: it says what the rest of the set would have shown, and <em>not</em> what other
     * examples would.
     *
     * @param examples examples in the set, positive
     */
    public static PairedSequence ofTestSet(int examples) {
        if (examples < 1) {
            throw new IllegalArgumentException("examples must be positive, examples: " + examples);
        }
        return new PairedSequence(examples);
    }

    /**
     * Adds an example that both answered.
     *
     * @param first the score of the first candidate, in [0, 1]
     * @param second that of the second, in [0, 1]
     * @throws IllegalStateException if the test set has no more examples
     */
    public void add(double first, double second) {
        if (!(first >= 0 && first <= 1 && second >= 0 && second <= 1)) {
            throw new IllegalArgumentException("scores must be in [0, 1], first: " + first + ", second: " + second);
        }
        if (population > 0 && pairs == population) {
            throw new IllegalStateException("the test set has " + population + " examples, and all were added");
        }
        if (pairs == differences.length) {
            differences = Arrays.copyOf(differences, 2 * pairs);
        }
        differences[pairs++] = first - second;
        sum += first - second;
    }

    /** The number of examples added. */
    public int pairs() {
        return pairs;
    }

    /** The mean of first less second over the examples added, in [-1, 1]; 0 before the first. */
    public double difference() {
        return pairs == 0 ? 0 : sum / pairs;
    }

    /**
     * The interval in which the mean difference lies. That it ever leaves the truth out, over all moments, has a
     * probability of at most alpha. It never widens; before the first example it is [-1, 1]. Should looks contradict
     * each other, which too has at most that probability, it is what lies between them.
     *
     * @param alpha the error allowed, in (0, 1)
     */
    public Interval interval(double alpha) {
        double enough = Math.log(2 / EValue.checked(alpha));
        double low = end(1, enough);
        double high = -end(-1, enough);
        return new Interval(Math.min(low, high), Math.max(low, high));
    }

    /**
     * The evidence that the first is better by more than a bound.
     *
     * @param bound in [-1, 1]; negative for "not worse by so much"
     */
    public EValue above(double bound) {
        return Bets.against(differences, pairs, checked(bound), 1, population);
    }

    /**
     * The evidence that the mean difference lies below a bound.
     *
     * @param bound in [-1, 1]; negative for "the second is better by more than that"
     */
    public EValue below(double bound) {
        return Bets.against(differences, pairs, -checked(bound), -1, population);
    }

    /**
     * The evidence of a tie: that the two differ by less than a tolerance, in whichever direction (two one-sided tests,
     * Schuirmann 1987). A tie that is shown is a decision; one that merely was not refuted is none.
     *
     * @param tolerance in (0, 1]
     */
    public EValue within(double tolerance) {
        if (!(tolerance > 0 && tolerance <= 1)) {
            throw new IllegalArgumentException("tolerance must be in (0, 1], tolerance: " + tolerance);
        }
        return above(-tolerance).and(below(tolerance));
    }

    /** The lower end, of the mirrored differences with sign -1: the last mean that is rejected, or -1. */
    private double end(int sign, double enough) {
        if (Bets.against(differences, pairs, -1, sign, population).logPeak() < enough) {
            return -1;
        }
        double rejected = -1;
        double kept = 1;
        for (int i = 0; i < HALVINGS; i++) {
            double middle = (rejected + kept) / 2;
            if (Bets.against(differences, pairs, middle, sign, population).logPeak() >= enough) {
                rejected = middle;
            } else {
                kept = middle;
            }
        }
        return rejected;
    }

    private static double checked(double bound) {
        if (!(bound >= -1 && bound <= 1)) {
            throw new IllegalArgumentException("bound must be in [-1, 1], bound: " + bound);
        }
        return bound;
    }
}
