package dev.llmadapt.pilot;

import dev.llmadapt.Example;
import dev.llmadapt.FinishReason;
import dev.llmadapt.Generation;
import dev.llmadapt.LlmAdaptException;
import dev.llmadapt.Model;
import dev.llmadapt.Passage;
import dev.llmadapt.Progress;
import dev.llmadapt.Strategy;
import dev.llmadapt.Task;
import dev.llmadapt.peft.data.ContentHash;
import dev.llmadapt.pilot.PilotReport.Baselines;
import dev.llmadapt.pilot.PilotReport.Comparison;
import dev.llmadapt.pilot.PilotReport.Failed;
import dev.llmadapt.pilot.PilotReport.Latency;
import dev.llmadapt.pilot.PilotReport.Measured;
import dev.llmadapt.pilot.PilotReport.Outcome;
import dev.llmadapt.pilot.PilotReport.Row;
import dev.llmadapt.pilot.PilotReport.TaskSummary;
import dev.llmadapt.pilot.data.Stratified;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Measures strategies side by side: each adapts the same model to the same task and answers the same test examples, one
 * after the other, so that the numbers are of one kind.
 */
public final class Pilot {
    private static final Logger LOG = LoggerFactory.getLogger(Pilot.class);

    private Pilot() {}

    /**
     * Runs every candidate.
     *
     * <p>Each answers one request that is not counted first, so that nobody pays for a cold start. An answer that fails
     * (its prompt is too long, say) counts as wrong; a strategy that cannot adapt, or whose every answer fails, becomes a
     * {@link Failed} row, and the others go on.
     *
     * @param model the model to adapt; stays open
     * @param task what to adapt to; its examples are for learning only
     * @param test what to measure on, at least one example; a task with labels needs test answers among them
     * @param candidates at least one strategy, their names all different
     * @param options how to measure
     * @param progress told of what adapting tells, and of examples answered, in the stage {@code evaluate} with the
     *     strategy's name
     * @throws IllegalArgumentException if test or candidates are not as described
     * @throws LlmAdaptException if the calling thread is interrupted; its interrupt status stays set
     */
    public static PilotReport run(
            Model model,
            Task task,
            List<Example> test,
            List<Strategy> candidates,
            PilotOptions options,
            Progress progress) {
        return run(model, task, test, candidates, options, progress, Instant.now(), System::nanoTime);
    }

    static PilotReport run(
            Model model,
            Task task,
            List<Example> test,
            List<Strategy> candidates,
            PilotOptions options,
            Progress progress,
            Instant started,
            LongSupplier nanoClock) {
        check(task, test, candidates);
        List<Example> sample = Stratified.sample(test, options.limit(), options.seed());
        List<Row> rows = new ArrayList<>();
        for (int i = 0; i < candidates.size(); i++) {
            String place =
                    (i + 1) + "/" + candidates.size() + " " + candidates.get(i).name();
            rows.add(measure(model, task, sample, candidates.get(i), place, options, progress, nanoClock));
        }
        TaskSummary summary = new TaskSummary(
                task.name(),
                hash(task, test),
                task.metric().name(),
                task.labels().size(),
                task.examples().size(),
                sample.size(),
                baselines(task, sample));
        List<Measured> measured = rows.stream()
                .filter(Measured.class::isInstance)
                .map(Measured.class::cast)
                .toList();
        return new PilotReport(started, Map.of(), model.info(), summary, options, rows, comparisons(measured));
    }

    private static void check(Task task, List<Example> test, List<Strategy> candidates) {
        if (test.isEmpty() || candidates.isEmpty()) {
            throw new IllegalArgumentException("a pilot needs test examples and candidates, test: " + test.size()
                    + ", candidates: " + candidates.size());
        }
        Set<String> names = new HashSet<>();
        for (Strategy candidate : candidates) {
            if (!names.add(candidate.name())) {
                throw new IllegalArgumentException("two candidates are called '" + candidate.name() + "'");
            }
        }
        if (!task.labels().isEmpty()) {
            Set<String> labels = Set.copyOf(task.labels());
            for (Example example : test) {
                if (!labels.contains(example.output())) {
                    throw new IllegalArgumentException("test example '" + example.id() + "' has the label '"
                            + example.output() + "', expected one of " + task.labels());
                }
            }
        }
    }

    private static Row measure(
            Model model,
            Task task,
            List<Example> sample,
            Strategy strategy,
            String place,
            PilotOptions options,
            Progress progress,
            LongSupplier nanoClock) {
        long start = nanoClock.getAsLong();
        Progress adapting = (stage, done, total) -> {
            requireNotInterrupted();
            progress.report(stage + " " + place, done, total);
        };
        try (Model adapted = strategy.adapt(model, task, adapting)) {
            long ready = nanoClock.getAsLong();
            String stage = "evaluate " + place;
            progress.report(stage, 0, sample.size());
            answer(adapted, task, sample.get(0), nanoClock);
            List<Outcome> outcomes = new ArrayList<>(sample.size());
            for (Example example : sample) {
                outcomes.add(answer(adapted, task, example, nanoClock));
                progress.report(stage, outcomes.size(), sample.size());
            }
            if (outcomes.stream().noneMatch(outcome -> outcome.error().isEmpty())) {
                return new Failed(
                        strategy.name(),
                        "every answer failed, the first: " + outcomes.get(0).error());
            }
            return summarise(
                    strategy.name(),
                    outcomes,
                    Duration.ofNanos(ready - start),
                    Duration.ofNanos(nanoClock.getAsLong() - start),
                    options.seed());
        } catch (InterruptedPilotException e) {
            throw e;
        } catch (RuntimeException e) {
            requireNotInterrupted();
            return new Failed(strategy.name(), line(strategy.name(), e));
        }
    }

