package dev.llmadapt.local.checkpoint;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import dev.llmadapt.CheckpointException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * The tokens that the settings of a Hugging Face folder declare beside its vocabulary, by the rules of transformers 5:
 * {@code tokenizer_config.json} alone where it has an {@code added_tokens_decoder}; else
 * {@code special_tokens_map.json}, which wins, and {@code added_tokens.json} as well.
 *
 * @param named texts of tokens by what settings and templates call them, such as {@code bos_token}
 * @param special texts of tokens that are special, whatever else is said of them
 * @param added tokens with their settings, in the order of their ids
 * @param usual texts of tokens that no file names, but the tokenizer's class, if the vocabulary has them
 */
record DeclaredTokens(
        Map<String, String> named, Set<String> special, List<AddedToken> added, Map<String, String> usual) {
    private static final long LIMIT = 64 << 20;
    private static final String END_OF_TEXT = "<|endoftext|>";
    private static final Map<String, Map<String, String>> CLASSES = Map.of(
            "GPT2Tokenizer",
            Map.of("bos_token", END_OF_TEXT, "eos_token", END_OF_TEXT, "unk_token", END_OF_TEXT),
            "Qwen2Tokenizer",
            Map.of("eos_token", END_OF_TEXT, "unk_token", END_OF_TEXT, "pad_token", END_OF_TEXT),
            "GemmaTokenizer",
            Map.of(
                    "bos_token", "<bos>",
                    "eos_token", "<eos>",
                    "unk_token", "<unk>",
                    "pad_token", "<pad>",
                    "mask_token", "<mask>"),
            "LlamaTokenizer",
            Map.of("bos_token", "<s>", "eos_token", "</s>", "unk_token", "<unk>"));
    /** The tokenizer's class where a family decides it: whatever is said, or where nothing is said. */
    private static final Map<String, String> ALWAYS = Map.of("mistral", "", "phi3", "", "qwen2", "Qwen2Tokenizer");

    private static final Map<String, String> USUALLY = Map.of(
            "gpt2", "GPT2Tokenizer",
            "qwen3", "Qwen2Tokenizer",
            "gemma", "GemmaTokenizer",
            "gemma2", "GemmaTokenizer",
            "gemma3_text", "GemmaTokenizer");

    /** The class of a folder's tokenizer in transformers, without "Fast"; empty where it is the one for all. */
    static String kind(Path folder, Json config) {
        String family = file(folder, "config.json").object().get("model_type") instanceof JsonPrimitive type
                ? type.getAsString()
                : "";
        String said = config.string("tokenizer_class").orElse("").replaceFirst("Fast$", "");
        return ALWAYS.getOrDefault(family, said.isEmpty() ? USUALLY.getOrDefault(family, "") : said);
    }

    /**
     * Reads the settings of a folder.
     *
     * @param config its {@code tokenizer_config.json}, empty if there is none
     * @param otherwise what its class names, if it is the one for all
     */
    static DeclaredTokens read(Path folder, Json config, Map<String, String> otherwise) {
        Optional<Json> decoder = config.child("added_tokens_decoder");
        List<Json> sources = new ArrayList<>(List.of(config));
        if (decoder.isEmpty()) {
            sources.add(file(folder, "special_tokens_map.json"));
        }
        Map<String, String> usual = new LinkedHashMap<>(CLASSES.getOrDefault(kind(folder, config), otherwise));
        Map<String, String> named = new LinkedHashMap<>();
        Set<String> special = new LinkedHashSet<>();
        for (Json source : sources) {
            for (String key : source.object().keySet()) {
                if (key.endsWith("_token") && !(source.get(key) instanceof JsonPrimitive flag && flag.isBoolean())) {
                    usual.remove(key);
                    token(source, key).ifPresentOrElse(text -> named.put(key, text), () -> named.remove(key));
                }
            }
            for (String key : List.of("additional_special_tokens", "extra_special_tokens")) {
                more(source, key, named, special);
            }
        }
        named.values().removeIf(String::isEmpty);
        special.addAll(named.values());
        List<AddedToken> added = decoder.map(DeclaredTokens::withSettings).orElseGet(() -> withIds(folder, special));
        return new DeclaredTokens(named, special, added, usual);
    }

    /** These and the usual ones among some texts. */
    DeclaredTokens withUsual(Set<String> known) {
        Map<String, String> names = new LinkedHashMap<>(named);
        Set<String> texts = new LinkedHashSet<>(special);
        usual.forEach((name, text) -> {
            if (known.contains(text)) {
                names.put(name, text);
                texts.add(text);
            }
        });
        return new DeclaredTokens(names, texts, added, Map.of());
    }

    private static void more(Json source, String key, Map<String, String> named, Set<String> special) {
        if (source.get(key) instanceof JsonArray tokens) {
            tokens.forEach(token -> special.add(text(token)));
        } else if (source.get(key) instanceof JsonObject tokens) {
            tokens.entrySet().forEach(token -> named.put(token.getKey(), text(token.getValue())));
        }
        special.remove("");
    }

    private static String text(JsonElement token) {
        return token instanceof JsonObject object && object.get("content") instanceof JsonPrimitive content
                ? content.getAsString()
                : token instanceof JsonPrimitive text ? text.getAsString() : "";
    }

    /** A token's text: a string, or an object with its {@code content}. */
    private static Optional<String> token(Json source, String field) {
        return source.get(field) instanceof JsonObject
                ? source.child(field).flatMap(token -> token.string("content"))
                : source.string(field);
    }

    private static List<AddedToken> withSettings(Json decoder) {
        TreeMap<Integer, AddedToken> tokens = new TreeMap<>();
        decoder.object().entrySet().forEach(entry -> {
            int id = id(decoder, entry.getKey());
            tokens.put(id, AddedToken.read(Json.of(decoder.file() + " " + entry.getKey(), entry.getValue()), id));
        });
        return List.copyOf(tokens.values());
    }

    private static List<AddedToken> withIds(Path folder, Set<String> special) {
        TreeMap<Integer, AddedToken> tokens = new TreeMap<>();
        Json file = file(folder, "added_tokens.json");
        file.object().entrySet().forEach(entry -> {
            int id = file.integer(entry.getKey(), entry.getValue());
            boolean known = special.contains(entry.getKey());
            tokens.put(id, new AddedToken(entry.getKey(), id, false, false, false, !known, known));
        });
        return List.copyOf(tokens.values());
    }

    private static int id(Json decoder, String key) {
        try {
            return Integer.parseInt(key);
        } catch (NumberFormatException e) {
            throw new CheckpointException(decoder.file() + ": expected ids, got '" + key + "'", e);
        }
    }

    /**
     * The tokens of a {@code tokenizer.json} under these settings. An id is the vocabulary's, or the next one that is
     * free, as the tokenizers library gives them.
     *
     * @param tokens those of the file
     * @param vocabulary ids of the texts of all of these
     * @param size entries of the vocabulary
     */
    List<AddedToken> over(List<AddedToken> tokens, Map<String, Integer> vocabulary, int size) {
        Map<String, AddedToken> all = new LinkedHashMap<>();
        tokens.forEach(token -> put(all, token, vocabulary, size));
        added.forEach(token -> put(all, token, vocabulary, size));
        special.forEach(text -> put(all, all.getOrDefault(text, AddedToken.plain(text, -1, true)), vocabulary, size));
        return List.copyOf(all.values());
    }

    private void put(Map<String, AddedToken> all, AddedToken token, Map<String, Integer> vocabulary, int size) {
        String text = token.content();
        if (text.isEmpty()) {
            return;
        }
        AddedToken there = all.get(text);
        Integer known = there != null ? Integer.valueOf(there.id()) : vocabulary.get(text);
        int id = known != null
                ? known
                : Math.max(
                        size,
                        all.values().stream().mapToInt(AddedToken::id).max().orElse(-1) + 1);
        boolean always = special.contains(text) || (there != null && there.special());
        all.put(text, (always ? token.asSpecial() : token).withId(id));
    }

    private static Json file(Path folder, String name) {
        Path file = folder.resolve(name);
        return Files.isRegularFile(file) ? Json.read(file, LIMIT) : Json.parse(file.toString(), "{}");
    }
}
