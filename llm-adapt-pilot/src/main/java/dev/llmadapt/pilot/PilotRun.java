package dev.llmadapt.pilot;

import com.google.gson.JsonObject;
import dev.llmadapt.Example;
import dev.llmadapt.LlmAdaptException;
import dev.llmadapt.Model;
import dev.llmadapt.Progress;
import dev.llmadapt.Task;
import dev.llmadapt.peft.LocalModel;
import dev.llmadapt.pilot.PilotReport.Baselines;
import dev.llmadapt.pilot.PilotReport.Comparison;
import dev.llmadapt.pilot.PilotReport.CurvePoint;
import dev.llmadapt.pilot.PilotReport.Failed;
import dev.llmadapt.pilot.PilotReport.Latency;
import dev.llmadapt.pilot.PilotReport.Measured;
import dev.llmadapt.pilot.PilotReport.Outcome;
import dev.llmadapt.pilot.PilotReport.Row;
import dev.llmadapt.pilot.PilotReport.RuledOut;
import dev.llmadapt.pilot.PilotReport.TaskSummary;
import dev.llmadapt.pilot.data.Stratified;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One run of a {@link Pilot}: what is ruled out, the rungs of successive halving, then what else is measured of those that
 * went furthest. Each decision rests on what the {@link Journal} holds, so a resumed run takes the same ones.
 */
final class PilotRun {
    private static final int[] CURVE = {16, 64, 256};
    /** What is left for stability, freshness and throughput. */
    private static final double FOR_RUNGS = 0.8;
    /** No single piece of work may be expected to take more of what is left. */
    private static final double FIRST_RUNG = 0.6;

    private final TaskSplit split;
    private final List<Candidate> candidates;
    private final Needs needs;
    private final PilotOptions options;
    private final Duration budget;
    private final Optional<Path> folder;
    private final Progress progress;
    private final LongSupplier clock;
    private final Model model;
    private final List<Example> sample;
    private final Map<String, String> ruledOut = new LinkedHashMap<>();
    private final Map<String, Standing> standings = new LinkedHashMap<>();

    PilotRun(
            TaskSplit split,
            List<Candidate> candidates,
            Needs needs,
            PilotOptions options,
            Duration budget,
            Optional<Path> folder,
            Progress progress,
            LongSupplier clock,
            Model model) {
        this.split = split;
        this.candidates = candidates;
        this.needs = needs;
        this.options = options;
        this.budget = budget;
        this.folder = folder;
        this.progress = progress;
        this.clock = clock;
        this.model = model;
        this.sample = Stratified.sample(split.test(), options.limit(), options.seed());
    }

    /** How far a candidate has come. */
    private static final class Standing {
        final Candidate candidate;
        final List<CurvePoint> curve = new ArrayList<>();
        List<Outcome> outcomes = List.of();
        int trainExamples;
        long adaptNanos;
        String error = "";
        String note = "";

        Standing(Candidate candidate) {
            this.candidate = candidate;
        }

        double quality() {
            return outcomes.stream().mapToDouble(Outcome::score).average().orElse(0);
        }

        double meanNanos() {
            return outcomes.stream()
                    .mapToLong(outcome -> outcome.latency().toNanos())
                    .average()
                    .orElse(0);
        }
    }

    /** One step of successive halving. */
    private record Rung(int train, int test) {}

    PilotReport run(Instant started) {
        try (Workshop workshop = Workshop.open(folder, keeps())) {
            String identity = TaskHash.of(split.task(), split.test());
            Journal opened = folder.isPresent()
                    ? Journal.open(
                            workshop.folder().resolve("journal.jsonl"),
                            identity + " " + model.info() + " " + options + " " + budget + " " + names())
                    : Journal.inMemory();
            try (Journal journal = opened) {
                Instant begun = Instant.parse(journal.once("started", () -> {
                            JsonObject entry = new JsonObject();
                            entry.addProperty("at", started.toString());
                            return entry;
                        })
                        .get("at")
                        .getAsString());
                Measuring measuring =
                        new Measuring(model, split.task(), journal, workshop.folder(), progress, clock, options.seed());
                candidates.forEach(this::ruleOut);
                climb(measuring, journal);
                List<Row> rows = rows(measuring, journal);
                List<Measured> measured = rows.stream()
                        .filter(Measured.class::isInstance)
                        .map(Measured.class::cast)
                        .toList();
                Map<String, String> settings = new LinkedHashMap<>();
                standings.forEach((name, standing) -> {
                    if (!standing.note.isEmpty()) {
                        settings.put("left behind: " + name, standing.note);
                    }
                });
                return new PilotReport(
                        begun, settings, model.info(), summary(identity), options, needs, rows, comparisons(measured));
            }
        }
    }