    private static Outcome answer(Model adapted, Task task, Example example, LongSupplier nanoClock) {
        long start = nanoClock.getAsLong();
        Generation generation;
        try {
            generation = adapted.generate(task.request(example.input()));
        } catch (RuntimeException e) {
            requireNotInterrupted();
            Duration took = Duration.ofNanos(nanoClock.getAsLong() - start);
            return new Outcome(example.id(), example.output(), "", 0, took, 0, 0, line(example.id(), e));
        }
        Duration took = Duration.ofNanos(nanoClock.getAsLong() - start);
        if (generation.finishReason() == FinishReason.INTERRUPTED) {
            throw new InterruptedPilotException();
        }
        requireNotInterrupted();
        return new Outcome(
                example.id(),
                example.output(),
                generation.text(),
                task.metric().score(example.output(), generation.text()),
                took,
                generation.usage().promptTokens(),
                generation.usage().completionTokens(),
                "");
    }

    private static Measured summarise(
            String name, List<Outcome> outcomes, Duration adaptTime, Duration wallTime, long seed) {
        double[] scores = outcomes.stream().mapToDouble(Outcome::score).toArray();
        List<Outcome> answered =
                outcomes.stream().filter(outcome -> outcome.error().isEmpty()).toList();
        double[] nanos = answered.stream()
                .mapToDouble(outcome -> outcome.latency().toNanos())
                .sorted()
                .toArray();
        return new Measured(
                name,
                Arrays.stream(scores).average().orElseThrow(),
                Interval.ofMean(scores, seed),
                new Latency(Duration.ofNanos((long) Quantile.of(nanos, 0.5)), Duration.ofNanos((long)
                        Quantile.of(nanos, 0.95))),
                answered.stream().mapToInt(Outcome::promptTokens).average().orElseThrow(),
                answered.stream().mapToInt(Outcome::completionTokens).average().orElseThrow(),
                adaptTime,
                wallTime,
                outcomes);
    }

    static Optional<Measured> best(List<Measured> measured) {
        return measured.stream()
                .min(Comparator.comparingDouble((Measured row) -> -row.quality())
                        .thenComparingDouble(Measured::promptTokens));
    }

    private static List<Comparison> comparisons(List<Measured> measured) {
        Measured best = best(measured).orElse(null);
        List<Comparison> comparisons = new ArrayList<>();
        for (Measured other : measured) {
            if (best == null || other.strategy().equals(best.strategy())) {
                continue;
            }
            int wins = 0;
            int losses = 0;
            for (int i = 0; i < best.outcomes().size(); i++) {
                int order = Double.compare(
                        best.outcomes().get(i).score(), other.outcomes().get(i).score());
                wins += order > 0 ? 1 : 0;
                losses += order < 0 ? 1 : 0;
            }
            comparisons.add(
                    new Comparison(best.strategy(), other.strategy(), wins, losses, SignTest.pValue(wins, losses)));
        }
        return comparisons;
    }

    private static Optional<Baselines> baselines(Task task, List<Example> sample) {
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

    private static String hash(Task task, List<Example> test) {
        ContentHash hash = new ContentHash();
        hash.add(task.instruction()).addAll(task.labels());
        for (List<Example> part : List.of(task.examples(), test)) {
            hash.add("examples");
            part.forEach(example -> hash.add(example.id()).add(example.input()).add(example.output()));
        }
        hash.add("corpus");
        for (Passage passage : task.corpus()) {
            hash.add(passage.id()).add(passage.title()).add(passage.text());
        }
        return hash.hex();
    }

    /** An exception as one line; one that is not an expected complaint is also logged, with its stack. */
    private static String line(String what, RuntimeException e) {
        boolean expected = e instanceof IllegalArgumentException || e instanceof LlmAdaptException;
        if (!expected) {
            LOG.warn("'{}' failed unexpectedly", what, e);
        }
        String message = e.getMessage() == null ? "" : e.getMessage().strip().replaceAll("\\s*\\R\\s*", " ");
        return expected && !message.isEmpty() ? message : (e.getClass().getSimpleName() + " " + message).strip();
    }

    private static void requireNotInterrupted() {
        if (Thread.currentThread().isInterrupted()) {
            throw new InterruptedPilotException();
        }
    }

    private static final class InterruptedPilotException extends LlmAdaptException {
        @java.io.Serial
        private static final long serialVersionUID = 1L;

        InterruptedPilotException() {
            super("the pilot was interrupted; nothing is reported");
        }
    }
}
