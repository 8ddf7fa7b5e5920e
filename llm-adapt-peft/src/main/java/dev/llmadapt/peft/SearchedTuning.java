package dev.llmadapt.peft;

import dev.llmadapt.Model;
import dev.llmadapt.Progress;
import dev.llmadapt.Strategy;
import dev.llmadapt.Task;

/** A strategy that searches for a tuning's settings, and then trains with the best. */
record SearchedTuning(Tuning tuning, TuningSearch search) implements Strategy {
    @Override
    public String name() {
        return tuning.name() + "-search";
    }

    @Override
    public Model adapt(Model model, Task task, Progress progress) {
        return search.run(tuning, model, TrainingSet.of(task), progress).best().adapt(model, task, progress);
    }
}
