package dev.llmadapt.pilot.saved;

import dev.llmadapt.Example;
import dev.llmadapt.LlmAdaptException;
import dev.llmadapt.Model;
import dev.llmadapt.Progress;
import dev.llmadapt.UnavailableException;
import dev.llmadapt.pilot.results.Outcome;
import dev.llmadapt.pilot.statistics.Interval;
import dev.llmadapt.pilot.statistics.Quantile;
import dev.llmadapt.pilot.task.Metrics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The answers of a saved strategy today, compared with those it gave when it was measured.
 *
 * @param quality the mean score now
 * @param interval where the saved quality lay with 95 % confidence
 * @param same answers that are the same as the saved ones
 * @param of all answers
 * @param median of the latency now
 * @param medianLimit the upper end of the 95 % interval of the saved median, by order statistics
 * @param changed ids of examples that are answered otherwise
 */
public record ServeCheck(
        double quality,
        Interval interval,
        int same,
        int of,
        Duration median,
        Duration medianLimit,
        List<String> changed) {
    private static final Logger LOG = LoggerFactory.getLogger(ServeCheck.class);
    /** A median within this is no regression: of a few milliseconds, other work on the machine makes twice as many. */
    private static final Duration AT_LEAST = Duration.ofMillis(20);

    /** Copies the ids. */
    public ServeCheck {
        changed = List.copyOf(changed);
    }

    /** Answers the held-out examples again, one after the other, and compares. */
    public static ServeCheck replay(SavedStrategy saved, Model base, Progress progress) {
        Map<String, Outcome> before = new HashMap<>();
        saved.measured().outcomes().forEach(outcome -> before.put(outcome.id(), outcome));
        List<Example> examples = saved.heldOut().stream()
                .filter(example -> before.containsKey(example.id()))
                .toList();
        List<String> changed = new ArrayList<>();
        double sum = 0;
        double[] nanos = new double[examples.size()];
        try (Model adapted = saved.adapt(base)) {
            answer(adapted, saved, examples.get(0)); // warm, so that nobody pays for a cold start
            for (int i = 0; i < examples.size(); i++) {
                Example example = examples.get(i);
                long start = System.nanoTime();
                String answer = answer(adapted, saved, example);
                nanos[i] = System.nanoTime() - start;
                sum += answer.isEmpty() ? 0 : saved.task().metric().score(example.output(), answer);
                Outcome old = before.get(example.id());
                if (old == null || !old.answer().equals(answer)) {
                    changed.add(example.id());
                }
                progress.report("serve-check", i + 1, examples.size());
            }
        } finally {
            Metrics.release(saved.task().metric());
        }
        java.util.Arrays.sort(nanos);
        double[] old = saved.measured().outcomes().stream()
                .mapToDouble(outcome -> outcome.latency().toNanos())
                .sorted()
                .toArray();
        return new ServeCheck(
                sum / examples.size(),
                saved.measured().interval(),
                examples.size() - changed.size(),
                examples.size(),
                Duration.ofNanos((long) Quantile.of(nanos, 0.5)),
                Duration.ofNanos((long) medianHigh(old)),
                changed);
    }

    /** An answer; empty where there is none, as a pilot has it. */
    private static String answer(Model adapted, SavedStrategy saved, Example example) {
        try {
            return adapted.generate(saved.task().request(example.input())).text();
        } catch (UnavailableException e) { // says nothing about the strategy
            throw e;
        } catch (IllegalArgumentException | LlmAdaptException e) {
            LOG.debug("no answer to {}", example.id(), e);
            return "";
        }
    }

    /** The upper end of the 95 % interval of a median: the order statistic at n/2 + 1.96 sqrt(n)/2 (Conover 1999). */
    static double medianHigh(double[] sorted) {
        int n = sorted.length;
        int rank = (int) Math.ceil(n / 2.0 + 1.959963984540054 * Math.sqrt(n) / 2);
        return sorted[Math.min(rank, n) - 1];
    }

    /**
     * The longest median that is no regression: that of the saved interval, and at least 20 ms.
     *
     * @param latencyFactor see {@link #regressions}
     */
    public Duration limit(double latencyFactor) {
        return Duration.ofNanos((long) Math.max((double) AT_LEAST.toNanos(), medianLimit.toNanos() * latencyFactor));
    }

    /**
     * The values that got worse beyond their intervals, a sentence each; empty if none did.
     *
     * @param latencyFactor what the upper end of the latency's interval is multiplied with, for machines that are not
     *     the one it was measured on; at least 1
     */
    public List<String> regressions(double latencyFactor) {
        if (!(latencyFactor >= 1)) {
            throw new IllegalArgumentException("latencyFactor must be at least 1, latencyFactor: " + latencyFactor);
        }
        List<String> worse = new ArrayList<>();
        if (quality < interval.low()) {
            worse.add(String.format(
                    Locale.ROOT,
                    "quality fell to %.1f%%, below its interval of %.1f%% to %.1f%%",
                    100 * quality,
                    100 * interval.low(),
                    100 * interval.high()));
        }
        Duration limit = limit(latencyFactor);
        if (median.compareTo(limit) > 0) {
            worse.add(String.format(
                    Locale.ROOT,
                    "the median answer takes %d ms, above its interval's end of %d ms",
                    median.toMillis(),
                    limit.toMillis()));
        }
        return worse;
    }
}
