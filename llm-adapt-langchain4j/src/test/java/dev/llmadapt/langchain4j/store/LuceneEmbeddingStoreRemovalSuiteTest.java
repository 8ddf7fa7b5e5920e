package dev.llmadapt.langchain4j.store;

import dev.langchain4j.data.segment.TextSegment;
import dev.langchain4j.model.embedding.EmbeddingModel;
import dev.langchain4j.store.embedding.EmbeddingStore;
import dev.langchain4j.store.embedding.EmbeddingStoreWithRemovalIT;
import dev.llmadapt.langchain4j.LlmAdaptEmbeddingModel;
import dev.llmadapt.rag.embedding.Embedder;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;

/** LangChain4j's own tests of how stores remove. */
final class LuceneEmbeddingStoreRemovalSuiteTest extends EmbeddingStoreWithRemovalIT {
    private static final Embedder EMBEDDER = Embedder.miniLm();

    private final LuceneEmbeddingStore store = LuceneEmbeddingStore.inMemory();

    @Override
    protected EmbeddingStore<TextSegment> embeddingStore() {
        return store;
    }

    @Override
    protected EmbeddingModel embeddingModel() {
        return new LlmAdaptEmbeddingModel(EMBEDDER);
    }

    @AfterEach
    void closeStore() {
        store.close();
    }

    @AfterAll
    static void closeEmbedder() {
        EMBEDDER.close();
    }
}
