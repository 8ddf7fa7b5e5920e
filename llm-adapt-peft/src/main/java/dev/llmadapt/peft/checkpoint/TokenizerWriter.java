package dev.llmadapt.peft.checkpoint;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Writes a {@code tokenizer.json} of a BPE vocabulary, from its front to its end: {@link #begin}, {@link #byteLevel} or
 * {@link #sentencePiece} up to the merges, each {@link #merge}, and {@link #finish}. Not thread-safe.
 */
final class TokenizerWriter {
    /** What a token is, by the numbers of SentencePiece, which GGUF has taken over. */
    static final int NORMAL = 1;

    static final int UNKNOWN = 2;
    static final int CONTROL = 3;
    static final int USER_DEFINED = 4;
    static final int UNUSED = 5;

    /** What SentencePiece writes for a space. */
    static final String SPACE = "\u2581";

    private final String[] tokens;
    private final Map<String, Integer> ids;
    private final int[] types;
    private final Ends ends;
    private final StringBuilder json;
    private boolean merged;

    /**
     * Tokens with a part to play.
     *
     * @param addBos whether a text begins with {@code bos}, if there is one
     * @param addEos whether it ends with {@code eos}, if there is one
     */
    record Ends(
            @Nullable String bos,
            @Nullable String eos,
            @Nullable String unknown,
            @Nullable String padding,
            boolean addBos,
            boolean addEos) {}

    /**
     * A vocabulary.
     *
     * @param tokens by id
     * @param ids by token
     * @param types by id
     */
    TokenizerWriter(String[] tokens, Map<String, Integer> ids, int[] types, Ends ends) {
        this.tokens = tokens;
        this.ids = ids;
        this.types = types;
        this.ends = ends;
        this.json = new StringBuilder(tokens.length * 60);
    }

    /** A vocabulary over the byte-level alphabet, up to its merges. */
    void byteLevel(WordSplit split) {
        begin(split.normalizer(), split.preTokenizer(), WordSplit.byteLevel(true));
        model(null, false, split.ignoreMerges());
    }

    /**
     * A vocabulary of SentencePiece, up to its merges: spaces are written as {@code U+2581}, characters that are missing as
     * their bytes.
     *
     * @param prefixSpace whether a space is put before a text
     */
    void sentencePiece(boolean prefixSpace) {
        String replace = "{\"type\":\"Replace\",\"pattern\":{\"String\":\" \"},\"content\":\"" + SPACE + "\"}";
        String normalizer = prefixSpace
                ? "{\"type\":\"Sequence\",\"normalizers\":[{\"type\":\"Prepend\",\"prepend\":\"" + SPACE + "\"},"
                        + replace + "]}"
                : replace;
        String decoder = "{\"type\":\"Sequence\",\"decoders\":[{\"type\":\"Replace\",\"pattern\":{\"String\":\"" + SPACE
                + "\"},\"content\":\" \"},{\"type\":\"ByteFallback\"},{\"type\":\"Fuse\"}"
                + (prefixSpace ? ",{\"type\":\"Strip\",\"content\":\" \",\"start\":1,\"stop\":0}" : "") + "]}";
        begin(normalizer, "null", decoder);
        model(ends.unknown, true, false);
    }

    /** The next best merge. */
    void merge(String left, String right) {
        json.append(merged ? ",[" : "[");
        merged = true;
        JsonText.quote(json, left);
        json.append(',');
        JsonText.quote(json, right);
        json.append(']');
    }

    /** The whole, with the templates of conversations. */
    TokenizerFiles finish(Optional<String> template, Map<String, String> templates) {
        Map<String, Integer> special = new LinkedHashMap<>();
        for (int id = 0; id < tokens.length; id++) {
            if (special(id)) {
                special.put(tokens[id], id);
            }
        }
        return new TokenizerFiles(
                json.append("]}}").toString(),
                template,
                templates,
                special,
                Optional.ofNullable(ends.bos),
                Optional.ofNullable(ends.eos),
                Optional.ofNullable(ends.unknown),
                Optional.ofNullable(ends.padding),
                ends.addBos && ends.bos != null,
                ends.addEos && ends.eos != null);
    }

    /** Writes everything before the model. */
    private void begin(String normalizer, String preTokenizer, String decoder) {
        json.append("{\"version\":\"1.0\",\"truncation\":null,\"padding\":null,\"added_tokens\":[");
        addedTokens();
        json.append("],\"normalizer\":").append(normalizer);
        json.append(",\"pre_tokenizer\":").append(preTokenizer);
        json.append(",\"post_processor\":");
        postProcessor(ends.addBos ? ends.bos : null, ends.addEos ? ends.eos : null);
        json.append(",\"decoder\":").append(withoutMarks(decoder));
    }

    /** A decoder that first takes the marks of repeated tokens away, where there are any. */
    private String withoutMarks(String decoder) {
        if (Arrays.stream(tokens).noneMatch(token -> token.endsWith(TokenizerFiles.AGAIN))) {
            return decoder;
        }
        return "{\"type\":\"Sequence\",\"decoders\":[{\"type\":\"Replace\",\"pattern\":{\"String\":\""
                + TokenizerFiles.AGAIN + "\"},\"content\":\"\"}," + decoder + "]}";
    }

    /** Writes the model up to its merges. */
    private void model(@Nullable String unknown, boolean byteFallback, boolean ignoreMerges) {
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

    private boolean special(int id) {
        return types[id] == CONTROL || types[id] == UNKNOWN;
    }

    private void addedTokens() {
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

    private void postProcessor(@Nullable String bos, @Nullable String eos) {
        if (bos == null && eos == null) {
            json.append("null");
            return;
        }
        json.append("{\"type\":\"TemplateProcessing\",\"single\":");
        template(bos, eos, List.of("A"));
        json.append(",\"pair\":");
        template(bos, eos, List.of("A", "B"));
        json.append(",\"special_tokens\":{");
        if (bos != null) {
            specialToken(bos);
        }
        if (eos != null && !eos.equals(bos)) {
            json.append(bos == null ? "" : ",");
            specialToken(eos);
        }
        json.append("}}");
    }

    private void specialToken(String token) {
        JsonText.quote(json, token);
        json.append(":{\"id\":");
        JsonText.quote(json, token);
        json.append(",\"ids\":[").append(ids.get(token)).append("],\"tokens\":[");
        JsonText.quote(json, token);
        json.append("]}");
    }

    private void template(@Nullable String bos, @Nullable String eos, List<String> sequences) {
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
        StringBuilder piece = new StringBuilder("{\"SpecialToken\":{\"id\":");
        JsonText.quote(piece, token);
        return piece.append(",\"type_id\":").append(typeId).append("}}").toString();
    }
}
