package dev.llmadapt.pilot.strategy;

import dev.llmadapt.Model;
import dev.llmadapt.Progress;
import dev.llmadapt.Strategy;
import dev.llmadapt.Task;
import java.nio.file.Path;
import java.util.Set;

/** A strategy that is not of the catalog. */
record PlainCandidate(Strategy strategy) implements Candidate {
    @Override
    public String name() {
        return strategy.name();
    }

    @Override
    public Traits traits() {
        return new Traits(StrategyFamily.OTHER, true, Training.NONE, false, false, Set.of(), 0, ModelUse.ANSWERING);
    }

    @Override
    public Strategy keeping(Path folder) {
        return strategy;
    }

    @Override
    public Candidate withSeed(long seed) {
        return this;
    }

    @Override
    public Model adapt(Model model, Task task, Progress progress) {
        return strategy.adapt(model, task, progress);
    }
}
