package dev.llmadapt.rag;

import dev.llmadapt.observation.ModelListener;
import dev.llmadapt.rag.retrieval.Grounding;
import dev.llmadapt.rag.splitting.Tokens;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * Options of retrieval-augmented generation: how passages are found, how a model sees them, and how answers are checked
 * against them. Principals are no option: they belong to the question ({@link RagModel#ask(dev.llmadapt.Request,
 * java.util.Set)}).
 *
 * @param passages the maximal number of passages, at least 1
 * @param contextTokens the maximal number of tokens of all titles and texts of the passages together, at least 1
 * @param tokens the tokens that are counted; best the model's own, or an embedder's as an estimate
 * @param minScore the score below which the model does not see a passage; negative infinity for none
 * @param refusal the sentence that answers a question that the sources do not answer; not blank
 * @param rewriter the rewriter of conversations into queries
 * @param grounding the grounding that finds unanswerable questions and compares statements with sources
 * @param minAnswerable the answerability, by the grounding, below which a question is refused without asking the model;
 *     negative infinity for none
 * @param wording the author of the answers of {@link RagModel#ask}
 * @param unsupported the treatment of an answer without a supported statement
 * @param listener hears of every search
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
        Unsupported unsupported,
        ModelListener listener) {
    /** The author of an answer. */
    public enum Wording {
        /**
         * The sources for a model with fewer than {@link #MIN_PARAMETERS}; the model if it has more or does not say how
         * many.
         */
        BY_SIZE,
        /** The model. */
        MODEL,
        /** The sources: the sentences nearest to the question are quoted, and no model is asked. */
        QUOTED;

        /** The number of parameters from which a model words its answers. */
        public static final long MIN_PARAMETERS = 1_000_000_000;

        /**
         * Returns this wording, or for {@link #BY_SIZE} the wording for a model with some number of parameters, 0 if
         * unknown.
         */
        public Wording of(long parameters) {
            return this != BY_SIZE ? this : parameters > 0 && parameters < MIN_PARAMETERS ? QUOTED : MODEL;
        }
    }

    /** The treatment of an answer without a supported statement. */
    public enum Unsupported {
        /** The refusal replaces it; so an answer is streamed as a whole, after the check. */
        REFUSED,
        /** It stays, without citations; so an answer is streamed token by token. */
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
            Unsupported.REFUSED,
            ModelListener.NONE);

    /** Validates the components. */
    public RagOptions {
        Objects.requireNonNull(listener, "listener must not be null, ModelListener.NONE for none");
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

    /** These options with another budget for the passages, counted in some tokens. */
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

    /** These options with a listener for searches, in the place of another. */
    public RagOptions withListener(ModelListener listener) {
        return with(copy -> copy.listener = listener);
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
        private ModelListener listener;

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
            listener = of.listener;
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
                    unsupported,
                    listener);
        }
    }
}
