package dev.llmadapt.spring.boot;

import dev.llmadapt.Retriever;
import dev.llmadapt.observation.ModelListener;
import dev.llmadapt.rag.embedding.Embedder;
import dev.llmadapt.rag.index.PassageIndex;
import dev.llmadapt.rag.retrieval.Retrievers;
import dev.llmadapt.spring.ai.DocumentOptions;
import dev.llmadapt.spring.ai.LlmAdaptDocumentRetriever;
import dev.llmadapt.spring.ai.LlmAdaptEmbeddingModel;
import dev.llmadapt.spring.ai.PassageVectorStore;
import io.micrometer.observation.ObservationRegistry;
import java.util.List;
import java.util.Objects;
import org.springframework.ai.embedding.EmbeddingModel;
import org.springframework.ai.rag.retrieval.search.DocumentRetriever;
import org.springframework.ai.vectorstore.VectorStore;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.condition.NoneNestedConditions;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;

/**
 * An index by the properties under {@code llm-adapt.index}, with its embedder, a retriever by words and meaning, and
 * what Spring AI has of them: a document retriever, a vector store, an embedding model. Beans of the application take
 * the place of each.
 */
@AutoConfiguration(after = LlmAdaptAutoConfiguration.class)
@ConditionalOnProperty("llm-adapt.index.folder")
public class LlmAdaptIndexAutoConfiguration {
    /** For Spring. */
    public LlmAdaptIndexAutoConfiguration() {}

    /** Refuses an index without its classes. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnMissingClass("dev.llmadapt.rag.index.PassageIndex")
    static class Missing {
        Missing(LlmAdaptProperties properties) {
            throw new LlmAdaptPropertyException(
                    "llm-adapt.index.folder",
                    String.valueOf(properties.index().folder()),
                    "there is nothing to open it with",
                    "Add the dependency dev.llmadapt:llm-adapt-cpu (of type pom), or dev.llmadapt:llm-adapt-rag.");
        }
    }

    /** The index has vectors, not words alone. */
    static final class OnVectors extends NoneNestedConditions {
        OnVectors() {
            super(ConfigurationPhase.REGISTER_BEAN);
        }

        @ConditionalOnProperty(name = "llm-adapt.index.embedder", havingValue = "none")
        static class WordsAlone {}
    }

    /** The index and what searches it. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(PassageIndex.class)
    static class Present {
        @Bean(destroyMethod = "close")
        @ConditionalOnMissingBean
        Embedder llmAdaptEmbedder(LlmAdaptProperties properties, ObjectProvider<ModelListener> listeners) {
            Embedder embedder = new IndexOpening(properties.index()).embedder();
            List<ModelListener> all = listeners.orderedStream().toList();
            return all.isEmpty() || embedder.dimension() == 0
                    ? embedder
                    : Embedder.observed(embedder, ModelListener.all(all));
        }

        @Bean(destroyMethod = "close")
        @ConditionalOnMissingBean
        PassageIndex llmAdaptIndex(LlmAdaptProperties properties, Embedder embedder) {
            return new IndexOpening(properties.index())
                    .open(Objects.requireNonNull(properties.index().folder()), embedder);
        }

        @Bean
        @ConditionalOnMissingBean
        Retriever llmAdaptRetriever(PassageIndex index, Embedder embedder, ObjectProvider<ModelListener> listeners) {
            Retriever retriever = embedder.dimension() == 0 ? index.lexical() : Retrievers.hybrid(index);
            List<ModelListener> all = listeners.orderedStream().toList();
            return all.isEmpty()
                    ? retriever
                    : Retrievers.observed("llm-adapt.index", retriever, ModelListener.all(all));
        }

        @Bean
        @ConditionalOnMissingBean
        DocumentRetriever llmAdaptDocumentRetriever(Retriever retriever, LlmAdaptProperties properties) {
            return new LlmAdaptDocumentRetriever(
                    retriever,
                    DocumentOptions.defaults().withMaxResults(properties.index().maxResults()));
        }

        @Bean
        @Conditional(OnVectors.class)
        @ConditionalOnMissingBean
        @ConditionalOnProperty(name = "spring.ai.model.embedding", havingValue = "llm-adapt", matchIfMissing = true)
        EmbeddingModel llmAdaptEmbeddingModel(Embedder embedder, ObjectProvider<ObservationRegistry> registry) {
            return new LlmAdaptEmbeddingModel(embedder, registry.getIfUnique(() -> ObservationRegistry.NOOP));
        }

        @Bean
        @Conditional(OnVectors.class)
        @ConditionalOnMissingBean
        VectorStore llmAdaptVectorStore(
                PassageIndex index, Embedder embedder, ObjectProvider<ObservationRegistry> registry) {
            return PassageVectorStore.builder(index, embedder)
                    .observationRegistry(registry.getIfUnique(() -> ObservationRegistry.NOOP))
                    .build();
        }
    }
}
