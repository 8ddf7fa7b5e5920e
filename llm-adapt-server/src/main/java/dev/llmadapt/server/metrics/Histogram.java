package dev.llmadapt.server.metrics;

import java.util.concurrent.atomic.DoubleAdder;
import java.util.concurrent.atomic.LongAdder;

/** Counts of values by their size, as Prometheus has histograms. Thread-safe. */
final class Histogram {
    private final double[] bounds;
    private final LongAdder[] counts; // one more than bounds: those above the last
    private final DoubleAdder sum = new DoubleAdder();

    /**
     * An empty histogram.
     *
     * @param bounds the largest value of each bucket, ascending
     */
    Histogram(double... bounds) {
        this.bounds = bounds.clone();
        this.counts = new LongAdder[bounds.length + 1];
        for (int i = 0; i < counts.length; i++) {
            counts[i] = new LongAdder();
        }
    }

    void add(double value) {
        int bucket = 0;
        while (bucket < bounds.length && value > bounds[bucket]) {
            bucket++;
        }
        counts[bucket].increment();
        sum.add(value);
    }

    /** Appends the lines of this histogram. */
    void write(StringBuilder text, String name, String labels) {
        long total = 0;
        for (int i = 0; i < counts.length; i++) {
            total += counts[i].sum();
            String bound = i < bounds.length ? PrometheusText.number(bounds[i]) : "+Inf";
            text.append(name).append("_bucket{").append(labels).append(labels.isEmpty() ? "" : ",");
            text.append("le=\"").append(bound).append("\"} ").append(total).append('\n');
        }
        String braces = labels.isEmpty() ? "" : "{" + labels + "}";
        text.append(name).append("_sum").append(braces).append(' ');
        text.append(PrometheusText.number(sum.sum())).append('\n');
        text.append(name)
                .append("_count")
                .append(braces)
                .append(' ')
                .append(total)
                .append('\n');
    }
}
