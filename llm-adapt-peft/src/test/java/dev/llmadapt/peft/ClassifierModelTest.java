package dev.llmadapt.peft;

import dev.llmadapt.Example;
import dev.llmadapt.Model;
import dev.llmadapt.ModelContract;
import dev.llmadapt.Progress;
import dev.llmadapt.Task;
import dev.llmadapt.local.Golden;
import dev.llmadapt.local.LocalModel;
import dev.llmadapt.local.ModelOptions;
import dev.llmadapt.peft.training.TrainingOptions;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** A head is a model as any other that does not write. */
class ClassifierModelTest extends ModelContract {
    private static final LoraHeadTuning TUNING = LoraHeadTuning.defaults()
            .withRank(2)
            .withOptions(TrainingOptions.defaults()
                    .withEpochs(3)
                    .withBatchSize(4)
                    .withLearningRate(0.01)
                    .withThreads(1));

    @TempDir
    static Path folder;

    private static LocalModel local;

    @BeforeAll
    static void train() {
        local = LocalModel.open(
                Golden.folder("tiny-llama"), ModelOptions.defaults().withThreads(1));
        Task task = Task.classification(
                "opinions",
                "Is it so?",
                List.of("yes", "no", "not sure"),
                List.of(
                        new Example("1", "I like cats", "yes"),
                        new Example("2", "red is no colour", "no"),
                        new Example("3", "who knows", "not sure"),
                        new Example("4", "Paris is fine", "yes")));
        TUNING.train(local, task, folder.resolve("head"), Progress.NONE);
    }

    @AfterAll
    static void close() {
        local.close();
    }

    @Override
    protected Model open() {
        return TUNING.open(local, folder.resolve("head"));
    }

    @Override
    protected boolean writes() {
        return false;
    }
}
