package dev.llmadapt.pilot.strategy;

import dev.llmadapt.Model;
import dev.llmadapt.Progress;
import dev.llmadapt.Task;
import dev.llmadapt.heads.HeadModel;
import dev.llmadapt.heads.HeadOptions;
import dev.llmadapt.heads.LinearHead;
import java.nio.file.Path;

/**
 * The learning of a head on words.
 *
 * @param seed of the folds
 */
record HeadOnWords(long seed) implements Learning {
    @Override
    public String name() {
        return "words";
    }

    @Override
    public Model adapt(Model model, Task task, Progress progress) {
        return train(task, progress);
    }

    @Override
    public void learn(Model model, Task task, Path target, Path snapshots, Progress progress) {
        try (HeadModel head = train(task, progress)) {
            head.save(target);
        }
    }

    @Override
    public Model open(Model model, Path folder) {
        return HeadModel.load(folder);
    }

    private HeadModel train(Task task, Progress progress) {
        return LinearHead.words()
                .withOptions(HeadOptions.defaults().withSeed(seed))
                .train(task, progress);
    }
}
