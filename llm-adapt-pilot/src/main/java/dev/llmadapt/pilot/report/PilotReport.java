package dev.llmadapt.pilot.report;

import dev.llmadapt.Example;
import dev.llmadapt.ModelInfo;
import dev.llmadapt.Task;
import dev.llmadapt.pilot.recommendation.Needs;
import dev.llmadapt.pilot.recommendation.Recommendation;
import dev.llmadapt.pilot.results.Comparison;
import dev.llmadapt.pilot.results.Measured;
import dev.llmadapt.pilot.results.PilotOptions;
import dev.llmadapt.pilot.results.Row;
import dev.llmadapt.pilot.strategy.CandidateName;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The report of a pilot: its task, the row of each strategy, and what they are compared by.
 *
 * @param started the time it began
 * @param settings names and values that whoever ran it wants to keep, such as the model's source and versions; in this
 *     order
 * @param model the base model; empty where no candidate needed one
 * @param task the task
 * @param options how it was measured
 * @param needs the needs it recommends for
 * @param rows one a strategy, in the order asked
 * @param comparisons the best row with each other measured row, in the order of the rows; empty with fewer than two
 * @param leftBehind why strategies that were measured did not learn from all examples, by their names
 */
public record PilotReport(
        Instant started,
        Map<String, String> settings,
        Optional<ModelInfo> model,
        TaskSummary task,
        PilotOptions options,
        Needs needs,
        List<Row> rows,
        List<Comparison> comparisons,
        Map<String, String> leftBehind) {
    /** Copies the lists and maps. */
    public PilotReport {
        settings = Collections.unmodifiableMap(new LinkedHashMap<>(settings));
        rows = List.copyOf(rows);
        comparisons = List.copyOf(comparisons);
        leftBehind = Collections.unmodifiableMap(new LinkedHashMap<>(leftBehind));
    }

    /**
     * The task that was measured on.
     *
     * @param name its name
     * @param hash SHA-256, in hexadecimal, of instruction, labels, training examples, corpus and test examples: runs
     *     with the same hash, options and seed answered the same questions
     * @param metric the metric's name
     * @param labels how many labels, 0 for free text
     * @param trainExamples examples strategies could learn from
     * @param testExamples examples a strategy that went all the way answered
     * @param baselines what needs no model; empty for free text
     * @param test the test examples
     */
    public record TaskSummary(
            String name,
            String hash,
            String metric,
            int labels,
            int trainExamples,
            int testExamples,
            Optional<Baselines> baselines,
            List<Example> test) {
        /** Copies the test examples. */
        public TaskSummary {
            test = List.copyOf(test);
        }
    }

    /**
     * The quality of answers without a model on the same test examples.
     *
     * @param chance a uniformly random label: one over the number of labels
     * @param majority always the most frequent label of the training examples
     * @param majorityLabel that label
     */
    public record Baselines(double chance, double majority, String majorityLabel) {
        /** The baselines of a task; empty for free text. */
        public static Optional<Baselines> of(Task task, List<Example> sample) {
            if (task.labels().isEmpty()) {
                return Optional.empty();
            }
            Map<String, Integer> counts = new LinkedHashMap<>();
            task.labels().forEach(label -> counts.put(label, 0));
            (task.examples().isEmpty() ? sample : task.examples())
                    .forEach(example -> counts.merge(example.output(), 1, Integer::sum));
            String majority = task.labels().get(0);
            for (String label : task.labels()) {
                if (counts.getOrDefault(label, 0) > counts.getOrDefault(majority, 0)) {
                    majority = label;
                }
            }
            String label = majority;
            double score = sample.stream()
                    .mapToDouble(example -> task.metric().score(example.output(), label))
                    .average()
                    .orElseThrow();
            return Optional.of(new Baselines(1.0 / task.labels().size(), score, label));
        }
    }

    /** The model in words: its name and precision; in a comparison of models, the names of all. */
    public String modelText() {
        List<String> names = rows.stream()
                .map(row -> CandidateName.parse(row.strategy()).model())
                .filter(name -> !name.isEmpty())
                .distinct()
                .toList();
        return names.isEmpty()
                ? model.map(info -> info.name() + " (" + precision(info.precision()) + ")")
                        .orElse("no language model")
                : String.join(", ", names);
    }

    private static String precision(String name) {
        return name.equals("as-stored") ? "weights as in the file" : name;
    }

    /** The rows of strategies that answered, in the order asked. */
    public List<Measured> measured() {
        return rows.stream()
                .filter(Measured.class::isInstance)
                .map(Measured.class::cast)
                .toList();
    }

    /** The recommendation for the report's needs. */
    public Recommendation recommendation() {
        return Recommendation.of(measured(), needs, leftBehind.keySet());
    }

    /**
     * The best row; of equals the one that reads fewest tokens, then the first asked; empty if every strategy failed.
     */
    public Optional<Measured> best() {
        return Comparison.best(measured());
    }

    /** Returns this report with other rows of the same strategies. */
    public PilotReport withRows(List<Row> rows) {
        return new PilotReport(started, settings, model, task, options, needs, rows, comparisons, leftBehind);
    }

    /** Returns this report with one more setting, such as a version. */
    public PilotReport withSetting(String name, String value) {
        Map<String, String> more = new LinkedHashMap<>(settings);
        more.put(name, value);
        return new PilotReport(started, more, model, task, options, needs, rows, comparisons, leftBehind);
    }
}
