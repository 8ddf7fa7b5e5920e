package dev.llmadapt.rag;

import dev.llmadapt.rag.retrieval.Grounding;
import dev.llmadapt.rag.splitting.Tokens;
import java.util.function.Consumer;

/**
 * How passages are found, shown to a model, and checked against what it answers. Who asks is no option: it belongs to
 * the question ({@link RagModel#ask(dev.llmadapt.Request, java.util.Set)}).
 *
 * @param passages the most passages retrieved, at least 1
 * @param contextTokens the most tokens of the passages' titles and texts together, at least 1
 * @param tokens what is counted; best the model's own, or an embedder's as an estimate
 * @param minScore passages that the retriever scores below this are not shown; negative infinity shows all
 * @param refusal the sentence that is answered when the sources do not hold the answer; not blank
 * @param rewriter makes of a conversation what to look for
 * @param grounding finds questions without an answer, and how alike statements and sources are
 * @param minAnswerable questions that the grounding finds less answerable than this get the refusal, and the model is
 *     not asked; negative infinity asks it always
 * @param wording who words the answers of {@link RagModel#ask}
 * @param unsupported what becomes of an answer of which no source supports a statement
 */
public record RagOptions(
        int passages,
        int contextTokens,
        Tokens tokens,
        double minScore,
        String refusal,
        QueryRewriter rewriter,
        Grounding grounding,
        double minAnswerable,
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
        public static final long MIN_PARAMETERS = 1_000_000_000;

        /** This one; for {@link #BY_SIZE} the one for a model of some parameters, 0 where it does not say. */
        public Wording of(long parameters) {
            return this != BY_SIZE ? this : parameters > 0 && parameters < MIN_PARAMETERS ? QUOTED : MODEL;
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
        if (Double.isNaN(minScore)) {
            throw new IllegalArgumentException("minScore must be a number, minScore: NaN");
        }
        if (Double.isNaN(minAnswerable)) {
            throw new IllegalArgumentException("minAnswerable must be a number, minAnswerable: NaN");
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
        return with(copy -> copy.passages = passages);
    }

    /** These options with another budget of tokens for the passages, counted by other tokens. */
    public RagOptions withContextTokens(int contextTokens, Tokens tokens) {
        return with(copy -> {
            copy.contextTokens = contextTokens;
            copy.tokens = tokens;
        });
    }

    /** These options with another minimal score. */
    public RagOptions withMinScore(double minScore) {
        return with(copy -> copy.minScore = minScore);
    }

    /** These options with another refusal. */
    public RagOptions withRefusal(String refusal) {
        return with(copy -> copy.refusal = refusal);
    }

    /** These options with another rewriter. */
    public RagOptions withRewriter(QueryRewriter rewriter) {
        return with(copy -> copy.rewriter = rewriter);
    }

    /** These options with another grounding and its threshold of answerability. */
    public RagOptions withGrounding(Grounding grounding) {
        return withGrounding(grounding, grounding.thresholds().answerable());
    }

    /** These options with another grounding and another threshold of answerability. */
    public RagOptions withGrounding(Grounding grounding, double minAnswerable) {
        return with(copy -> {
            copy.grounding = grounding;
            copy.minAnswerable = minAnswerable;
        });
    }

    /** These options with another wording. */
    public RagOptions withWording(Wording wording) {
        return with(copy -> copy.wording = wording);
    }

    /** These options with another way to treat unsupported answers. */
    public RagOptions withUnsupported(Unsupported unsupported) {
        return with(copy -> copy.unsupported = unsupported);
    }

    private RagOptions with(Consumer<Copy> change) {
        Copy copy = new Copy(this);
        change.accept(copy);
        return copy.options();
    }

    /** The components of some options, to be changed one by one. */
    private static final class Copy {
        private int passages;
        private int contextTokens;
        private Tokens tokens;
        private double minScore;
        private String refusal;
        private QueryRewriter rewriter;
        private Grounding grounding;
        private double minAnswerable;
        private Wording wording;
        private Unsupported unsupported;

        Copy(RagOptions of) {
            passages = of.passages;
            contextTokens = of.contextTokens;
            tokens = of.tokens;
            minScore = of.minScore;
            refusal = of.refusal;
            rewriter = of.rewriter;
            grounding = of.grounding;
            minAnswerable = of.minAnswerable;
            wording = of.wording;
            unsupported = of.unsupported;
        }

        RagOptions options() {
            return new RagOptions(
                    passages,
                    contextTokens,
                    tokens,
                    minScore,
                    refusal,
                    rewriter,
                    grounding,
                    minAnswerable,
                    wording,
                    unsupported);
        }
    }
}
