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
 */
public record Recommendation(
        Verdict verdict,
        Optional<String> choice,
        Optional<String> runnerUp,
        List<String> tied,
        OptionalDouble atMostBetter,
        List<String> reasons,
        List<String> wouldChange,
        OptionalInt examplesNeeded) {
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

    /** The recommendation as lines for people. */
    public String text() {
        StringBuilder text = new StringBuilder();
        switch (verdict) {
            case CERTAIN ->
                text.append("recommended: ").append(choice.orElse("")).append(" (certain at 95%)\n");
            case TIED ->
                text.append("recommended: ")
                        .append(choice.orElse(""))
                        .append(String.format(
                                Locale.ROOT,
                                " (at 95%% no other is better by more than %.1f points)\n",
                                100 * atMostBetter.orElse(0)));
            case NOT_ENOUGH_EVIDENCE ->
                text.append("not enough evidence; most likely: ")
                        .append(choice.orElse(""))
                        .append(
                                examplesNeeded.isPresent()
                                        ? "; about " + examplesNeeded.getAsInt() + " test examples would settle it\n"
                                        : "\n");
            case NONE_MEETS_THE_NEEDS -> text.append("no candidate meets the needs\n");
        }
        runnerUp.ifPresent(name -> text.append("runner-up: ").append(name).append('\n'));
        reasons.forEach(reason -> text.append("- ").append(reason).append('\n'));
        if (!wouldChange.isEmpty()) {
            text.append("what would change the answer:\n");
            wouldChange.forEach(change -> text.append("- ").append(change).append('\n'));
        }
        return text.toString();
    }
}
