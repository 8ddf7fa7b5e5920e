package dev.llmadapt.cli;

import dev.llmadapt.pilot.task.RobustnessProbes;
import dev.llmadapt.pilot.task.TaskFiles;
import dev.llmadapt.pilot.task.TaskSplit;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that name a task to measure on, and what it is measured with beside its examples. */
final class TaskArguments extends TaskFileArguments {
    @Option(
            names = "--unlabelled",
            paramLabel = "FILE",
            description =
                    "Texts without labels, which the teacher of distil(TEACHER>STUDENT) answers: the text column of"
                            + " a CSV, TSV, JSONL or JSON file, or the lines of any other.")
    @Nullable
    Path unlabelled;

    @Option(
            names = "--out-of-scope",
            paramLabel = "FILE",
            description = "Messages that no label fits, beside the general ones: the pilot measures whether they are"
                    + " answered with confidence. A file as for --unlabelled.")
    @Nullable
    Path outOfScope;

    @Override
    TaskSplit read(Path path, long seed) {
        TaskSplit split =
                super.read(path, seed).withUnlabelled(unlabelled == null ? List.of() : TaskFiles.readTexts(unlabelled));
        return outOfScope == null ? split : split.withProbes(withOutOfScope(split, outOfScope));
    }

    /** The probes of a task that has labels, which alone can be claimed wrongly, with messages out of its scope. */
    private static RobustnessProbes withOutOfScope(TaskSplit split, Path file) {
        if (split.task().labels().isEmpty()) {
            throw new InvalidInput("--out-of-scope needs a task whose answers are labels; task '"
                    + split.task().name() + "' has none");
        }
        return split.probes().withOutOfScope(TaskFiles.readTexts(file));
    }

    /** The file of texts without labels, in words. */
    String unlabelledText() {
        return unlabelled == null ? "none" : unlabelled.toString();
    }
}
