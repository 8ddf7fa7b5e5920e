package dev.llmadapt.langchain4j;

import dev.langchain4j.model.embedding.EmbeddingModel;
import dev.langchain4j.model.embedding.common.AbstractEmbeddingModelIT;
import dev.langchain4j.model.embedding.listener.EmbeddingModelListener;
import dev.llmadapt.rag.embedding.Embedder;
import java.util.List;
import org.junit.jupiter.api.AfterAll;

/** LangChain4j's own tests of embedding models, over the default embedder. */
final class LlmAdaptEmbeddingModelSuiteTest extends AbstractEmbeddingModelIT {
    private static final Embedder EMBEDDER = Embedder.miniLm();

    @AfterAll
    static void close() {
        EMBEDDER.close();
    }

    @Override
    protected List<EmbeddingModel> models() {
        return List.of(new LlmAdaptEmbeddingModel(EMBEDDER));
    }

    @Override
    protected EmbeddingModel modelWith(EmbeddingModelListener listener) {
        return new LlmAdaptEmbeddingModel(EMBEDDER, List.of(listener));
    }

    @Override
    protected EmbeddingModel failingModelWith(EmbeddingModelListener listener) {
        Embedder closed = Embedder.miniLm();
        closed.close();
        return new LlmAdaptEmbeddingModel(closed, List.of(listener));
    }

    /** The type is taken, but this model embeds queries as it does passages. */
    @Override
    protected void should_embed_query_and_document_differently(EmbeddingModel model) {}

    @Override
    protected boolean supportsInputTypeParameter() {
        return true;
    }

    @Override
    protected boolean supportsDimensionsParameter() {
        return false;
    }

    @Override
    protected boolean supportsImageInput() {
        return false;
    }

    @Override
    protected boolean supportsInterleavedInput() {
        return false;
    }

    @Override
    protected boolean assertTokenUsage() {
        return false;
    }
}
