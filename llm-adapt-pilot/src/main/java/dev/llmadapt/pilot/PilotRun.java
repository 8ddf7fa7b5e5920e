package dev.llmadapt.pilot;

import com.google.gson.JsonObject;
import dev.llmadapt.Example;
import dev.llmadapt.LlmAdaptException;
import dev.llmadapt.Model;
import dev.llmadapt.Progress;
import dev.llmadapt.Task;
import dev.llmadapt.files.FolderTree;
import dev.llmadapt.peft.LocalModel;
import dev.llmadapt.pilot.measurement.Comparison;
import dev.llmadapt.pilot.measurement.Details;
import dev.llmadapt.pilot.measurement.Failed;
import dev.llmadapt.pilot.measurement.Latency;
import dev.llmadapt.pilot.measurement.Measured;
import dev.llmadapt.pilot.measurement.Outcome;
import dev.llmadapt.pilot.measurement.PilotOptions;
import dev.llmadapt.pilot.measurement.Row;
import dev.llmadapt.pilot.measurement.RuledOut;
import dev.llmadapt.pilot.recommendation.Needs;
import dev.llmadapt.pilot.report.PilotReport;
import dev.llmadapt.pilot.report.PilotReport.Baselines;
import dev.llmadapt.pilot.report.PilotReport.TaskSummary;
import dev.llmadapt.pilot.statistics.Quantile;
import dev.llmadapt.pilot.strategy.Candidate;
import dev.llmadapt.pilot.strategy.Family;
import dev.llmadapt.pilot.task.Stratified;
import dev.llmadapt.pilot.task.TaskSplit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
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

    PilotReport run(Instant started) {
        try (Workshop workshop = Workshop.open(folder, keeps())) {
            String identity = split.hash();
            Journal opened = folder.isPresent()
                    ? Journal.open(
                            workshop.folder().resolve("journal.jsonl"),
                            identity + " " + model.info() + " " + options + " " + budget + " " + names())
                    : Journal.inMemory();
            try (Journal journal = opened;
                    Measuring measuring = new Measuring(
                            model, split.task(), journal, workshop.folder(), progress, clock, options.seed())) {
                Instant begun = Instant.parse(journal.once("started", () -> {
                            JsonObject entry = new JsonObject();
                            entry.addProperty("at", started.toString());
                            return entry;
                        })
                        .get("at")
                        .getAsString());
                List<Candidate> admitted = admitted(journal);
                Halving halving = new Halving(split, sample, budget, options.seed());
                Map<String, Standing> standings = halving.run(admitted, measuring, ruledOut);
                List<Row> rows = rows(measuring, journal, halving, standings);
                journal.once(finished(admitted), JsonObject::new);
                List<Measured> measured = rows.stream()
                        .filter(Measured.class::isInstance)
                        .map(Measured.class::cast)
                        .toList();
                Map<String, String> settings = new LinkedHashMap<>();
                standings.forEach((name, standing) -> {
                    if (!standing.note.isEmpty() && !ruledOut.containsKey(name)) {
                        settings.put(PilotReport.LEFT_BEHIND + name, standing.note);
                    }
                });
                return new PilotReport(
                        begun,
                        settings,
                        model.info(),
                        summary(identity),
                        options,
                        needs,
                        rows,
                        Comparison.ofBest(measured));
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

    /**
     * Who takes part. Where a run on the same task is finished, those that the needs rule out take part, too: all of it is in
     * the journal, so nobody is asked again, and the others get as far as they did. They are reported as ruled out.
     */
    private List<Candidate> admitted(Journal journal) {
        List<Candidate> able = new ArrayList<>();
        List<Candidate> wanted = new ArrayList<>();
        for (Candidate candidate : candidates) {
            String unable = unable(candidate.traits());
            String unwanted = unwanted(candidate.traits());
            if (unable.isEmpty()) {
                able.add(candidate);
            }
            if (unable.isEmpty() && unwanted.isEmpty()) {
                wanted.add(candidate);
            } else {
                ruledOut.put(candidate.name(), unable.isEmpty() ? unwanted : unable);
            }
        }
        return journal.find(finished(able)).isPresent() ? able : wanted;
    }

    private static String finished(List<Candidate> took) {
        return "finished|" + String.join(",", took.stream().map(Candidate::name).toList());
    }

    /** Why data or model rule a candidate out; empty if they do not. */
    private String unable(Candidate.Traits traits) {
        Task task = split.task();
        if (traits.retrieves() && task.corpus().isEmpty()) {
            return "the task has no corpus to retrieve from";
        }
        if (task.examples().size() < traits.shots()) {
            return "needs " + traits.shots() + " examples, the task has "
                    + task.examples().size();
        }
        if (traits.trains() && model.unwrap(LocalModel.class).isEmpty()) {
            return "training needs a model in this process, " + model.info().name() + " is none";
        }
        return "";
    }

    /** Why the needs rule a candidate out; empty if they do not. */
    private String unwanted(Candidate.Traits traits) {
        if (traits.trains() && needs.trainingBudget().isZero()) {
            return "the needs leave nothing for training";
        }
        if (!needs.dataMayLeave()
                && needs.prices().hosted()
                && model.unwrap(LocalModel.class).isEmpty()) {
            return "the needs let no data leave, and the model is hosted";
        }
        return "";
    }

    private List<Row> rows(Measuring measuring, Journal journal, Halving halving, Map<String, Standing> standings) {
        List<Standing> order = standings.values().stream()
                .filter(standing -> standing.error.isEmpty())
                .sorted(Comparator.comparingDouble((Standing standing) -> -standing.outcomes.size())
                        .thenComparingDouble(standing -> -standing.quality()))
                .toList();
        Set<Family> probed = new HashSet<>();
        List<Standing> turn = new ArrayList<>();
        order.stream()
                .filter(standing -> probed.add(standing.candidate.traits().family()))
                .forEach(turn::add);
        order.stream().filter(standing -> !turn.contains(standing)).forEach(turn::add);
        Extras extras = new Extras(measuring, split);
        Map<Standing, Details> details = new LinkedHashMap<>();
        for (Standing standing : turn) {
            details.put(
                    standing,
                    extras.of(
                            standing.candidate,
                            standing.trainExamples,
                            standing.outcomes,
                            standing.curve,
                            left(journal)));
            measuring.release(standing.candidate);
        }
        Map<String, Measured> measured = new LinkedHashMap<>();
        details.forEach((standing, known) -> {
            halving.complete(standing, measuring, left(journal));
            measuring.release(standing.candidate);
            measured.put(standing.candidate.name(), row(standing, known.withCurve(standing.curve)));
        });
        List<Row> rows = new ArrayList<>();
        for (Candidate candidate : candidates) {
            String name = candidate.name();
            String reason = ruledOut.get(name);
            Standing standing = standings.get(name);
            Measured row = measured.get(name);
            if (reason != null) {
                rows.add(new RuledOut(name, reason));
            } else if (row != null) {
                rows.add(row);
            } else if (standing != null) {
                rows.add(new Failed(name, standing.error));
            }
        }
        return rows;
    }

    /** Nanoseconds of the budget that are left. */
    private double left(Journal journal) {
        return budget.isZero() ? Double.POSITIVE_INFINITY : budget.toNanos() - (double) journal.nanos();
    }

    private static Measured row(Standing standing, Details details) {
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
                Standing.interval(outcomes),
                new Latency(Duration.ofNanos((long) Quantile.of(nanos, 0.5)), Duration.ofNanos((long)
                        Quantile.of(nanos, 0.95))),
                answered.stream().mapToInt(Outcome::promptTokens).average().orElseThrow(),
                answered.stream().mapToInt(Outcome::completionTokens).average().orElseThrow(),
                Duration.ofNanos(standing.adaptNanos),
                Duration.ofNanos(standing.adaptNanos + (long) all),
                outcomes,
                details);
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
                    FolderTree.delete(path);
                } catch (IOException e) {
                    org.slf4j.LoggerFactory.getLogger(PilotRun.class).warn("could not delete {}", path, e);
                }
            }
        }
    }
}
