package dev.llmadapt.peft.checkpoint;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import com.google.gson.stream.JsonReader;
import dev.llmadapt.peft.CheckpointException;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** {@code tokenizer.json}, {@code tokenizer_config.json} and {@code chat_template.jinja} of a Hugging Face folder. */
final class TokenizerJson {
    private static final long TOKENIZER_LIMIT = 256 << 20;
    private static final long CONFIG_LIMIT = 64 << 20;
    private static final long TEMPLATE_LIMIT = 4 << 20;

    /** What is needed of {@code tokenizer.json} besides its text. */
    private record Added(Map<String, Integer> special, String first, String last) {}

    private TokenizerJson() {}

    static TokenizerFiles read(Path folder) {
        Path configFile = folder.resolve("tokenizer_config.json");
        Json config = Files.isRegularFile(configFile)
                ? Json.read(configFile, CONFIG_LIMIT)
                : Json.parse(configFile.toString(), "{}");
        Map<String, String> templates = namedTemplates(config);
        String named = templates.remove("default");
        Optional<String> template = chatTemplate(folder, config).or(() -> Optional.ofNullable(named));
        Path file = folder.resolve("tokenizer.json");
        if (!Files.isRegularFile(file)) {
            return SlowTokenizer.read(folder, config, template, templates);
        }
        String text = Json.text(file, TOKENIZER_LIMIT);
        Added added = added(file, text);
        Optional<String> bos = token(config, "bos_token");
        Optional<String> eos = token(config, "eos_token");
        return new TokenizerFiles(
                text,
                template,
                templates,
                added.special,
                bos,
                eos,
                token(config, "unk_token"),
                token(config, "pad_token"),
                config.bool("add_bos_token", bos.isPresent() && bos.get().equals(added.first)),
                config.bool("add_eos_token", eos.isPresent() && eos.get().equals(added.last)));
    }

    /** A file wins over the configuration, there a string or a list of named templates. */
    private static Optional<String> chatTemplate(Path folder, Json config) {
        Path file = folder.resolve(TokenizerFiles.CHAT_TEMPLATE);
        if (Files.isRegularFile(file)) {
            return Optional.of(Json.text(file, TEMPLATE_LIMIT));
        }
        JsonElement value = config.get("chat_template");
        return value != null && value.isJsonArray() ? Optional.empty() : config.string("chat_template");
    }

    private static Map<String, String> namedTemplates(Json config) {
        Map<String, String> templates = new LinkedHashMap<>();
        JsonElement value = config.get("chat_template");
        if (value != null && value.isJsonArray()) {
            for (JsonElement named : value.getAsJsonArray()) {
                if (named.isJsonObject()
                        && named.getAsJsonObject().get("name") instanceof JsonPrimitive name
                        && named.getAsJsonObject().get("template") instanceof JsonPrimitive template) {
                    templates.putIfAbsent(name.getAsString(), template.getAsString());
                }
            }
        }
        return templates;
    }

    /** A token's text: a string, or an object with its {@code content}. */
    static Optional<String> token(Json config, String field) {
        JsonElement value = config.get(field);
        return value != null && value.isJsonObject()
                ? config.child(field).flatMap(token -> token.string("content"))
                : config.string(field);
    }

    /** Streams through the file: its vocabulary is large and not needed here. */
    private static Added added(Path file, String text) {
        Map<String, Integer> special = new LinkedHashMap<>();
        String[] ends = {"", ""};
        try (JsonReader json = new JsonReader(new StringReader(text))) {
            json.beginObject();
            while (json.hasNext()) {
                switch (json.nextName()) {
                    case "added_tokens" -> special.putAll(special(file, JsonParser.parseReader(json)));
                    case "post_processor" -> ends(JsonParser.parseReader(json), ends);
                    default -> json.skipValue();
                }
            }
            json.endObject();
        } catch (IOException | JsonParseException | IllegalStateException | NumberFormatException e) {
            throw new CheckpointException(file + " is not a valid tokenizer.json: " + e.getMessage(), e);
        }
        return new Added(special, ends[0], ends[1]);
    }

    private static Map<String, Integer> special(Path file, JsonElement tokens) {
        Map<String, Integer> special = new LinkedHashMap<>();
        if (tokens.isJsonArray()) {
            for (JsonElement element : tokens.getAsJsonArray()) {
                Json token = Json.of(file + " added_tokens", element);
                if (token.bool("special", false)) {
                    special.put(token.string("content").orElse(""), token.integer("id"));
                }
            }
        }
        return special;
    }

    /** Finds the special tokens that a {@code TemplateProcessing}, alone or in a {@code Sequence}, puts around a text. */
    private static void ends(JsonElement processor, String[] ends) {
        if (!processor.isJsonObject()) {
            return;
        }
        JsonElement inner = processor.getAsJsonObject().get("processors");
        if (inner != null && inner.isJsonArray()) {
            inner.getAsJsonArray().forEach(element -> ends(element, ends));
        }
        JsonElement single = processor.getAsJsonObject().get("single");
        if (single != null && single.isJsonArray() && !single.getAsJsonArray().isEmpty()) {
            JsonArray pieces = single.getAsJsonArray();
            ends[0] = special(pieces.get(0));
            ends[1] = special(pieces.get(pieces.size() - 1));
        }
    }

    private static String special(JsonElement piece) {
        return piece.isJsonObject()
                        && piece.getAsJsonObject().get("SpecialToken") instanceof JsonObject token
                        && token.get("id") instanceof JsonPrimitive id
                ? id.getAsString()
                : "";
    }
}
