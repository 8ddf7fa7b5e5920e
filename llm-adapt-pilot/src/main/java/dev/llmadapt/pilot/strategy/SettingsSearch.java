package dev.llmadapt.pilot.strategy;

import dev.llmadapt.Model;
import dev.llmadapt.Progress;
import dev.llmadapt.Task;
import dev.llmadapt.peft.TuningSearch;
import dev.llmadapt.pilot.strategy.Candidate.Training;
import dev.llmadapt.pilot.strategy.StrategySyntax.Layer;
import dev.llmadapt.pilot.strategy.StrategySyntax.Written;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A search for the settings of a candidate that trains a language model: those found are written in its name. */
public final class SettingsSearch {
    private static final double NANOS = 1e9;

    private SettingsSearch() {}

    /**
     * A search that is over.
     *
     * @param settings those found, to be given to {@link #with}; empty where its own are the best
     * @param nanos what all trials took
     */
    public record Found(Optional<String> settings, long nanos) {}

    /** Whether a candidate has settings to search: it trains a language model, and none are written. */
    public static boolean applies(Candidate candidate) {
        return !candidate.rewritten(text -> written(text, "steps=1")).isEmpty();
    }

    /** A candidate with settings that were found; empty where it has none. */
    public static Optional<Candidate> with(Candidate candidate, String settings) {
        return candidate.rewritten(text -> written(text, settings)).stream().findFirst();
    }

    private static List<String> written(String strategy, String settings) {
        Written written = StrategySyntax.parse(strategy).get(0);
        List<Layer> layers = new ArrayList<>(written.layers());
        for (int i = 0; i < layers.size(); i++) {
            LayerKind kind = StrategyTable.row(layers.get(i).name());
            if (kind.training() == Training.LONG && layers.get(i).argument().isEmpty()) {
                layers.set(i, new Layer(kind.name(), settings));
                return List.of(written.with(layers).text());
            }
        }
        return List.of();
    }

    /**
     * Searches.
     *
     * @param candidate one that has settings to search
     * @param model the model, unless the candidate brings its own
     * @param task its examples are learned, and a share of them judges
     */
    public static Found run(Candidate candidate, TuningSearch search, Model model, Task task, Progress progress) {
        List<TuningSearch.Result> results = new ArrayList<>();
        candidate.searching(search, results::add).adapt(model, task, progress).close();
        TuningSearch.Result result = results.get(0);
        double seconds = result.trials().stream()
                .mapToDouble(TuningSearch.Trial::seconds)
                .sum();
        return new Found(settings(result), (long) (seconds * NANOS));
    }

    /**
     * The settings of the best trial, unless they are the tuning's own: for as many steps, or for fewer where nobody
     * tried them for as many.
     */
    private static Optional<String> settings(TuningSearch.Result result) {
        TuningSearch.Trial first = result.trials().get(0); // its own settings, for a third of its steps
        TuningSearch.Trial best = result.bestTrial();
        boolean triedAsLong = result.trials().stream().anyMatch(trial -> alike(trial, first) && asLong(trial, first));
        boolean own = alike(best, first) && (asLong(best, first) || !triedAsLong);
        return own
                ? Optional.empty()
                : Optional.of(TuningSettings.found(result.best()).text());
    }

    private static boolean alike(TuningSearch.Trial one, TuningSearch.Trial other) {
        return one.learningRate() == other.learningRate() && one.size() == other.size();
    }

    private static boolean asLong(TuningSearch.Trial trial, TuningSearch.Trial third) {
        return trial.steps() > 1.5 * third.steps() && trial.steps() < 6 * third.steps();
    }
}
