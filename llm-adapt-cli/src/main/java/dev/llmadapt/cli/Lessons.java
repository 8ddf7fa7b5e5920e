package dev.llmadapt.cli;

import dev.llmadapt.Model;
import dev.llmadapt.Progress;
import dev.llmadapt.Task;
import dev.llmadapt.peft.data.TrainingData;
import dev.llmadapt.pilot.task.TaskFileOptions;
import dev.llmadapt.pilot.task.TaskFiles;
import dev.llmadapt.pilot.task.TaskSplit;
import dev.llmadapt.prompting.ZeroShot;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The data that an adapter learns from.
 *
 * @param task whose instruction the model is told, or empty where conversations are learned as they are
 * @param data the examples
 * @param heldOut what must not be learned
 */
record Lessons(Optional<Task> task, TrainingData data, List<TrainingData> heldOut) {
    /** The labelled texts of a task. */
    static Lessons ofTask(Path task, long seed, CommandContext context) {
        String origin = task.toString();
        TaskSplit split = TaskFiles.read(task, TaskFileOptions.defaults().withSeed(seed));
        split.notes().forEach(note -> context.err().println("note: " + note));
        return new Lessons(
                Optional.of(split.task()),
                TrainingData.ofExamples(origin, split.task().examples()),
                List.of(TrainingData.ofExamples(origin + ", held out", split.test())));
    }

    /** These lessons with a task that has a teacher's answers among its examples. */
    Lessons taughtBy(Task taught) {
        String origin = data.origin() + " and the teacher";
        return new Lessons(Optional.of(taught), TrainingData.ofExamples(origin, taught.examples()), heldOut);
    }

    /** The model with the task's instruction, if there is one. */
    Model told(Model opened) {
        return task.map(each -> ZeroShot.defaults().adapt(opened, each, Progress.NONE))
                .orElse(opened);
    }

    /** The texts that must not be learned. */
    List<String> heldOutTexts() {
        return heldOut.stream()
                .flatMap(each -> each.examples().stream())
                .map(example ->
                        example.prompt().get(example.prompt().size() - 1).content())
                .toList();
    }
}
