package dev.llmadapt.rag.retrieval;

import dev.llmadapt.Model;
import dev.llmadapt.Passage;
import dev.llmadapt.Query;
import dev.llmadapt.Retriever;
import dev.llmadapt.ScoreExplanation;
import dev.llmadapt.observation.ModelListener;
import dev.llmadapt.rag.embedding.Embedder;
import dev.llmadapt.rag.embedding.Reranker;
import dev.llmadapt.rag.index.PassageIndex;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Factories of retrievers made of retrievers. They own nothing and close nothing. */
public final class Retrievers {
    private Retrievers() {}

    /**
     * A hybrid retriever: {@link #combined} of the index's lexical and dense retrievers with equal weights.
     *
     * @throws IllegalStateException if the index has no vectors
     */
    public static Retriever hybrid(PassageIndex index) {
        return combined(index.lexical(), index.dense());
    }

    /** A retriever like {@link #combined(int, Part...)} with equal weights and 100 candidates. */
    public static Retriever combined(Retriever... retrievers) {
        return combined(
                100, Arrays.stream(retrievers).map(each -> new Part(each, 1)).toArray(Part[]::new));
    }

    /**
     * A convex combination (Bruch, Gai and Ingber 2022): the score of a passage is the weighted mean of the retrievers'
     * scores, each scaled to [0, 1] over the passages of that retriever; 0 from a retriever that does not find it.
     * Unlike ranks, scores tell whether the first passage is much better than the second. Equal scores are ordered by
     * id.
     *
     * @param candidates the number of passages from each retriever, at least the limit of the query
     * @param parts the retrievers with their weights, at least one; not all weights may be 0
     */
    public static Retriever combined(int candidates, Part... parts) {
        return new CombinedRetriever(candidates, List.of(parts));
    }

    /**
     * A retriever with relevance feedback: it expands the query by words of the first passages. This helps most with
     * short queries, and hurts if the first passages miss the subject.
     *
     * @param lexical a retriever by words that counts repeated words of the query, such as
     *     {@link PassageIndex#lexical()}
     */
    public static Retriever feedback(Retriever lexical, RelevanceFeedback options) {
        return new FeedbackRetriever(lexical, options);
    }

    /**
     * A retriever that finds the same and tells of each search: a listener, on the thread that searches, and the Flight
     * Recorder.
     *
     * @param name the name by which it is told, such as of the index; not the question
     */
    public static Retriever observed(String name, Retriever retriever, ModelListener listener) {
        return new ObservedRetriever(name, retriever, listener);
    }

    /** A retriever like {@link #fused(int, int, Part...)} with equal weights, k = 60 and 100 candidates. */
    public static Retriever fused(Retriever... retrievers) {
        return fused(
                60,
                100,
                Arrays.stream(retrievers).map(each -> new Part(each, 1)).toArray(Part[]::new));
    }

    /**
     * A reciprocal rank fusion (Cormack, Clarke and Buettcher 2009): the score of a passage is the sum of {@code weight
     * / (k + rank)}, with ranks from 1, over the retrievers that find it. Equal scores are ordered by id.
     *
     * @param k the constant that flattens the ranks, at least 0; 60 in the paper
     * @param candidates the number of passages from each retriever, at least the limit of the query
     * @param parts the retrievers with their weights, at least one
     */
    public static Retriever fused(int k, int candidates, Part... parts) {
        return new FusedRetriever(k, candidates, List.of(parts));
    }

    /**
     * A retriever by maximal marginal relevance (Carbonell and Goldstein 1998). It picks, one after another, the
     * candidate with the largest {@code lambda * relevance - (1 - lambda) * similarity}, where relevance is the
     * retriever's score scaled to [0, 1] over the candidates, and similarity the largest cosine with a passage picked
     * before. A passage without a vector is similar to none.
     *
     * @param retriever the retriever of the candidates
     * @param index the index with their vectors
     * @param lambda the weight of relevance against variety, in [0, 1]; 1 keeps the retriever's order
     * @param candidates the number of candidates, at least the limit of the query
     */
    public static Retriever mmr(Retriever retriever, PassageIndex index, double lambda, int candidates) {
        return new MmrRetriever(retriever, index, lambda, candidates);
    }

