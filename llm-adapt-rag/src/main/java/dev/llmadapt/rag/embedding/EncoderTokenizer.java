package dev.llmadapt.rag.embedding;

import ai.djl.huggingface.tokenizers.Encoding;
import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import ai.djl.huggingface.tokenizers.jni.CharSpan;
import dev.llmadapt.natives.TokenizerLibrary;
import dev.llmadapt.rag.splitting.Tokens;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The tokenizer of an encoder, a {@code tokenizer.json}. Thread-safe; its owner closes it while nobody uses it. */
final class EncoderTokenizer implements AutoCloseable {
    private final HuggingFaceTokenizer cutting; // with special tokens, at most maxTokens
    private final HuggingFaceTokenizer plain; // all tokens of a text and nothing else

    private EncoderTokenizer(HuggingFaceTokenizer cutting, HuggingFaceTokenizer plain) {
        this.cutting = cutting;
        this.plain = plain;
    }

    static EncoderTokenizer open(byte[] json, int maxTokens, String name) {
        TokenizerLibrary.load();
        HuggingFaceTokenizer cutting = load(json, "true", "LONGEST_FIRST", maxTokens, name);
        try {
            return new EncoderTokenizer(cutting, load(json, "false", "DO_NOT_TRUNCATE", -1, name));
        } catch (RuntimeException | Error e) {
            cutting.close();
            throw e;
        }
    }

    private static HuggingFaceTokenizer load(
            byte[] json, String special, String truncation, int maxTokens, String name) {
        Map<String, String> options = Map.of(
                "addSpecialTokens",
                special,
                "truncation",
                truncation,
                "padding",
                "DO_NOT_PAD",
                "maxLength",
                Integer.toString(maxTokens));
        try {
            return HuggingFaceTokenizer.newInstance(new ByteArrayInputStream(json), options);
        } catch (IOException | RuntimeException e) {
            throw new EmbeddingException("the tokenizer.json of " + name + " cannot be used: " + e.getMessage(), e);
        }
    }

    /** Encodes a text, with special tokens around it. */
    Sequence encode(String text) {
        return sequence(cutting.encode(clean(text)));
    }

    /** Encodes a pair of texts as the model was trained on pairs. */
    Sequence encode(String first, String second) {
        return sequence(cutting.encode(clean(first), clean(second)));
    }

    /** Returns the spans of the tokens of a text. */
    List<Tokens.Span> spans(String text) {
        String clean = clean(text);
        CharSpan[] found = plain.encode(clean).getCharTokenSpans();
        List<Tokens.Span> spans = new ArrayList<>(found.length);
        // The library counts code points, Java counts UTF-16
        int point = 0;
        int at = 0;
        for (CharSpan span : found) {
            if (span == null) {
                continue;
            }
            if (span.getStart() < point) { // pieces of one character may repeat it
                at = clean.offsetByCodePoints(0, span.getStart());
            } else {
                at = clean.offsetByCodePoints(at, span.getStart() - point);
            }
            int end = clean.offsetByCodePoints(at, span.getEnd() - span.getStart());
            spans.add(new Tokens.Span(at, end));
            point = span.getStart();
        }
        return spans;
    }

    /** Replaces halves of surrogate pairs, which cannot cross to the native side; the positions stay. */
    private static String clean(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isSurrogate(text.charAt(i))) {
                return replaced(text);
            }
        }
        return text;
    }

    private static String replaced(String text) {
        StringBuilder clean = new StringBuilder(text);
        for (int i = 0; i < clean.length(); i++) {
            char unit = clean.charAt(i);
            if (Character.isHighSurrogate(unit)
                    && i + 1 < clean.length()
                    && Character.isLowSurrogate(clean.charAt(i + 1))) {
                i++;
            } else if (Character.isSurrogate(unit)) {
                clean.setCharAt(i, '\uFFFD');
            }
        }
        return clean.toString();
    }

    private static Sequence sequence(Encoding encoding) {
        return new Sequence(encoding.getIds(), encoding.getTypeIds());
    }

    @Override
    public void close() {
        try {
            cutting.close();
        } finally {
            plain.close();
        }
    }

    /**
     * The sequence of tokens of a text, or of a pair of texts.
     *
     * @param ids the ids of the tokens
     * @param types the type of each token: 0 for the first text and 1 for the second
     */
    record Sequence(long[] ids, long[] types) {}
}
