package dev.llmadapt.pilot;

import com.google.gson.JsonObject;
import dev.llmadapt.Example;
import dev.llmadapt.LlmAdaptException;
import dev.llmadapt.Progress;
import dev.llmadapt.Task;
import dev.llmadapt.files.FolderTree;
import dev.llmadapt.peft.TuningSearch;
import dev.llmadapt.pilot.results.Outcome;
import dev.llmadapt.pilot.statistics.PairedDifference;
import dev.llmadapt.pilot.strategy.Candidate;
import dev.llmadapt.pilot.strategy.Candidate.Training;
import dev.llmadapt.pilot.strategy.SettingsSearch;
import dev.llmadapt.pilot.strategy.Variants;
import dev.llmadapt.pilot.task.Stratified;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The search for a better wording of a candidate's instruction, or for better settings of its training (decision 0128),
 * on training examples alone: no test example is read. What is found is a candidate like any other, which has to show
 * on the tests what it is worth.
 *
 * @param task with all examples to learn from
 * @param tests how many test examples there are: a search judges by no more
 * @param wordings proposes other wordings
 */
record Refinement(Task task, int tests, Variants wordings) {
    /** The most candidates for which a run searches. */
    static final int MOST = 2;

    /** The most examples that are held back to judge wordings. */
    private static final int MOST_JUDGING = 48;
    /** With fewer that judge, chance decides. */
    private static final int FEWEST_JUDGING = 16;
    /** How many times as long as the candidate's own prompt another wording may take. */
    private static final double LONGER = 1.5;
    /** How many times as many steps as the candidate a search for settings may end with. */
    private static final double MOST_STEPS = 3;
    /** How many trainings a search for settings needs time for. */
    private static final double FEWEST_TRAININGS = 3;

    /** Whether a run would search for a candidate, if it survives and there is time. */
    boolean applies(Candidate candidate) {
        if (tests < FEWEST_JUDGING) {
            return false;
        }
        int examples = task.examples().size();
        return candidate.traits().training() == Training.LONG
                ? examples * TuningSearch.defaults().validationShare() >= FEWEST_JUDGING
                        && SettingsSearch.applies(candidate)
                : examples / 2 >= FEWEST_JUDGING && wordings.mayHave(candidate);
    }

    /**
     * A better variant of a candidate that answered all tests.
     *
     * @param left nanoseconds for the search, and for the tests of what it finds
     * @param taken names of candidates that are measured anyway
     * @return empty where there is none, or no time to search
     */
    Optional<Candidate> better(CandidateState state, TrialContext context, double left, Set<String> taken) {
        Optional<Candidate> found = state.trainsLong()
                ? betterSettings(state, context, left - state.meanNanos() * tests)
                : betterWording(state, context, left - state.meanNanos() * tests * LONGER, taken);
        return found.filter(candidate -> !taken.contains(candidate.name()));
    }

    private Optional<Candidate> betterWording(
            CandidateState state, TrialContext context, double left, Set<String> taken) {
        List<Example> examples = task.examples();
        int asked = Math.min(MOST_JUDGING, Math.min(tests, examples.size() / 2));
        List<Example> judging = Stratified.sample(examples, asked, context.seed());
        Task rest = task.withExamples(Stratified.without(examples, judging));
        List<Candidate> variants = new ArrayList<>(List.of(state.candidate));
        for (Candidate variant : wordings.of(state.candidate, rest)) {
            if (!taken.contains(variant.name())) {
                variants.add(variant);
            }
        }
        // each adapts and answers, and what is found adapts once more
        double adapting = state.adaptNanos * (variants.size() + 1.0);
        double fits = (left - adapting) / (state.meanNanos() * LONGER * variants.size());
        int judges = (int) Math.min(asked, fits);
        if (variants.size() < 2
                || judges < FEWEST_JUDGING
                || rest.examples().size() < Math.max(1, state.candidate.traits().shots())) {
            return Optional.empty();
        }
        List<Example> judged = Stratified.ordered(judging, context.seed()).subList(0, judges);
        double[] own = {};
        double best = 0;
        Optional<Candidate> found = Optional.empty();
        for (int i = 0; i < variants.size(); i++) {
            Candidate variant = variants.get(i);
            String label = "search for a better prompt, " + (i + 1) + " of " + variants.size() + ": " + variant.name();
            double[] scores = scores(variant, context, rest, judged, label);
            if (i == 0) {
                own = scores;
            }
            if (own.length == 0) {
                return Optional.empty();
            }
            if (i > 0 && scores.length > 0) {
                PairedDifference ahead = PairedDifference.of(scores, own);
                if (ahead.difference() > best && ahead.interval(1).low() > 0) {
                    best = ahead.difference();
                    found = Optional.of(variant);
                }
            }
        }
        return found;
    }

    /** The scores of a wording; none where it cannot be adapted. */
    private static double[] scores(
            Candidate variant, TrialContext context, Task rest, List<Example> judged, String label) {
        try (Trial trial = context.search(variant, rest, label)) {
            trial.adapt(Double.POSITIVE_INFINITY);
            return trial.answers(judged, 0, judged.size()).stream()
                    .mapToDouble(Outcome::score)
                    .toArray();
        } catch (RuntimeException e) {
            RunEnd.check(e);
            return new double[0];
        }
    }

    private Optional<Candidate> betterSettings(CandidateState state, TrialContext context, double left) {
        double training = state.adaptNanos;
        double forTrials = left - MOST_STEPS * training;
        if (forTrials < FEWEST_TRAININGS * training) {
            return Optional.empty();
        }
        Candidate candidate = state.candidate;
        Path folder = context.kept("search " + candidate.name(), task.examples().size())
                .path();
        Progress progress = (stage, done, total) -> {
            RunEnd.check();
            context.progress.report("search for better settings: " + candidate.name() + ": " + stage, done, total);
        };
        JsonObject entry = context.journal()
                .once("search|" + candidate.name() + "|" + task.examples().size(), () -> {
                    JsonObject made = new JsonObject();
                    long start = context.now();
                    TuningSearch search = TuningSearch.defaults()
                            .withFolder(folder)
                            .withNanoTime(context.clock)
                            .withBudget(
                                    Double.isInfinite(forTrials) ? Duration.ZERO : Duration.ofNanos((long) forTrials));
                    try {
                        SettingsSearch.Found found =
                                SettingsSearch.run(candidate, search, context.model, task, progress);
                        found.settings().ifPresent(settings -> made.addProperty("settings", settings));
                        made.addProperty("nanos", found.nanos());
                    } catch (RuntimeException e) {
                        RunEnd.check(e);
                        made.addProperty("error", Trial.line(candidate.name(), e));
                        made.addProperty("nanos", context.now() - start);
                    }
                    return made;
                });
        try {
            FolderTree.delete(folder);
        } catch (IOException e) {
            throw new LlmAdaptException("the folder of a search cannot be deleted: " + e.getMessage(), e);
        }
        return entry.has("settings")
                ? SettingsSearch.with(candidate, entry.get("settings").getAsString())
                : Optional.empty();
    }
}
