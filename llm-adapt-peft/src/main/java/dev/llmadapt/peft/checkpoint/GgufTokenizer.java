package dev.llmadapt.peft.checkpoint;

import dev.llmadapt.peft.CheckpointException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A {@code tokenizer.json} built from the vocabulary in a GGUF file ({@code tokenizer.ggml.*}), equivalent to the one the
 * file was converted from. Two kinds: byte-level BPE ({@code gpt2}), which carries its merges and names its
 * {@link WordSplit}; and SentencePiece BPE with bytes as a fallback ({@code llama}), whose {@link ScoredMerges} follow from
 * its scores and whose spaces are written as {@code U+2581}.
 */
final class GgufTokenizer {
    private static final int NORMAL = 1;
    private static final int UNKNOWN = 2;
    private static final int CONTROL = 3;
    private static final int USER_DEFINED = 4;

    private static final String PREFIX = "tokenizer.ggml.";
    private static final String SPACE = "\u2581";

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
            types[id] = typeNumbers.get(id) instanceof Long type ? type.intValue() : NORMAL;
            Integer first = ids.putIfAbsent(tokens[id], id);
            if (first != null) {
                throw bad("tokens", "token '" + tokens[id] + "' stands twice, at " + first + " and " + id);
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
        boolean addBos = bool("add_bos_token", split.addBos());
        StringBuilder json = new StringBuilder(tokens.length * 40);
        begin(json, split.normalizer(), split.preTokenizer(), WordSplit.byteLevel(true), addBos);
        model(json, null, false, split.ignoreMerges());
        listedMerges(json);
        return finish(json, addBos);
    }

    private TokenizerFiles sentencePiece() {
        boolean prefixSpace = bool("add_space_prefix", true);
        String replace = "{\"type\":\"Replace\",\"pattern\":{\"String\":\" \"},\"content\":\"" + SPACE + "\"}";
        String normalizer = prefixSpace
                ? "{\"type\":\"Sequence\",\"normalizers\":[{\"type\":\"Prepend\",\"prepend\":\"" + SPACE + "\"},"
                        + replace + "]}"
                : replace;
        String decoder = "{\"type\":\"Sequence\",\"decoders\":[{\"type\":\"Replace\",\"pattern\":{\"String\":\"" + SPACE
                + "\"},\"content\":\" \"},{\"type\":\"ByteFallback\"},{\"type\":\"Fuse\"}"
                + (prefixSpace ? ",{\"type\":\"Strip\",\"content\":\" \",\"start\":1,\"stop\":0}" : "") + "]}";
        StringBuilder json = new StringBuilder(tokens.length * 60);
        boolean addBos = bool("add_bos_token", true);
        begin(json, normalizer, "null", decoder, addBos);
        model(json, token("unknown"), true, false);
        if (gguf.metadata().containsKey(PREFIX + "merges")) {
            listedMerges(json);
        } else {
            scoredMerges(json);
        }
        return finish(json, addBos);
    }

    /** Writes everything before the model. */
    private void begin(StringBuilder json, String normalizer, String preTokenizer, String decoder, boolean addBos) {
        json.append("{\"version\":\"1.0\",\"truncation\":null,\"padding\":null,\"added_tokens\":[");
        addedTokens(json);
        json.append("],\"normalizer\":").append(normalizer);
        json.append(",\"pre_tokenizer\":").append(preTokenizer);
        json.append(",\"post_processor\":");
        postProcessor(json, addBos ? token("bos") : null, addEos() ? token("eos") : null);
        json.append(",\"decoder\":").append(decoder);
    }

    /** Writes the model up to its merges. */
    private void model(StringBuilder json, @Nullable String unknown, boolean byteFallback, boolean ignoreMerges) {
        json.append(",\"model\":{\"type\":\"BPE\",\"dropout\":null,\"unk_token\":");
        if (unknown == null) {
            json.append("null");
        } else {
            JsonText.quote(json, unknown);
        }
        json.append(",\"continuing_subword_prefix\":null,\"end_of_word_suffix\":null,\"fuse_unk\":")
                .append(byteFallback)
                .append(",\"byte_fallback\":")
                .append(byteFallback)
                .append(",\"ignore_merges\":")
                .append(ignoreMerges)
                .append(",\"vocab\":{");
        for (int id = 0; id < tokens.length; id++) {
            if (id > 0) {
                json.append(',');
            }
            JsonText.quote(json, tokens[id]);
            json.append(':').append(id);
        }
        json.append("},\"merges\":[");
    }

