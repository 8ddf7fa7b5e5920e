package dev.llmadapt.benchmarks;

import com.google.gson.Gson;
import dev.llmadapt.Message;
import dev.llmadapt.Request;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A task of the pilot in the wording of zero-shot prompting, built without its layers.
 *
 * @param instruction the instruction
 * @param labels the labels to choose from
 */
record LabelTask(String instruction, List<String> labels) {
    private static final List<String> MESSAGES = List.of(
            "I left my wallet on the bus this morning and my card was in it, what should I do now?",
            "The shop took the money for my shoes two times, once on Monday and again today.",
            "My sister sent me 200 on Friday and it still does not show in my account.",
            "I typed the wrong code too often and now the app says I am blocked.");

    /** Reads the instruction and the first labels of a {@code task.json}. */
    static LabelTask read(Path file, int labels) throws IOException {
        LabelTask all = new Gson().fromJson(Files.readString(file), LabelTask.class);
        if (labels < 1 || labels > all.labels().size()) {
            throw new IllegalArgumentException(
                    "labels must be from 1 to " + all.labels().size() + ", those of " + file + ", labels: " + labels);
        }
        return new LabelTask(all.instruction(), List.copyOf(all.labels().subList(0, labels)));
    }

    /**
     * The request for a message.
     *
     * @param before the text before the instruction
     * @param number the index of the message, modulo their number
     */
    Request prompt(String before, int number) {
        return Request.of(
                Message.system(before + instruction + "\nAnswer with one of: " + String.join(", ", labels)),
                Message.user(MESSAGES.get(number % MESSAGES.size())));
    }
}
