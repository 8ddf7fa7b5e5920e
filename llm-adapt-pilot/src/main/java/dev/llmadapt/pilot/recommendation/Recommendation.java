package dev.llmadapt.pilot.recommendation;

import dev.llmadapt.pilot.results.Measured;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Set;

/**
 * The answer to which candidate to take, with its reasons.
 *
 * @param verdict how sure it is
 * @param choice the candidate that meets the needs at least cost; empty where none does
 * @param runnerUp the next one
 * @param tied the others that may be as good or better: those that are not shown not to be better by more than the
 *     tolerance
 * @param atMostBetter at 95 %, none of the others that were measured is better than the choice by more than this, as a
 *     share (where errors have a price, of what it would cost if every answer were wrong); empty without others
 * @param reasons why, a sentence each
 * @param wouldChange what would change the answer, a sentence each
 * @param examplesNeeded how many test examples would settle it where evidence is missing, with 80 % power if the truth
 *     is as measured; empty where no number would, because candidates lie right at a limit
 * @param moreTime whether all that is not settled is about candidates that had no time to answer more test examples
 */
public record Recommendation(
        Verdict verdict,
        Optional<String> choice,
        Optional<String> runnerUp,
        List<String> tied,
        OptionalDouble atMostBetter,
        List<String> reasons,
        List<String> wouldChange,
        OptionalInt examplesNeeded,
        boolean moreTime) {
    private static final String ALONE = "it was compared with no other candidate that meets the needs";
    private static final int NAMED = 2;

    /** The certainty of a recommendation. */
    public enum Verdict {
        /**
         * At 95 %, over all comparisons together: nothing that costs materially less is as good, and nothing is better
         * by more than tolerated.
         */
        CERTAIN,
        /** Others may be as good or better, but at 95 % none by so much that the choice matters. */
        TIED,
        /** The best guess; the test examples are too few to be sure. */
        NOT_ENOUGH_EVIDENCE,
        /** No candidate that was measured meets the needs. */
        NONE_MEETS_THE_NEEDS
    }

    /** Copies the lists. */
    public Recommendation {
        tied = List.copyOf(tied);
        reasons = List.copyOf(reasons);
        wouldChange = List.copyOf(wouldChange);
    }

    /** The recommendation for some needs: the measured strategy that meets them at least cost. */
    public static Recommendation of(List<Measured> rows, Needs needs) {
        return of(rows, needs, Set.of());
    }

    /**
     * The recommendation for some needs.
     *
     * @param outOfTime the strategies that answered fewer test examples than others for lack of time, and not because
     *     of their scores
     */
    public static Recommendation of(List<Measured> rows, Needs needs, Set<String> outOfTime) {
        return Recommender.recommend(rows, needs, outOfTime);
    }

    /**
     * The verdict in one sentence.
     *
     * @param figures what was measured of the choice, or of the best where none meets the needs, such as
     *     {@code accuracy 90.0%}; empty for none
     * @param atMost by how much another may be better, such as {@code 3.1 points}
     */
    public String sentence(String figures, String atMost) {
        String name = choice.orElse("") + (figures.isEmpty() ? "" : ": " + figures);
        return switch (verdict) {
            case CERTAIN -> "Take " + name + "; " + (alone() ? ALONE : "certain at 95%") + ".";
            case TIED ->
                "Take " + name + "; tied, "
                        + (tied.isEmpty() ? "a cheaper one" : tiedNames())
                        + " may be as good, at 95% none is better by more than " + atMost + ".";
            case NOT_ENOUGH_EVIDENCE -> "Most likely " + name + "; not certain" + doubt(atMost) + ".";
            case NONE_MEETS_THE_NEEDS ->
                "No candidate meets the needs" + (figures.isEmpty() ? "" : ": " + figures) + ".";
        };
    }

    private String doubt(String atMost) {
        if (alone()) {
            return ", " + ALONE;
        }
        String settles = "";
        if (examplesNeeded.isPresent()) {
            settles = String.format(
                    Locale.ROOT,
                    moreTime
                            ? ", a longer budget would settle it (about %,d tests)"
                            : ", about %,d test examples would settle it",
                    examplesNeeded.getAsInt());
        } else if (moreTime) {
            settles = ", a longer budget would tell more";
        }
        return (tied.isEmpty() ? "" : ", " + tiedNames() + " may be better by up to " + atMost) + settles;
    }

    /** Whether there was nothing to compare it with. */
    private boolean alone() {
        return atMostBetter.isEmpty();
    }

    private String tiedNames() {
        List<String> first = tied.subList(0, Math.min(NAMED, tied.size()));
        return String.join(", ", first)
                + (tied.size() > first.size() ? " and " + (tied.size() - first.size()) + " more" : "");
    }

    /** The recommendation as lines for people. */
    public String text() {
        StringBuilder text = new StringBuilder();
        text.append(sentence("", Reasons.points(Math.max(0, atMostBetter.orElse(0)))))
                .append('\n');
        runnerUp.ifPresent(name -> text.append("runner-up: ").append(name).append('\n'));
        reasons.forEach(reason -> text.append("- ").append(reason).append('\n'));
        if (!wouldChange.isEmpty()) {
            text.append("what would change the answer:\n");
            wouldChange.forEach(change -> text.append("- ").append(change).append('\n'));
        }
        return text.toString();
    }
}
