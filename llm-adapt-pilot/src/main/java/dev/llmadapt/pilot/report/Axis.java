package dev.llmadapt.pilot.report;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * An axis that is fitted to its data.
 *
 * @param low the value at its beginning; of a logarithmic axis its logarithm
 * @param high the value at its end; likewise
 * @param logarithmic whether equal steps are equal factors
 * @param from where it begins on the plot
 * @param to where it ends
 */
record Axis(double low, double high, boolean logarithmic, double from, double to) {
    private static final double MARGIN = 0.05;

    /** A logarithmic axis over values above 0. */
    static Axis logarithmic(Collection<Double> values, double from, double to) {
        double low = Math.log10(values.stream().mapToDouble(v -> v).min().orElse(1));
        double high = Math.log10(values.stream().mapToDouble(v -> v).max().orElse(10));
        double margin = Math.max(MARGIN * (high - low), 0.08);
        return new Axis(low - margin, high + margin, true, from, to);
    }

    /** An axis of shares, no longer than from 0 to 1. */
    static Axis shares(Collection<Double> values, double from, double to) {
        double low = values.stream().mapToDouble(v -> v).min().orElse(0);
        double high = values.stream().mapToDouble(v -> v).max().orElse(1);
        double margin = Math.max(MARGIN * (high - low), 0.01);
        return new Axis(Math.max(0, low - margin), Math.min(1, high + margin), false, from, to);
    }

    double place(double value) {
        return from + ((logarithmic ? Math.log10(value) : value) - low) / (high - low) * (to - from);
    }

    /** Round values along it, about five. */
    List<Double> ticks() {
        return logarithmic ? powers() : steps(low, high);
    }

    private List<Double> powers() {
        double range = high - low;
        double[] steps = range > 2.2 ? new double[] {1} : range > 1.2 ? new double[] {1, 3} : new double[] {1, 2, 5};
        int every = (int) Math.max(1, Math.ceil(range / 6));
        List<Double> ticks = new ArrayList<>();
        for (int power = (int) Math.floor(low); power <= Math.ceil(high); power++) {
            for (double step : steps) {
                double tick = step * Math.pow(10, power);
                if (Math.floorMod(power, every) == 0 && Math.log10(tick) >= low && Math.log10(tick) <= high) {
                    ticks.add(tick);
                }
            }
        }
        return ticks.size() > 1 ? ticks : steps(Math.pow(10, low), Math.pow(10, high));
    }

    private static List<Double> steps(double low, double high) {
        double rough = (high - low) / 5;
        double power = Math.pow(10, Math.floor(Math.log10(rough)));
        double step = power * (rough / power > 5 ? 10 : rough / power > 2 ? 5 : rough / power > 1 ? 2 : 1);
        List<Double> ticks = new ArrayList<>();
        for (long i = (long) Math.ceil(low / step - 1e-9); i * step <= high + 1e-9 * step; i++) {
            ticks.add(i * step);
        }
        return ticks;
    }

    /** A tick in words: no exponent, no zeros at the end. */
    static String plain(double tick) {
        BigDecimal rounded = new BigDecimal(Figures.number("%.3e", tick)).stripTrailingZeros();
        String text = rounded.toPlainString();
        return rounded.compareTo(BigDecimal.valueOf(1000)) >= 0 ? Figures.count(rounded.longValue()) : text;
    }
}
