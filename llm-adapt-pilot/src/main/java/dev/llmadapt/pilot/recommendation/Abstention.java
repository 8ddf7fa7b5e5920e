package dev.llmadapt.pilot.recommendation;

import dev.llmadapt.pilot.results.Outcome;
import dev.llmadapt.pilot.statistics.Binomial;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * The requests that a candidate answers by itself when it must be right often enough, and the ones that go to a person.
 *
 * <p>The threshold is chosen so that it holds on new requests like the test examples, in 95 of 100 test sets: not by
 * the share of right answers that was measured, but by learn-then-test (Angelopoulos, Bates, Candès, Jordan and Lei
 * 2021) with Bonferroni's correction. {@value #TESTS} thresholds are tested, each the confidence at a rank that is
 * fixed beforehand: given that confidence and the number M of answers above it, right ones among these are binomial. A
 * threshold passes if as many right ones have a probability of at most 0.05 / {@value #TESTS} at the wanted precision,
 * which is where the bound of Clopper and Pearson reaches it.
 *
 * @param wanted the share of automatic answers that must be right, in (0, 1)
 * @param examples the test examples, with and without confidences
 * @param chosen the point that answers most and passes; empty where none is shown to
 * @param curve the thresholds, from the one that answers fewest; empty where no answer has a confidence
 */
public record Abstention(double wanted, int examples, Optional<Point> chosen, List<Point> curve) {
    private static final double ALPHA = 0.05;
    private static final int LEVELS = 20;
    private static final int TESTS = 10;

    /** Copies the curve. */
    public Abstention {
        curve = List.copyOf(curve);
    }

    /**
     * A threshold.
     *
     * @param above the confidence that an answer must exceed to be given; 0 gives all that have one
     * @param answered the test examples answered
     * @param right those of them that are right, with a score of 1
     * @param share the answered ones' share of all test examples
     */
    public record Point(double above, int answered, int right, double share) {
        /** Whether an answer is given, and not sent to a person. */
        public boolean answers(Outcome outcome) {
            return outcome.confidence().isPresent()
                    && (above == 0 || outcome.confidence().orElseThrow().probability() > above);
        }

        /** The share of right answers among those given, as measured; 0 where none is. */
        public double precision() {
            return answered == 0 ? 0 : (double) right / answered;
        }

        /** The precision's one-sided 95 % bound (Clopper and Pearson), which takes no account of other thresholds. */
        public double lowerBound() {
            return answered == 0 ? 0 : Binomial.lowerBound(right, answered, ALPHA);
        }
    }

    /**
     * The abstention of a candidate.
     *
     * @param outcomes its answers; those without a confidence always go to a person
     * @param wanted the share of automatic answers that must be right, in (0, 1)
     */
    public static Abstention of(List<Outcome> outcomes, double wanted) {
        if (!(wanted > 0 && wanted < 1)) {
            throw new IllegalArgumentException("wanted must be in (0, 1), wanted: " + wanted);
        }
        List<Outcome> known = outcomes.stream()
                .filter(outcome -> outcome.confidence().isPresent())
                .sorted(Comparator.comparingDouble(Abstention::confidence).reversed())
                .toList();
        if (known.isEmpty()) {
            return new Abstention(wanted, outcomes.size(), Optional.empty(), List.of());
        }
        List<Point> levels = new ArrayList<>();
        for (int level = 1; level <= LEVELS; level++) {
            int rank = (int) ((long) level * known.size() / LEVELS);
            double above = rank == known.size() ? 0 : confidence(known.get(rank));
            levels.add(point(known, above, outcomes.size()));
        }
        int best = -1;
        for (int test = 1; test <= TESTS; test++) {
            int level = test * LEVELS / TESTS - 1;
            if (passes(levels.get(level), wanted)) {
                best = level;
            }
        }
        return new Abstention(
                wanted,
                outcomes.size(),
                best < 0 ? Optional.empty() : Optional.of(levels.get(best)),
                levels.stream().filter(point -> point.answered > 0).distinct().toList());
    }

    /** The right answers in a row that a threshold needs, with none wrong, to be shown to reach a precision. */
    public static int leastAnswers(double wanted) {
        return (int) Math.ceil(Math.log(ALPHA / TESTS) / Math.log(wanted));
    }

    private static boolean passes(Point point, double wanted) {
        return point.answered > 0 && Binomial.atLeast(point.right, point.answered, wanted) <= ALPHA / TESTS;
    }

    private static Point point(List<Outcome> known, double above, int examples) {
        int answered = 0;
        int right = 0;
        for (Outcome outcome : known) {
            if (above == 0 || confidence(outcome) > above) {
                answered++;
                right += outcome.score() >= 1 ? 1 : 0;
            }
        }
        return new Point(above, answered, right, (double) answered / examples);
    }

    private static double confidence(Outcome outcome) {
        return outcome.confidence().orElseThrow().probability();
    }
}
