package dev.llmadapt.pilot.task;

import dev.llmadapt.Metric;
import java.util.List;
import java.util.Optional;

/** Metrics by their names. */
public final class Metrics {
    private static final List<Metric> ALL = List.of(
            Metric.exactMatch(),
            new WordOverlap(),
            new FieldOverlap(),
            new Rouge(Rouge.Kind.WORDS),
            new Rouge(Rouge.Kind.PAIRS),
            new Rouge(Rouge.Kind.SUBSEQUENCE),
            new ChrF(),
            EmbeddingSimilarity.miniLm());

    private Metrics() {}

    public static List<String> names() {
        return ALL.stream().map(Metric::name).toList();
    }

    /**
     * Frees what a metric has opened to score, such as an embedder; a score after that opens it again. Metrics that
     * open nothing are left as they are.
     */
    public static void release(Metric metric) {
        if (metric instanceof EmbeddingSimilarity similarity) {
            similarity.close();
        }
    }

    public static Optional<Metric> named(String name) {
        return ALL.stream().filter(metric -> metric.name().equals(name)).findFirst();
    }
}
