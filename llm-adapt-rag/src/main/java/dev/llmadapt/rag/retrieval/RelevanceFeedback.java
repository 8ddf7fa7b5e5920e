package dev.llmadapt.rag.retrieval;

import dev.llmadapt.rag.index.Language;

/**
 * Options of relevance feedback, which expands a query by words of the first passages it finds: relevance model 3 of
 * Abdul-Jaleel et al. (2004).
 *
 * @param language the language of the index
 * @param passages the number of first passages that are taken for relevant, at least 1
 * @param words the number of their words that are added, in [1, 100]
 * @param original the weight of the query's own words against the added ones, in (0, 1]
 */
public record RelevanceFeedback(Language language, int passages, int words, double original) {
    private static final RelevanceFeedback DEFAULTS = new RelevanceFeedback(Language.ENGLISH, 10, 10, 0.5);

    /** Validates the components. */
    public RelevanceFeedback {
        if (passages < 1) {
            throw new IllegalArgumentException("passages must be at least 1, passages: " + passages);
        }
        if (words < 1 || words > 100) {
            throw new IllegalArgumentException("words must be in [1, 100], words: " + words);
        }
        if (!(original > 0 && original <= 1)) {
            throw new IllegalArgumentException("original must be in (0, 1], original: " + original);
        }
    }

    /**
     * The default options, as in the literature: English, ten words of ten passages, with the same weight as the
     * query's own words.
     */
    public static RelevanceFeedback defaults() {
        return DEFAULTS;
    }

    /** These options with another language. */
    public RelevanceFeedback withLanguage(Language language) {
        return new RelevanceFeedback(language, passages, words, original);
    }

    /** These options with other numbers of passages and words. */
    public RelevanceFeedback withSize(int passages, int words) {
        return new RelevanceFeedback(language, passages, words, original);
    }

    /** These options with another weight of the query's own words. */
    public RelevanceFeedback withOriginal(double original) {
        return new RelevanceFeedback(language, passages, words, original);
    }
}
