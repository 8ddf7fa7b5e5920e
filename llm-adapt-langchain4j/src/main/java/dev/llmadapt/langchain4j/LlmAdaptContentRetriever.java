package dev.llmadapt.langchain4j;

import dev.langchain4j.data.document.Metadata;
import dev.langchain4j.data.segment.TextSegment;
import dev.langchain4j.rag.content.Content;
import dev.langchain4j.rag.content.ContentMetadata;
import dev.langchain4j.rag.content.retriever.ContentRetriever;
import dev.langchain4j.rag.query.Query;
import dev.llmadapt.Passage;
import dev.llmadapt.Retriever;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * A retriever of this library as a {@link ContentRetriever} of LangChain4j: hybrid search, reranking, parents, whatever
 * it was built of, with its access lists.
 *
 * <p>A passage becomes a text segment with its metadata, and its title under {@value #TITLE} where it has one; its
 * score and id are the content's {@link ContentMetadata#SCORE} and {@link ContentMetadata#EMBEDDING_ID}. Access lists
 * stay behind.
 *
 * <p>Thread-safe where the retriever and the functions of the options are.
 */
public final class LlmAdaptContentRetriever implements ContentRetriever {
    /** The name of the title among a segment's metadata. */
    public static final String TITLE = "title";

    private final Retriever retriever;
    private final ContentOptions options;

    /** With default options. */
    public LlmAdaptContentRetriever(Retriever retriever) {
        this(retriever, ContentOptions.defaults());
    }

    /** With options. */
    public LlmAdaptContentRetriever(Retriever retriever, ContentOptions options) {
        this.retriever = Objects.requireNonNull(retriever, "retriever must not be null");
        this.options = Objects.requireNonNull(options, "options must not be null");
    }

    @Override
    public List<Content> retrieve(Query query) {
        List<Passage> passages = Failures.mapped(() -> retriever.retrieve(new dev.llmadapt.Query(
                query.text(),
                options.maxResults(),
                options.principals().apply(query),
                options.filter().apply(query))));
        return passages.stream().map(LlmAdaptContentRetriever::content).toList();
    }

    private static Content content(Passage passage) {
        Metadata metadata = new Metadata(passage.metadata());
        if (!passage.title().isEmpty() && !metadata.containsKey(TITLE)) {
            metadata.put(TITLE, passage.title());
        }
        return Content.from(
                TextSegment.from(passage.text(), metadata),
                Map.of(ContentMetadata.SCORE, passage.score(), ContentMetadata.EMBEDDING_ID, passage.id()));
    }
}
