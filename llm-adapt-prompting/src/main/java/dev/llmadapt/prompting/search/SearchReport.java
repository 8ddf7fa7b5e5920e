package dev.llmadapt.prompting.search;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * What a search tried, and what it found.
 *
 * @param rows every candidate of the search, then the sets of the baseline; both the best first by their worth
 * @param chosen the prompt of the first row
 * @param comparison the chosen prompt against the best of random sets; empty where none was asked for, or the search
 *     made too few calls to judge one such set
 * @param search what the search itself took
 * @param baseline what the random sets took
 * @param ended why it ended: {@code budget spent} or {@code nothing new to try}
 */
public record SearchReport(
        List<Row> rows, Prompt chosen, Optional<Comparison> comparison, Cost search, Cost baseline, String ended) {
    /** Copies the rows. */
    public SearchReport {
        rows = List.copyOf(rows);
    }

    /** Where a candidate comes from. */
    public enum Origin {
        /** The task's instruction without demonstrations. */
        TASK("task's instruction"),
        /** Demonstrations drawn at random, balanced over the labels. */
        RANDOM_SET("random set"),
        /** Demonstrations that the model answers right by itself (BootstrapFewShot, Khattab et al. 2023). */
        BOOTSTRAPPED_SET("bootstrapped set"),
        /** An instruction written from a summary of the data, examples and a tip (MIPROv2, Opsahl-Ong et al. 2024). */
        PROPOSED("proposed instruction"),
        /** An instruction rewritten after reading failures (GEPA, Agrawal et al. 2025). */
        REFLECTED("reflection"),
        /** The demonstrations with the largest effects, as all scored candidates tell them (Chang and Jia 2023). */
        EFFECTS("set by effects"),
        /** A candidate with one demonstration replaced, added or left out, or with the order changed. */
        CHANGED_SET("changed set"),
        /** The instruction of one candidate with the demonstrations of another. */
        MERGED("merge"),
        /** A random set of the baseline, which the search does not learn from. */
        BASELINE("baseline set");

        private final String title;

        Origin(String title) {
            this.title = title;
        }

        /** The origin in words. */
        public String title() {
            return title;
        }
    }

    /**
     * A candidate with its score.
     *
     * @param number from 1, in the order in which candidates were made
     * @param origin where it comes from
     * @param parent the number of the candidate it was made from, or whose instruction it has; 0 for none
     * @param prompt the prompt
     * @param scored the validation examples that it answered
     * @param of all validation examples; fewer were scored where others were better, or the budget ended
     * @param gain the mean gain in log-probability of the right answer over candidate 1, on the examples that were
     *     scored
     * @param worth the gain over candidate 1 as it is estimated from these scores and from those of all candidates that
     *     show the same demonstrations or instruction, in log-probability; of the baseline's, that of its own scores
     * @param logProbability the mean log-probability of the right answers of the examples that were scored
     * @param accuracy the share of them whose right label is the most probable one; empty of tasks without labels, and
     *     where nothing was scored
     * @param note why it could not be scored; empty otherwise
     */
    public record Row(
            int number,
            Origin origin,
            int parent,
            Prompt prompt,
            int scored,
            int of,
            double gain,
            double worth,
            double logProbability,
            OptionalDouble accuracy,
            String note) {
        /** Whether it was judged by all validation examples. */
        public boolean complete() {
            return scored == of;
        }
    }

    /**
     * What calls took.
     *
     * @param calls the number of requests
     * @param tokens read and written
     * @param time of the calls
     */
    public record Cost(int calls, long tokens, Duration time) {}

    /**
     * A mean with its 95 % interval.
     *
     * @param mean the mean
     * @param low the lower end
     * @param high the upper end
     */
    public record Estimate(double mean, double low, double high) {}

    /**
     * The chosen prompt against the best of random sets of demonstrations, on examples that neither was judged by.
     *
     * @param baseline the best of the random sets
     * @param sets the number of random sets
     * @param examples the number of examples both answered
     * @param gain the gain of the chosen prompt in log-probability of the right answer
     * @param accuracy the accuracy of the chosen prompt less that of the baseline; empty of tasks without labels
     */
    public record Comparison(Prompt baseline, int sets, int examples, Estimate gain, Optional<Estimate> accuracy) {
        private static final double Z = 1.959963984540054;

        /** Compares two candidates on the same examples, of which the right labels are given. */
        static Comparison of(Prompt baseline, int sets, Gains chosen, Gains other, int[] gold) {
            double[] gains = chosen.over(other);
            Gains.Mean mean = Gains.meanOf(gains);
            double half = student(gains.length - 1) * mean.error();
            Estimate gain = new Estimate(mean.mean(), mean.mean() - half, mean.mean() + half);
            return new Comparison(
                    baseline,
                    sets,
                    gains.length,
                    gain,
                    gold[0] < 0 ? Optional.empty() : Optional.of(accuracy(chosen, other, gold)));
        }

        /** Agresti and Min's interval for matched pairs (2005). */
        private static Estimate accuracy(Gains chosen, Gains other, int[] gold) {
            int n = gold.length;
            double sum = 0;
            double squares = 0;
            for (int i = 0; i < n; i++) {
                double difference =
                        (chosen.answered()[i] == gold[i] ? 1 : 0) - (other.answered()[i] == gold[i] ? 1 : 0);
                sum += difference;
                squares += difference * difference;
            }
            double centre = sum / (n + 2);
            double half = Z * Math.sqrt(((squares + 1) / (n + 2) - centre * centre) / (n + 2));
            return new Estimate(sum / n, Math.max(-1, centre - half), Math.min(1, centre + half));
        }

        /** The 97.5 % quantile of Student's t (Abramowitz and Stegun 1964, 26.7.5), to 1 % from 3 degrees on. */
        private static double student(int degrees) {
            double z3 = Z * Z * Z;
            double z5 = z3 * Z * Z;
            double z7 = z5 * Z * Z;
            double v = Math.max(1, degrees);
            return Z
                    + (z3 + Z) / (4 * v)
                    + (5 * z5 + 16 * z3 + 3 * Z) / (96 * v * v)
                    + (3 * z7 + 19 * z5 + 17 * z3 - 15 * Z) / (384 * v * v * v);
        }
    }
}
