package dev.llmadapt.pilot.strategy;

import dev.llmadapt.Model;
import dev.llmadapt.ModelLayer;
import dev.llmadapt.Progress;
import dev.llmadapt.Task;
import dev.llmadapt.peft.TrainingSet;
import dev.llmadapt.peft.TuningSearch;
import java.nio.file.Path;
import java.util.function.Consumer;

/**
 * A search for the settings of a tuning, in the place where it would train: behind the layers whose prompts it learns.
 * Its model answers as the one inside.
 *
 * @param tuning whose settings are searched
 * @param found hears of the result
 */
record SearchLearning(TuningLearning tuning, TuningSearch search, Consumer<TuningSearch.Result> found)
        implements Learning {
    @Override
    public String name() {
        return tuning.name();
    }

    @Override
    public Model adapt(Model model, Task task, Progress progress) {
        found.accept(search.run(tuning.fitted(task), model, TrainingSet.of(task, tuning.decisions()), progress));
        return new ModelLayer(model) {};
    }

    @Override
    public void learn(Model model, Task task, Path target, Path snapshots, Progress progress) {
        throw new UnsupportedOperationException("a search keeps nothing that could be opened");
    }

    @Override
    public Model open(Model model, Path folder) {
        throw new UnsupportedOperationException("a search keeps nothing that could be opened");
    }
}
