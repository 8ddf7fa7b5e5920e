package dev.llmadapt.prompting.search;

import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;

/**
 * Options of a {@link PromptSearch}.
 *
 * @param budget its bound
 * @param demonstrations the most demonstrations of a prompt, 0 to 1,000; 0 searches instructions alone
 * @param validation the most examples that candidates are judged by, from 4: a third of the task's examples if those
 *     are fewer
 * @param minibatch the examples that a new candidate answers first, from 2, and then at a time: it answers more only
 *     while it is among the best
 * @param proposals the instructions that the proposing model writes before demonstrations are changed, 0 to 100; with 0
 *     it never rewrites one either, and the instruction stays the task's
 * @param objective the probability of a right answer among labels
 * @param compared whether the chosen prompt is compared with the best of random sets of demonstrations, which are
 *     judged by as many calls again, on examples that neither was judged by
 * @param comparison the most examples for that, from 4: a third of the task's examples if those are fewer
 * @param seed fixes whatever is drawn: the split, demonstrations, minibatches, the proposing model's sampling
 * @param journal a file in which each call is noted, so that a search that was stopped goes on; empty for none
 */
public record SearchOptions(
        SearchBudget budget,
        int demonstrations,
        int validation,
        int minibatch,
        int proposals,
        Objective objective,
        boolean compared,
        int comparison,
        long seed,
        Optional<Path> journal) {
    private static final SearchOptions DEFAULTS = new SearchOptions(
            SearchBudget.calls(400), 8, 36, 9, 4, Objective.CALIBRATED, false, 72, 0L, Optional.empty());

    /** What makes an answer better, of tasks whose answers are labels. */
    public enum Objective {
        /**
         * The log-probability of the right label among the labels, as {@code LabelChoice.scored(SUM, NONE)} chooses:
         * the log-probabilities of whole labels, normalised to add up to 1.
         */
        SUM,
        /**
         * As {@code LabelChoice.scored(TOKENS, BATCH)} chooses: the mean log-probability of a label's tokens, less what
         * the label has on average over the inputs that the candidate was asked.
         */
        CALIBRATED
    }

    /** Validates the components. */
    public SearchOptions {
        Objects.requireNonNull(budget, "budget must not be null");
        Objects.requireNonNull(objective, "objective must not be null");
        Objects.requireNonNull(journal, "journal must not be null, empty where there is none");
        require(demonstrations >= 0 && demonstrations <= 1_000, "demonstrations must be 0 to 1000", demonstrations);
        require(validation >= 4, "validation must be at least 4", validation);
        require(minibatch >= 2, "minibatch must be at least 2", minibatch);
        require(proposals >= 0 && proposals <= 100, "proposals must be 0 to 100", proposals);
        require(comparison >= 4, "comparison must be at least 4", comparison);
        if (demonstrations == 0 && proposals == 0) {
            throw new IllegalArgumentException(
                    "there is nothing to search without demonstrations and without proposals; allow one of them");
        }
    }

    private static void require(boolean condition, String expected, int got) {
        if (!condition) {
            throw new IllegalArgumentException(expected + ", got " + got);
        }
    }

    /**
     * 400 calls, up to 8 demonstrations, 36 validation examples in minibatches of 9, 4 proposals, the calibrated
     * objective, no comparison, seed 0, no journal.
     */
    public static SearchOptions defaults() {
        return DEFAULTS;
    }

    /** These options with another budget. */
    public SearchOptions withBudget(SearchBudget budget) {
        return new SearchOptions(
                budget,
                demonstrations,
                validation,
                minibatch,
                proposals,
                objective,
                compared,
                comparison,
                seed,
                journal);
    }

    /** These options with another most number of demonstrations. */
    public SearchOptions withDemonstrations(int demonstrations) {
        return new SearchOptions(
                budget,
                demonstrations,
                validation,
                minibatch,
                proposals,
                objective,
                compared,
                comparison,
                seed,
                journal);
    }

    /** These options with another number of validation examples. */
    public SearchOptions withValidation(int validation) {
        return new SearchOptions(
                budget,
                demonstrations,
                validation,
                minibatch,
                proposals,
                objective,
                compared,
                comparison,
                seed,
                journal);
    }

    /** These options with another size of minibatches. */
    public SearchOptions withMinibatch(int minibatch) {
        return new SearchOptions(
                budget,
                demonstrations,
                validation,
                minibatch,
                proposals,
                objective,
                compared,
                comparison,
                seed,
                journal);
    }

    /** These options with another number of proposed instructions. */
    public SearchOptions withProposals(int proposals) {
        return new SearchOptions(
                budget,
                demonstrations,
                validation,
                minibatch,
                proposals,
                objective,
                compared,
                comparison,
                seed,
                journal);
    }

    /** These options with another objective. */
    public SearchOptions withObjective(Objective objective) {
        return new SearchOptions(
                budget,
                demonstrations,
                validation,
                minibatch,
                proposals,
                objective,
                compared,
                comparison,
                seed,
                journal);
    }

    /** These options with or without the comparison with random sets of demonstrations. */
    public SearchOptions withCompared(boolean compared) {
        return new SearchOptions(
                budget,
                demonstrations,
                validation,
                minibatch,
                proposals,
                objective,
                compared,
                comparison,
                seed,
                journal);
    }

    /** These options with another number of examples for the comparison. */
    public SearchOptions withComparison(int comparison) {
        return new SearchOptions(
                budget,
                demonstrations,
                validation,
                minibatch,
                proposals,
                objective,
                compared,
                comparison,
                seed,
                journal);
    }

    /** These options with another seed. */
    public SearchOptions withSeed(long seed) {
        return new SearchOptions(
                budget,
                demonstrations,
                validation,
                minibatch,
                proposals,
                objective,
                compared,
                comparison,
                seed,
                journal);
    }

    /** These options with a journal. */
    public SearchOptions withJournal(Path journal) {
        return new SearchOptions(
                budget,
                demonstrations,
                validation,
                minibatch,
                proposals,
                objective,
                compared,
                comparison,
                seed,
                Optional.of(journal));
    }
}
