package dev.llmadapt.peft.checkpoint;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import dev.llmadapt.peft.CheckpointException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The tokenizer of a Hugging Face folder without a {@code tokenizer.json}, made one: {@code vocab.json} and {@code
 * merges.txt} of byte-level BPE, or {@code tokenizer.model} of SentencePiece; with the tokens that {@code
 * tokenizer_config.json}, {@code special_tokens_map.json} and {@code added_tokens.json} add.
 */
final class SlowTokenizer {
    private static final long LIMIT = 64 << 20;
    private static final int MAX_TOKENS = 1 << 24;
    /** How words are split, by {@code tokenizer_class} without "Fast". */
    private static final Map<String, String> SPLITS = Map.of("GPT2Tokenizer", "gpt-2", "Qwen2Tokenizer", "qwen2");

    private static final String END_OF_TEXT = "<|endoftext|>";

    private final Path folder;
    private final Json config;
    private final Json named;
    private final String kind;
    private final TreeMap<Integer, String> tokens = new TreeMap<>();
    private final Map<String, Integer> ids = new LinkedHashMap<>();
    private final Map<Integer, Integer> types = new TreeMap<>();

    private SlowTokenizer(Path folder, Json config) {
        this.folder = folder;
        this.config = config;
        this.named = json("special_tokens_map.json");
        Json model = json("config.json");
        boolean gpt2 = model.string("model_type").equals(Optional.of(Gpt2Folder.MODEL_TYPE));
        this.kind = config.string("tokenizer_class")
                .orElse(gpt2 ? "GPT2Tokenizer" : "")
                .replaceFirst("Fast$", "");
    }

    /**
     * Reads a tokenizer.
     *
     * @param config {@code tokenizer_config.json}, empty if there is none
     */
    static TokenizerFiles read(Path folder, Json config, Optional<String> template, Map<String, String> templates) {
        SlowTokenizer tokenizer = new SlowTokenizer(folder, config);
        TokenizerWriter writer;
        if (Files.isRegularFile(folder.resolve("tokenizer.model"))) {
            writer = tokenizer.sentencePiece(folder.resolve("tokenizer.model"));
        } else if (Files.isRegularFile(folder.resolve("vocab.json"))
                && Files.isRegularFile(folder.resolve("merges.txt"))) {
            writer = tokenizer.byteLevel();
        } else {
            throw new CheckpointException(
                    "no tokenizer.json in " + folder
                            + ", nor vocab.json with merges.txt, nor tokenizer.model; save the tokenizer there with transformers");
        }
        return writer.finish(template, templates);
    }

    private TokenizerWriter byteLevel() {
        WordSplit split = WordSplit.named(SPLITS.getOrDefault(kind, ""));
        if (split == null || config.bool("add_prefix_space", false)) {
            throw new CheckpointException(folder + " has vocab.json and merges.txt of "
                    + (kind.isEmpty() ? "a tokenizer_class that is not said" : "the tokenizer_class '" + kind + "'")
                    + (split == null ? "" : " with add_prefix_space")
                    + ", expected one of " + SPLITS.keySet().stream().sorted().toList()
                    + "; save the tokenizer as tokenizer.json with transformers");
        }
        Json vocabulary = Json.read(folder.resolve("vocab.json"), LIMIT);
        for (Map.Entry<String, JsonElement> entry : vocabulary.object().entrySet()) {
            add(vocabulary.integer(entry.getKey(), entry.getValue()), entry.getKey(), TokenizerWriter.NORMAL);
        }
        boolean gpt2 = kind.equals("GPT2Tokenizer");
        String usual = ids.containsKey(END_OF_TEXT) ? END_OF_TEXT : null;
        TokenizerWriter writer = writer(gpt2 ? usual : null, usual, usual, config.bool("add_bos_token", false));
        writer.byteLevel(split);
        merges(writer);
        return writer;
    }

    private void merges(TokenizerWriter writer) {
        Path file = folder.resolve("merges.txt");
        int number = 0;
        for (String line : Json.text(file, LIMIT).split("\n", -1)) {
            number++;
            String merge = line.endsWith("\r") ? line.substring(0, line.length() - 1) : line;
            if (merge.isEmpty() || (number == 1 && merge.startsWith("#version"))) {
                continue;
            }
            int space = merge.indexOf(' ');
            if (space <= 0 || space == merge.length() - 1 || merge.indexOf(' ', space + 1) >= 0) {
                throw new CheckpointException(
                        file + ", line " + number + ": expected two tokens and a space between, got '" + merge + "'");
            }
            writer.merge(merge.substring(0, space), merge.substring(space + 1));
        }
    }

