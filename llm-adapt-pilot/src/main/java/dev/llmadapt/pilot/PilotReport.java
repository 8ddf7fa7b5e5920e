package dev.llmadapt.pilot;

import dev.llmadapt.ModelInfo;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a pilot measured.
 *
 * @param started when
 * @param settings what whoever ran it wants to remember, such as the model's source and versions; in this order
 * @param model the base model
 * @param task the task
 * @param options how it was measured
 * @param rows one a strategy, in the order asked
 * @param comparisons the best row with each other measured row, in the order of the rows; empty with fewer than two
 */
public record PilotReport(
        Instant started,
        Map<String, String> settings,
        ModelInfo model,
        TaskSummary task,
        PilotOptions options,
        List<Row> rows,
        List<Comparison> comparisons) {
    /** Copies. */
    public PilotReport {
        settings = Collections.unmodifiableMap(new LinkedHashMap<>(settings));
        rows = List.copyOf(rows);
        comparisons = List.copyOf(comparisons);
    }

    /**
     * What the task was.
     *
     * @param name its name
     * @param hash SHA-256, in hexadecimal, of instruction, labels, training examples, corpus and test examples: runs with
     *     the same hash, options and seed answered the same questions
     * @param metric the metric's name
     * @param labels how many labels, 0 for free text
     * @param trainExamples examples strategies could learn from
     * @param testExamples examples each strategy answered
     * @param baselines what needs no model; empty for free text
     */
    public record TaskSummary(
            String name,
            String hash,
            String metric,
            int labels,
            int trainExamples,
            int testExamples,
            Optional<Baselines> baselines) {}

    /**
     * What answers without a model would reach on the same test examples.
     *
     * @param chance a uniformly random label: one over the number of labels
     * @param majority always the most frequent label of the training examples
     * @param majorityLabel that label
     */
    public record Baselines(double chance, double majority, String majorityLabel) {}

    /** What came of one strategy. */
    public sealed interface Row {
        /** The strategy's name. */
        String strategy();
    }

    /**
     * A strategy that answered.
     *
     * @param strategy its name
     * @param quality the mean score, in [0, 1]; an answer that failed counts as 0
     * @param interval where that mean lies with 95 % confidence
     * @param latency of one answer
     * @param promptTokens tokens read for one answer, on average over those that did not fail
     * @param completionTokens tokens written for one answer, likewise
     * @param adaptTime how long adapting took
     * @param wallTime how long all took: adapting, one answer to warm up, and the measured answers
     * @param outcomes one a test example, the same examples in the same order for every strategy
     */
    public record Measured(
            String strategy,
            double quality,
            Interval interval,
            Latency latency,
            double promptTokens,
            double completionTokens,
            Duration adaptTime,
            Duration wallTime,
            List<Outcome> outcomes)
            implements Row {
        /** Copies. */
        public Measured {
            outcomes = List.copyOf(outcomes);
        }

        /** How many answers failed. */
        public int errors() {
            return (int) outcomes.stream()
                    .filter(outcome -> !outcome.error().isEmpty())
                    .count();
        }
    }

    /**
     * A strategy that could not adapt the model or failed on every example.
     *
     * @param strategy its name
     * @param error why, one line
     */
    public record Failed(String strategy, String error) implements Row {}

    /**
     * How long one answer took, asked alone; quantiles by the nearest rank, over answers that did not fail.
     *
     * @param median half of the answers took at most this long
     * @param p95 95 % of the answers took at most this long
     */
    public record Latency(Duration median, Duration p95) {}

    /**
     * What came of one example.
     *
     * @param id the example's id
     * @param expected the right answer
     * @param answer what the model answered; empty if it failed
     * @param score the answer's worth, in [0, 1]
     * @param latency how long the answer took
     * @param promptTokens tokens read
     * @param completionTokens tokens written
     * @param error why the answer failed, or empty
     */
    public record Outcome(
            String id,
            String expected,
            String answer,
            double score,
            Duration latency,
            int promptTokens,
            int completionTokens,
            String error) {}

    /**
     * The best strategy with another one, example by example.
     *
     * @param best the strategy with the highest quality; of equals the one that reads fewest tokens, then the first asked
     * @param other the other one
     * @param wins examples the best scored higher on
     * @param losses examples the other scored higher on
     * @param pValue of the exact two-sided sign test (on right or wrong answers: McNemar's); one test, not corrected for
     *     looking at several
     */
    public record Comparison(String best, String other, int wins, int losses, double pValue) {
        /** Whether the other one is shown to be worse, at 95 %. */
        public boolean differs() {
            return pValue < 0.05;
        }
    }

    /** The rows of strategies that answered, in the order asked. */
    public List<Measured> measured() {
        return rows.stream()
                .filter(Measured.class::isInstance)
                .map(Measured.class::cast)
                .toList();
    }

    /** The best row; of equals the one that reads fewest tokens, then the first asked; empty if every strategy failed. */
    public Optional<Measured> best() {
        return Pilot.best(measured());
    }

    /** The same with something to remember. */
    public PilotReport withSetting(String name, String value) {
        Map<String, String> more = new LinkedHashMap<>(settings);
        more.put(name, value);
        return new PilotReport(started, more, model, task, options, rows, comparisons);
    }
}
