package dev.llmadapt.rag;

import dev.llmadapt.rag.retrieval.Grounding;
import dev.llmadapt.rag.splitting.Tokens;

/**
 * How passages are found, shown to a model, and checked against what it answers. Who asks is no option: it belongs to
 * the question ({@link RagModel#ask(dev.llmadapt.Request, java.util.Set)}).
 *
 * @param passages the most passages retrieved, at least 1
 * @param contextTokens the most tokens of the passages' titles and texts together, at least 1
 * @param tokens what is counted; best the model's own, or an embedder's as an estimate
 * @param leastScore passages that the retriever scores below this are not shown; negative infinity shows all
 * @param refusal the sentence that is answered when the sources do not hold the answer; not blank
 * @param rewriter makes of a conversation what to look for
 * @param grounding finds questions without an answer, and how alike statements and sources are
 * @param leastAnswerable questions that the grounding finds less answerable than this get the refusal, and the model is
 *     not asked; negative infinity asks it always
 * @param wording who words the answers of {@link RagModel#ask}
 * @param unsupported what becomes of an answer of which no source supports a statement
 */
public record RagOptions(
        int passages,
        int contextTokens,
        Tokens tokens,
        double leastScore,
        String refusal,
        QueryRewriter rewriter,
        Grounding grounding,
        double leastAnswerable,
        Wording wording,
        Unsupported unsupported) {
    /** Who words an answer. */
    public enum Wording {
        /**
         * The sources where the model has fewer than a billion parameters, the model where it has more, or does not say
         * how many it has.
         */
        BY_SIZE,
        /** The model. */
        MODEL,
        /** The sources: the sentences nearest to the question are quoted, and no model is asked. */
        QUOTED;

        /** Parameters from which a model words its answers. */
        public static final long LEAST_PARAMETERS = 1_000_000_000;

        /** This one; for {@link #BY_SIZE} the one for a model of some parameters, 0 where it does not say. */
        public Wording of(long parameters) {
            return this != BY_SIZE ? this : parameters > 0 && parameters < LEAST_PARAMETERS ? QUOTED : MODEL;
        }
    }

    /** What becomes of an answer of which no source supports a statement. */
    public enum Unsupported {
        /** The refusal is answered instead; so an answer is handed over as a whole, when it is checked. */
        REFUSED,
        /** It stays, without a citation; so it is handed over as it is written. */
        KEPT
    }

    private static final RagOptions DEFAULTS = new RagOptions(
            5,
            1000,
            Tokens.words(),
            Double.NEGATIVE_INFINITY,
            "The sources do not answer this question.",
            QueryRewriter.none(),
            Grounding.byWords(),
            Grounding.byWords().thresholds().answerable(),
            Wording.BY_SIZE,
            Unsupported.REFUSED);

    /** Refuses components that are missing or out of their range. */
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
    }

    /** Five passages, 1,000 words, any score, grounded by words, worded by size, refused when unsupported. */
    public static RagOptions defaults() {
        return DEFAULTS;
    }

    /** These options with another number of passages. */
    public RagOptions withPassages(int passages) {
        return new RagOptions(
                passages,
                contextTokens,
                tokens,
                leastScore,
                refusal,
                rewriter,
                grounding,
                leastAnswerable,
                wording,
                unsupported);
    }

    /** These options with another budget. */
    public RagOptions withContextTokens(int contextTokens, Tokens tokens) {
        return new RagOptions(
                passages,
                contextTokens,
                tokens,
                leastScore,
                refusal,
                rewriter,
                grounding,
                leastAnswerable,
                wording,
                unsupported);
    }

    /** These options with another least score. */
    public RagOptions withLeastScore(double leastScore) {
        return new RagOptions(
                passages,
                contextTokens,
                tokens,
                leastScore,
                refusal,
                rewriter,
                grounding,
                leastAnswerable,
                wording,
                unsupported);
    }

    /** These options with another refusal. */
    public RagOptions withRefusal(String refusal) {
        return new RagOptions(
                passages,
                contextTokens,
                tokens,
                leastScore,
                refusal,
                rewriter,
                grounding,
                leastAnswerable,
                wording,
                unsupported);
    }

    /** These options with another way to look for what a conversation asks. */
    public RagOptions withRewriter(QueryRewriter rewriter) {
        return new RagOptions(
                passages,
                contextTokens,
                tokens,
                leastScore,
                refusal,
                rewriter,
                grounding,
                leastAnswerable,
                wording,
                unsupported);
    }

    /** These options with a grounding and its least answerability. */
    public RagOptions withGrounding(Grounding grounding) {
        return withGrounding(grounding, grounding.thresholds().answerable());
    }

    /** These options with a grounding and another least answerability. */
    public RagOptions withGrounding(Grounding grounding, double leastAnswerable) {
        return new RagOptions(
                passages,
                contextTokens,
                tokens,
                leastScore,
                refusal,
                rewriter,
                grounding,
                leastAnswerable,
                wording,
                unsupported);
    }

    /** These options with another wording. */
    public RagOptions withWording(Wording wording) {
        return new RagOptions(
                passages,
                contextTokens,
                tokens,
                leastScore,
                refusal,
                rewriter,
                grounding,
                leastAnswerable,
                wording,
                unsupported);
    }

    /** These options with another end of unsupported answers. */
    public RagOptions withUnsupported(Unsupported unsupported) {
        return new RagOptions(
                passages,
                contextTokens,
                tokens,
                leastScore,
                refusal,
                rewriter,
                grounding,
                leastAnswerable,
                wording,
                unsupported);
    }
}
