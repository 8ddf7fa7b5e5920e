package dev.llmadapt.pilot.recommendation;

import dev.llmadapt.pilot.results.Measured;
import dev.llmadapt.pilot.results.Outcome;
import dev.llmadapt.pilot.statistics.Binomial;
import dev.llmadapt.pilot.statistics.Normal;
import dev.llmadapt.pilot.statistics.PairedDifference;
import dev.llmadapt.pilot.statistics.PairedSequence;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;

/**
 * The evidence for a choice: what is shown of it at 5 % over all claims together, by Holm's procedure (1979).
 *
 * <p>The claims: no other candidate is better by more than the tolerance; each candidate that costs materially less is
 * worse by more than it, or does not reach the least quality; the choice reaches the least quality. Where errors are
 * said to cost nothing, better answers are worth nothing: of these claims are left that what costs less does not reach
 * the least quality, and that the choice does.
 *
 * <p>A candidate may have been stopped for what it scored, which makes the usual tests wrong. So a fifth of the error
 * is spent on tests that hold at any moment ({@link PairedSequence}), and the rest on one test
 * ({@link PairedDifference}) of those that answered every test example, or as many as there was time for, which their
 * scores had no say in; if there are enough for it (decision 0119).
 *
 * @param mayBeBetter the others that are not shown not to be better by more than the tolerance
 * @param mayBeEnough the cheaper ones that are not shown to be worse by more than the tolerance
 * @param reachesLeast whether the choice is shown to reach the least quality
 * @param atMostBetter at 95 %, no other one's worth is above that of the choice by more than this, in [0, 1]
 * @param needed how many test examples would show all claims, if what was seen is true; empty where no number would
 */