    private boolean keeps() {
        return candidates.stream()
                .anyMatch(candidate ->
                        candidate.traits().trains() && candidate.traits().keeps());
    }

    private String names() {
        return String.join(",", candidates.stream().map(Candidate::name).toList());
    }

    private void ruleOut(Candidate candidate) {
        Candidate.Traits traits = candidate.traits();
        Task task = split.task();
        String reason = "";
        if (traits.retrieves() && task.corpus().isEmpty()) {
            reason = "the task has no corpus to retrieve from";
        } else if (task.examples().size() < traits.shots()) {
            reason = "needs " + traits.shots() + " examples, the task has "
                    + task.examples().size();
        } else if (traits.trains() && needs.trainingBudget().isZero()) {
            reason = "the needs leave nothing for training";
        } else if (traits.trains() && model.unwrap(LocalModel.class).isEmpty()) {
            reason = "training needs a model in this process, " + model.info().name() + " is none";
        } else if (!needs.dataMayLeave()
                && needs.prices().hosted()
                && model.unwrap(LocalModel.class).isEmpty()) {
            reason = "the needs let no data leave, and the model is hosted";
        }
        if (!reason.isEmpty()) {
            ruledOut.put(candidate.name(), reason);
        }
    }

    private List<Rung> rungs() {
        int all = split.task().examples().size();
        List<Rung> rungs = new ArrayList<>();
        if (!budget.isZero()) {
            int test = Math.min(16, sample.size());
            for (int train : CURVE) {
                if (train < all) {
                    rungs.add(new Rung(train, test));
                    test = Math.min(2 * test, sample.size());
                }
            }
        }
        rungs.add(new Rung(all, sample.size()));
        return rungs;
    }

    private void climb(Measuring measuring, Journal journal) {
        List<Rung> rungs = rungs();
        List<Standing> active = new ArrayList<>();
        for (Candidate candidate : candidates) {
            if (!ruledOut.containsKey(candidate.name())) {
                active.add(new Standing(candidate));
            }
        }
        for (int i = 0; i < rungs.size(); i++) {
            Rung rung = rungs.get(i);
            List<Standing> next = new ArrayList<>();
            int place = 0;
            for (Standing standing : active) {
                place++;
                double expected = i == 0 ? firstExpected(standing) : expected(standing, rungs.get(i - 1), rung);
                double left = budget.toNanos() * (i == 0 ? FIRST_RUNG : FOR_RUNGS) - journal.nanos();
                if (!budget.isZero() && expected > Math.max(left, 0)) {
                    String reason = String.format(
                            java.util.Locale.ROOT,
                            "the budget of %s did not reach to it: %.0f s expected, %.0f s left for it",
                            words(budget),
                            expected / 1e9,
                            Math.max(left, 0) / 1e9);
                    if (i == 0) {
                        ruledOut.put(standing.candidate.name(), reason);
                    } else {
                        standing.note = reason;
                    }
                    continue;
                }
                measure(measuring, standing, rung, place + "/" + active.size() + " " + standing.candidate.name());
                standings.put(standing.candidate.name(), standing);
                if (standing.error.isEmpty()) {
                    next.add(standing);
                }
            }
            active = i + 1 < rungs.size() ? promoted(next) : next;
        }
    }

