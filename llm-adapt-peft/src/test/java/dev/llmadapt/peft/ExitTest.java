package dev.llmadapt.peft;

import dev.llmadapt.Example;
import dev.llmadapt.Progress;
import dev.llmadapt.Task;
import dev.llmadapt.local.Golden;
import dev.llmadapt.local.LocalModel;
import dev.llmadapt.local.ModelOptions;
import dev.llmadapt.natives.ExitContract;
import dev.llmadapt.peft.training.TrainingOptions;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** Programs that end while a model learns. */
final class ExitTest extends ExitContract {
    private static final Task TASK = Task.classification(
            "colours",
            "Say warm or cold.",
            List.of("warm", "cold"),
            List.of(
                    new Example("1", "red", "warm"),
                    new Example("2", "blue", "cold"),
                    new Example("3", "orange", "warm"),
                    new Example("4", "green", "cold")));

    @Override
    protected Map<String, Supplier<Runnable>> work() {
        return Map.of("train", () -> {
            LocalModel model = model();
            return () -> LoraTuning.defaults()
                    .withRank(4)
                    .withOptions(TrainingOptions.defaults()
                            .withEpochs(4)
                            .withMinSteps(0)
                            .withBatchSize(2)
                            .withThreads(2))
                    .train(model, TASK, Progress.NONE);
        });
    }

    private static LocalModel model() {
        return LocalModel.open(
                Golden.folder("tiny-llama"), ModelOptions.defaults().withThreads(2));
    }
}
