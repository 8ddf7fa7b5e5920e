package dev.llmadapt.cli;

import dev.llmadapt.peft.data.TrainingData;
import dev.llmadapt.peft.data.TrainingFormat;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that name a file of conversations to learn, and its form. */
final class TrainingFileArguments {
    private static final String FORMS = "detected, prompt-completion, alpaca, sharegpt or chat";

    @Option(
            names = "--data",
            paramLabel = "FILE",
            description = "A CSV, TSV, JSONL or JSON file of prompts with answers, or of conversations.")
    @Nullable
    Path file;

    @Option(
            names = "--format",
            paramLabel = "FORM",
            description = "Of --data: " + FORMS + ". Default: detected, by the keys or columns.")
    @Nullable
    String format;

    @Option(names = "--prompt-field", paramLabel = "NAME", description = "The key or column of prompts in --data.")
    @Nullable
    String promptField;

    @Option(names = "--completion-field", paramLabel = "NAME", description = "The key or column of their answers.")
    @Nullable
    String completionField;

    @Option(
            names = "--ignore",
            paramLabel = "NAME,...",
            split = ",",
            description = "Keys or columns in --data that are passed over, whatever they say.")
    List<String> ignored = List.of();

    @Option(
            names = "--held-out",
            paramLabel = "FILE",
            description = "A file of the same form to measure on: what has a prompt that stands in there is left out"
                    + " of --data; with --deduplicate also what nearly does.")
    @Nullable
    Path heldOut;

    /** Refuses options that would do nothing or contradict each other. */
    void check() {
        if (file == null) {
            refuse("--format", format);
            refuse("--prompt-field", promptField);
            refuse("--completion-field", completionField);
            refuse("--held-out", heldOut);
            refuse("--ignore", ignored.isEmpty() ? null : String.join(",", ignored));
        } else {
            form();
        }
    }

    /** Whether an option describes the file, other than what is ignored in it. */
    boolean describesFile() {
        return format != null || promptField != null || completionField != null || heldOut != null;
    }

    private static void refuse(String option, @Nullable Object value) {
        if (value != null) {
            throw new InvalidInput(option + " needs --data, got " + option + " " + value + " without it");
        }
    }

    /** The content of {@code --data}. */
    TrainingData read(Path given) {
        return TrainingData.read(given, form());
    }

    /** The data to measure on, which must not be learned. */
    List<TrainingData> readHeldOut() {
        return heldOut == null ? List.of() : List.of(read(heldOut));
    }

    private TrainingFormat form() {
        TrainingFormat format = named();
        return InvalidInput.check(() -> format.ignoring(ignored.toArray(String[]::new)));
    }

    private TrainingFormat named() {
        if (promptField != null || completionField != null) {
            if (promptField == null || completionField == null) {
                throw new InvalidInput("--prompt-field and --completion-field belong together, got only one of them");
            }
            if (format != null && !format.toLowerCase(Locale.ROOT).equals("prompt-completion")) {
                throw new InvalidInput("--prompt-field and --completion-field are of the form prompt-completion, got"
                        + " --format " + format);
            }
            String prompt = promptField;
            String completion = completionField;
            return InvalidInput.check(() -> TrainingFormat.promptCompletion(prompt, completion));
        }
        return switch (format == null ? "detected" : format.toLowerCase(Locale.ROOT)) {
            case "detected" -> TrainingFormat.detected();
            case "prompt-completion" -> TrainingFormat.promptCompletion("prompt", "completion");
            case "alpaca" -> TrainingFormat.alpaca();
            case "sharegpt" -> TrainingFormat.shareGpt();
            case "chat" -> TrainingFormat.chat();
            default -> throw new InvalidInput("unknown --format '" + format + "', expected " + FORMS);
        };
    }
}
