package dev.llmadapt.pilot;

import dev.llmadapt.pilot.strategy.Candidate;
import dev.llmadapt.pilot.strategy.Candidate.ModelUse;
import dev.llmadapt.pilot.strategy.Candidate.Need;
import dev.llmadapt.pilot.strategy.Candidate.Training;
import java.util.Collection;

/** An estimate of what a candidate takes that was not measured yet. */
final class Estimate {
    private static final double SECOND = 1e9;
    /** How many times as long training takes with passages or examples in the prompt. */
    private static final double LONG_PROMPTS = 3;
    /** How many times as long as another one the shortest training may take. */
    private static final double UNSURE = 1.25;
    /** How many times as long as reading a text learning from it takes: forward and backward. */
    private static final double LEARNING = 3;

    private Estimate() {}

    /**
     * The nanoseconds that learning from all examples is expected to take, by what candidates of the same kind took.
     *
     * @param examples all that there are to learn from
     * @param unlabelled the texts that a teacher would answer
     * @param others the candidates that were measured before
     * @param shortestTraining the nanoseconds of the shortest long training that was done or projected; infinite where
     *     none is known
     */
    static double learning(
            Candidate candidate,
            int examples,
            int unlabelled,
            Collection<CandidateState> others,
            double shortestTraining) {
        Candidate.Traits traits = candidate.traits();
        boolean teacherReads = traits.needs().contains(Need.UNLABELLED_TEXTS) && traits.modelUse() != ModelUse.NONE;
        double teaching = teacherReads ? unlabelled * reading(others) : 0;
        if (traits.training() == Training.QUICK && traits.needs().contains(Need.LOCAL_MODEL)) {
            // it reads every example once, which takes about as long as an answer
            return teaching + examples * reading(others);
        }
        if (traits.training() == Training.LONG && shortestTraining < Double.POSITIVE_INFINITY) {
            // what it takes shows as soon as it begins; here it is only spared that where it cannot be in time
            return teaching + shortestTraining * (longPrompts(traits) ? LONG_PROMPTS : 1) / UNSURE;
        }
        if (traits.training() == Training.LONG) {
            return teaching + LEARNING * examples * reading(others); // once, at least
        }
        return teaching + SECOND;
    }

    /**
     * The nanoseconds that a language model is expected to take for a text; zero before any candidate has asked it:
     * then only the progress of what learns shows how long that takes.
     */
    static double reading(Collection<CandidateState> others) {
        return others.stream()
                .filter(other -> other.error.isEmpty()
                        && !other.outcomes.isEmpty()
                        && !other.candidate.traits().modelFree())
                .mapToDouble(CandidateState::meanNanos)
                .min()
                .orElse(0);
    }

    private static boolean longPrompts(Candidate.Traits traits) {
        return traits.retrieves() || traits.shots() > 1;
    }
}
