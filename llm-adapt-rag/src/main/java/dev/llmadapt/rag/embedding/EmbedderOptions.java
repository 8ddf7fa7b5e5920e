package dev.llmadapt.rag.embedding;

import java.nio.file.Path;

/**
 * Options of an embedder, in the words of sentence-transformers.
 *
 * @param pooling how the vectors of the tokens become one
 * @param normalize whether vectors are scaled to length 1
 * @param maxTokens the maximal number of tokens of a text with its special tokens, at least 3; the rest is cut
 * @param queryPrefix the prefix of a query, such as {@code "query: "} for E5
 * @param passagePrefix the prefix of a passage
 * @param lowerCase whether texts are lower-cased before they are tokenized
 * @param batch the number of sequences in one run, at least 1. In a model with quantised activations the sequences of a
 *     run share one 8-bit scale, so a vector depends a little on its neighbours; 1 avoids that
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

    /** Validates the components. */
    public EmbedderOptions {
        if (maxTokens < 3 || maxTokens > 1 << 20) {
            throw new IllegalArgumentException("maxTokens must be in [3, 1048576], maxTokens: " + maxTokens);
        }
        if (batch < 1) {
            throw new IllegalArgumentException("batch must be at least 1, batch: " + batch);
        }
    }

    /** The default options: mean of all tokens, normalised, 512 tokens, no prefixes, batches of 16. */
    public static EmbedderOptions defaults() {
        return DEFAULTS;
    }

    /**
     * Reads the options of a sentence-transformers folder; options that its files do not give are the defaults.
     *
     * @throws EmbeddingException if a file cannot be read or needs an unsupported module, such as a dense layer
     */
    public static EmbedderOptions of(Path folder) {
        return SentenceTransformersFolder.options(folder);
    }

    /** These options with another pooling. */
    public EmbedderOptions withPooling(Pooling pooling) {
        return new EmbedderOptions(pooling, normalize, maxTokens, queryPrefix, passagePrefix, lowerCase, batch);
    }

    /** These options with or without normalisation. */
    public EmbedderOptions withNormalize(boolean normalize) {
        return new EmbedderOptions(pooling, normalize, maxTokens, queryPrefix, passagePrefix, lowerCase, batch);
    }

    /** These options with another maximal number of tokens. */
    public EmbedderOptions withMaxTokens(int maxTokens) {
        return new EmbedderOptions(pooling, normalize, maxTokens, queryPrefix, passagePrefix, lowerCase, batch);
    }

    /** These options with other prefixes. */
    public EmbedderOptions withPrefixes(String queryPrefix, String passagePrefix) {
        return new EmbedderOptions(pooling, normalize, maxTokens, queryPrefix, passagePrefix, lowerCase, batch);
    }

    /** These options with or without lower-casing. */
    public EmbedderOptions withLowerCase(boolean lowerCase) {
        return new EmbedderOptions(pooling, normalize, maxTokens, queryPrefix, passagePrefix, lowerCase, batch);
    }

    /** These options with another batch size. */
    public EmbedderOptions withBatch(int batch) {
        return new EmbedderOptions(pooling, normalize, maxTokens, queryPrefix, passagePrefix, lowerCase, batch);
    }

    /** A way to make one vector of the vectors of the tokens. */
    public enum Pooling {
        /** The vector of the first token. */
        CLS,
        /** The mean of the vectors of all tokens. */
        MEAN,
        /** The vector of the last token. */
        LAST_TOKEN
    }
}
