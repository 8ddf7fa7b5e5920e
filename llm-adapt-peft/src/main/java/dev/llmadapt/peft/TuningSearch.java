package dev.llmadapt.peft;

import dev.llmadapt.Model;
import dev.llmadapt.Progress;
import dev.llmadapt.peft.training.TrainingException;
import dev.llmadapt.peft.training.TrainingOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.function.LongSupplier;

/**
 * A search for the settings of a tuning: the learning rate, the steps, and the rank or the number of virtual tokens. It
 * is successive halving (ASHA, Li et al. 2020): many settings are trained for few steps, and the best third of them for
 * three times as many. Each trial is a whole training, with its own warm-up and its rate down to 0, and is judged by
 * texts that it has not learned: by their loss, or by the task's metric where the tuning's options select by it.
 *
 * <p>The first trial has the tuning's own settings; the others are drawn by the seed of its options, so that one seed
 * gives one search as far as the time reaches.
 *
 * @param rates by which the tuning's learning rate is multiplied, positive, at least one
 * @param sizes by which its rank, or its number of virtual tokens, is multiplied, positive, at least one; a tuning that
 *     has neither stays as it is
 * @param trials the most settings that are tried, from 1
 * @param budget the time for all trials, or zero for no limit: a trial that would probably exceed it is not begun,
 *     except the first
 * @param validationShare share of the texts that trials are judged by, above 0 to 0.5; that of the tuning's options
 *     counts instead where it holds some back
 * @param folder where trials are noted, and a stopped one keeps its state, so that the same search goes on; empty for
 *     nowhere
 * @param nanoTime the clock, as {@link System#nanoTime}
 */
