package dev.llmadapt.pilot.recommendation;

import dev.llmadapt.pilot.results.Measured;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The answer to which candidate to take, with its reasons.
 *
 * @param verdict how sure it is
 * @param choice the candidate that meets the needs at least cost; empty where none does
 * @param runnerUp the next one
 * @param reasons why, a sentence each
 * @param wouldChange what would change the answer, a sentence each
 * @param examplesNeeded how many test examples would settle it where evidence is missing, with 80 % power if the truth
 *     is as measured; empty where no number would, because candidates lie right at a limit
 */
public record Recommendation(
        Verdict verdict,
        Optional<String> choice,
        Optional<String> runnerUp,
        List<String> reasons,
        List<String> wouldChange,
        OptionalInt examplesNeeded) {
    /** The certainty of a recommendation. */
    public enum Verdict {
        /**
         * At 95 %, over all comparisons together: nothing cheaper is as good, and nothing is better by more than
         * tolerated.
         */
        CERTAIN,
        /** The best guess; the test examples are too few to be sure. */
        NOT_ENOUGH_EVIDENCE,
        /** No candidate that was measured meets the needs. */
        NONE_MEETS_THE_NEEDS
    }

    /** Copies the lists. */
    public Recommendation {
        reasons = List.copyOf(reasons);
        wouldChange = List.copyOf(wouldChange);
    }

    /** The recommendation for some needs: the measured strategy that meets them at least cost. */
    public static Recommendation of(List<Measured> rows, Needs needs) {
        return Recommender.recommend(rows, needs);
    }

    /** The recommendation as lines for people. */
    public String text() {
        StringBuilder text = new StringBuilder();
        switch (verdict) {
            case CERTAIN ->
                text.append("recommended: ").append(choice.orElse("")).append(" (certain at 95%)\n");
            case NOT_ENOUGH_EVIDENCE ->
                text.append("not enough evidence; most likely: ")
                        .append(choice.orElse(""))
                        .append(
                                examplesNeeded.isPresent()
                                        ? "; about " + examplesNeeded.getAsInt() + " test examples would settle it\n"
                                        : "; no number of test examples would settle it, a larger tolerance would\n");
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
