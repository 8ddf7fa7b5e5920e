package dev.llmadapt.spring.ai;

import dev.llmadapt.Retriever;
import java.util.List;
import java.util.Objects;
import org.springframework.ai.document.Document;
import org.springframework.ai.rag.Query;
import org.springframework.ai.rag.retrieval.search.DocumentRetriever;

/**
 * A retriever of this library as a {@link DocumentRetriever} of Spring AI: hybrid search, reranking, parents, whatever
 * it was built of, with its access lists. {@code RetrievalAugmentationAdvisor} takes it.
 *
 * <p>A passage becomes a document with its id, score and metadata, and its title under {@code "title"} where it has
 * one. Access lists stay behind. Needs {@code spring-ai-rag}.
 *
 * <p>Thread-safe where the retriever and the functions of the options are.
 */
public final class LlmAdaptDocumentRetriever implements DocumentRetriever {
    private final Retriever retriever;
    private final DocumentOptions options;

    /** With default options. */
    public LlmAdaptDocumentRetriever(Retriever retriever) {
        this(retriever, DocumentOptions.defaults());
    }

    /** With options. */
    public LlmAdaptDocumentRetriever(Retriever retriever, DocumentOptions options) {
        this.retriever = Objects.requireNonNull(retriever, "retriever must not be null");
        this.options = Objects.requireNonNull(options, "options must not be null");
    }

    @Override
    public List<Document> retrieve(Query query) {
        return retriever
                .retrieve(new dev.llmadapt.Query(
                        query.text(),
                        options.maxResults(),
                        options.principals().apply(query),
                        options.filter().apply(query)))
                .stream()
                .map(Documents::document)
                .toList();
    }
}