public record TuningSearch(
        List<Double> rates,
        List<Double> sizes,
        int trials,
        Duration budget,
        double validationShare,
        Optional<Path> folder,
        LongSupplier nanoTime) {
    static final int ETA = 3;
    /** The steps of each rung as a share of those that the tuning makes by itself. */
    static final List<Double> RUNGS = List.of(1.0 / ETA, 1.0, (double) ETA);

    /** Validates and copies the components. */
    public TuningSearch {
        rates = factors("rates", rates);
        sizes = factors("sizes", sizes);
        if (trials < 1) {
            throw new IllegalArgumentException("trials must be at least 1, trials: " + trials);
        }
        if (budget.isNegative()) {
            throw new IllegalArgumentException("budget must be 0 or more, budget: " + budget);
        }
        if (!(validationShare > 0 && validationShare <= 0.5)) {
            throw new IllegalArgumentException(
                    "validationShare must be above 0 and at most 0.5, validationShare: " + validationShare);
        }
        Objects.requireNonNull(folder, "folder");
        Objects.requireNonNull(nanoTime, "nanoTime");
    }

    private static List<Double> factors(String name, List<Double> factors) {
        if (factors.isEmpty() || !factors.stream().allMatch(factor -> factor > 0 && Double.isFinite(factor))) {
            throw new IllegalArgumentException(
                    name + " must be positive factors, at least one, " + name + ": " + factors);
        }
        return List.copyOf(factors);
    }

    /**
     * Rates from a quarter to four times the tuning's, sizes from half to twice, 9 settings, ten minutes, a fifth of
     * the texts.
     */
    public static TuningSearch defaults() {
        return new TuningSearch(
                List.of(0.25, 0.5, 1.0, 2.0, 4.0),
                List.of(0.5, 1.0, 2.0),
                9,
                Duration.ofMinutes(10),
                0.2,
                Optional.empty(),
                System::nanoTime);
    }

    /** Returns this search over other learning rates. */
    public TuningSearch withRates(List<Double> rates) {
        return new TuningSearch(rates, sizes, trials, budget, validationShare, folder, nanoTime);
    }

    /** Returns this search over other ranks or numbers of virtual tokens. */
    public TuningSearch withSizes(List<Double> sizes) {
        return new TuningSearch(rates, sizes, trials, budget, validationShare, folder, nanoTime);
    }

    /** Returns this search with another most number of settings. */
    public TuningSearch withTrials(int trials) {
        return new TuningSearch(rates, sizes, trials, budget, validationShare, folder, nanoTime);
    }

    /** Returns this search with another budget. */
    public TuningSearch withBudget(Duration budget) {
        return new TuningSearch(rates, sizes, trials, budget, validationShare, folder, nanoTime);
    }

    /** Returns this search with another share of texts to judge by. */
    public TuningSearch withValidationShare(double validationShare) {
        return new TuningSearch(rates, sizes, trials, budget, validationShare, folder, nanoTime);
    }

    /** Returns this search with a folder from which it goes on. */
    public TuningSearch withFolder(Path folder) {
        return new TuningSearch(rates, sizes, trials, budget, validationShare, Optional.of(folder), nanoTime);
    }

    /** Returns this search with another clock. */
    public TuningSearch withNanoTime(LongSupplier nanoTime) {
        return new TuningSearch(rates, sizes, trials, budget, validationShare, folder, nanoTime);
    }

    /**
     * A trial.
     *
     * @param learningRate its highest learning rate
     * @param size its rank or number of virtual tokens; 0 where the tuning has neither
     * @param steps how many it made
     * @param loss of the held-out texts after the step that was best; positive infinity where it diverged
     * @param score of the task's metric after that step, where it selects
     * @param seconds how long it took
     */
    public record Trial(double learningRate, int size, int steps, double loss, OptionalDouble score, double seconds) {
        /** By the score where there is one, then by the loss. */
        static final Comparator<Trial> WORST_FIRST = Comparator.<Trial>comparingDouble(
                        trial -> trial.score().orElse(0))
                .thenComparing(Comparator.comparingDouble(Trial::loss).reversed());

        double value() {
            return Double.isFinite(loss) ? score.orElse(-loss) : Double.NEGATIVE_INFINITY;
        }
    }

    /**
     * A search that is over.
     *
     * @param best the tuning with the settings of the best trial, which trains for as many steps
     * @param trials all, in the order in which they ran
     */
    public record Result(Tuning best, List<Trial> trials) {
        /** Copies the trials. */
        public Result {
            trials = List.copyOf(trials);
        }

        /** The best of the trials. */
        public Trial bestTrial() {
            return Collections.max(trials, Trial.WORST_FIRST);
        }

        /** All trials, a line each, the best first. */
        public String table() {
            StringBuilder text = new StringBuilder(String.format(
                    Locale.ROOT, "%10s %6s %6s %10s %7s %8s%n", "rate", "size", "steps", "held-out", "score", "time"));
            trials.stream()
                    .sorted(Trial.WORST_FIRST.reversed())
                    .forEach(trial -> text.append(String.format(
                            Locale.ROOT,
                            "%10.2g %6s %6d %10s %7s %7.0fs%n",
                            trial.learningRate(),
                            trial.size() == 0 ? "-" : trial.size(),
                            trial.steps(),
                            Double.isFinite(trial.loss())
                                    ? String.format(Locale.ROOT, "%.3f", trial.loss())
                                    : "diverged",
                            trial.score().isPresent()
                                    ? String.format(
                                            Locale.ROOT, "%.3f", trial.score().getAsDouble())
                                    : "-",
                            trial.seconds())));
            return text.toString();
        }
    }

    /**
     * Searches.
     *
     * @param tuning what is trained, with the settings to begin at
     * @param model a local one, with the layers whose prompts are learned
     * @param set the examples, of which a share is held back
     * @param progress hears of the steps of each trial
     * @throws TrainingException if a trial fails otherwise than by diverging, or the folder is of another search
     * @throws java.util.concurrent.CancellationException if the thread is interrupted; with a folder the same search
     *     goes on later
     * @throws IllegalArgumentException as {@link Tuning#train(Model, TrainingSet, Path, Progress)}
     */
    public Result run(Tuning tuning, Model model, TrainingSet set, Progress progress) {
        TrainingOptions options = tuning.options();
        Tuning judged = options.validation().share() > 0
                ? tuning
                : tuning.withOptions(options.withValidationShare(validationShare));
        return run(tuning, new SearchTrials(this, judged, model, set, progress));
    }

    /** Trains settings for so many steps. */
    interface Trials {
        /** The steps that the tuning makes by itself. */
        int steps();

        /** The result of a trial, trained now or noted before. */
        Trial run(Tuning settings, int steps);
    }

    Result run(Tuning tuning, Trials runner) {
        List<Tuning> settings = settings(tuning);
        Asha asha = new Asha(settings.size(), RUNGS.size(), ETA);
        List<Trial> made = new ArrayList<>();
        List<Tuning> of = new ArrayList<>();
        double spent = 0;
        double steps = 0;
        for (Optional<Asha.Job> job = asha.next(); job.isPresent(); job = asha.next()) {
            int length = Math.max(
                    1, (int) Math.round(runner.steps() * RUNGS.get(job.get().rung())));
            if (steps > 0 && !budget.isZero() && spent + spent / steps * length > budget.toNanos() / 1e9) {
                break;
            }
            Tuning chosen = settings.get(job.get().configuration());
            Trial trial = runner.run(chosen, length);
            spent += trial.seconds();
            steps += trial.steps();
            made.add(trial);
            of.add(chosen);
            asha.done(job.get(), trial.value());
        }
        Trial best = Collections.max(made, Trial.WORST_FIRST);
        if (!Double.isFinite(best.loss())) {
            throw new TrainingException("every trial of the search diverged, at rates from "
                    + made.stream().mapToDouble(Trial::learningRate).min().orElseThrow() + "; begin at a lower one");
        }
        Tuning found = of.get(made.indexOf(best));
        return new Result(found.withOptions(found.options().withMaxSteps(best.steps())), made);
    }

    /** The settings to try: the tuning's own, then others in an order that the seed draws. */
    private List<Tuning> settings(Tuning tuning) {
        TrainingOptions options = tuning.options();
        List<Tuning> others = new ArrayList<>();
        for (double rate : rates) {
            for (double size : sizes) {
                Tuning sized = TuningNames.withSize(tuning, size);
                others.add(sized.withOptions(
                        options.withLearningRate(options.optimization().learningRate() * rate)));
            }
        }
        Collections.shuffle(others, new Random(options.learning().seed()));
        LinkedHashSet<Tuning> all = new LinkedHashSet<>(List.of(tuning));
        all.addAll(others);
        return all.stream().limit(trials).toList();
    }
}
