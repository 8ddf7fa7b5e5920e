package dev.llmadapt.peft.folder;

import com.google.gson.Gson;
import com.google.gson.JsonObject;
import dev.llmadapt.local.TestResources;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A classifier that PEFT wrote, and what transformers computes with it; made by make_classifiers.py.
 *
 * @param base its base, one of the tiny checkpoints
 */
public record ClassifierGolden(String base, List<Case> cases) {
    private static final String ROOT = "/dev/llmadapt/peft/golden/classifiers";

    /**
     * A text and the logits of its labels.
     *
     * @param text the text, where the base has a tokenizer
     * @param prompt its tokens
     */
    @SuppressWarnings("ArrayRecordComponent")
    public record Case(@Nullable String text, int[] prompt, float[] logits) {}

    /** The names of all. */
    public static List<String> names() {
        try (Stream<Path> folders = Files.list(TestResources.path(ClassifierGolden.class, ROOT))) {
            return folders.map(folder -> folder.getFileName().toString())
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The folder of one. */
    public static Path folder(String name) {
        return TestResources.path(ClassifierGolden.class, ROOT).resolve(name);
    }

    /** What transformers computes with it. */
    public static ClassifierGolden read(String name) {
        try {
            String text = Files.readString(folder(name).resolve("golden.json"));
            JsonObject json = new Gson().fromJson(text, JsonObject.class);
            List<Case> cases = json.getAsJsonArray("cases").asList().stream()
                    .map(element -> new Gson().fromJson(element, Case.class))
                    .toList();
            return new ClassifierGolden(json.get("base").getAsString(), cases);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
