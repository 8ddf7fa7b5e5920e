package dev.llmadapt.peft.checkpoint;

import dev.llmadapt.peft.CheckpointException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A {@code tokenizer.json} built from the vocabulary in a GGUF file ({@code tokenizer.ggml.*}), equivalent to the one the
 * file was converted from. Byte-level BPE ({@code gpt2}) carries its merges; which way of splitting a text into words
 * belongs to it is known by name only ({@code tokenizer.ggml.pre}).
 */
final class GgufTokenizer {
    private static final int UNKNOWN = 2;
    private static final int CONTROL = 3;
    private static final int USER_DEFINED = 4;

    private static final String PREFIX = "tokenizer.ggml.";
    private static final String BYTE_LEVEL =
            "{\"type\":\"ByteLevel\",\"add_prefix_space\":false,\"trim_offsets\":true," + "\"use_regex\":%b}";
    private static final String WORDS_OF_GPT4 = "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|%s"
            + "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";

    /**
     * How a kind of byte-level BPE treats a text before its merges.
     *
     * @param preTokenizer JSON of the pre-tokenizer
     * @param normalizer JSON of the normalizer
     * @param ignoreMerges whether a word that is a token is taken whole
     * @param addBos whether a text begins with the first token unless the file says otherwise
     */
    private record Kind(String preTokenizer, String normalizer, boolean ignoreMerges, boolean addBos) {}

    private static final Map<String, Kind> KINDS = new LinkedHashMap<>();

    static {
        Kind gpt2 = new Kind(BYTE_LEVEL.formatted(true), "null", false, false);
        Kind digits = new Kind(
                "{\"type\":\"Sequence\",\"pretokenizers\":[{\"type\":\"Digits\",\"individual_digits\":true},"
                        + BYTE_LEVEL.formatted(true) + "]}",
                "null",
                false,
                false);
        Kind llama3 = new Kind(split(WORDS_OF_GPT4.formatted("\\p{N}{1,3}")), "null", true, true);
        Kind qwen2 = new Kind(split(WORDS_OF_GPT4.formatted("\\p{N}")), "{\"type\":\"NFC\"}", false, false);
        KINDS.put("smollm", digits);
        KINDS.put("starcoder", digits);
        KINDS.put("refact", digits);
        KINDS.put("gpt-2", gpt2);
        KINDS.put("llama-bpe", llama3);
        KINDS.put("llama3", llama3);
        KINDS.put("llama-v3", llama3);
        KINDS.put("qwen2", qwen2);
    }

    private static String split(String regex) {
        StringBuilder json = new StringBuilder(
                "{\"type\":\"Sequence\",\"pretokenizers\":[{\"type\":\"Split\"," + "\"pattern\":{\"Regex\":");
        quote(json, regex);
        return json.append("},\"behavior\":\"Isolated\",\"invert\":false},")
                .append(BYTE_LEVEL.formatted(false))
                .append("]}")
                .toString();
    }

    private final Gguf gguf;
    private final String[] tokens;

    private GgufTokenizer(Gguf gguf, Gguf.Strings strings) {
        this.gguf = gguf;
        this.tokens = new String[strings.size()];
        for (int i = 0; i < tokens.length; i++) {
            tokens[i] = strings.get(i);
        }
    }

    static TokenizerFiles build(Gguf gguf) {
        if (!(gguf.metadata().get(PREFIX + "tokens") instanceof Gguf.Strings strings)) {
            throw new CheckpointException("GGUF file " + gguf.file() + " has no tokenizer.ggml.tokens");
        }
        return new GgufTokenizer(gguf, strings).build();
    }

    private TokenizerFiles build() {
        String model = string("model").orElse("");
        if (!model.equals("gpt2")) {
            throw new CheckpointException("GGUF file " + gguf.file() + " has a tokenizer of kind '" + model
                    + "', supported: gpt2 (byte-level BPE); open the Hugging Face folder of the model instead");
        }
        String pre = string("pre").orElse("");
        Kind kind = KINDS.get(pre);
        if (kind == null) {
            throw new CheckpointException("GGUF file " + gguf.file() + " splits words in an unsupported way, "
                    + "tokenizer.ggml.pre: '" + pre + "', supported: " + KINDS.keySet()
                    + "; open the Hugging Face folder of the model instead");
        }
        boolean addBos = bool("add_bos_token", kind.addBos);
        boolean addEos = bool("add_eos_token", false);
        Map<String, Integer> special = new LinkedHashMap<>();
        StringBuilder json = new StringBuilder(tokens.length * 80);
        json.append("{\"version\":\"1.0\",\"truncation\":null,\"padding\":null,\"added_tokens\":[");
        addedTokens(json, special);
        json.append("],\"normalizer\":").append(kind.normalizer);
        json.append(",\"pre_tokenizer\":").append(kind.preTokenizer);
        json.append(",\"post_processor\":");
        postProcessor(json, addBos ? token("bos") : null, addEos ? token("eos") : null);
        json.append(",\"decoder\":").append(BYTE_LEVEL.formatted(true));
        json.append(",\"model\":{\"type\":\"BPE\",\"dropout\":null,\"unk_token\":null,"
                        + "\"continuing_subword_prefix\":null,\"end_of_word_suffix\":null,\"fuse_unk\":false,"
                        + "\"byte_fallback\":false,\"ignore_merges\":")
                .append(kind.ignoreMerges)
                .append(",\"vocab\":{");
        vocabulary(json);
        json.append("},\"merges\":[");
        merges(json);
        json.append("]}}");
        return new TokenizerFiles(
                json.toString(),
                gguf.metadata().get("tokenizer.chat_template") instanceof String template
                        ? Optional.of(template)
                        : Optional.empty(),
                special,
                Optional.ofNullable(token("bos")),
                Optional.ofNullable(token("eos")),
                Optional.ofNullable(token("unknown")),
                Optional.ofNullable(token("padding")),
                addBos && token("bos") != null,
                addEos && token("eos") != null);
    }

