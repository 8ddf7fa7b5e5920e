package dev.llmadapt.cli;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.llmadapt.text.NearestName;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * A model with a name of its own: a row of the table that {@code models} prints, from the resource {@code models.json}.
 *
 * @param id its name, as {@code --model} takes it
 * @param title the name that its makers gave it, and the type of its weights
 * @param source where it is fetched from, as {@code --model} takes it
 * @param parameters the number of its parameters
 * @param fileMegabytes the size of its file, in 10^6 bytes
 * @param licence its licence
 * @param use what it is for
 * @param measured what was measured with it, by name: {@code zeroShot} and {@code fewShotNearest} (shares of right
 *     labels of 60 test messages of the shipped task), {@code answerMs} (the median time of a zero-shot answer there),
 *     {@code memoryMB} (of a process that answers, in 2^20 bytes)
 */
record KnownModel(
        String id,
        String title,
        String source,
        long parameters,
        int fileMegabytes,
        String licence,
        String use,
        Map<String, Figure> measured) {
    private static final String RESOURCE = "models.json";
    private static final List<KnownModel> ALL = readAll();

    /** Copies the figures. */
    KnownModel {
        measured = Map.copyOf(measured);
    }

    /**
     * A measured figure.
     *
     * @param value the value
     * @param command what measured it
     * @param conditions where and when
     */
    record Figure(double value, String command, String conditions) {}

    /** A figure; empty where it was not measured. */
    Optional<Double> figure(String name) {
        return Optional.ofNullable(measured.get(name)).map(Figure::value);
    }

    /** The table, the smallest first. */
    static List<KnownModel> all() {
        return ALL;
    }

    /** Whether a source is the default model. */
    static boolean isDefault(String text) {
        return sourceOrItself(text).equals(ModelArguments.DEFAULT);
    }

    private static Optional<KnownModel> named(String id) {
        return ALL.stream().filter(each -> each.id().equals(id)).findFirst();
    }

    private static String sourceOrItself(String text) {
        return named(text).map(KnownModel::source).orElse(text);
    }

    /**
     * The source that a text names: of a name in the table the model's, else the text.
     *
     * @throws InvalidInput if it is a word that is neither a name in the table nor a file, with those that are like it
     */
    static String sourceOf(String text) {
        if (named(text).isPresent() || text.equals(ModelArguments.DEFAULT) || !isWord(text) || exists(text)) {
            return sourceOrItself(text);
        }
        List<String> like = like(text);
        throw new InvalidInput("no such model: '" + text + "', "
                + (like.isEmpty() ? "" : "did you mean " + String.join(" or ", like) + "? ")
                + "expected a name of those that '" + Main.NAME + " models' lists, a folder, a .gguf file,"
                + " hf:org/repo[/file.gguf][@revision], or default");
    }

    private static boolean isWord(String text) {
        return text.matches("[A-Za-z0-9][A-Za-z0-9._-]*") && !text.endsWith(".gguf") && !text.endsWith(".onnx");
    }

    private static boolean exists(String text) {
        try {
            return Files.exists(Path.of(text));
        } catch (InvalidPathException e) {
            return false;
        }
    }

    /**
     * The names that a mistyped one is like: those that have its letters and digits in their order, else one near it.
     */
    private static List<String> like(String text) {
        List<String> ids = ALL.stream().map(KnownModel::id).toList();
        List<String> longer =
                ids.stream().filter(id -> holds(id, text)).limit(3).toList();
        return longer.isEmpty() ? NearestName.of(text, ids).stream().toList() : longer;
    }

    private static boolean holds(String id, String word) {
        int at = 0;
        for (char letter : word.toLowerCase(Locale.ROOT).replaceAll("[._-]", "").toCharArray()) {
            at = id.indexOf(letter, at) + 1;
            if (at == 0) {
                return false;
            }
        }
        return true;
    }

    private static List<KnownModel> readAll() {
        List<KnownModel> models = new ArrayList<>();
        for (JsonElement element : root().getAsJsonArray("models")) {
            JsonObject json = element.getAsJsonObject();
            models.add(new KnownModel(
                    text(json, "id"),
                    text(json, "title"),
                    text(json, "source"),
                    json.get("parameters").getAsLong(),
                    json.get("fileMB").getAsInt(),
                    text(json, "licence"),
                    text(json, "for"),
                    json.has("measured") ? figures(json.getAsJsonObject("measured")) : Map.of()));
        }
        return List.copyOf(models);
    }

    private static Map<String, Figure> figures(JsonObject json) {
        Map<String, Figure> figures = new LinkedHashMap<>();
        json.entrySet().forEach(entry -> {
            JsonObject figure = entry.getValue().getAsJsonObject();
            figures.put(
                    entry.getKey(),
                    new Figure(figure.get("value").getAsDouble(), text(figure, "command"), text(figure, "conditions")));
        });
        return figures;
    }

    private static String text(JsonObject json, String name) {
        return json.get(name).getAsString();
    }

    /** The resource as it is. */
    static JsonObject root() {
        try (InputStream in = KnownModel.class.getResourceAsStream(RESOURCE)) {
            if (in == null) {
                throw new IllegalStateException("the resource " + RESOURCE + " is missing");
            }
            return JsonParser.parseString(new String(in.readAllBytes(), StandardCharsets.UTF_8))
                    .getAsJsonObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