record Evidence(
        List<Measured> mayBeBetter,
        List<Measured> mayBeEnough,
        boolean reachesLeast,
        double atMostBetter,
        OptionalInt needed) {
    private static final double ALPHA = 0.05;
    /** The share of the error for the tests at the end; the rest is for those at any moment. */
    private static final double AT_THE_END = 0.8;
    /** Fewer pairs are too few for a test that rests on the normal distribution. */
    private static final int LEAST_PAIRS = 30;

    /** The interval of a difference covers the truth with fewer (decision 0030). */
    private static final int LEAST_PAIRS_OF_AN_INTERVAL = 16;

    /** A claim: that the first of two is ahead of the second by more than a bound. */
    private record Claim(Kind kind, Measured other, Pairs pairs, double bound, double pValue) {}

    private enum Kind {
        NOT_BETTER,
        CHEAPER_IS_WORSE,
        REACHES_LEAST
    }

    /** Whether all claims are shown. */
    boolean complete() {
        return mayBeBetter.isEmpty() && mayBeEnough.isEmpty() && reachesLeast;
    }

    /**
     * The evidence for a choice.
     *
     * @param choice one of the candidates
     * @param meeting all candidates that could be chosen
     * @param cheaper those of them that cost materially less
     * @param outOfTime the names of those that answered fewer test examples for lack of time
     */
    static Evidence of(
            Measured choice,
            List<Measured> meeting,
            Collection<Measured> cheaper,
            Worth worth,
            Needs needs,
            Set<String> outOfTime) {
        int most = meeting.stream().mapToInt(row -> row.outcomes().size()).max().orElse(0);
        List<Claim> claims = new ArrayList<>();
        if (needs.minimumQuality() > 0) {
            Pairs pairs = Pairs.of(choice, needs.minimumQuality(), most, outOfTime);
            claims.add(new Claim(Kind.REACHES_LEAST, choice, pairs, 0, pairs.pValueAbove(0)));
        }
        for (Measured other : meeting) {
            if (other.strategy().equals(choice.strategy())) {
                continue;
            }
            Pairs pairs = Pairs.of(choice, other, worth, most, outOfTime);
            double ahead = worth.aheadInOtherCosts(choice, other);
            double bound = -needs.tolerance() - ahead;
            Pairs below =
                    Pairs.of(other, needs.minimumQuality(), most, outOfTime).reversed();
            if (needs.stakes().freeErrors()) {
                if (cheaper.contains(other)) {
                    claims.add(new Claim(Kind.CHEAPER_IS_WORSE, other, below, 0, below.pValueAbove(0)));
                }
                continue;
            }
            claims.add(new Claim(Kind.NOT_BETTER, other, pairs, bound, pairs.pValueAbove(bound)));
            if (cheaper.contains(other)) {
                double worse = needs.tolerance() - ahead;
                double pValue = pairs.pValueAbove(worse);
                if (needs.minimumQuality() > 0) {
                    // either of two ways shows the claim, so each has half the error
                    pValue = Math.min(1, 2 * Math.min(pValue, below.pValueAbove(0)));
                }
                claims.add(new Claim(Kind.CHEAPER_IS_WORSE, other, pairs, worse, pValue));
            }
        }
        List<Claim> missing = notShown(claims);
        return new Evidence(
                others(missing, Kind.NOT_BETTER),
                others(missing, Kind.CHEAPER_IS_WORSE),
                missing.stream().noneMatch(claim -> claim.kind() == Kind.REACHES_LEAST),
                atMostBetter(claims, missing, choice, worth, needs),
                needed(missing, claims.size()));
    }

    /** Holm's procedure: the strongest claim at the whole error by the number of claims, the next by one less. */
    private static List<Claim> notShown(List<Claim> claims) {
        List<Claim> left = new ArrayList<>(claims);
        left.sort(Comparator.comparingDouble(Claim::pValue));
        while (!left.isEmpty() && left.get(0).pValue() <= ALPHA / left.size()) {
            left.remove(0);
        }
        return left;
    }

    private static List<Measured> others(List<Claim> claims, Kind kind) {
        return claims.stream()
                .filter(claim -> claim.kind() == kind)
                .sorted(Comparator.comparingDouble(
                        claim -> claim.pairs().difference().difference()))
                .map(Claim::other)
                .toList();
    }

    /** The tolerance where all are shown; else the highest end of the intervals of the others, all together at 95 %. */
    private static double atMostBetter(
            List<Claim> claims, List<Claim> missing, Measured choice, Worth worth, Needs needs) {
        double most = 0;
        for (Claim claim : claims) {
            if (claim.kind() == Kind.NOT_BETTER) {
                double other = worth.aheadInOtherCosts(choice, claim.other());
                double end = Math.min(
                        claim.pairs().mostBehind(ALPHA / claims.size()) - other,
                        // no answer is better than right
                        1 - worth.atLeast(choice) - other);
                most = Math.max(most, missing.contains(claim) ? end : Math.min(end, needs.tolerance()));
            }
        }
        return Math.min(1, most);
    }

    private static OptionalInt needed(List<Claim> missing, int claims) {
        double z = Normal.quantile(1 - ALPHA * AT_THE_END / Math.max(1, claims));
        int needed = 0;
        for (Claim claim : missing) {
            int pairs = claim.pairs().difference().pairsToSettle(claim.bound(), z);
            if (pairs == Integer.MAX_VALUE) {
                return OptionalInt.empty();
            }
            needed = Math.max(needed, pairs);
        }
        return missing.isEmpty() ? OptionalInt.empty() : OptionalInt.of(needed);
    }

    /**
     * The scores of two candidates on the examples that both answered.
     *
     * @param planned whether the scores had no say in how many there are: all test examples, or as many as the time
     *     allowed
     */
    private record Pairs(double[] first, double[] second, boolean planned) {
        static Pairs of(Measured first, Measured second, Worth worth, int tests, Set<String> outOfTime) {
            Map<String, Outcome> known = new HashMap<>();
            first.outcomes().forEach(outcome -> known.put(outcome.id(), outcome));
            List<Outcome> both = second.outcomes().stream()
                    .filter(outcome -> known.containsKey(outcome.id()))
                    .toList();
            return new Pairs(
                    both.stream()
                            .map(outcome -> known.getOrDefault(outcome.id(), outcome))
                            .mapToDouble(worth::of)
                            .toArray(),
                    both.stream().mapToDouble(worth::of).toArray(),
                    planned(first.outcomes().size() < second.outcomes().size() ? first : second, tests, outOfTime));
        }

        private static boolean planned(Measured shorter, int tests, Set<String> outOfTime) {
            return shorter.outcomes().size() == tests || outOfTime.contains(shorter.strategy());
        }

        static Pairs of(Measured row, double least, int tests, Set<String> outOfTime) {
            double[] scores =
                    row.outcomes().stream().mapToDouble(Outcome::score).toArray();
            double[] bound = new double[scores.length];
            Arrays.fill(bound, least);
            return new Pairs(scores, bound, planned(row, tests, outOfTime));
        }

        Pairs reversed() {
            return new Pairs(second, first, planned);
        }

        PairedDifference difference() {
            return PairedDifference.of(first, second);
        }

        /** The p-value of the claim that the first is ahead by more than a bound, whatever was stopped and when. */
        double pValueAbove(double bound) {
            if (bound <= -1 || bound >= 1 || first.length == 0) {
                return bound < -1 ? 0 : 1;
            }
            double anytime = Math.exp(-sequence().above(bound).logPeak()) / (1 - AT_THE_END);
            double end = !planned
                    ? 1
                    : first.length >= LEAST_PAIRS ? difference().pValueAbove(bound) : bound <= 0 ? exact() : 1;
            return Math.min(1, Math.min(anytime, end / AT_THE_END));
        }

        /**
         * The p-value of the exact sign test of the claim that the first is ahead, or is not behind by more than a
         * bound: for right or wrong answers McNemar's; 1 of others.
         */
        private double exact() {
            int ahead = 0;
            int differing = 0;
            for (int i = 0; i < first.length; i++) {
                double difference = first[i] - second[i];
                if (difference != 0 && Math.abs(difference) != 1) {
                    return 1;
                }
                ahead += difference > 0 ? 1 : 0;
                differing += difference != 0 ? 1 : 0;
            }
            return Binomial.atLeast(ahead, differing, 0.5);
        }

        /** The most by which the second may be ahead, at an error on this side. */
        double mostBehind(double error) {
            if (first.length == 0) {
                return 1;
            }
            return planned && first.length >= LEAST_PAIRS_OF_AN_INTERVAL
                    ? -difference()
                            .interval(Normal.quantile(1 - error * AT_THE_END))
                            .low()
                    : -sequence().interval(2 * error * (1 - AT_THE_END)).low();
        }

        private PairedSequence sequence() {
            PairedSequence sequence = PairedSequence.ofSample();
            for (int i = 0; i < first.length; i++) {
                sequence.add(first[i], second[i]);
            }
            return sequence;
        }
    }
}
