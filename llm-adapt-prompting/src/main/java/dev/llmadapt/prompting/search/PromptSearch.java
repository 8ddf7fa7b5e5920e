package dev.llmadapt.prompting.search;

import dev.llmadapt.Model;
import dev.llmadapt.ModelInfo;
import dev.llmadapt.Progress;
import dev.llmadapt.Strategy;
import dev.llmadapt.Task;
import java.util.Objects;
import java.util.Optional;

/**
 * A strategy that searches for a prompt: an instruction and demonstrations, which it then shows.
 *
 * <p>It puts together demonstrations that the model answers right by itself and random search over sets of them
 * (BootstrapFewShotWithRandomSearch, Khattab et al. 2023), instructions that a model proposes from a summary of the
 * data, examples and tips (MIPROv2, Opsahl-Ong et al. 2024), and instructions that a model rewrites after reading
 * failures, of parents drawn from a Pareto front per example (GEPA, Agrawal et al. 2025), and sets of the
 * demonstrations with the largest effects in all candidates so far (datamodels, Chang and Jia 2023). A candidate is
 * judged by the paired gain in log-probability of the right answers on minibatches: a probability says something of
 * three examples, where right or wrong says next to nothing.
 *
 * <p>It learns from the task's examples alone: some may be shown, others judge ({@link SearchOptions}). The same seed
 * and the same scores give the same search. A thread that is interrupted ends it with a
 * {@link java.util.concurrent.CancellationException}; with a journal the same search goes on from there and gives the
 * same report, as it does after the process was killed.
 *
 * <p>Layers inside, such as a role, belong to the wording; {@code LabelChoice} belongs outside.
 *
 * @param wording tells the model the instruction of its task, such as {@code ZeroShot.defaults()}; it must ask the
 *     model nothing when it adapts, since such calls are not counted
 * @param options bounds and steers the search
 * @param proposer the model that writes instructions, which stays the caller's; empty for the model itself
 */
public record PromptSearch(Strategy wording, SearchOptions options, Optional<Model> proposer) implements Strategy {
    /** Refuses null. */
    public PromptSearch {
        Objects.requireNonNull(wording, "wording must not be null");
        Objects.requireNonNull(options, "options must not be null");
        Objects.requireNonNull(proposer, "proposer must not be null, empty for the model itself");
    }

    /** A search whose instructions the model itself writes. */
    public PromptSearch(Strategy wording, SearchOptions options) {
        this(wording, options, Optional.empty());
    }

    /** This search with another model that writes instructions. */
    public PromptSearch withProposer(Model other) {
        return new PromptSearch(wording, options, Optional.of(other));
    }

    @Override
    public String name() {
        return "prompt-search(" + options.budget() + ")";
    }

    /**
     * Searches, and shows the prompt that was found.
     *
     * @throws IllegalArgumentException if the task has too few examples, or one candidate takes more than the budget
     */
    @Override
    public Model adapt(Model model, Task task, Progress progress) {
        return run(model, task, progress).chosen().under(wording).adapt(model, task, progress);
    }

    /**
     * Searches for a prompt.
     *
     * @param model the model that answers; stays the caller's
     * @param task what to do, with the examples to learn from
     * @param progress told of calls
     * @return every candidate with its score, and the best prompt
     * @throws IllegalArgumentException if the task has too few examples, or one candidate takes more than the budget
     * @throws dev.llmadapt.LlmAdaptException if the journal is of other models, or cannot be written
     * @throws java.util.concurrent.CancellationException if the thread is interrupted
     */
    public SearchReport run(Model model, Task task, Progress progress) {
        Model writing = proposer.orElse(model);
        String models = words(model.info())
                + (proposer.isEmpty() || options.proposals() == 0 ? "" : " and " + words(writing.info()));
        try (SearchJournal journal = SearchJournal.open(options.journal(), models);
                Scoring scoring = new Scoring(model, writing, wording, task, options.objective(), journal)) {
            return new SearchRun(task, options, scoring, progress).report();
        }
    }

    private static String words(ModelInfo info) {
        return info.name() + " (" + info.architecture() + ", " + info.parameterCount() + " parameters, "
                + info.precision() + ")";
    }
}
