package dev.llmadapt.rag.embedding;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import dev.llmadapt.rag.embedding.EmbedderOptions.Pooling;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A folder that sentence-transformers wrote: its model, its tokenizer and its options. */
final class SentenceTransformersFolder {
    private static final long MAX_JSON_BYTES = 64L << 20; // bytes; the largest tokenizer.json known has 17 MB
    private static final Map<String, Pooling> POOLINGS = Map.of(
            "cls_token",
            Pooling.CLS,
            "mean_tokens",
            Pooling.MEAN,
            "lasttoken",
            Pooling.LAST_TOKEN,
            "cls",
            Pooling.CLS,
            "mean",
            Pooling.MEAN);

    private SentenceTransformersFolder() {}

    /** {@link EmbedderOptions#of}. */
    static EmbedderOptions options(Path folder) {
        if (!Files.isDirectory(folder)) {
            throw new EmbeddingException("there is no model folder " + folder, null);
        }
        EmbedderOptions options = EmbedderOptions.defaults();
        Path modules = folder.resolve("modules.json");
        Path pooling = folder.resolve("1_Pooling");
        if (Files.exists(modules)) {
            options = options.withNormalize(false);
            JsonElement list = parse(modules);
            if (!list.isJsonArray()) {
                throw new EmbeddingException(modules + " must hold a list of modules", null);
            }
            for (JsonElement module : (JsonArray) list) {
                String type = text(object(module, modules), "type", "", modules);
                String kind = type.substring(type.lastIndexOf('.') + 1);
                switch (kind) {
                    case "Transformer" -> {}
                    case "Normalize" -> options = options.withNormalize(true);
                    case "Pooling" ->
                        pooling = inside(folder, text(object(module, modules), "path", "1_Pooling", modules));
                    default ->
                        throw new EmbeddingException(
                                modules + " has a module of type '" + type
                                        + "', expected Transformer, Pooling and Normalize",
                                null);
                }
            }
        }
        Path poolingConfig = pooling.resolve("config.json");
        if (Files.exists(poolingConfig)) {
            options = options.withPooling(pooling(poolingConfig));
        }
        return prefixes(folder, length(folder, options));
    }

    private static Pooling pooling(Path file) {
        JsonObject json = object(parse(file), file);
        List<String> on = new ArrayList<>();
        json.entrySet().forEach(entry -> {
            if (entry.getKey().startsWith("pooling_mode_") && isTrue(entry.getValue())) {
                on.add(entry.getKey().substring("pooling_mode_".length()));
            }
        });
        if (json.has("pooling_mode")) {
            on.add(text(json, "pooling_mode", "", file));
        }
        Pooling pooling = on.size() == 1 ? POOLINGS.get(on.get(0)) : null;
        if (pooling == null) {
            throw new EmbeddingException(
                    file + " pools by " + on + ", expected exactly one of cls_token, mean_tokens, lasttoken", null);
        }
        JsonElement prompt = json.get("include_prompt");
        if (prompt != null && !isTrue(prompt)) {
            throw new EmbeddingException(
                    file + " leaves the prompt out of pooling (include_prompt false), which is not supported", null);
        }
        return pooling;
    }

    private static EmbedderOptions length(Path folder, EmbedderOptions options) {
        int maxTokens = options.maxTokens();
        boolean lowerCase = false;
        Path config = folder.resolve("config.json");
        if (Files.exists(config)) {
            maxTokens = number(object(parse(config), config), "max_position_embeddings", maxTokens, config);
        }
        Path bert = folder.resolve("sentence_bert_config.json");
        if (Files.exists(bert)) {
            JsonObject json = object(parse(bert), bert);
            maxTokens = Math.min(
                    number(json, "max_seq_length", maxTokens, bert),
                    Files.exists(config) ? maxTokens : Integer.MAX_VALUE);
            lowerCase = json.has("do_lower_case") && isTrue(json.get("do_lower_case"));
        }
        if (maxTokens < 3 || maxTokens > 1 << 20) {
            throw new EmbeddingException(
                    "the texts of " + folder + " may have " + maxTokens + " tokens, expected a number in [3, 1048576]",
                    null);
        }
        return options.withMaxTokens(maxTokens).withLowerCase(lowerCase);
    }

    private static EmbedderOptions prefixes(Path folder, EmbedderOptions options) {
        Path file = folder.resolve("config_sentence_transformers.json");
        if (!Files.exists(file)) {
            return options;
        }
        JsonObject json = object(parse(file), file);
        if (!(json.get("prompts") instanceof JsonObject prompts)) {
            return options;
        }
        String name = text(json, "default_prompt_name", "", file);
        String usual = name.isEmpty() ? "" : text(prompts, name, "", file);
        String passage = text(prompts, "document", text(prompts, "passage", usual, file), file);
        return options.withPrefixes(text(prompts, "query", usual, file), passage);
    }

    /** Finds the ONNX graph of a folder. */
    static Path model(Path folder) {
        return Stream.of("onnx/model.onnx", "model.onnx", "onnx/model_quantized.onnx", "model_quantized.onnx")
                .map(folder::resolve)
                .filter(Files::isRegularFile)
                .findFirst()
                .orElseThrow(() -> new EmbeddingException(
                        "there is no onnx/model.onnx or model.onnx in " + folder
                                + "; export one, for example with optimum",
                        null));
    }

    static byte[] tokenizer(Path folder) {
        return bytes(folder.resolve("tokenizer.json"));
    }

    private static Path inside(Path folder, String path) {
        Path resolved = folder.resolve(path).normalize();
        if (!resolved.startsWith(folder.normalize())) {
            throw new EmbeddingException("modules.json of " + folder + " points out of the folder: " + path, null);
        }
        return resolved;
    }

    private static byte[] bytes(Path file) {
        try {
            long size = Files.size(file);
            if (size > MAX_JSON_BYTES) {
                throw new EmbeddingException(
                        file + " has " + size + " bytes, expected at most " + MAX_JSON_BYTES, null);
            }
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new EmbeddingException(file + " cannot be read: " + e.getMessage(), e);
        }
    }

    private static JsonElement parse(Path file) {
        try {
            return JsonParser.parseString(new String(bytes(file), StandardCharsets.UTF_8));
        } catch (JsonParseException e) {
            throw new EmbeddingException(file + " is no JSON: " + e.getMessage(), e);
        }
    }

    private static JsonObject object(JsonElement element, Path file) {
        if (element instanceof JsonObject object) {
            return object;
        }
        throw new EmbeddingException(file + " must hold objects, got: " + element, null);
    }

    private static boolean isTrue(@Nullable JsonElement element) {
        return element != null
                && element.isJsonPrimitive()
                && element.getAsJsonPrimitive().isBoolean()
                && element.getAsBoolean();
    }

    private static String text(JsonObject object, String key, String missing, Path file) {
        JsonElement value = object.get(key);
        if (value == null || value.isJsonNull()) {
            return missing;
        }
        if (!value.isJsonPrimitive()) {
            throw new EmbeddingException(file + ": '" + key + "' must be a text, got " + value, null);
        }
        return value.getAsString();
    }

    private static int number(JsonObject object, String key, int missing, Path file) {
        JsonElement value = object.get(key);
        if (value == null || value.isJsonNull()) {
            return missing;
        }
        try {
            return value.getAsInt();
        } catch (NumberFormatException | UnsupportedOperationException | IllegalStateException e) {
            throw new EmbeddingException(file + ": '" + key + "' must be a number, got " + value, e);
        }
    }
}
