package dev.llmadapt.pilot;

import com.google.gson.JsonObject;
import dev.llmadapt.Example;
import dev.llmadapt.Model;
import dev.llmadapt.ModelInfo;
import dev.llmadapt.Progress;
import dev.llmadapt.Task;
import dev.llmadapt.local.LocalModel;
import dev.llmadapt.pilot.recommendation.Needs;
import dev.llmadapt.pilot.report.PilotReport;
import dev.llmadapt.pilot.report.PilotReport.Baselines;
import dev.llmadapt.pilot.report.PilotReport.TaskSummary;
import dev.llmadapt.pilot.results.Comparison;
import dev.llmadapt.pilot.results.Failed;
import dev.llmadapt.pilot.results.Measured;
import dev.llmadapt.pilot.results.MeasurementDetails;
import dev.llmadapt.pilot.results.PilotOptions;
import dev.llmadapt.pilot.results.Row;
import dev.llmadapt.pilot.results.RuledOut;
import dev.llmadapt.pilot.strategy.Candidate;
import dev.llmadapt.pilot.strategy.Candidate.ModelUse;
import dev.llmadapt.pilot.strategy.Candidate.Need;
import dev.llmadapt.pilot.strategy.Candidate.Training;
import dev.llmadapt.pilot.strategy.StrategyCatalog;
import dev.llmadapt.pilot.strategy.StrategyFamily;
import dev.llmadapt.pilot.task.Stratified;
import dev.llmadapt.pilot.task.TaskSplit;
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

