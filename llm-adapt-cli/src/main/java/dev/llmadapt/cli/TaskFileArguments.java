package dev.llmadapt.cli;

import dev.llmadapt.Task;
import dev.llmadapt.pilot.task.RobustnessProbes;
import dev.llmadapt.pilot.task.Stratified;
import dev.llmadapt.pilot.task.TaskFileOptions;
import dev.llmadapt.pilot.task.TaskFiles;
import dev.llmadapt.pilot.task.TaskSplit;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that name a task, and say how its files are read. */
class TaskFileArguments {
    static final String DEFAULT_TASK = "llm-adapt-pilot/tasks/pennywell";

    @Option(
            names = "--task",
            paramLabel = "PATH",
            description =
                    "A CSV or JSON Lines file with a text and a label column, a file with a label and a text on each"
                            + " line (.train, .txt), a folder with train and test files and"
                            + " maybe a task.json, or a .json file of questions in SQuAD's format. Default: the Pennywell help-desk task that comes along.")
    @Nullable
    Path task;

    @Option(names = "--text-column", paramLabel = "NAME", description = "The column with the texts.")
    String textColumn = "";

    @Option(names = "--label-column", paramLabel = "NAME", description = "The column with the labels.")
    String labelColumn = "";

    @Option(names = "--instruction", paramLabel = "TEXT", description = "What to tell the model to do.")
    String instruction = "";

    @Option(
            names = "--raw-labels",
            description = "Show labels to the model as they are; else card_arrival from a file is 'card arrival'.")
    boolean rawLabels;

    @Option(
            names = "--label-names",
            paramLabel = "LABEL=NAME",
            split = ",",
            description = "What to call labels that are codes, such as 0=negative,1=positive.")
    Map<String, String> labelNames = new LinkedHashMap<>();

    @Option(names = "--train-limit", paramLabel = "N", description = "Learn from no more than N examples.")
    int trainLimit;

    /** The file or folder: as given, or the task that comes along. */
    Path path(CommandContext context) {
        return task == null ? defaultTask(context) : task;
    }

    private static Path defaultTask(CommandContext context) {
        Path home = context.home()
                .orElseThrow(() -> new InvalidInput("the task that comes along is not found; name one with --task"));
        Path folder = home.resolve(DEFAULT_TASK);
        if (!Files.isDirectory(folder)) {
            throw new InvalidInput("the task that comes along is missing: " + folder + "; name one with --task");
        }
        return folder;
    }

    /** Reads the task. */
    TaskSplit read(Path path, long seed) {
        boolean questions = path.toString().endsWith(".json") && Files.isRegularFile(path);
        TaskFileOptions options = fileOptions(seed);
        TaskSplit split = questions ? TaskFiles.readSquad(path, 0.5, options.seed()) : TaskFiles.read(path, options);
        Task read = split.task();
        if (trainLimit > 0) {
            read = read.withExamples(Stratified.sample(read.examples(), trainLimit, seed));
        }
        TaskSplit limited = split.withTask(read);
        return Files.isDirectory(path) ? limited.withProbes(RobustnessProbes.read(path, read)) : limited;
    }

    private TaskFileOptions fileOptions(long seed) {
        TaskFileOptions options = TaskFileOptions.defaults()
                .withTextColumn(textColumn)
                .withLabelColumn(labelColumn)
                .withInstruction(instruction)
                .withLabelNames(labelNames)
                .withSeed(seed);
        return rawLabels ? options.withLabels(TaskFileOptions.LabelStyle.AS_IS) : options;
    }
}