    private void addedTokens(StringBuilder json, Map<String, Integer> special) {
        Object types = gguf.metadata().get(PREFIX + "token_type");
        if (!(types instanceof Gguf.Numbers numbers) || numbers.size() != tokens.length) {
            throw bad("token_type", "expected a number for each of " + tokens.length + " tokens");
        }
        String separator = "";
        for (int id = 0; id < tokens.length; id++) {
            int type = numbers.get(id) instanceof Long value ? value.intValue() : 1;
            if (type != CONTROL && type != USER_DEFINED && type != UNKNOWN) {
                continue;
            }
            boolean isSpecial = type != USER_DEFINED;
            if (isSpecial) {
                special.put(tokens[id], id);
            }
            json.append(separator).append("{\"id\":").append(id).append(",\"content\":");
            quote(json, tokens[id]);
            json.append(",\"single_word\":false,\"lstrip\":false,\"rstrip\":false,\"normalized\":false,\"special\":")
                    .append(isSpecial)
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
        Map<String, Integer> used = new LinkedHashMap<>();
        if (bos != null) {
            used.put(bos, id("bos"));
        }
        if (eos != null) {
            used.put(eos, id("eos"));
        }
        String separator = "";
        for (Map.Entry<String, Integer> entry : used.entrySet()) {
            json.append(separator);
            quote(json, entry.getKey());
            json.append(":{\"id\":");
            quote(json, entry.getKey());
            json.append(",\"ids\":[").append(entry.getValue()).append("],\"tokens\":[");
            quote(json, entry.getKey());
            json.append("]}");
            separator = ",";
        }
        json.append("}}");
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
        quote(json, token);
        return json.append(",\"type_id\":").append(typeId).append("}}").toString();
    }

    private void vocabulary(StringBuilder json) {
        Map<String, Integer> ids = new HashMap<>(tokens.length * 2);
        for (int id = 0; id < tokens.length; id++) {
            Integer first = ids.putIfAbsent(tokens[id], id);
            if (first != null) {
                throw bad("tokens", "token '" + tokens[id] + "' stands twice, at " + first + " and " + id);
            }
            if (id > 0) {
                json.append(',');
            }
            quote(json, tokens[id]);
            json.append(':').append(id);
        }
    }

    private void merges(StringBuilder json) {
        if (!(gguf.metadata().get(PREFIX + "merges") instanceof Gguf.Strings merges)) {
            throw bad("merges", "missing");
        }
        for (int i = 0; i < merges.size(); i++) {
            String merge = merges.get(i);
            int space = merge.indexOf(' ', 1);
            if (space < 0 || space == merge.length() - 1) {
                throw bad("merges", "merge " + i + " is '" + merge + "', expected two tokens and a space between");
            }
            json.append(i > 0 ? ",[" : "[");
            quote(json, merge, 0, space);
            json.append(',');
            quote(json, merge, space + 1, merge.length());
            json.append(']');
        }
    }

    private int id(String which) {
        return gguf.metadata().get(PREFIX + which + "_token_id") instanceof Long id && id >= 0 && id < tokens.length
                ? id.intValue()
                : -1;
    }

    private @Nullable String token(String which) {
        int id = id(which);
        return id < 0 ? null : tokens[id];
    }

    private Optional<String> string(String key) {
        return gguf.metadata().get(PREFIX + key) instanceof String value ? Optional.of(value) : Optional.empty();
    }

    private boolean bool(String key, boolean fallback) {
        return gguf.metadata().get(PREFIX + key) instanceof Boolean value ? value : fallback;
    }

    private CheckpointException bad(String key, String what) {
        return new CheckpointException("GGUF file " + gguf.file() + ", " + PREFIX + key + ": " + what);
    }

    private static void quote(StringBuilder json, String text) {
        quote(json, text, 0, text.length());
    }

    private static void quote(StringBuilder json, String text, int from, int to) {
        json.append('"');
        for (int i = from; i < to; i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                json.append('\\').append(c);
            } else if (c < ' ') {
                json.append("\\u00").append(Character.forDigit(c >> 4, 16)).append(Character.forDigit(c & 15, 16));
            } else {
                json.append(c);
            }
        }
        json.append('"');
    }
}