/**
 * One run of a {@link Pilot}: who is ruled out, the race, then what else is measured of those that went furthest. Each
 * decision rests on what the {@link Journal} holds, so a resumed run takes the same ones.
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
        this.sample = Stratified.ordered(split.test(), options.seed()).stream()
                .limit(options.limit())
                .toList();
    }

    PilotReport run(Instant started) {
        try (WorkFolder work = WorkFolder.open(folder, keeps())) {
            String hash = split.hash();
            Optional<ModelInfo> info = modelInfo();
            Journal opened = folder.isPresent()
                    ? Journal.open(
                            work.folder().resolve("journal.jsonl"),
                            RunIdentity.of(hash, info, options, budget, candidates))
                    : Journal.inMemory();
            try (Journal journal = opened;
                    TrialContext context = new TrialContext(
                            model, split.task(), journal, work.folder(), progress, clock, options.seed())) {
                Instant begun = Instant.parse(journal.once("started", () -> {
                            JsonObject entry = new JsonObject();
                            entry.addProperty("at", started.toString());
                            return entry;
                        })
                        .get("at")
                        .getAsString());
                List<Candidate> admitted = admitted(journal);
                Race race = new Race(split, sample, budget);
                Map<String, CandidateState> states = race.run(admitted, context, ruledOut);
                List<Row> rows = rows(context, journal, race, states);
                journal.once(finished(admitted), JsonObject::new);
                List<Measured> measured = rows.stream()
                        .filter(Measured.class::isInstance)
                        .map(Measured.class::cast)
                        .toList();
                Map<String, String> leftBehind = new LinkedHashMap<>();
                states.forEach((name, state) -> {
                    if (!state.note.isEmpty() && !ruledOut.containsKey(name)) {
                        leftBehind.put(name, state.note);
                    }
                });
                return new PilotReport(
                        begun,
                        Map.of(),
                        info,
                        summary(hash),
                        options,
                        needs,
                        rows,
                        Comparison.ofBest(measured),
                        leftBehind);
            }
        }
    }

    /** The model's description, if a candidate needs one: of others it is not asked, and may never be opened. */
    private Optional<ModelInfo> modelInfo() {
        return candidates.stream()
                        .map(Candidate::traits)
                        .anyMatch(traits -> traits.modelUse() != ModelUse.NONE
                                && missing(traits).isEmpty())
                ? Optional.of(model.info())
                : Optional.empty();
    }

    private boolean keeps() {
        return candidates.stream()
                .anyMatch(candidate ->
                        candidate.traits().trains() && candidate.traits().keeps());
    }

    /**
     * The candidates that take part. Where a run on the same task is finished, those that the needs rule out take part,
     * too: all of it is in the journal, so nobody is asked again, and the others get as far as they did. They are
     * reported as ruled out.
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

    /** The reason why data or model rule a candidate out; empty if they do not. */
    private String unable(Candidate.Traits traits) {
        String missing = missing(traits);
        return missing.isEmpty()
                        && traits.needs().contains(Need.LOCAL_MODEL)
                        && model.unwrap(LocalModel.class).isEmpty()
                ? "it needs a model in this process, " + model.info().name() + " is none"
                : missing;
    }

    /** The reason why the data rule a candidate out; empty if they do not. */
    private String missing(Candidate.Traits traits) {
        Task task = split.task();
        if (traits.retrieves() && task.corpus().isEmpty()) {
            return "the task has no corpus to retrieve from";
        }
        if (traits.needs().contains(Need.LABELS) && task.labels().isEmpty()) {
            return "it chooses among labels, the task has none";
        }
        if (traits.needs().contains(Need.FREE_TEXT) && !StrategyCatalog.writesFreeText(task)) {
            return "it answers in free text, the task's answers are "
                    + (task.labels().isEmpty() ? "JSON" : "labels");
        }
        if (traits.needs().contains(Need.UNLABELLED_TEXTS) && split.unlabelled().isEmpty()) {
            return "it learns from a teacher's answers to unlabelled texts, none are given (--unlabelled FILE)";
        }
        if (task.examples().size() < traits.shots()) {
            return "needs " + traits.shots() + " examples, the task has "
                    + task.examples().size();
        }
        return "";
    }

    /** The reason why the needs rule a candidate out; empty if they do not. */
    private String unwanted(Candidate.Traits traits) {
        if (traits.trains() && needs.trainingBudget().isZero()) {
            return "the needs leave nothing for training"
                    + (traits.training() == Training.QUICK ? "; it learns within seconds" : "");
        }
        if (!needs.dataMayLeave()
                && traits.modelUse() != ModelUse.NONE
                && needs.prices().hosted()
                && model.unwrap(LocalModel.class).isEmpty()) {
            return "the needs let no data leave, and the model is hosted";
        }
        return "";
    }

    private List<Row> rows(TrialContext context, Journal journal, Race race, Map<String, CandidateState> states) {
        List<CandidateState> order = states.values().stream()
                .filter(state -> state.error.isEmpty())
                .sorted(Comparator.comparingDouble((CandidateState state) -> -state.outcomes.size())
                        .thenComparingDouble(state -> -state.quality()))
                .toList();
        Set<StrategyFamily> probed = new HashSet<>();
        List<CandidateState> turn = new ArrayList<>();
        order.stream()
                .filter(state -> probed.add(state.candidate.traits().family()))
                .forEach(turn::add);
        order.stream().filter(state -> !turn.contains(state)).forEach(turn::add);
        Diagnostics extras = new Diagnostics(context, split);
        Map<CandidateState, MeasurementDetails> details = new LinkedHashMap<>();
        for (CandidateState state : turn) {
            details.put(
                    state, extras.of(state.candidate, state.trainExamples, state.outcomes, state.curve, left(journal)));
            context.release(state.candidate);
        }
        Map<String, Measured> measured = new LinkedHashMap<>();
        details.forEach((state, known) -> {
            race.complete(state, context, left(journal));
            context.release(state.candidate);
            measured.put(state.candidate.name(), state.measured(known.withCurve(state.curve)));
        });
        List<Row> rows = new ArrayList<>();
        for (Candidate candidate : candidates) {
            String name = candidate.name();
            String reason = ruledOut.get(name);
            CandidateState state = states.get(name);
            Measured row = measured.get(name);
            if (reason != null) {
                rows.add(new RuledOut(name, reason));
            } else if (row != null) {
                rows.add(row);
            } else if (state != null) {
                rows.add(new Failed(name, state.error));
            }
        }
        return rows;
    }

    /** Nanoseconds of the budget that are left. */
    private double left(Journal journal) {
        return budget.isZero() ? Double.POSITIVE_INFINITY : budget.toNanos() - (double) journal.nanos();
    }

    private TaskSummary summary(String hash) {
        Task task = split.task();
        return new TaskSummary(
                task.name(),
                hash,
                task.metric().name(),
                task.labels().size(),
                task.examples().size(),
                sample.size(),
                Baselines.of(task, sample),
                sample);
    }
}
