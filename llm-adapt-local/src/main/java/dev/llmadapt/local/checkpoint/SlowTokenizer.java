package dev.llmadapt.local.checkpoint;

import com.google.gson.JsonElement;
import dev.llmadapt.CheckpointException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The tokenizer of a Hugging Face folder without a {@code tokenizer.json}, made one: {@code vocab.json} and
 * {@code merges.txt} of byte-level BPE, or {@code tokenizer.model} of SentencePiece; with the tokens that
 * {@code tokenizer_config.json}, {@code special_tokens_map.json} and {@code added_tokens.json} add.
 */
final class SlowTokenizer {
    private static final long LIMIT = 64 << 20;
    private static final int MAX_TOKENS = 1 << 24;
    /** How words are split, by {@code tokenizer_class} without "Fast". */
    private static final Map<String, String> SPLITS = Map.of("GPT2Tokenizer", "gpt-2", "Qwen2Tokenizer", "qwen2");

    private static final String MODEL = "tokenizer.model";
    /** The names SentencePiece gives its special tokens. */
    private static final Map<String, String> USUAL =
            Map.of("bos_token", "<s>", "eos_token", "</s>", "unk_token", "<unk>");

    private final Path folder;
    private final Json config;
    private final DeclaredTokens declared;
    private final String kind;
    private final TreeMap<Integer, String> tokens = new TreeMap<>();
    private final Map<String, Integer> ids = new LinkedHashMap<>();
    private final Map<Integer, Integer> types = new TreeMap<>();

    private SlowTokenizer(Path folder, Json config) {
        this.folder = folder;
        this.config = config;
        this.declared =
                DeclaredTokens.read(folder, config, Files.isRegularFile(folder.resolve(MODEL)) ? USUAL : Map.of());
        this.kind = DeclaredTokens.kind(folder, config);
    }

    /**
     * Reads a tokenizer.
     *
     * @param config {@code tokenizer_config.json}, empty if there is none
     */
    static TokenizerFiles read(Path folder, Json config, Optional<String> template, Map<String, String> templates) {
        SlowTokenizer tokenizer = new SlowTokenizer(folder, config);
        TokenizerWriter writer;
        if (Files.isRegularFile(folder.resolve(MODEL))) {
            writer = tokenizer.sentencePiece(folder.resolve(MODEL));
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
        TokenizerWriter writer = writer(config.bool("add_bos_token", false), true);
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
        TokenizerWriter writer = writer(config.bool("add_bos_token", true), false);
        boolean prefix = config.bool("add_prefix_space", model.prefixSpace());
        if (kind.equals("LlamaTokenizer")) {
            boolean legacy = config.bool("legacy", false);
            writer.metaspace(!prefix ? "never" : legacy ? "always" : "first");
        } else {
            writer.sentencePiece(prefix);
        }
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

    /**
     * A writer of all tokens.
     *
     * @param normalizes whether tokens may be looked for in the normalised text
     */
    private TokenizerWriter writer(boolean addBos, boolean normalizes) {
        Map<String, AddedToken> added = new LinkedHashMap<>();
        for (AddedToken token : declared.added()) {
            add(token.id(), token.content(), TokenizerWriter.USER_DEFINED);
            added.put(token.content(), normalizes ? token : token.asWritten());
        }
        DeclaredTokens all = declared.withUsual(ids.keySet());
        for (String token : all.special()) {
            if (!ids.containsKey(token)) {
                add(tokens.isEmpty() ? 0 : tokens.lastKey() + 1, token, TokenizerWriter.CONTROL);
            }
        }
        Stream.concat(
                        all.special().stream(),
                        added.values().stream().filter(AddedToken::special).map(AddedToken::content))
                .map(ids::get)
                .filter(Objects::nonNull)
                .forEach(id -> types.put(id, TokenizerWriter.CONTROL));
        boolean addEos = config.bool("add_eos_token", false);
        return new TokenizerWriter(
                tokens(), ids, types(), new TokenizerWriter.Ends(all.named(), added, addBos, addEos));
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
}
