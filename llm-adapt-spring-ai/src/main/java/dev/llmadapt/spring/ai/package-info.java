/**
 * Models, embedders and retrievers of this library as those of Spring AI, and the other way round.
 *
 * <p>Towards Spring AI, start with {@link dev.llmadapt.spring.ai.LlmAdaptChatModel} and its
 * {@link dev.llmadapt.spring.ai.LlmAdaptChatOptions}: {@code ChatRequests} turns a prompt into a request of this
 * library or refuses it, with {@code ChatMessages}; {@code ChatAnswers} and {@code StreamedAnswer} turn the answer
 * back. Retrieval has {@link dev.llmadapt.spring.ai.LlmAdaptEmbeddingModel},
 * {@link dev.llmadapt.spring.ai.LlmAdaptDocumentRetriever} and {@link dev.llmadapt.spring.ai.PassageVectorStore}.
 *
 * <p>From Spring AI, {@link dev.llmadapt.spring.ai.SpringAiModel} is a model that strategies and the pilot take,
 * {@link dev.llmadapt.spring.ai.SpringAiRetriever} a retriever over a store that Spring AI reaches, and
 * {@link dev.llmadapt.spring.ai.SpringAiEmbedder} an embedder for an index.
 */
@NullMarked
package dev.llmadapt.spring.ai;

import org.jspecify.annotations.NullMarked;
