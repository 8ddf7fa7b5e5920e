package dev.llmadapt.local.checkpoint;

import com.google.gson.JsonElement;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import dev.llmadapt.CheckpointException;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * {@code tokenizer.json}, {@code tokenizer_config.json} and {@code chat_template.jinja} of a Hugging Face folder; see
 * {@link DeclaredTokens} for the other files.
 */
final class TokenizerJson {
    private static final long TOKENIZER_LIMIT = 256 << 20;
    private static final long CONFIG_LIMIT = 64 << 20;
    private static final long TEMPLATE_LIMIT = 4 << 20;

    /** The parts of {@code tokenizer.json} that are needed besides its text. */
    private record Content(List<AddedToken> added, PostProcessor around) {}

    /** Some entries of a vocabulary, and how many it has. */
    private record Vocabulary(Map<String, Integer> ids, int size) {}

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
        DeclaredTokens declared = DeclaredTokens.read(folder, config, Map.of());
        Content content = content(file, text);
        Set<String> wanted = new HashSet<>(declared.special());
        content.added.forEach(token -> wanted.add(token.content()));
        declared.added().forEach(token -> wanted.add(token.content()));
        wanted.addAll(declared.usual().values());
        Vocabulary vocabulary = vocabulary(file, text, wanted);
        Set<String> known = new HashSet<>(vocabulary.ids.keySet());
        content.added.forEach(token -> known.add(token.content()));
        DeclaredTokens all = declared.withUsual(known);
        return new TokenizerFiles(
                text,
                template,
                templates,
                all.over(content.added, vocabulary.ids, vocabulary.size),
                all.named(),
                content.around.prefix(),
                content.around.suffix());
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

    /** Streams through the file: its vocabulary is large and not needed here. */
    private static Content content(Path file, String text) {
        List<AddedToken> added = new ArrayList<>();
        PostProcessor[] around = {PostProcessor.NONE};
        fields(file, text, (name, json) -> {
            switch (name) {
                case "added_tokens" -> added.addAll(added(file, JsonParser.parseReader(json)));
                case "post_processor" -> around[0] = PostProcessor.read(file.toString(), JsonParser.parseReader(json));
                default -> json.skipValue();
            }
        });
        return new Content(added, around[0]);
    }

    private static List<AddedToken> added(Path file, JsonElement tokens) {
        List<AddedToken> added = new ArrayList<>();
        if (tokens.isJsonArray()) {
            for (JsonElement element : tokens.getAsJsonArray()) {
                Json token = Json.of(file + " added_tokens", element);
                added.add(AddedToken.read(token, token.integer("id")));
            }
        }
        return added;
    }

    /** Streams through the vocabulary. */
    private static Vocabulary vocabulary(Path file, String text, Set<String> wanted) {
        Map<String, Integer> ids = new HashMap<>();
        int[] size = {0};
        fields(file, text, (name, json) -> {
            if (!name.equals("model") || json.peek() != JsonToken.BEGIN_OBJECT) {
                json.skipValue();
                return;
            }
            json.beginObject();
            while (json.hasNext()) {
                if (!json.nextName().equals("vocab")) {
                    json.skipValue();
                } else if (json.peek() == JsonToken.BEGIN_ARRAY) {
                    size[0] = pieces(json, wanted, ids);
                } else {
                    size[0] = entries(json, wanted, ids);
                }
            }
            json.endObject();
        });
        return new Vocabulary(ids, size[0]);
    }

    /** The pieces of a Unigram vocabulary, each with its score. */
    private static int pieces(JsonReader json, Set<String> wanted, Map<String, Integer> ids) throws IOException {
        int id = 0;
        json.beginArray();
        for (; json.hasNext(); id++) {
            json.beginArray();
            String piece = json.nextString();
            if (wanted.contains(piece)) {
                ids.put(piece, id);
            }
            while (json.hasNext()) {
                json.skipValue();
            }
            json.endArray();
        }
        json.endArray();
        return id;
    }

    /** The entries of any other vocabulary, each with its id. */
    private static int entries(JsonReader json, Set<String> wanted, Map<String, Integer> ids) throws IOException {
        int entries = 0;
        json.beginObject();
        for (; json.hasNext(); entries++) {
            String token = json.nextName();
            if (wanted.contains(token)) {
                ids.put(token, json.nextInt());
            } else {
                json.skipValue();
            }
        }
        json.endObject();
        return entries;
    }

    /** A reader of a field, which reads its whole value. */
    private interface Field {
        void read(String name, JsonReader json) throws IOException;
    }

    private static void fields(Path file, String text, Field field) {
        try (JsonReader json = new JsonReader(new StringReader(text))) {
            json.beginObject();
            while (json.hasNext()) {
                field.read(json.nextName(), json);
            }
            json.endObject();
        } catch (IOException | JsonParseException | IllegalStateException | NumberFormatException e) {
            throw new CheckpointException(file + " is not a valid tokenizer.json: " + e.getMessage(), e);
        }
    }
}
