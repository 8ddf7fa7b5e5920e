package dev.llmadapt.prompting.search;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.llmadapt.Example;
import dev.llmadapt.LlmAdaptException;
import dev.llmadapt.Model;
import dev.llmadapt.ModelLayer;
import dev.llmadapt.Progress;
import dev.llmadapt.Request;
import dev.llmadapt.Strategy;
import dev.llmadapt.Task;
import dev.llmadapt.files.AtomicFiles;
import dev.llmadapt.files.Sha256;
import dev.llmadapt.prompting.examples.Shots;
import dev.llmadapt.text.BrokenRecord;
import dev.llmadapt.text.StrictJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * A prompt for a task: an instruction, and solved examples that stand before the question. Immutable.
 *
 * @param instruction in place of the task's
 * @param demonstrations in the order in which the model reads them, may be empty
 */
public record Prompt(String instruction, List<Example> demonstrations) {
    private static final Gson GSON =
            new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().create();
    private static final long MAX_BYTES = 16L << 20;

    /** Refuses null, and copies the demonstrations. */
    public Prompt {
        Objects.requireNonNull(instruction, "instruction must not be null");
        demonstrations = List.copyOf(Objects.requireNonNull(demonstrations, "demonstrations must not be null"));
    }

    /**
     * The strategy that shows this prompt.
     *
     * @param wording tells the model the instruction of the task, such as {@code ZeroShot.defaults()}: it is given a
     *     task with the instruction of this prompt
     */
    public Strategy under(Strategy wording) {
        return new Shown(this, wording);
    }

    /** The name of what it shows, for reports. */
    String title() {
        return demonstrations.isEmpty() ? "instruction" : "instruction + " + demonstrations.size() + " examples";
    }

    /** Tells this prompt from others: 16 hexadecimal digits. */
    String key() {
        StringBuilder all = new StringBuilder();
        append(all, instruction);
        for (Example example : demonstrations) {
            append(all, example.id());
            append(all, example.input());
            append(all, example.output());
        }
        return Sha256.of(all.toString()).substring(0, 16);
    }

    private static void append(StringBuilder all, String text) {
        all.append(text.length()).append(':').append(text);
    }

    /**
     * Writes this prompt as a file of JSON, atomically: {@code instruction}, and {@code demonstrations} with
     * {@code id}, {@code input} and {@code output}.
     *
     * @throws LlmAdaptException if it cannot be written
     */
    public void save(Path file) {
        JsonObject json = new JsonObject();
        json.addProperty("instruction", instruction);
        JsonArray shown = new JsonArray();
        for (Example example : demonstrations) {
            JsonObject one = new JsonObject();
            one.addProperty("id", example.id());
            one.addProperty("input", example.input());
            one.addProperty("output", example.output());
            shown.add(one);
        }
        json.add("demonstrations", shown);
        try {
            AtomicFiles.write(file, GSON.toJson(json) + "\n");
        } catch (IOException e) {
            throw new LlmAdaptException("the prompt cannot be written to " + file + ": " + e.getMessage(), e);
        }
    }

    /**
     * Reads what {@link #save} wrote.
     *
     * @throws LlmAdaptException if the file is missing or is not such a prompt
     */
    public static Prompt load(Path file) {
        try {
            if (Files.size(file) > MAX_BYTES) {
                throw new LlmAdaptException(file + " has more than " + (MAX_BYTES >> 20) + " MB, expected a prompt");
            }
            Map<String, ?> json = StrictJson.map(Files.readString(file));
            List<Example> demonstrations = new ArrayList<>();
            if (json.get("demonstrations") instanceof List<?> list) {
                for (Object one : list) {
                    if (!(one instanceof Map<?, ?> map)) {
                        throw new BrokenRecord("a demonstration must be an object");
                    }
                    demonstrations.add(new Example(text(map, "id"), text(map, "input"), text(map, "output")));
                }
            } else {
                throw new BrokenRecord("'demonstrations' must be a list");
            }
            return new Prompt(text(json, "instruction"), demonstrations);
        } catch (BrokenRecord e) {
            throw new LlmAdaptException(
                    file + " holds no prompt: " + e.reason() + "; expected instruction and"
                            + " demonstrations with id, input and output",
                    e);
        } catch (IOException e) {
            throw new LlmAdaptException(file + " cannot be read: " + e, e);
        }
    }

    private static String text(Map<?, ?> json, String name) throws BrokenRecord {
        if (json.get(name) instanceof String text) {
            return text;
        }
        throw new BrokenRecord(
                "'" + name + "' must be a text, got " + BrokenRecord.brief(String.valueOf(json.get(name))));
    }

    /** The strategy of a prompt. */
    private record Shown(Prompt prompt, Strategy wording) implements Strategy {
        @Override
        public String name() {
            return "prompt(" + prompt.demonstrations().size() + ")";
        }

        @Override
        public Model adapt(Model model, Task task, Progress progress) {
            Model worded = wording.adapt(model, task.withInstruction(prompt.instruction()), progress);
            return new ModelLayer(worded) {
                @Override
                protected Request apply(Request request) {
                    String question = request.messages().get(request.question()).content();
                    return Shots.before(
                            request,
                            prompt.demonstrations().stream()
                                    .filter(example -> !Shots.asks(question, example))
                                    .toList());
                }

                @Override
                protected void release() {
                    worded.close();
                }
            };
        }
    }
}
