package dev.llmadapt.rag;

import java.util.Set;

/**
 * How retrieved passages are shown to a model.
 *
 * @param passages the most passages retrieved, at least 1
 * @param contextTokens the most tokens of the passages' titles and texts together, at least 1
 * @param tokens what is counted; best the model's own, or an embedder's as an estimate
 * @param leastScore passages that the retriever scores below this are not shown; negative infinity shows all
 * @param principals who asks: passages they may not read are not found
 * @param refusal the sentence the model is to answer when the sources do not hold the answer; not blank
 */
public record RagOptions(
        int passages, int contextTokens, Tokens tokens, double leastScore, Set<String> principals, String refusal) {
    private static final RagOptions DEFAULTS = new RagOptions(
            5, 1000, Tokens.words(), Double.NEGATIVE_INFINITY, Set.of(), "The sources do not answer this question.");

    /** Checks and copies. */
    public RagOptions {
        if (passages < 1) {
            throw new IllegalArgumentException("passages must be at least 1, passages: " + passages);
        }
        if (contextTokens < 1) {
            throw new IllegalArgumentException("contextTokens must be at least 1, contextTokens: " + contextTokens);
        }
        if (Double.isNaN(leastScore)) {
            throw new IllegalArgumentException("leastScore must be a number, leastScore: NaN");
        }
        if (refusal.isBlank()) {
            throw new IllegalArgumentException("refusal must be a sentence, refusal: '" + refusal + "'");
        }
        principals = Set.copyOf(principals);
    }

    /** Five passages, 1,000 words, any score, nobody in particular. */
    public static RagOptions defaults() {
        return DEFAULTS;
    }

    /** The same with another number of passages. */
    public RagOptions withPassages(int passages) {
        return new RagOptions(passages, contextTokens, tokens, leastScore, principals, refusal);
    }

    /** The same with another budget. */
    public RagOptions withContextTokens(int contextTokens, Tokens tokens) {
        return new RagOptions(passages, contextTokens, tokens, leastScore, principals, refusal);
    }

    /** The same with another least score. */
    public RagOptions withLeastScore(double leastScore) {
        return new RagOptions(passages, contextTokens, tokens, leastScore, principals, refusal);
    }

    /** The same for someone else. */
    public RagOptions withPrincipals(Set<String> principals) {
        return new RagOptions(passages, contextTokens, tokens, leastScore, principals, refusal);
    }

    /** The same with another refusal. */
    public RagOptions withRefusal(String refusal) {
        return new RagOptions(passages, contextTokens, tokens, leastScore, principals, refusal);
    }
}
