package dev.llmadapt.pilot.statistics;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Locale;
import java.util.function.LongToDoubleFunction;

/** A share measured under one seed, or under more of them by {@code -Dseeds=12}, which also prints it. */
public final class Seeds {
    private static final int COUNT = Integer.getInteger("seeds", 1);

    private Seeds() {}

    /** Checks that the share lies between two bounds under each seed, the given one first. */
    public static void check(String what, long first, double low, double high, LongToDoubleFunction share) {
        double least = Double.POSITIVE_INFINITY;
        double most = Double.NEGATIVE_INFINITY;
        for (long seed = first; seed < first + COUNT; seed++) {
            double measured = share.applyAsDouble(seed);
            assertThat(measured).as(what + ", seed " + seed).isBetween(low, high);
            least = Math.min(least, measured);
            most = Math.max(most, measured);
        }
        if (COUNT > 1) {
            System.out.printf(Locale.ROOT, "%s: %.1f to %.1f %% (%d seeds)%n", what, 100 * least, 100 * most, COUNT);
        }
    }
}
