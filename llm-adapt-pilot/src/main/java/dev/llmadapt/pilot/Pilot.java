package dev.llmadapt.pilot;

import dev.llmadapt.Example;
import dev.llmadapt.LlmAdaptException;
import dev.llmadapt.Model;
import dev.llmadapt.Progress;
import dev.llmadapt.Strategy;
import dev.llmadapt.Task;
import dev.llmadapt.UnavailableException;
import dev.llmadapt.pilot.recommendation.Needs;
import dev.llmadapt.pilot.report.PilotReport;
import dev.llmadapt.pilot.results.Failed;
import dev.llmadapt.pilot.results.PilotOptions;
import dev.llmadapt.pilot.results.RuledOut;
import dev.llmadapt.pilot.strategy.Candidate;
import dev.llmadapt.pilot.strategy.UnlabelledTexts;
import dev.llmadapt.pilot.task.TaskFileOptions;
import dev.llmadapt.pilot.task.TaskSplit;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;

/**
 * Measures strategies side by side, on the same test examples, and says which to take.
 *
 * <pre>{@code
 * PilotReport report = Pilot.of(split)
 *         .candidates(StrategyCatalog.parse("zero-shot,few-shot-nearest,lora", 0))
 *         .needs(Needs.defaults().withLatency(Duration.ofSeconds(1)))
 *         .budget(Duration.ofMinutes(14))
 *         .run(model);
 * System.out.println(report.recommendation().text());
 * }</pre>
 *
 * <p>Without a budget every candidate answers all test examples. With one it is a race: candidates learn from all
 * examples, one that is shown to be worse than the leader is asked no more, and what trains for long does so where its
 * first steps show that there is time for it. For the best two that are left, other wordings and settings are searched
 * by training examples, where there is time; what is found has a row of its own. Learning curves are measured at the
 * end, as far as time is left.
 *
 * <p>Immutable; each method returns a changed copy.
 */
public final class Pilot {
    private final TaskSplit split;
    private final List<Strategy> candidates;
    private final Needs needs;
    private final PilotOptions options;
    private final Duration budget;
    private final Optional<Path> folder;
    private final Progress progress;
    private final Instant started;
    private final LongSupplier nanoClock;

    private Pilot(
            TaskSplit split,
            List<Strategy> candidates,
            Needs needs,
            PilotOptions options,
            Duration budget,
            Optional<Path> folder,
            Progress progress,
            Instant started,
            LongSupplier nanoClock) {
        this.split = split;
        this.candidates = List.copyOf(candidates);
        this.needs = needs;
        this.options = options;
        this.budget = budget;
        this.folder = folder;
        this.progress = progress;
        this.started = started;
        this.nanoClock = nanoClock;
    }

    /** A pilot of a task, with its test examples and probes. */
    public static Pilot of(TaskSplit split) {
        return new Pilot(
                split,
                List.of(),
                Needs.defaults(),
                PilotOptions.defaults(),
                Duration.ZERO,
                Optional.empty(),
                Progress.NONE,
                Instant.now(),
                System::nanoTime);
    }

    /** A pilot of a task, which measures on 30 % of its examples and lets candidates learn from the others. */
    public static Pilot of(Task task) {
        return of(TaskSplit.of(task, TaskFileOptions.defaults().testShare(), 0));
    }

    /** A pilot of a task and examples to measure on. */
    public static Pilot of(Task task, List<Example> test) {
        return of(new TaskSplit(task, test, List.of()));
    }

    /** Returns this pilot with candidates: at least one, their names all different. */
    public Pilot candidates(List<? extends Strategy> candidates) {
        return new Pilot(split, List.copyOf(candidates), needs, options, budget, folder, progress, started, nanoClock);
    }

    /** Returns this pilot with candidates: at least one, their names all different. */
    public Pilot candidates(Strategy... candidates) {
        return candidates(List.of(candidates));
    }

    /** Returns this pilot for other needs. */
    public Pilot needs(Needs needs) {
        return new Pilot(split, candidates, needs, options, budget, folder, progress, started, nanoClock);
    }

