package dev.llmadapt.heads;

import dev.llmadapt.Progress;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.DoubleFunction;

/**
 * The search for C: the values of the options from strong to weak regularisation, and further ones while the best is
 * the first or the last.
 */
final class RegularizationSearch {
    /** C is not tried beyond these. */
    private static final double LEAST = 1e-5;

    private static final double MOST = 1e5;
    /** A smaller share of the log loss is no reason to try a further value. */
    private static final double CLEARLY = 0.01;

    private RegularizationSearch() {}

    /** How trials are compared, on examples that were held out. */
    enum Criterion {
        /** The smallest log loss: what a logistic regression minimises; hangs less on single examples than accuracy. */
        LOG_LOSS(Comparator.comparingDouble(CrossValidation.Trial::logLoss)),
        /** The highest accuracy, of equals the smallest log loss: for margins, which are no log-probabilities. */
        ACCURACY(Comparator.<CrossValidation.Trial>comparingDouble(trial -> -trial.accuracy())
                .thenComparingDouble(CrossValidation.Trial::logLoss));

        private final Comparator<CrossValidation.Trial> order;

        Criterion(Comparator<CrossValidation.Trial> order) {
            this.order = order;
        }

        /** That for what a classifier minimises. */
        static Criterion of(Features.Loss loss) {
            return loss == Features.Loss.LOGISTIC ? LOG_LOSS : ACCURACY;
        }

        /** The best of trials; the first of equals. */
        <E> Tried<E> best(Collection<Tried<E>> tried) {
            return tried.stream().min(Comparator.comparing(Tried::trial, order)).orElseThrow();
        }

        /** Whether a trial is better than another by more than a tie. */
        private boolean clearly(CrossValidation.Trial one, CrossValidation.Trial other) {
            return (this == ACCURACY && one.accuracy() > other.accuracy())
                    || one.logLoss() < (1 - CLEARLY) * other.logLoss();
        }
    }

    /**
     * A value of C that was tried.
     *
     * @param trial how good it is
     * @param learned what was learned on the way
     */
    record Tried<E>(CrossValidation.Trial trial, E learned) {}

    /** The value in the middle. */
    static double middle(List<Double> values) {
        return values.get((values.size() - 1) / 2);
    }

    /** Tries values, ascending. */
    static <E> NavigableMap<Double, Tried<E>> run(
            List<Double> values, Criterion criterion, DoubleFunction<Tried<E>> attempt, Progress progress) {
        NavigableMap<Double, Tried<E>> tried = new TreeMap<>();
        for (double value : values) {
            progress.report("cross-validate", tried.size(), values.size());
            tried.put(value, attempt.apply(value));
        }
        if (values.size() > 1) {
            double up = values.get(values.size() - 1) / values.get(values.size() - 2);
            while (goesOn(tried.lastKey(), tried, criterion) && tried.lastKey() * up <= MOST) {
                double value = tried.lastKey() * up;
                tried.put(value, attempt.apply(value));
            }
            double down = values.get(0) / values.get(1);
            while (goesOn(tried.firstKey(), tried, criterion) && tried.firstKey() * down >= LEAST) {
                double value = tried.firstKey() * down;
                tried.put(value, attempt.apply(value));
            }
        }
        progress.report("cross-validate", tried.size(), tried.size());
        return tried;
    }

    private static <E> boolean goesOn(double edge, NavigableMap<Double, Tried<E>> tried, Criterion criterion) {
        CrossValidation.Trial best = criterion.best(tried.values()).trial();
        return best.regularization() == edge
                && tried.values().stream()
                        .map(Tried::trial)
                        .filter(other -> other.regularization() != edge)
                        .allMatch(other -> criterion.clearly(best, other));
    }
}