    private TokenizerFiles finish(StringBuilder json, boolean addBos) {
        Map<String, Integer> special = new LinkedHashMap<>();
        for (int id = 0; id < tokens.length; id++) {
            if (special(id)) {
                special.put(tokens[id], id);
            }
        }
        Map<String, String> templates = new LinkedHashMap<>();
        gguf.metadata().forEach((key, value) -> {
            if (key.startsWith("tokenizer.chat_template.") && value instanceof String text) {
                templates.put(key.substring("tokenizer.chat_template.".length()), text);
            }
        });
        String named = templates.remove("default");
        String template = gguf.metadata().get("tokenizer.chat_template") instanceof String text ? text : named;
        return new TokenizerFiles(
                json.append("]}}").toString(),
                Optional.ofNullable(template),
                templates,
                special,
                Optional.ofNullable(token("bos")),
                Optional.ofNullable(token("eos")),
                Optional.ofNullable(token("unknown")),
                Optional.ofNullable(token("padding")),
                addBos && token("bos") != null,
                addEos() && token("eos") != null);
    }

    private boolean special(int id) {
        return types[id] == CONTROL || types[id] == UNKNOWN;
    }

    private boolean addEos() {
        return bool("add_eos_token", false);
    }

    private void addedTokens(StringBuilder json) {
        String separator = "";
        for (int id = 0; id < tokens.length; id++) {
            if (!special(id) && types[id] != USER_DEFINED) {
                continue;
            }
            json.append(separator).append("{\"id\":").append(id).append(",\"content\":");
            JsonText.quote(json, tokens[id]);
            json.append(",\"single_word\":false,\"lstrip\":false,\"rstrip\":false,\"normalized\":false,\"special\":")
                    .append(special(id))
                    .append('}');
            separator = ",";
        }
    }

    private void postProcessor(StringBuilder json, @Nullable String bos, @Nullable String eos) {
        if (bos == null && eos == null) {
            json.append("null");
            return;
        }
        json.append("{\"type\":\"TemplateProcessing\",\"single\":");
        template(json, bos, eos, List.of("A"));
        json.append(",\"pair\":");
        template(json, bos, eos, List.of("A", "B"));
        json.append(",\"special_tokens\":{");
        if (bos != null) {
            specialToken(json, bos);
        }
        if (eos != null && !eos.equals(bos)) {
            json.append(bos == null ? "" : ",");
            specialToken(json, eos);
        }
        json.append("}}");
    }

    private void specialToken(StringBuilder json, String token) {
        JsonText.quote(json, token);
        json.append(":{\"id\":");
        JsonText.quote(json, token);
        json.append(",\"ids\":[").append(ids.get(token)).append("],\"tokens\":[");
        JsonText.quote(json, token);
        json.append("]}");
    }

    private static void template(
            StringBuilder json, @Nullable String bos, @Nullable String eos, List<String> sequences) {
        List<String> pieces = new ArrayList<>();
        for (int i = 0; i < sequences.size(); i++) {
            if (bos != null) {
                pieces.add(special(bos, i));
            }
            pieces.add("{\"Sequence\":{\"id\":\"" + sequences.get(i) + "\",\"type_id\":" + i + "}}");
            if (eos != null) {
                pieces.add(special(eos, i));
            }
        }
        json.append('[').append(String.join(",", pieces)).append(']');
    }

    private static String special(String token, int typeId) {
        StringBuilder json = new StringBuilder("{\"SpecialToken\":{\"id\":");
        JsonText.quote(json, token);
        return json.append(",\"type_id\":").append(typeId).append("}}").toString();
    }

    private void listedMerges(StringBuilder json) {
        if (!(gguf.metadata().get(PREFIX + "merges") instanceof Gguf.Strings merges)) {
            throw bad("merges", "expected an array of strings");
        }
        for (int i = 0; i < merges.size(); i++) {
            String merge = merges.get(i);
            int space = merge.indexOf(' ', 1);
            if (space < 0 || space == merge.length() - 1) {
                throw bad("merges", "merge " + i + " is '" + merge + "', expected two tokens and a space between");
            }
            merge(json, i, merge.substring(0, space), merge.substring(space + 1));
        }
    }

    private void scoredMerges(StringBuilder json) {
        Gguf.Numbers numbers = numbers("scores");
        float[] scores = new float[tokens.length];
        Map<String, Integer> mergeable = new LinkedHashMap<>(tokens.length * 2);
        for (int id = 0; id < tokens.length; id++) {
            scores[id] = numbers.get(id) instanceof Number score ? score.floatValue() : Float.NaN;
            if (Float.isNaN(scores[id])) {
                throw bad("scores", "the score of token " + id + " is not a number");
            }
            if (types[id] == NORMAL) {
                if (tokens[id].length() > ScoredMerges.MAX_TOKEN_LENGTH) {
                    throw bad(
                            "tokens",
                            "token " + id + " has " + tokens[id].length() + " characters, at most "
                                    + ScoredMerges.MAX_TOKEN_LENGTH + " are supported");
                }
                mergeable.put(tokens[id], id);
            }
        }
        int i = 0;
        for (ScoredMerges.Merge merge : ScoredMerges.derive(mergeable, scores)) {
            merge(json, i++, merge.left(), merge.right());
        }
    }

    private static void merge(StringBuilder json, int index, String left, String right) {
        json.append(index > 0 ? ",[" : "[");
        JsonText.quote(json, left);
        json.append(',');
        JsonText.quote(json, right);
        json.append(']');
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
