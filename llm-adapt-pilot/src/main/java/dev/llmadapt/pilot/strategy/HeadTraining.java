package dev.llmadapt.pilot.strategy;

import dev.llmadapt.Decision;
import dev.llmadapt.Model;
import dev.llmadapt.Progress;
import dev.llmadapt.Task;
import dev.llmadapt.heads.HeadModel;
import dev.llmadapt.heads.LinearHead;
import java.nio.file.Path;
import java.util.List;
import java.util.function.BiFunction;

/**
 * The learning of a head that needs nothing but the model that is adapted, or not even that.
 *
 * @param head the strategy
 * @param decisions the probabilities to learn; none to learn the examples' labels
 * @param opening opens what was saved in a folder, for a model
 */
record HeadTraining(LinearHead head, List<Decision> decisions, BiFunction<Model, Path, HeadModel> opening)
        implements Learning {
    /** A head on words. */
    static HeadTraining onWords(long seed) {
        return new HeadTraining(seeded(LinearHead.words(), seed), List.of(), (model, folder) -> HeadModel.load(folder));
    }

    /** A head on the hidden states of the model that is adapted. */
    static HeadTraining onFeatures(long seed) {
        return new HeadTraining(
                seeded(LinearHead.features(), seed), List.of(), (model, folder) -> HeadModel.load(folder, model));
    }

    private static LinearHead seeded(LinearHead head, long seed) {
        return head.withOptions(head.options().withSeed(seed));
    }

    @Override
    public String name() {
        return head.name();
    }

    @Override
    public Model adapt(Model model, Task task, Progress progress) {
        return head.adapt(model, task, decisions, progress);
    }

    @Override
    public void learn(Model model, Task task, Path target, Path snapshots, Progress progress) {
        try (HeadModel learned = head.adapt(model, task, decisions, progress)) {
            learned.save(target);
        }
    }

    @Override
    public boolean learnsProbabilities() {
        return true;
    }

    @Override
    public Learning from(List<Decision> probabilities) {
        return new HeadTraining(head, probabilities, opening);
    }

    @Override
    public Model open(Model model, Path folder) {
        return opening.apply(model, folder);
    }
}
