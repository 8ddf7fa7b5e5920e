package dev.llmadapt.pilot.comparison;

import dev.llmadapt.pilot.statistics.Interval;
import dev.llmadapt.pilot.statistics.Normal;
import dev.llmadapt.pilot.statistics.PairedDifference;
import java.time.Duration;

/**
 * The change of a candidate from one run to the other, on the test examples that both answered.
 *
 * @param before the candidate's name in the first run
 * @param after its name in the second; another one where the recommendations are compared
 * @param qualityBefore its mean score on these examples in the first run, in [0, 1]
 * @param qualityAfter the same in the second
 * @param difference of the scores, second less first
 * @param medianBefore the median latency of all its answers in the first run
 * @param medianAfter the same in the second
 */
public record RunChange(
        String before,
        String after,
        double qualityBefore,
        double qualityAfter,
        PairedDifference difference,
        Duration medianBefore,
        Duration medianAfter) {
    /** The fewest tests that an interval was shown to hold for (decision 0030). */
    public static final int LEAST_TESTS = 16;

    /** The candidate in words: its name, or both. */
    public String name() {
        return before.equals(after) ? before : before + " -> " + after;
    }

    /** Whether both runs answered enough tests to tell anything. */
    public boolean enoughTests() {
        return difference.pairs() >= LEAST_TESTS;
    }

    /** The 95 % interval of the difference, of this comparison alone. */
    public Interval interval() {
        return interval(1);
    }

    /** The interval in which the differences of some comparisons lie all together, with 95 % confidence. */
    Interval interval(int comparisons) {
        return difference.interval(Normal.quantile(1 - 0.025 / comparisons));
    }
}
