package dev.llmadapt.rag;

import java.util.Optional;
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
 * @param rewriter makes of a conversation what to look for
 * @param grounding finds the sources of sentences that cite none, and questions without an answer; empty leaves both to the
 *     model
 * @param leastAnswerable questions that the grounding finds less answerable than this get the refusal, and the model is not
 *     asked; negative infinity asks it always
 */
public record RagOptions(
        int passages,
        int contextTokens,
        Tokens tokens,
        double leastScore,
        Set<String> principals,
        String refusal,
        QueryRewriter rewriter,
        Optional<Grounding> grounding,
        double leastAnswerable) {
    private static final RagOptions DEFAULTS = new RagOptions(
            5,
            1000,
            Tokens.words(),
            Double.NEGATIVE_INFINITY,
            Set.of(),
            "The sources do not answer this question.",
            QueryRewriter.none(),
            Optional.empty(),
            Double.NEGATIVE_INFINITY);

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
        if (Double.isNaN(leastAnswerable)) {
            throw new IllegalArgumentException("leastAnswerable must be a number, leastAnswerable: NaN");
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
        return new RagOptions(
                passages, contextTokens, tokens, leastScore, principals, refusal, rewriter, grounding, leastAnswerable);
    }

    /** The same with another budget. */
    public RagOptions withContextTokens(int contextTokens, Tokens tokens) {
        return new RagOptions(
                passages, contextTokens, tokens, leastScore, principals, refusal, rewriter, grounding, leastAnswerable);
    }

    /** The same with another least score. */
    public RagOptions withLeastScore(double leastScore) {
        return new RagOptions(
                passages, contextTokens, tokens, leastScore, principals, refusal, rewriter, grounding, leastAnswerable);
    }

    /** The same for someone else. */
    public RagOptions withPrincipals(Set<String> principals) {
        return new RagOptions(
                passages, contextTokens, tokens, leastScore, principals, refusal, rewriter, grounding, leastAnswerable);
    }

    /** The same with another refusal. */
    public RagOptions withRefusal(String refusal) {
        return new RagOptions(
                passages, contextTokens, tokens, leastScore, principals, refusal, rewriter, grounding, leastAnswerable);
    }

    /** The same with another way to look for what a conversation asks. */
    public RagOptions withRewriter(QueryRewriter rewriter) {
        return new RagOptions(
                passages, contextTokens, tokens, leastScore, principals, refusal, rewriter, grounding, leastAnswerable);
    }

    /** The same with a grounding, which is asked for the sources of sentences, and with a least answerability. */
    public RagOptions withGrounding(Grounding grounding, double leastAnswerable) {
        return new RagOptions(
                passages,
                contextTokens,
                tokens,
                leastScore,
                principals,
                refusal,
                rewriter,
                Optional.of(grounding),
                leastAnswerable);
    }
}
