package dev.llmadapt.local.checkpoint;

import dev.llmadapt.CheckpointException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A {@code tokenizer.json} built from the vocabulary in a GGUF file ({@code tokenizer.ggml.*}), equivalent to the one
 * the file was converted from. Two kinds: byte-level BPE ({@code gpt2}), which carries its merges and names its
 * {@link WordSplit}; and SentencePiece BPE with bytes as a fallback ({@code llama}), whose {@link ScoredMerges} follow
 * from its scores and whose spaces are written as {@code U+2581}.
 */
final class GgufTokenizer {
    private static final String PREFIX = "tokenizer.ggml.";
    /** The names of special tokens in settings and templates, and those in a file. */
    private static final Map<String, String> NAMES = Map.of(
            "bos_token", "bos",
            "eos_token", "eos",
            "unk_token", "unknown",
            "sep_token", "seperator", // as GGUF writes it
            "pad_token", "padding",
            "cls_token", "cls",
            "mask_token", "mask");

    private static final Pattern PHI3 = Pattern.compile("phi[-_ ]?3", Pattern.CASE_INSENSITIVE);
    /** Tokens of Phi-3 that take no white space, while all its others do. */
    private static final Set<String> NOT_STRIPPING = Set.of("<unk>", "<s>", "<|endoftext|>");

    private final Gguf gguf;
    private final String[] tokens;
    private final Map<String, Integer> ids;
    private final int[] types;

    private GgufTokenizer(Gguf gguf, Gguf.Strings strings) {
        this.gguf = gguf;
        this.tokens = new String[strings.size()];
        this.ids = new LinkedHashMap<>(tokens.length * 2);
        this.types = new int[tokens.length];
        Gguf.Numbers typeNumbers = numbers("token_type");
        for (int id = 0; id < tokens.length; id++) {
            tokens[id] = strings.get(id);
            types[id] = typeNumbers.get(id) instanceof Long type ? type.intValue() : TokenizerWriter.NORMAL;
            while (ids.putIfAbsent(tokens[id], id) != null) { // the first is what a text becomes; both become the text
                tokens[id] += TokenizerFiles.AGAIN;
                types[id] = types[id] == TokenizerWriter.NORMAL ? TokenizerWriter.UNUSED : types[id];
            }
        }
    }

    static TokenizerFiles build(Gguf gguf) {
        if (!(gguf.metadata().get(PREFIX + "tokens") instanceof Gguf.Strings strings)) {
            throw new CheckpointException("GGUF file " + gguf.file() + " has no tokenizer.ggml.tokens");
        }
        GgufTokenizer tokenizer = new GgufTokenizer(gguf, strings);
        String model = tokenizer.string("model");
        return switch (model) {
            case "gpt2" -> tokenizer.byteLevel();
            case "llama" -> tokenizer.sentencePiece();
            default ->
                throw tokenizer.bad(
                        "model",
                        "unsupported kind '" + model
                                + "', supported: gpt2 (byte-level BPE), llama (SentencePiece BPE); "
                                + "open the Hugging Face folder of the model instead");
        };
    }

    private TokenizerFiles byteLevel() {
        String pre = string("pre");
        WordSplit split = WordSplit.named(pre);
        if (split == null) {
            throw bad(
                    "pre",
                    "unsupported way of splitting words '" + pre + "', supported: " + WordSplit.names()
                            + "; open the Hugging Face folder of the model instead");
        }
        TokenizerWriter writer = writer(bool("add_bos_token", split.addBos()));
        writer.byteLevel(split);
        listedMerges(writer);
        return finish(writer);
    }

    private TokenizerFiles sentencePiece() {
        TokenizerWriter writer = writer(bool("add_bos_token", true));
        writer.sentencePiece(bool("add_space_prefix", true));
        if (gguf.metadata().containsKey(PREFIX + "merges")) {
            listedMerges(writer);
        } else {
            scoredMerges(writer);
        }
        return finish(writer);
    }

    private TokenizerWriter writer(boolean addBos) {
        boolean addEos = bool("add_eos_token", false);
        Map<String, String> named = new LinkedHashMap<>();
        NAMES.forEach((name, which) -> {
            String token = token(which);
            if (token != null) {
                named.put(name, token);
            }
        });
        return new TokenizerWriter(tokens, ids, types, new TokenizerWriter.Ends(named, stripping(), addBos, addEos));
    }

