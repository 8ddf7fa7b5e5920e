package dev.llmadapt.pilot;

import dev.llmadapt.Example;
import dev.llmadapt.Message;
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
 * @param needs what for
 * @param rows one a strategy, in the order asked
 * @param comparisons the best row with each other measured row, in the order of the rows; empty with fewer than two
 */
public record PilotReport(
        Instant started,
        Map<String, String> settings,
        ModelInfo model,
        TaskSummary task,
        PilotOptions options,
        Needs needs,
        List<Row> rows,
        List<Comparison> comparisons) {
    /** What the settings that tell why a candidate went no further begin with. */
    static final String LEFT_BEHIND = "left behind: ";

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
        /** Copies. */
        public TaskSummary {
            test = List.copyOf(test);
        }
    }

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
     * @param wallTime how long adapting and the answers took together
     * @param outcomes one a test example; a strategy that was left behind answered fewer, a part of the same sample in the
     *     same order
     * @param details what else was measured
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
            List<Outcome> outcomes,
            Details details)
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
     * A strategy that was not tried.
     *
     * @param strategy its name
     * @param reason what ruled it out, one line
     */
    public record RuledOut(String strategy, String reason) implements Row {}

    /**
     * What else was measured of a strategy.
     *
     * @param family its kind
     * @param trainExamples the examples it could learn from when it was measured
     * @param throughput answers a second when asked for several at once; 0 where not measured
     * @param artifactBytes what was learned, on disk; 0 where nothing is kept
     * @param memoryBytes the process's resident memory after it answered, an upper bound since it is one process for all
     *     candidates; 0 where the system does not tell
     * @param curve its quality over numbers of examples, the fewest first
     * @param stability how often its answer stays the same
     * @param freshness what it answers about facts that came after adapting
     * @param prompts what the base model was sent for the first test examples
     */
    public record Details(
            Family family,
            int trainExamples,
            double throughput,
            long artifactBytes,
            long memoryBytes,
            List<CurvePoint> curve,
            Stability stability,
            Freshness freshness,
            List<SentPrompt> prompts) {
        /** Copies. */
        public Details {
            curve = List.copyOf(curve);
            prompts = List.copyOf(prompts);
        }

        /** The same with another curve. */
        Details withCurve(List<CurvePoint> curve) {
            return new Details(
                    family,
                    trainExamples,
                    throughput,
                    artifactBytes,
                    memoryBytes,
                    curve,
                    stability,
                    freshness,
                    prompts);
        }

        /** Nothing. */
        public static Details none() {
            return new Details(Family.OTHER, 0, 0, 0, 0, List.of(), Stability.NONE, new Freshness(0, 0, 0), List.of());
        }
    }

    /**
     * A point of a learning curve.
     *
     * @param trainExamples examples to learn from
     * @param testExamples examples answered
     * @param quality the mean of the scores
     * @param interval where it lies with 95 % confidence
     * @param adaptTime how long adapting took
     */
    public record CurvePoint(
            int trainExamples, int testExamples, double quality, Interval interval, Duration adaptTime) {}

    /**
     * How many of some answers stayed the same.
     *
     * @param same those that did
     * @param of all; 0 where not measured
     */
    public record Share(int same, int of) {
        /** Not measured. */
        public static final Share NONE = new Share(0, 0);

        /** In [0, 1], or NaN where not measured. */
        public double value() {
            return of == 0 ? Double.NaN : (double) same / of;
        }
    }

    /**
     * How often the answer stays the same.
     *
     * @param paraphrase when the question is put in other words
     * @param seed when adapted with another seed; under a budget, to the fewest examples of its curve
     * @param rewording when the instruction is put in other words
     */
    public record Stability(Share paraphrase, Share seed, Share rewording) {
        /** Not measured. */
        public static final Stability NONE = new Stability(Share.NONE, Share.NONE, Share.NONE);
    }

    /**
     * Quality of answers about facts that came after adapting.
     *
     * @param before before the corpus had them
     * @param after after it was updated, and nothing else done
     * @param questions how many; 0 where not measured
     */
    public record Freshness(double before, double after, int questions) {}

    /**
     * What the base model was sent.
     *
     * @param example the test example's id
     * @param messages the conversation, every layer applied
     */
    public record SentPrompt(String example, List<Message> messages) {
        /** Copies. */
        public SentPrompt {
            messages = List.copyOf(messages);
        }
    }

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

    /** Which strategy meets the needs at least cost, and how sure that is. */
    public Recommendation recommendation() {
        return Recommender.recommend(measured(), needs);
    }

    /** The best row; of equals the one that reads fewest tokens, then the first asked; empty if every strategy failed. */
    public Optional<Measured> best() {
        return PilotRun.best(measured());
    }

    /** Why candidates that were measured did not get to all examples, by their names. */
    Map<String, String> leftBehind() {
        Map<String, String> left = new LinkedHashMap<>();
        settings.forEach((key, value) -> {
            if (key.startsWith(LEFT_BEHIND)) {
                left.put(key.substring(LEFT_BEHIND.length()), value);
            }
        });
        return left;
    }

    /** The same with something to remember. */
    public PilotReport withSetting(String name, String value) {
        Map<String, String> more = new LinkedHashMap<>(settings);
        more.put(name, value);
        return new PilotReport(started, more, model, task, options, needs, rows, comparisons);
    }
}
