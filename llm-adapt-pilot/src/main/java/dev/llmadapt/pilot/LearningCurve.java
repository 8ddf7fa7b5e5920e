package dev.llmadapt.pilot;

import dev.llmadapt.Example;
import dev.llmadapt.pilot.strategy.Candidate;
import dev.llmadapt.pilot.strategy.Candidate.Training;
import java.util.List;

/**
 * The learning curve of a candidate that answered all tests: what it would have been with fewer examples.
 *
 * @param examples all that there are to learn from
 * @param tests all test examples, in the order in which they are asked
 * @param budgeted whether time is limited: then few tests must do where they take long
 */
record LearningCurve(int examples, List<Example> tests, boolean budgeted) {
    private static final int[] SIZES = {16, 64, 256};
    /** Nanoseconds of all tests for which a curve is measured on all of them. */
    private static final double LITTLE = 5e9;
    /** Tests of a point, where they take longer. */
    private static final int FEW = 32;

    /**
     * Adds the points that there is time for.
     *
     * @param left nanoseconds there are
     * @return whether there was time for all
     */
    boolean complete(CandidateState state, TrialContext context, double left) {
        Candidate.Traits traits = state.candidate.traits();
        if (!traits.learns() || state.outcomes.size() < tests.size()) {
            return true;
        }
        boolean all = true;
        long before = context.journal().nanos();
        int asked =
                !budgeted || state.meanNanos() * tests.size() <= LITTLE ? tests.size() : Math.min(FEW, tests.size());
        for (int size : SIZES) {
            double share = traits.training() == Training.LONG ? (double) size / examples : 1;
            double expected = state.adaptNanos * share + state.meanNanos() * asked;
            double now = left - (context.journal().nanos() - before);
            if (size >= examples || size < traits.shots()) {
                continue;
            }
            if (expected > now) {
                all = false;
                continue;
            }
            try (Trial trial = context.trial(
                    state.candidate, size, "learning curve, " + size + " examples: " + state.candidate.name())) {
                trial.adapt(now);
                state.before(size, trial.answers(tests, 0, asked), trial.adaptNanos());
            } catch (RuntimeException e) {
                // a point less; what it does with all examples is known
                RunEnd.check(e);
            }
        }
        return all;
    }
}