    /**
     * A retriever that returns the parents of the passages it finds: short passages are found well, long ones are read
     * well. A parent has the rank and the score of its best child and comes once. A passage without a parent that the
     * principals may read stays itself.
     *
     * @param retriever the retriever of the children
     * @param index the index with the parents
     * @param candidates the number of children, at least the limit of the query
     */
    public static Retriever parents(Retriever retriever, PassageIndex index, int candidates) {
        return new ParentRetriever(retriever, index, candidates);
    }

    /**
     * A retriever that sorts the candidates of another by the scores of a reranker.
     *
     * @param retriever the retriever of the candidates
     * @param reranker the reranker; the caller closes it
     * @param candidates the number of candidates that are scored, at least the limit of the query
     */
    public static Retriever reranked(Retriever retriever, Reranker reranker, int candidates) {
        return new RerankingRetriever(retriever, reranker, candidates);
    }

    /**
     * A retriever that sorts the candidates of another by the mean of two values, each scaled to [0, 1] over the
     * candidates: their score, and the cosine of the query with the nearest of their sentences. A passage that answers
     * in one sentence of many is not lost in the vector of all (decision 0065). The sentences of a passage are embedded
     * under its title when it is found for the first time, and kept for the 2,048 passages found last. If a query asks
     * for more passages than the candidates, the others follow them. A blank query keeps the order.
     *
     * @param retriever the retriever of the candidates
     * @param embedder any embedder, also another than the index's; the caller closes it
     * @param candidates the number of candidates that are scored, at least 1; 20 is usual
     */
    public static Retriever bySentences(Retriever retriever, Embedder embedder, int candidates) {
        return new SentenceRetriever(retriever, new SentenceVectors(embedder), candidates);
    }

    /**
     * A retriever that asks a question in several wordings: the rankings of the question and of each wording by a model
     * are fused by {@link #fused} with k = 60.
     *
     * @param model the model that writes the wordings; it reads the question, never a passage. The caller closes it
     * @param wordings the number of wordings beside the question, in [1, 10]
     * @param candidates the number of passages a wording, at least the limit of the query
     */
    public static Retriever multiQuery(Retriever retriever, Model model, int wordings, int candidates) {
        return new MultiQueryRetriever(retriever, model, wordings, candidates);
    }

    /**
     * A retriever that passes each query to the one that a rule chooses by its text, filter or principals.
     *
     * @param route chooses the retriever of a query; equal queries have the same retriever
     */
    public static Retriever routed(Function<Query, Retriever> route) {
        return new Retriever() {
            @Override
            public List<Passage> retrieve(Query query) {
                return route.apply(query).retrieve(query);
            }

            @Override
            public Optional<ScoreExplanation> explain(Query query, String id) {
                return route.apply(query).explain(query, id);
            }
        };
    }

    /**
     * A part of a combination or a fusion.
     *
     * @param retriever the retriever
     * @param weight the weight, at least 0 and finite
     */
    public record Part(Retriever retriever, double weight) {
        /** Validates the components. */
        public Part {
            if (!(weight >= 0 && weight < Double.POSITIVE_INFINITY)) {
                throw new IllegalArgumentException("weight must be at least 0 and finite, weight: " + weight);
            }
        }
    }

    /** Returns the words of a passage, those of the title first. */
    static String words(Passage passage) {
        return passage.title().isEmpty() ? passage.text() : passage.title() + "\n" + passage.text();
    }

    /** Returns a query with a limit of at least the candidates. */
    static Query widened(Query query, int candidates) {
        return query.withLimit(Math.max(query.limit(), candidates));
    }

    static List<Passage> first(List<Passage> passages, int limit) {
        return List.copyOf(passages.subList(0, Math.min(limit, passages.size())));
    }

    static int checkCandidates(int candidates) {
        if (candidates < 1) {
            throw new IllegalArgumentException("candidates must be at least 1, candidates: " + candidates);
        }
        return candidates;
    }
}
