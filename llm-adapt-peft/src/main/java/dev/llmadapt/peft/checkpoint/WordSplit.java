package dev.llmadapt.peft.checkpoint;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How a byte-level BPE treats a text before its merges. A GGUF file only names it ({@code tokenizer.ggml.pre}); the names
 * and what they stand for are llama.cpp's ({@code llama-vocab.cpp}).
 *
 * @param preTokenizer JSON of the pre-tokenizer
 * @param normalizer JSON of the normalizer
 * @param ignoreMerges whether a word that is a token is taken whole
 * @param addBos whether a text begins with the first token unless the file says otherwise
 */
record WordSplit(String preTokenizer, String normalizer, boolean ignoreMerges, boolean addBos) {
    private static final String WORDS = "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|%s"
            + "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
    private static final String CASED_WORDS =
            "[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]*[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]+"
                    + "|[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]+[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]*"
                    + "|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";

    private static final Map<String, WordSplit> BY_NAME = new LinkedHashMap<>();

    static {
        WordSplit gpt2 = new WordSplit(byteLevel(true), "null", false, false);
        WordSplit digits = new WordSplit(
                "{\"type\":\"Sequence\",\"pretokenizers\":[{\"type\":\"Digits\",\"individual_digits\":true},"
                        + byteLevel(true) + "]}",
                "null",
                false,
                false);
        WordSplit llama3 = new WordSplit(regex(WORDS.formatted("\\p{N}{1,3}")), "null", true, true);
        WordSplit qwen2 = new WordSplit(regex(WORDS.formatted("\\p{N}")), "{\"type\":\"NFC\"}", false, false);
        BY_NAME.put("smollm", digits);
        BY_NAME.put("starcoder", digits);
        BY_NAME.put("refact", digits);
        BY_NAME.put("gpt-2", gpt2);
        BY_NAME.put("llama-bpe", llama3);
        BY_NAME.put("llama3", llama3);
        BY_NAME.put("llama-v3", llama3);
        BY_NAME.put("qwen2", qwen2);
        BY_NAME.put("deepseek-r1-qwen", qwen2);
        BY_NAME.put("tekken", new WordSplit(regex(CASED_WORDS), "null", true, true));
    }

    /** The split of that name, or null when it is not known. */
    static @Nullable WordSplit named(String name) {
        return BY_NAME.get(name);
    }

    /** The known names. */
    static Set<String> names() {
        return BY_NAME.keySet();
    }

    /** JSON of the byte-level alphabet, as pre-tokenizer or decoder. */
    static String byteLevel(boolean useRegex) {
        return "{\"type\":\"ByteLevel\",\"add_prefix_space\":false,\"trim_offsets\":true,\"use_regex\":" + useRegex
                + "}";
    }

    private static String regex(String pattern) {
        StringBuilder json = new StringBuilder(
                "{\"type\":\"Sequence\",\"pretokenizers\":[{\"type\":\"Split\",\"pattern\":{\"Regex\":");
        JsonText.quote(json, pattern);
        return json.append("},\"behavior\":\"Isolated\",\"invert\":false},")
                .append(byteLevel(false))
                .append("]}")
                .toString();
    }
}
