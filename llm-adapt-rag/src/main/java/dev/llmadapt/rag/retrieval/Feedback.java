package dev.llmadapt.rag.retrieval;

import dev.llmadapt.rag.index.Language;

/**
 * How a query is expanded by words of the first passages it finds: relevance model 3 of Abdul-Jaleel et al. (2004).
 *
 * @param language how words are cut to stems, as in the index, and which do not count
 * @param passages how many of the first passages are taken for relevant, at least 1
 * @param words how many of their words are added, in [1, 100]
 * @param original the weight of the query's own words beside the added ones, in (0, 1]
 */
public record Feedback(Language language, int passages, int words, double original) {
    private static final Feedback DEFAULTS = new Feedback(Language.ENGLISH, 10, 10, 0.5);

    /** Checks. */
    public Feedback {
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

    /** English, ten words of ten passages, as much weight as the query's own: what the literature uses untuned. */
    public static Feedback defaults() {
        return DEFAULTS;
    }

    /** The same for another language. */
    public Feedback withLanguage(Language language) {
        return new Feedback(language, passages, words, original);
    }

    /** The same with other numbers of passages and words. */
    public Feedback withSize(int passages, int words) {
        return new Feedback(language, passages, words, original);
    }

    /** The same with another weight of the query's own words. */
    public Feedback withOriginal(double original) {
        return new Feedback(language, passages, words, original);
    }
}
