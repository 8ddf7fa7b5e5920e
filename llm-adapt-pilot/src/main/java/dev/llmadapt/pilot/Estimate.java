package dev.llmadapt.pilot;

import dev.llmadapt.pilot.strategy.Candidate;
import dev.llmadapt.pilot.strategy.Candidate.ModelUse;
import dev.llmadapt.pilot.strategy.Candidate.Need;
import dev.llmadapt.pilot.strategy.Candidate.Training;
import java.util.Collection;

/** An estimate of what a candidate takes that was not measured yet. */
final class Estimate {
    /** The nanoseconds that reading an example is expected to take before any candidate has asked the model. */
    private static final double UNKNOWN_READING = 2e8;

    private Estimate() {}

    /**
     * The nanoseconds that the first rung is expected to take, by what candidates of the same kind took.
     *
     * @param examples all that there are to learn from
     * @param unlabelled the texts that a teacher would answer
     * @param others the candidates that were measured before
     */
    static double firstRung(Candidate candidate, int examples, int unlabelled, Collection<CandidateState> others) {
        Candidate.Traits traits = candidate.traits();
        boolean teacherReads = traits.needs().contains(Need.UNLABELLED_TEXTS) && traits.modelUse() != ModelUse.NONE;
        return learning(traits, examples, others) + (teacherReads ? unlabelled * reading(others) : 0);
    }

    /** The nanoseconds that a language model is expected to take for a text. */
    private static double reading(Collection<CandidateState> others) {
        return others.stream()
                .filter(other ->
                        other.error.isEmpty() && !other.candidate.traits().modelFree())
                .mapToDouble(CandidateState::meanNanos)
                .min()
                .orElse(UNKNOWN_READING);
    }

    private static double learning(Candidate.Traits traits, int examples, Collection<CandidateState> others) {
        if (traits.training() == Training.QUICK && traits.needs().contains(Need.LOCAL_MODEL)) {
            // it reads every example once, which takes about as long as an answer
            return examples * reading(others);
        }
        if (traits.training() != Training.LONG) {
            return 1e9;
        }
        return others.stream()
                .filter(other -> other.trainsLong() && other.error.isEmpty())
                .filter(other -> other.candidate.traits().retrieves() == traits.retrieves()
                        || !other.candidate.traits().retrieves())
                .mapToDouble(
                        other -> other.adaptNanos * (layered(traits) && !layered(other.candidate.traits()) ? 3 : 1))
                .average()
                .orElse(1e9);
    }

    /** Whether prompts are long. */
    private static boolean layered(Candidate.Traits traits) {
        return traits.retrieves() || traits.shots() > 1;
    }
}
