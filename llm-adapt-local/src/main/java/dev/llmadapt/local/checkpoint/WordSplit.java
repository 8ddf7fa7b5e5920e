package dev.llmadapt.local.checkpoint;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How a byte-level BPE treats a text before its merges. A GGUF file only names it ({@code tokenizer.ggml.pre}); the
 * names and what they stand for are llama.cpp's ({@code llama-vocab.cpp}).
 *
 * @param preTokenizer JSON of the pre-tokenizer
 * @param normalizer JSON of the normalizer
 * @param ignoreMerges whether a word that is a token is taken whole
 * @param addBos whether a text begins with the first token unless the file says otherwise
 */
record WordSplit(String preTokenizer, String normalizer, boolean ignoreMerges, boolean addBos) {
    private static final String ENDINGS = "(?i:'s|'t|'re|'ve|'m|'ll|'d)";
    private static final String SPACES = "|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
    private static final String SYMBOLS = "| ?[^\\s\\p{L}\\p{N}]+";
    private static final String WORD = "[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|";
    /** Of GPT-2 (Radford et al. 2019). */
    private static final String GPT2 =
            "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+";

    private static final String UPPER = "[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]";
    private static final String LOWER = "[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]";

    private static final Map<String, WordSplit> BY_NAME = new LinkedHashMap<>();

    static {
        String digits = "{\"type\":\"Sequence\",\"pretokenizers\":[{\"type\":\"Digits\",\"individual_digits\":true},"
                + byteLevel(true) + "]}";
        name(plain(byteLevel(true)), "gpt-2", "phi-2", "mpt", "olmo", "jais", "roberta-bpe", "trillion");
        name(plain(digits), "smollm", "starcoder", "refact", "command-r", "codeshell", "exaone", "minerva-7b");
        String threes = splits(ENDINGS + "|" + WORD + "\\p{N}{1,3}" + SYMBOLS + "[\\r\\n]*" + SPACES);
        name(
                new WordSplit(threes, "null", true, true),
                "llama-bpe",
                "llama3",
                "llama-v3",
                "falcon3",
                "pixtral",
                "lfm2");
        name(plain(threes), "dbrx", "smaug-bpe", "chatglm-bpe");
        String ones = splits(ENDINGS + "|" + WORD + "\\p{N}" + SYMBOLS + "[\\r\\n]*" + SPACES);
        String composed = "{\"type\":\"NFC\"}";
        name(new WordSplit(ones, composed, false, false), "qwen2", "deepseek-r1-qwen");
        String marks = "[^\\r\\n\\p{L}\\p{N}]?[\\p{L}\\p{M}]+|\\p{N}| ?[^\\s\\p{L}\\p{M}\\p{N}]+[\\r\\n]*";
        name(new WordSplit(splits(ENDINGS + "|" + marks + SPACES), composed, false, false), "qwen35");
        name(plain(ones), "stablelm2", "megrez", "hunyuan");
        name(plain(splits(cased(ENDINGS + "?", "\\p{N}{1,3}"))), "gpt-4o", "llama4");
        name(new WordSplit(splits(cased("", "\\p{N}")), "null", true, true), "tekken");
        name(
                plain(splits(
                        "\\p{N}{1,3}",
                        "[\u4e00-\u9fa5\u3040-\u309f\u30a0-\u30ff]+",
                        "[!\"#$%&'()*+,\\-./:;<=>?@\\[\\\\\\]^_`{|}~][A-Za-z]+"
                                + "|[^\\r\\n\\p{L}\\p{P}\\p{S}]?[\\p{L}\\p{M}]+| ?[\\p{P}\\p{S}]+[\\r\\n]*"
                                + SPACES)),
                "deepseek-v3",
                "hunyuan-dense");
        name(
                plain(splits(
                        "[\\r\\n]",
                        "\\s?\\p{L}+",
                        "\\s?\\p{P}+",
                        "[\u4e00-\u9fa5\u0800-\u4e00\uac00-\ud7ff]+",
                        "\\p{N}")),
                "deepseek-coder");
        name(plain(splits(ENDINGS + "|" + WORD + "\\p{N}| ?[^\\s\\p{L}\\p{N}\\r\\n]+" + SPACES)), "seed-coder");
        String sentence = " ?[^(\\s|.,!?\u2026\u3002\uff0c\u3001\u0964\u06d4\u060c)]+";
        name(plain(splits(sentence)), "bloom", "poro-chat");
        name(plain(splits(sentence, "\\p{N}")), "viking");
        name(plain(splits("[\\p{P}\\$\\+<=>\\^~\\|`]+", GPT2, "[0-9][0-9][0-9]")), "falcon");
        name(plain(splits("[\\p{P}\\$\\+<=>\\^~\\|]+", GPT2, "\\p{N}+", "[0-9][0-9][0-9]")), "default");
    }

    private static void name(WordSplit split, String... names) {
        for (String name : names) {
            BY_NAME.put(name, split);
        }
    }

    private static WordSplit plain(String preTokenizer) {
        return new WordSplit(preTokenizer, "null", false, false);
    }

    /** Words that break where lower case turns to upper case. */
    private static String cased(String ending, String numbers) {
        String first = "[^\\r\\n\\p{L}\\p{N}]?";
        return first + UPPER + "*" + LOWER + "+" + ending + "|" + first + UPPER + "+" + LOWER + "*" + ending + "|"
                + numbers + SYMBOLS + "[\\r\\n/]*" + SPACES;
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

    /** Matches of the first pattern stand alone; what is left goes to the next, and so do they. */
    private static String splits(String... patterns) {
        StringBuilder json = new StringBuilder("{\"type\":\"Sequence\",\"pretokenizers\":[");
        for (String pattern : patterns) {
            json.append("{\"type\":\"Split\",\"pattern\":{\"Regex\":");
            JsonText.quote(json, pattern);
            json.append("},\"behavior\":\"Isolated\",\"invert\":false},");
        }
        return json.append(byteLevel(false)).append("]}").toString();
    }
}
