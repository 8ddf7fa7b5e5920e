package dev.llmadapt.local.checkpoint;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Writes a {@code tokenizer.json} of a BPE vocabulary, from its front to its end: {@link #begin}, {@link #byteLevel} or
 * {@link #sentencePiece} up to the merges, each {@link #merge}, and {@link #finish}. Not thread-safe.
 */
final class TokenizerWriter {
    /** The kinds of tokens, by the numbers of SentencePiece, which GGUF has taken over. */
    static final int NORMAL = 1;

    static final int UNKNOWN = 2;
    static final int CONTROL = 3;
    static final int USER_DEFINED = 4;
    static final int UNUSED = 5;

    /** The character that SentencePiece writes for a space. */
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
     * @param named texts by what settings and templates call them, such as {@code bos_token}
     * @param added settings of tokens that are looked for otherwise than as they are written, by text
     * @param addBos whether a text begins with the {@code bos_token}, if there is one
     * @param addEos whether it ends with the {@code eos_token}, if there is one
     */
    record Ends(Map<String, String> named, Map<String, AddedToken> added, boolean addBos, boolean addEos) {
        @Nullable
        String prefix() {
            return addBos ? named.get("bos_token") : null;
        }

        @Nullable
        String suffix() {
            return addEos ? named.get("eos_token") : null;
        }
    }

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
     * A vocabulary of SentencePiece, up to its merges: spaces are written as {@code U+2581}, characters that are
     * missing as their bytes.
     *
     * @param prefixSpace whether a space is put before a text
     */
    void sentencePiece(boolean prefixSpace) {
        String replace = "{\"type\":\"Replace\",\"pattern\":{\"String\":\" \"},\"content\":\"" + SPACE + "\"}";
        String normalizer = prefixSpace
                ? "{\"type\":\"Sequence\",\"normalizers\":[{\"type\":\"Prepend\",\"prepend\":\"" + SPACE + "\"},"
                        + replace + "]}"
                : replace;
        begin(normalizer, "null", decoder(prefixSpace));
        model(ends.named.get("unk_token"), true, false);
    }

    /**
     * A vocabulary as transformers' {@code LlamaTokenizer} reads it: spaces become words' beginnings, and a text that
     * begins with a space gets no second one.
     *
     * @param prepend where a space is put before a text: {@code first}, {@code always} (also after each special token)
     *     or {@code never}
     */
    void metaspace(String prepend) {
        String preTokenizer = "{\"type\":\"Metaspace\",\"replacement\":\"" + SPACE + "\",\"prepend_scheme\":\""
                + prepend + "\",\"split\":false}";
        begin("null", preTokenizer, decoder(!prepend.equals("never")));
        model(ends.named.get("unk_token"), true, false);
    }

    private static String decoder(boolean prefixSpace) {
        return "{\"type\":\"Sequence\",\"decoders\":[{\"type\":\"Replace\",\"pattern\":{\"String\":\"" + SPACE
                + "\"},\"content\":\" \"},{\"type\":\"ByteFallback\"},{\"type\":\"Fuse\"}"
                + (prefixSpace ? ",{\"type\":\"Strip\",\"content\":\" \",\"start\":1,\"stop\":0}" : "") + "]}";
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
        return new TokenizerFiles(
                json.append("]}}").toString(),
                template,
                templates,
                addedTokens(),
                ends.named,
                ids(ends.prefix()),
                ids(ends.suffix()));
    }

    private List<Integer> ids(@Nullable String token) {
        Integer id = token == null ? null : ids.get(token);
        return id == null ? List.of() : List.of(id);
    }

    /** Writes everything before the model. */
    private void begin(String normalizer, String preTokenizer, String decoder) {
        json.append("{\"version\":\"1.0\",\"truncation\":null,\"padding\":null,\"added_tokens\":[");
        json.append(addedTokens().stream()
                .map(token -> token.json(token.content(), token.singleWord()))
                .collect(Collectors.joining(",")));
        json.append("],\"normalizer\":").append(normalizer);
        json.append(",\"pre_tokenizer\":").append(preTokenizer);
        json.append(",\"post_processor\":");
        postProcessor(ends.prefix(), ends.suffix());
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

    private List<AddedToken> addedTokens() {
        List<AddedToken> added = new ArrayList<>();
        for (int id = 0; id < tokens.length; id++) {
            if (special(id) || types[id] == USER_DEFINED) {
                AddedToken token = ends.added.getOrDefault(tokens[id], AddedToken.plain(tokens[id], id, false));
                added.add((special(id) ? token.asSpecial() : token).withId(id));
            }
        }
        return added;
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
