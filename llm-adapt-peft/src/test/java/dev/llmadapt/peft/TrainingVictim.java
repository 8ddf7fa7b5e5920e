package dev.llmadapt.peft;

import dev.llmadapt.Example;
import dev.llmadapt.Message;
import dev.llmadapt.Progress;
import dev.llmadapt.Task;
import dev.llmadapt.local.LocalModel;
import dev.llmadapt.local.ModelOptions;
import dev.llmadapt.peft.data.PreferenceData;
import dev.llmadapt.peft.data.PreferenceExample;
import dev.llmadapt.peft.training.TrainingOptions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;

/**
 * A process that trains, says each step on its output, and in the end writes the adapter; {@link TrainingKillTest} ends
 * it.
 */
final class TrainingVictim {
    static final int STEPS = 60;

    private TrainingVictim() {}

    /** The model, the folder of the run, where the adapter goes, and what is trained: see {@link #train}. */
    public static void main(String[] arguments) {
        try (LocalModel model =
                LocalModel.open(Path.of(arguments[0]), ModelOptions.defaults().withThreads(1))) {
            train(model, Path.of(arguments[1]), Path.of(arguments[2]), arguments[3], System.out::println);
        }
    }

    /**
     * Trains.
     *
     * @param what a method, or {@code preferences} for LoRA on these
     */
    static void train(LocalModel model, Path run, Path out, String what, IntConsumer step) {
        TrainingOptions options = TrainingOptions.defaults()
                .withEpochs(12)
                .withMinSteps(0)
                .withBatchSize(4)
                .withLearningRate(0.02)
                .withValidationShare(0.2)
                .withEvaluations(10)
                .withThreads(1)
                .withOutputDir(run)
                .withCheckpoints(20);
        if (what.equals("preferences")) {
            List<PreferenceExample> pairs = new ArrayList<>();
            for (int i = 0; i < 24; i++) {
                pairs.add(new PreferenceExample.Pair(
                        "e" + i, List.of(Message.user("say " + "abcdefghijklmnopqrstuvwx".charAt(i))), "yes", "no", 0));
            }
            PreferenceTuning.dpo()
                    .withRank(4)
                    .withOptions(options)
                    .withListener(event -> step.accept(event.step()))
                    .train(model, PreferenceData.of("pairs", pairs), out, Progress.NONE);
            return;
        }
        List<Example> examples = new ArrayList<>();
        for (int i = 0; i < 24; i++) {
            examples.add(new Example("e" + i, i % 2 == 0 ? "red " + i : "blue " + i, i % 2 == 0 ? "warm" : "cold"));
        }
        Task task = Task.classification("colours", "Say warm or cold.", List.of("warm", "cold"), examples);
        Tuning tuning = what.equals("lora") ? LoraTuning.defaults().withRank(4) : Tuning.named(what);
        tuning.withOptions(options)
                .withListener(event -> step.accept(event.step()))
                .train(model, task, out, Progress.NONE);
    }
}