    /** Returns this pilot with other options. */
    public Pilot options(PilotOptions options) {
        return new Pilot(split, candidates, needs, options, budget, folder, progress, started, nanoClock);
    }

    /** Returns this pilot with a limit of time for adapting and answering together; zero is no limit. */
    public Pilot budget(Duration budget) {
        if (budget.isNegative()) {
            throw new IllegalArgumentException("budget must not be negative, budget: " + budget);
        }
        return new Pilot(split, candidates, needs, options, budget, folder, progress, started, nanoClock);
    }

    /**
     * Returns this pilot with a folder for the journal and what is trained; a run that was stopped goes on from there.
     */
    public Pilot folder(Path folder) {
        return new Pilot(split, candidates, needs, options, budget, Optional.of(folder), progress, started, nanoClock);
    }

    /** Returns this pilot with a listener to the progress of adapting and answering. */
    public Pilot progress(Progress progress) {
        return new Pilot(split, candidates, needs, options, budget, folder, progress, started, nanoClock);
    }

    /** Returns this pilot with a given start and clock. */
    Pilot clock(Instant started, LongSupplier nanoClock) {
        return new Pilot(split, candidates, needs, options, budget, folder, progress, started, nanoClock);
    }

    /**
     * Runs the candidates.
     *
     * <p>An answer that fails (its prompt is too long, say) counts as wrong; a strategy that cannot adapt, or whose
     * every answer fails, becomes a {@link Failed} row, one that the needs, the data or the budget exclude a
     * {@link RuledOut} one, and the others go on.
     *
     * @param model the model to adapt; stays open. It is asked nothing, its description included, unless a candidate
     *     that the task does not exclude learns or answers with one: a {@link dev.llmadapt.LazyModel} stays unopened
     * @throws IllegalArgumentException if there are no test examples or candidates, two candidates have one name, or a
     *     test answer, or a label of the prices of errors, is not among the labels, or the needs are not
     *     {@linkplain Needs#requireDecidable() decidable}
     * @throws UnavailableException if the model, or what a candidate asks, such as a judge, cannot be asked any more;
     *     what was measured is in the folder, and the same run goes on from there
     * @throws LlmAdaptException if the calling thread is interrupted, its interrupt status stays set; or if the folder
     *     holds another run or cannot be written
     */
    public PilotReport run(Model model) {
        check();
        needs.requireDecidable();
        needs.stakes().requireLabels(split.task().labels());
        UnlabelledTexts texts = unlabelled();
        List<Candidate> known = candidates.stream()
                .map(candidate -> Candidate.of(candidate).withUnlabelled(texts))
                .toList();
        return new PilotRun(split, known, needs, options, budget, folder, progress, nanoClock, model).run(started);
    }

    /** The texts for a teacher, of which none is a test text in these or other words. */
    private UnlabelledTexts unlabelled() {
        List<String> heldOut = new ArrayList<>();
        split.test().forEach(example -> heldOut.add(example.input()));
        split.probes().paraphrases().values().forEach(heldOut::addAll);
        return new UnlabelledTexts(split.unlabelled(), heldOut);
    }

    private void check() {
        if (split.test().isEmpty() || candidates.isEmpty()) {
            throw new IllegalArgumentException("a pilot needs test examples and candidates, test: "
                    + split.test().size() + ", candidates: " + candidates.size());
        }
        Set<String> names = new HashSet<>();
        for (Strategy candidate : candidates) {
            if (!names.add(candidate.name())) {
                throw new IllegalArgumentException("two candidates are called '" + candidate.name() + "'");
            }
        }
        Task task = split.task();
        if (!task.labels().isEmpty()) {
            Set<String> labels = Set.copyOf(task.labels());
            for (Example example : split.test()) {
                if (!labels.contains(example.output())) {
                    throw new IllegalArgumentException("test example '" + example.id() + "' has the label '"
                            + example.output() + "', expected one of " + task.labels());
                }
            }
        }
    }
}
