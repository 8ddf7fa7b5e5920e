package dev.llmadapt.langchain4j;

import dev.langchain4j.data.segment.TextSegment;
import dev.langchain4j.model.output.Response;
import dev.langchain4j.model.scoring.ScoringModel;
import dev.llmadapt.rag.embedding.Reranker;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * A reranker of this library as a {@link ScoringModel} of LangChain4j, such as its {@code ReRankingContentAggregator}
 * takes. Scores are the reranker's own: larger is better, and a least score depends on the reranker. Tokens are not
 * counted, so no usage is told.
 *
 * <p>Thread-safe. It does not close the reranker.
 */
public final class LlmAdaptScoringModel implements ScoringModel {
    private final Reranker reranker;

    /**
     * Over a reranker.
     *
     * @param reranker the caller closes it, after the last score
     */
    public LlmAdaptScoringModel(Reranker reranker) {
        this.reranker = Objects.requireNonNull(reranker, "reranker must not be null");
    }

    @Override
    public Response<List<Double>> scoreAll(List<TextSegment> segments, String query) {
        List<String> texts = segments.stream().map(TextSegment::text).toList();
        double[] scores = Failures.mapped(() -> reranker.score(query, texts));
        return Response.from(Arrays.stream(scores).boxed().toList());
    }
}