    /** The better half and the best of each family, the best first. */
    private static List<Standing> promoted(List<Standing> measured) {
        List<Standing> order = measured.stream()
                .sorted(Comparator.comparingDouble((Standing standing) -> -standing.quality())
                        .thenComparingDouble(Standing::meanNanos))
                .toList();
        Map<Family, Standing> heads = new EnumMap<>(Family.class);
        order.forEach(standing -> heads.putIfAbsent(standing.candidate.traits().family(), standing));
        List<Standing> promoted = new ArrayList<>();
        for (int i = 0; i < order.size(); i++) {
            Standing standing = order.get(i);
            if (i < (order.size() + 1) / 2
                    || heads.get(standing.candidate.traits().family()) == standing) {
                promoted.add(standing);
            }
        }
        // Heads of families first: with little time left each kind gets its turn.
        promoted.sort(Comparator.comparingInt(
                standing -> heads.get(standing.candidate.traits().family()) == standing ? 0 : 1));
        return promoted;
    }

    /** What the first rung will take, by what its like took: unknown is nothing. */
    private double firstExpected(Standing standing) {
        Candidate.Traits traits = standing.candidate.traits();
        if (!traits.trains()) {
            return 1e9;
        }
        boolean layered = traits.retrieves() || traits.shots() > 1;
        return standings.values().stream()
                .filter(other -> other.candidate.traits().trains() && other.error.isEmpty())
                .filter(other -> other.candidate.traits().retrieves() == traits.retrieves()
                        || !other.candidate.traits().retrieves())
                .mapToDouble(other -> {
                    boolean otherLayered = other.candidate.traits().retrieves()
                            || other.candidate.traits().shots() > 1;
                    return other.adaptNanos * (layered && !otherLayered ? 3 : 1);
                })
                .average()
                .orElse(1e9);
    }

    private static double expected(Standing standing, Rung before, Rung rung) {
        Candidate.Traits traits = standing.candidate.traits();
        boolean anew = traits.learns();
        double adapting = standing.adaptNanos * (traits.trains() ? (double) rung.train() / before.train() : 1);
        int answers = anew ? rung.test() : rung.test() - standing.outcomes.size();
        return adapting + standing.meanNanos() * answers;
    }

    private void measure(Measuring measuring, Standing standing, Rung rung, String place) {
        Candidate candidate = standing.candidate;
        // what learns nothing from examples is the same model on every rung
        int train = candidate.traits().learns()
                ? rung.train()
                : split.task().examples().size();
        List<Example> tests = Stratified.sample(sample, rung.test(), options.seed());
        try (Measuring.Bench bench = measuring.bench(candidate, train, place)) {
            bench.adapt();
            List<Outcome> outcomes = bench.answers(tests);
            if (outcomes.stream().noneMatch(outcome -> outcome.error().isEmpty())) {
                standing.error =
                        "every answer failed, the first: " + outcomes.get(0).error();
                return;
            }
            standing.outcomes = outcomes;
            standing.trainExamples = train;
            standing.adaptNanos = bench.adaptNanos();
            CurvePoint point = new CurvePoint(
                    train,
                    outcomes.size(),
                    standing.quality(),
                    interval(outcomes),
                    Duration.ofNanos(standing.adaptNanos));
            standing.curve.removeIf(earlier -> earlier.trainExamples() == train);
            standing.curve.add(point);
        } catch (Measuring.Interrupted e) {
            throw e;
        } catch (RuntimeException e) {
            Measuring.requireNotInterrupted();
            if (standing.outcomes.isEmpty()) {
                standing.error = Measuring.line(candidate.name(), e);
            } else {
                standing.note = "failed with " + train + " examples: " + Measuring.line(candidate.name(), e);
                standing.error = "";
            }
        }
    }