    /**
     * Tokens that take the white space after them. A file does not say which; the tokenizer of Phi-3 has such ones,
     * which llama.cpp knows by the model's name. A model made of it may have any name, but is of its family.
     */
    private Map<String, AddedToken> stripping() {
        Map<String, AddedToken> stripping = new LinkedHashMap<>();
        boolean named = gguf.metadata().get("general.name") instanceof String name
                && PHI3.matcher(name).find();
        boolean family = "phi3".equals(gguf.metadata().get("general.architecture"));
        if (named || (family && string("model").equals("llama"))) {
            for (int id = 0; id < tokens.length; id++) {
                if (types[id] >= TokenizerWriter.UNKNOWN
                        && types[id] <= TokenizerWriter.USER_DEFINED
                        && !NOT_STRIPPING.contains(tokens[id])) {
                    stripping.put(
                            tokens[id], AddedToken.plain(tokens[id], id, false).withRstrip());
                }
            }
        }
        return stripping;
    }

    private TokenizerFiles finish(TokenizerWriter writer) {
        Map<String, String> templates = new LinkedHashMap<>();
        gguf.metadata().forEach((key, value) -> {
            if (key.startsWith("tokenizer.chat_template.") && value instanceof String text) {
                templates.put(key.substring("tokenizer.chat_template.".length()), text);
            }
        });
        String named = templates.remove("default");
        String template = gguf.metadata().get("tokenizer.chat_template") instanceof String text ? text : named;
        return writer.finish(Optional.ofNullable(template), templates);
    }

    private void listedMerges(TokenizerWriter writer) {
        if (!(gguf.metadata().get(PREFIX + "merges") instanceof Gguf.Strings merges)) {
            throw bad("merges", "expected an array of strings");
        }
        for (int i = 0; i < merges.size(); i++) {
            String merge = merges.get(i);
            int space = merge.indexOf(' ', 1);
            if (space < 0 || space == merge.length() - 1) {
                throw bad("merges", "merge " + i + " is '" + merge + "', expected two tokens and a space between");
            }
            String left = merge.substring(0, space);
            String right = merge.substring(space + 1);
            // a text never becomes what is not in the vocabulary
            if (ids.containsKey(left) && ids.containsKey(right) && ids.containsKey(left + right)) {
                writer.merge(left, right);
            }
        }
    }

    private void scoredMerges(TokenizerWriter writer) {
        Gguf.Numbers numbers = numbers("scores");
        float[] scores = new float[tokens.length];
        for (int id = 0; id < tokens.length; id++) {
            scores[id] = numbers.get(id) instanceof Number score ? score.floatValue() : Float.NaN;
            if (Float.isNaN(scores[id])) {
                throw bad("scores", "the score of token " + id + " is not a number");
            }
        }
        try {
            ScoredMerges.of(tokens, types, scores).forEach(merge -> writer.merge(merge.left(), merge.right()));
        } catch (IllegalArgumentException e) {
            throw bad("tokens", String.valueOf(e.getMessage()));
        }
    }

    private @Nullable String token(String which) {
        return gguf.metadata().get(PREFIX + which + "_token_id") instanceof Long id && id >= 0 && id < tokens.length
                ? tokens[id.intValue()]
                : null;
    }

    private Gguf.Numbers numbers(String key) {
        if (!(gguf.metadata().get(PREFIX + key) instanceof Gguf.Numbers numbers) || numbers.size() != tokens.length) {
            throw bad(key, "expected a number for each of " + tokens.length + " tokens");
        }
        return numbers;
    }

    private String string(String key) {
        return gguf.metadata().get(PREFIX + key) instanceof String value ? value : "";
    }

    private boolean bool(String key, boolean fallback) {
        return gguf.metadata().get(PREFIX + key) instanceof Boolean value ? value : fallback;
    }

    private CheckpointException bad(String key, String what) {
        return new CheckpointException("GGUF file " + gguf.file() + ", " + PREFIX + key + ": " + what);
    }
}
