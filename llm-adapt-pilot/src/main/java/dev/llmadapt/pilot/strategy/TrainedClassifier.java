package dev.llmadapt.pilot.strategy;

import dev.llmadapt.Model;
import dev.llmadapt.Progress;
import dev.llmadapt.Strategy;
import dev.llmadapt.Task;
import dev.llmadapt.peft.LoraHeadTuning;
import java.nio.file.Path;
import java.util.Set;

/**
 * A classifier that was trained before and is measured as it is.
 *
 * @param folder of an adapter with a head that scores labels
 * @param content tells it from another in this folder
 */
record TrainedClassifier(Path folder, String content) implements Candidate {
    @Override
    public String name() {
        Path last = folder.getFileName();
        return "lora-head [" + (last == null ? folder : last) + "]";
    }

    @Override
    public String identity() {
        return name() + "#" + content;
    }

    @Override
    public Traits traits() {
        return new Traits(
                StrategyFamily.FINE_TUNING,
                false,
                Training.NONE,
                false,
                false,
                Set.of(Need.LABELS, Need.LOCAL_MODEL),
                0,
                ModelUse.ANSWERING);
    }

    @Override
    public Strategy keeping(Path kept) {
        return this;
    }

    @Override
    public Candidate withSeed(long seed) {
        return this;
    }

    @Override
    public Model adapt(Model model, Task task, Progress progress) {
        return LoraHeadTuning.defaults().open(model, folder);
    }
}