    private TokenizerWriter sentencePiece(Path file) {
        SentencePieceModel model = SentencePieceModel.read(file);
        List<SentencePieceModel.Piece> pieces = model.pieces();
        for (int id = 0; id < pieces.size(); id++) {
            boolean verbatim = pieces.get(id).type() == TokenizerWriter.USER_DEFINED; // looked for in the text as it is
            String text = pieces.get(id).text();
            add(
                    id,
                    verbatim ? text.replace(TokenizerWriter.SPACE, " ") : text,
                    pieces.get(id).type());
        }
        TokenizerWriter writer =
                writer(known("<s>"), known("</s>"), known("<unk>"), config.bool("add_bos_token", true));
        writer.sentencePiece(config.bool("add_prefix_space", model.prefixSpace()));
        float[] scores = new float[tokens.size()];
        for (int id = 0; id < pieces.size(); id++) {
            scores[id] = pieces.get(id).score();
        }
        try {
            ScoredMerges.of(tokens(), types(), scores).forEach(merge -> writer.merge(merge.left(), merge.right()));
        } catch (IllegalArgumentException e) {
            throw new CheckpointException(file + ": " + e.getMessage(), e);
        }
        return writer;
    }

    private @Nullable String known(String token) {
        return ids.containsKey(token) ? token : null;
    }

    private TokenizerWriter writer(
            @Nullable String bos, @Nullable String eos, @Nullable String unknown, boolean addBos) {
        String begin = named("bos_token", bos);
        String end = named("eos_token", eos);
        String missing = named("unk_token", unknown);
        String padding = named("pad_token", null);
        Set<String> special = new HashSet<>();
        Stream.of(begin, end, missing, padding).filter(Objects::nonNull).forEach(special::add);
        added(special);
        special.forEach(token -> {
            Integer id = ids.get(token);
            if (id != null) {
                types.put(id, TokenizerWriter.CONTROL);
            }
        });
        boolean addEos = config.bool("add_eos_token", false);
        return new TokenizerWriter(
                tokens(),
                ids,
                types(),
                new TokenizerWriter.Ends(inside(begin), inside(end), inside(missing), inside(padding), addBos, addEos));
    }

    private @Nullable String inside(@Nullable String token) {
        return token == null ? null : known(token);
    }

    /** Tokens beyond the vocabulary; those that are special are added to these. */
    private void added(Set<String> special) {
        Json plain = json("added_tokens.json");
        plain.object()
                .entrySet()
                .forEach(entry -> add(
                        plain.integer(entry.getKey(), entry.getValue()), entry.getKey(), TokenizerWriter.USER_DEFINED));
        config.child("added_tokens_decoder")
                .ifPresent(decoder -> decoder.object().entrySet().forEach(entry -> {
                    Json token = Json.of(decoder.file() + " " + entry.getKey(), entry.getValue());
                    String content = token.string("content").orElse("");
                    add(decoder.integer("id", id(decoder, entry.getKey())), content, TokenizerWriter.USER_DEFINED);
                    if (token.bool("special", false)) {
                        special.add(content);
                    }
                }));
        for (Json source : List.of(named, config)) {
            if (source.get("additional_special_tokens") instanceof JsonArray more) {
                more.forEach(token -> special.add(
                        token instanceof JsonObject object && object.get("content") instanceof JsonPrimitive content
                                ? content.getAsString()
                                : token instanceof JsonPrimitive text ? text.getAsString() : ""));
            }
        }
    }

    private static JsonPrimitive id(Json decoder, String key) {
        try {
            return new JsonPrimitive(Integer.parseInt(key));
        } catch (NumberFormatException e) {
            throw new CheckpointException(decoder.file() + ": expected ids, got '" + key + "'", e);
        }
    }

    private @Nullable String named(String field, @Nullable String otherwise) {
        for (Json source : List.of(config, named)) {
            Optional<String> token = TokenizerJson.token(source, field);
            if (token.isPresent()) {
                return token.get();
            }
        }
        return otherwise;
    }

    private void add(int id, String token, int type) {
        if (id < 0 || id >= MAX_TOKENS) {
            throw new CheckpointException("token '" + token + "' of " + folder + " has the id " + id);
        }
        String there = tokens.putIfAbsent(id, token);
        Integer first = ids.putIfAbsent(token, id);
        if ((there != null && !there.equals(token)) || (first != null && first != id)) {
            throw new CheckpointException("token '" + token + "' of " + folder + " has the id " + id + ", where "
                    + (there != null && !there.equals(token) ? "'" + there + "' is" : "it also is " + first));
        }
        if (there == null || type != TokenizerWriter.USER_DEFINED) {
            types.putIfAbsent(id, type);
        }
    }

    private String[] tokens() {
        if (tokens.isEmpty() || tokens.lastKey() != tokens.size() - 1) {
            throw new CheckpointException("the ids of the " + tokens.size() + " tokens of " + folder
                    + " have gaps; save the tokenizer as tokenizer.json with transformers");
        }
        return tokens.values().toArray(String[]::new);
    }

    private int[] types() {
        return types.values().stream().mapToInt(Integer::intValue).toArray();
    }

    /** A file of the folder, or an empty object. */
    private Json json(String name) {
        Path file = folder.resolve(name);
        return Files.isRegularFile(file) ? Json.read(file, LIMIT) : Json.parse(file.toString(), "{}");
    }
}
