package dev.llmadapt.pilot;

import dev.llmadapt.Metric;
import java.util.List;
import java.util.Optional;

/** Metrics by their names. */
final class Metrics {
    private static final List<Metric> ALL = List.of(Metric.exactMatch(), new WordOverlap(), new FieldOverlap());

    private Metrics() {}

    static List<String> names() {
        return ALL.stream().map(Metric::name).toList();
    }

    static Optional<Metric> named(String name) {
        return ALL.stream().filter(metric -> metric.name().equals(name)).findFirst();
    }
}