    private List<Row> rows(Measuring measuring, Journal journal) {
        List<Standing> order = standings.values().stream()
                .filter(standing -> standing.error.isEmpty())
                .sorted(Comparator.comparingDouble((Standing standing) -> -standing.outcomes.size())
                        .thenComparingDouble(standing -> -standing.quality()))
                .toList();
        Map<String, Measured> measured = new LinkedHashMap<>();
        Set<Family> probed = new HashSet<>();
        List<Standing> turn = new ArrayList<>();
        order.stream()
                .filter(standing -> probed.add(standing.candidate.traits().family()))
                .forEach(turn::add);
        order.stream().filter(standing -> !turn.contains(standing)).forEach(turn::add);
        Extras extras = new Extras(measuring, split);
        for (Standing standing : turn) {
            double left = budget.isZero() ? Double.POSITIVE_INFINITY : budget.toNanos() - (double) journal.nanos();
            measured.put(
                    standing.candidate.name(),
                    row(
                            standing,
                            extras.of(
                                    standing.candidate,
                                    standing.trainExamples,
                                    standing.outcomes,
                                    standing.curve,
                                    left)));
        }
        List<Row> rows = new ArrayList<>();
        for (Candidate candidate : candidates) {
            String name = candidate.name();
            String reason = ruledOut.get(name);
            Standing standing = standings.get(name);
            Measured row = measured.get(name);
            if (row != null) {
                rows.add(row);
            } else if (reason != null) {
                rows.add(new RuledOut(name, reason));
            } else if (standing != null) {
                rows.add(new Failed(name, standing.error));
            }
        }
        return rows;
    }

    private static Measured row(Standing standing, PilotReport.Details details) {
        List<Outcome> outcomes = standing.outcomes;
        List<Outcome> answered =
                outcomes.stream().filter(outcome -> outcome.error().isEmpty()).toList();
        double[] nanos = answered.stream()
                .mapToDouble(outcome -> outcome.latency().toNanos())
                .sorted()
                .toArray();
        double all = outcomes.stream()
                .mapToDouble(outcome -> outcome.latency().toNanos())
                .sum();
        return new Measured(
                standing.candidate.name(),
                standing.quality(),
                interval(outcomes),
                new Latency(Duration.ofNanos((long) Quantile.of(nanos, 0.5)), Duration.ofNanos((long)
                        Quantile.of(nanos, 0.95))),
                answered.stream().mapToInt(Outcome::promptTokens).average().orElseThrow(),
                answered.stream().mapToInt(Outcome::completionTokens).average().orElseThrow(),
                Duration.ofNanos(standing.adaptNanos),
                Duration.ofNanos(standing.adaptNanos + (long) all),
                outcomes,
                details);
    }

    private static Interval interval(List<Outcome> outcomes) {
        return Interval.ofMean(outcomes.stream().mapToDouble(Outcome::score).toArray());
    }

    private TaskSummary summary(String identity) {
        Task task = split.task();
        return new TaskSummary(
                task.name(),
                identity,
                task.metric().name(),
                task.labels().size(),
                task.examples().size(),
                sample.size(),
                baselines(task, sample),
                sample);
    }

    static Optional<Measured> best(List<Measured> measured) {
        int most =
                measured.stream().mapToInt(row -> row.outcomes().size()).max().orElse(0);
        return measured.stream()
                .filter(row -> row.outcomes().size() == most)
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
            Map<String, Double> scores = new LinkedHashMap<>();
            best.outcomes().forEach(outcome -> scores.put(outcome.id(), outcome.score()));
            int wins = 0;
            int losses = 0;
            for (Outcome outcome : other.outcomes()) {
                int order = Double.compare(scores.getOrDefault(outcome.id(), outcome.score()), outcome.score());
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

    private static String words(Duration duration) {
        return duration.toMinutes() >= 2 ? duration.toMinutes() + " min" : duration.toSeconds() + " s";
    }

    /** Where journal and what was trained lie: the caller's folder, or a temporary one that is removed. */
    private record Workshop(@Nullable Path path, boolean temporary) implements AutoCloseable {
        static Workshop open(Optional<Path> asked, boolean keeps) {
            try {
                if (asked.isPresent()) {
                    return new Workshop(Files.createDirectories(asked.get()), false);
                }
                return new Workshop(keeps ? Files.createTempDirectory("llm-adapt-pilot") : null, true);
            } catch (IOException e) {
                throw new LlmAdaptException("the pilot's folder cannot be made: " + e.getMessage(), e);
            }
        }

        /** A folder; nobody asks for it where nothing is kept. */
        Path folder() {
            return path == null ? Path.of("") : path;
        }

        @Override
        public void close() {
            if (temporary && path != null) {
                try {
                    TrainedLayer.delete(path);
                } catch (IOException e) {
                    org.slf4j.LoggerFactory.getLogger(PilotRun.class).warn("could not delete {}", path, e);
                }
            }
        }
    }
}
