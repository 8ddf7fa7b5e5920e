package dev.llmadapt.rag.retrieval;

import dev.llmadapt.Explanation;
import dev.llmadapt.Model;
import dev.llmadapt.Passage;
import dev.llmadapt.Query;
import dev.llmadapt.Retriever;
import dev.llmadapt.rag.embedding.Embedder;
import dev.llmadapt.rag.embedding.Reranker;
import dev.llmadapt.rag.index.PassageIndex;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Retrievers made of retrievers. They own nothing and close nothing. */
public final class Retrievers {
    private Retrievers() {}

    /**
     * Words and meaning together: {@link #combined} of the index's lexical and dense retrievers, equally weighted.
     *
     * @throws IllegalStateException if the index has no vectors
     */
    public static Retriever hybrid(PassageIndex index) {
        return combined(index.lexical(), index.dense());
    }

    /** {@link #combined(int, Part...)} of equal parts with 100 candidates. */
    public static Retriever combined(Retriever... retrievers) {
        return combined(
                100, Arrays.stream(retrievers).map(each -> new Part(each, 1)).toArray(Part[]::new));
    }

    /**
     * Convex combination (Bruch, Gai and Ingber 2022): the score of a passage is the weighted mean of the retrievers'
     * scores, each scaled to [0, 1] over what that retriever finds; 0 from those that do not find it. Unlike ranks,
     * scores tell whether the first is much better than the second. Equal scores are ordered by id.
     *
     * @param candidates passages asked of each, at least the limit of the query
     * @param parts at least one; their weights must not all be 0
     */
    public static Retriever combined(int candidates, Part... parts) {
        return new CombinedRetriever(candidates, List.of(parts));
    }

    /**
     * The query expanded by words of the first passages it finds. Helps most where queries are short for what they ask,
     * and hurts where the first passages miss it.
     *
     * @param lexical finds by words, and counts words that the query repeats; {@link PassageIndex#lexical()} does
     */
    public static Retriever feedback(Retriever lexical, Feedback options) {
        return new FeedbackRetriever(lexical, options);
    }

    /** {@link #fused(int, int, Part...)} of equal parts with k = 60 and 100 candidates. */
    public static Retriever fused(Retriever... retrievers) {
        return fused(
                60,
                100,
                Arrays.stream(retrievers).map(each -> new Part(each, 1)).toArray(Part[]::new));
    }

    /**
     * Reciprocal rank fusion (Cormack, Clarke and Buettcher 2009): the score of a passage is the sum over the
     * retrievers that find it of {@code weight / (k + rank)}, ranks from 1. Equal scores are ordered by id.
     *
     * @param k how little the first ranks are preferred, at least 0; 60 in the paper
     * @param candidates passages asked of each, at least the limit of the query
     * @param parts at least one
     */
    public static Retriever fused(int k, int candidates, Part... parts) {
        return new FusedRetriever(k, candidates, List.of(parts));
    }

    /**
     * Maximal marginal relevance (Carbonell and Goldstein 1998): picks, one after the other, the candidate with the
     * largest {@code lambda * relevance - (1 - lambda) * similarity}, where similarity is the largest cosine with one
     * picked before, and relevance the retriever's score scaled to [0, 1] over the candidates. A passage without a
     * vector is like no other.
     *
     * @param retriever finds the candidates
     * @param index knows their vectors
     * @param lambda 1 is the retriever's own order, 0 looks at variety alone, in [0, 1]
     * @param candidates passages asked of the retriever, at least the limit of the query
     */
    public static Retriever mmr(Retriever retriever, PassageIndex index, double lambda, int candidates) {
        return new MmrRetriever(retriever, index, lambda, candidates);
    }

    /**
     * Shows the parents of what another retriever finds: short passages are found well, long ones read well. A parent
     * has the place and the score of its best child and comes once; a passage without a parent, or whose parent the
     * principals may not read, stays itself.
     *
     * @param retriever finds the children
     * @param index holds the parents
     * @param candidates children asked for, at least the limit of the query
     */
    public static Retriever parents(Retriever retriever, PassageIndex index, int candidates) {
        return new ParentRetriever(retriever, index, candidates);
    }

    /**
     * The candidates of a retriever in the order of a reranker's scores.
     *
     * @param retriever finds the candidates
     * @param reranker stays open, stays the caller's
     * @param candidates passages asked of the retriever and scored, at least the limit of the query
     */
    public static Retriever reranked(Retriever retriever, Reranker reranker, int candidates) {
        return new RerankingRetriever(retriever, reranker, candidates);
    }

    /**
     * The candidates of a retriever in the order of the mean of their score and of the cosine of the query with the
     * nearest of their sentences, each scaled to [0, 1] over the candidates: a passage that answers in one sentence of
     * many is not lost in the mean of all (decision 0065). Sentences of a passage are embedded when it is found first,
     * under its title, and kept for the 2,048 passages found last. Where a query asks for more than the candidates, the
     * others follow them. A blank query leaves the order as it is.
     *
     * @param retriever finds the candidates
     * @param embedder of any name, also another than the index's; stays open, stays the caller's
     * @param candidates passages that are looked at, at least 1; 20 is usual
     */
    public static Retriever bySentences(Retriever retriever, Embedder embedder, int candidates) {
        return new SentenceRetriever(retriever, new SentenceVectors(embedder), candidates);
    }

    /**
     * The same question in several wordings: the rankings for the question and for each of its wordings by a model,
     * fused by {@link #fused} with k = 60.
     *
     * @param model writes the wordings; stays open, stays the caller's. It reads the question, never a passage
     * @param wordings how many to ask for beside the question, in [1, 10]
     * @param candidates passages asked for a wording, at least the limit of the query
     */
    public static Retriever multiQuery(Retriever retriever, Model model, int wordings, int candidates) {
        return new MultiQueryRetriever(retriever, model, wordings, candidates);
    }

    /**
     * Each query to the retriever that a rule chooses for it, by its text or its filter or who asks.
     *
     * @param route returns the retriever of a query; always the same for the same query
     */
    public static Retriever routed(Function<Query, Retriever> route) {
        return new Retriever() {
            @Override
            public List<Passage> retrieve(Query query) {
                return route.apply(query).retrieve(query);
            }

            @Override
            public Optional<Explanation> explain(Query query, String id) {
                return route.apply(query).explain(query, id);
            }
        };
    }

    /**
     * One of the parts of a fusion.
     *
     * @param retriever finds passages
     * @param weight how much its ranks count, at least 0 and finite
     */
    public record Part(Retriever retriever, double weight) {
        /** Checks. */
        public Part {
            if (!(weight >= 0 && weight < Double.POSITIVE_INFINITY)) {
                throw new IllegalArgumentException("weight must be at least 0 and finite, weight: " + weight);
            }
        }
    }

    /** The words of a passage, the title's first. */
    static String words(Passage passage) {
        return passage.title().isEmpty() ? passage.text() : passage.title() + "\n" + passage.text();
    }

    /** The query with room for candidates. */
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
