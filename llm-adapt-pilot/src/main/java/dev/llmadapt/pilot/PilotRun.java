package dev.llmadapt.pilot;

import com.google.gson.JsonObject;
import dev.llmadapt.Example;
import dev.llmadapt.Model;
import dev.llmadapt.ModelInfo;
import dev.llmadapt.Progress;
import dev.llmadapt.Task;
import dev.llmadapt.pilot.recommendation.Needs;
import dev.llmadapt.pilot.report.PilotReport;
import dev.llmadapt.pilot.report.PilotReport.Baselines;
import dev.llmadapt.pilot.report.PilotReport.TaskSummary;
import dev.llmadapt.pilot.results.Comparison;
import dev.llmadapt.pilot.results.Failed;
import dev.llmadapt.pilot.results.Measured;
import dev.llmadapt.pilot.results.MeasurementDetails;
import dev.llmadapt.pilot.results.MeasurementDetails.Omitted;
import dev.llmadapt.pilot.results.PilotOptions;
import dev.llmadapt.pilot.results.Row;
import dev.llmadapt.pilot.results.RuledOut;
import dev.llmadapt.pilot.strategy.Candidate;
import dev.llmadapt.pilot.strategy.StrategyFamily;
import dev.llmadapt.pilot.strategy.Variants;
import dev.llmadapt.pilot.task.Stratified;
import dev.llmadapt.pilot.task.TaskSplit;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
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
    private final Admission admission;
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
        this.admission = new Admission(split, needs, model);
        this.sample = Stratified.ordered(split.test(), options.seed()).stream()
                .limit(options.limit())
                .toList();
    }

    PilotReport run(Instant started) {
        try (WorkFolder work = WorkFolder.open(folder, keeps())) {
            String hash = split.hash();
            Optional<ModelInfo> info = admission.needModel(candidates) ? Optional.of(model.info()) : Optional.empty();
            Journal opened = folder.isPresent()
                    ? Journal.open(
                            work.folder().resolve("journal.jsonl"),
                            RunIdentity.of(hash, info, options, budget, candidates, searches()))
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
                Race race = new Race(split, sample, budget, Variants.wordings());
                Map<String, CandidateState> states = race.run(admitted, context, ruledOut);
                List<Candidate> all = new ArrayList<>(candidates);
                for (Candidate found : race.found()) {
                    all.add(found);
                    String unwanted = admission.unwanted(found);
                    if (!unwanted.isEmpty()) {
                        ruledOut.put(found.name(), unwanted);
                    }
                }
                List<Row> rows = rows(all, context, journal, states);
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
            String unable = admission.unable(candidate);
            String unwanted = admission.unwanted(candidate);
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

    private List<Row> rows(
            List<Candidate> all, TrialContext context, Journal journal, Map<String, CandidateState> states) {
        List<CandidateState> order = states.values().stream()
                .filter(state -> state.error.isEmpty())
                .sorted(Comparator.comparingDouble((CandidateState state) -> -state.outcomes.size())
                        .thenComparingDouble(state -> -state.quality()))
                .toList();
        Set<StrategyFamily> probed = new HashSet<>();
        List<CandidateState> first = new ArrayList<>();
        order.stream()
                .filter(state -> probed.add(state.candidate.traits().family()))
                .forEach(first::add);
        List<CandidateState> turn = new ArrayList<>(first);
        order.stream().filter(state -> !first.contains(state)).forEach(turn::add);
        Diagnostics extras = new Diagnostics(context, split);
        LearningCurve curve = new LearningCurve(split.task().examples().size(), sample, !budget.isZero());
        Map<String, Measured> measured = new LinkedHashMap<>();
        for (CandidateState state : turn) {
            // of who was stopped, and is not the best of its family, nobody asks how robust it is
            boolean finalist = first.contains(state) || state.outcomes.size() == sample.size();
            double time = finalist ? left(journal) : 0;
            MeasurementDetails known =
                    extras.of(state.candidate, state.trainExamples, state.outcomes, state.curve, time);
            Set<Omitted> omitted = EnumSet.noneOf(Omitted.class);
            if (finalist && !known.risks().complete()) {
                omitted.add(Omitted.RISKS);
            }
            if (!curve.complete(state, context, left(journal))) {
                omitted.add(Omitted.LEARNING_CURVE);
            }
            context.release(state.candidate);
            measured.put(
                    state.candidate.name(),
                    state.measured(known.withCurve(state.curve).withOmitted(omitted)));
        }
        List<Row> rows = new ArrayList<>();
        for (Candidate candidate : all) {
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

    private boolean searches() {
        Refinement refinement = new Refinement(split.task(), sample.size(), Variants.wordings());
        return candidates.stream().anyMatch(refinement::applies);
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
