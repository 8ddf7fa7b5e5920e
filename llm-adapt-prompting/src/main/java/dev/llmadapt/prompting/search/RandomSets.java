package dev.llmadapt.prompting.search;

import dev.llmadapt.Example;
import dev.llmadapt.Progress;
import dev.llmadapt.prompting.search.SearchReport.Comparison;
import dev.llmadapt.prompting.search.SearchReport.Origin;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/**
 * The baseline of a search: the best of as many random sets of demonstrations as its calls judge by all validation
 * examples; where none are shown, the instruction of the task. For one thread.
 */
final class RandomSets {
    private static final SearchBudget AS_NEEDED = SearchBudget.tokens(Long.MAX_VALUE - 1);

    private RandomSets() {}

    /**
     * Compares a prompt with the baseline.
     *
     * @param judging the search, to which the random sets are added
     * @param split its examples
     * @param spent counts the calls of the baseline
     */
    static Optional<Comparison> compared(
            Prompt chosen, Judging judging, ExampleSplit split, Ledger spent, Progress progress) {
        SearchOptions options = judging.options;
        Demonstrations drawing = new Demonstrations(
                judging.task, split.shown(), options.demonstrations(), new Random(options.seed() + 2));
        int sets = options.demonstrations() == 0 ? 1 : judging.ledger.cost().calls() / judging.validation.size();
        Pool baseline = new Pool();
        try {
            for (int i = 0; i < sets; i++) {
                Prompt prompt = new Prompt(judging.task.instruction(), drawing.drawn());
                try {
                    baseline.add(judging.complete(prompt, Origin.BASELINE, spent));
                } catch (IllegalArgumentException e) { // such as a prompt that is too long for the model
                    judging.candidates().get(judging.candidates().size() - 1).fail(String.valueOf(e.getMessage()));
                }
            }
            if (baseline.isEmpty() || split.comparison().isEmpty()) {
                return Optional.empty();
            }
            Ledger comparing = new Ledger(AS_NEEDED, "comparison", progress);
            Prompt other = best(baseline).prompt;
            int[] gold = judging.gold(split.comparison());
            Gains ours = on(chosen, judging, split.comparison(), comparing);
            Gains theirs = on(other, judging, split.comparison(), comparing);
            return Optional.of(Comparison.of(other, sets, ours, theirs, gold));
        } catch (Ledger.Spent e) {
            throw new AssertionError("as many sets are judged as the budget holds", e);
        }
    }

    private static Candidate best(Pool baseline) {
        List<Candidate> sets = baseline.members();
        Candidate best = sets.get(0);
        for (Candidate set : sets) {
            best = set.onAll().mean() > best.onAll().mean() ? set : best;
        }
        return best;
    }

    private static Gains on(Prompt prompt, Judging judging, List<Example> examples, Ledger comparing)
            throws Ledger.Spent {
        List<double[]> rows = new ArrayList<>();
        for (Example example : examples) {
            rows.add(judging.scoring.scores(prompt, example, comparing));
        }
        return Gains.of(rows, judging.gold(examples), judging.options.objective());
    }
}
