package dev.llmadapt.rag.embedding;

import java.nio.file.Path;

/**
 * How an encoder's output becomes a vector, in the words of sentence-transformers.
 *
 * @param pooling which tokens' vectors count
 * @param normalize whether vectors are made to length 1
 * @param maxTokens the most tokens of a text, special ones included; the rest is cut, at least 3
 * @param queryPrefix written before a query, such as {@code "query: "} for E5
 * @param passagePrefix written before a passage
 * @param lowerCase whether texts are lower-cased before the tokenizer sees them
 * @param batch texts in one run, at least 1. Where the model's activations are quantised, the texts of a run share
 *     their 8-bit scale, so a vector depends, a little, on its neighbours; 1 avoids that
 */
public record EmbedderOptions(
        Pooling pooling,
        boolean normalize,
        int maxTokens,
        String queryPrefix,
        String passagePrefix,
        boolean lowerCase,
        int batch) {
    private static final EmbedderOptions DEFAULTS = new EmbedderOptions(Pooling.MEAN, true, 512, "", "", false, 16);

    /** Checks. */
    public EmbedderOptions {
        if (maxTokens < 3 || maxTokens > 1 << 20) {
            throw new IllegalArgumentException("maxTokens must be in [3, 1048576], maxTokens: " + maxTokens);
        }
        if (batch < 1) {
            throw new IllegalArgumentException("batch must be at least 1, batch: " + batch);
        }
    }

    /** Mean of all tokens, normalised, 512 tokens, no prefixes, 16 texts at once. */
    public static EmbedderOptions defaults() {
        return DEFAULTS;
    }

    /**
     * What the files of a sentence-transformers folder say; the defaults where they say nothing.
     *
     * @throws EmbeddingException if a file cannot be read or asks for what is not there, such as a dense layer
     */
    public static EmbedderOptions of(Path folder) {
        return SentenceTransformersFolder.options(folder);
    }

    /** The same with another pooling. */
    public EmbedderOptions withPooling(Pooling pooling) {
        return new EmbedderOptions(pooling, normalize, maxTokens, queryPrefix, passagePrefix, lowerCase, batch);
    }

    /** The same with or without normalising. */
    public EmbedderOptions withNormalize(boolean normalize) {
        return new EmbedderOptions(pooling, normalize, maxTokens, queryPrefix, passagePrefix, lowerCase, batch);
    }

    /** The same with another limit. */
    public EmbedderOptions withMaxTokens(int maxTokens) {
        return new EmbedderOptions(pooling, normalize, maxTokens, queryPrefix, passagePrefix, lowerCase, batch);
    }

    /** The same with other prefixes. */
    public EmbedderOptions withPrefixes(String queryPrefix, String passagePrefix) {
        return new EmbedderOptions(pooling, normalize, maxTokens, queryPrefix, passagePrefix, lowerCase, batch);
    }

    /** The same with or without lower-casing. */
    public EmbedderOptions withLowerCase(boolean lowerCase) {
        return new EmbedderOptions(pooling, normalize, maxTokens, queryPrefix, passagePrefix, lowerCase, batch);
    }

    /** The same with another number of texts at once. */
    public EmbedderOptions withBatch(int batch) {
        return new EmbedderOptions(pooling, normalize, maxTokens, queryPrefix, passagePrefix, lowerCase, batch);
    }

    /** Which tokens' vectors make the text's. */
    public enum Pooling {
        /** The first token's. */
        CLS,
        /** The mean over all tokens. */
        MEAN,
        /** The last token's. */
        LAST_TOKEN
    }
}
