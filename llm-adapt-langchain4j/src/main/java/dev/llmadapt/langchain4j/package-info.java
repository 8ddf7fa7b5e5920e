/**
 * Models, embedders and retrievers of this library as those of LangChain4j, and the other way round.
 *
 * <p>Towards LangChain4j, start with {@link dev.llmadapt.langchain4j.LlmAdaptChatModel},
 * {@link dev.llmadapt.langchain4j.LlmAdaptStreamingChatModel} and their {@link dev.llmadapt.langchain4j.ChatOptions}:
 * {@code ChatRequests} turns a request into one of this library or refuses it, with {@code ChatMessages} and
 * {@code SchemaText}; {@code ChatAnswers} turns the answer back, and {@code Failures} the exceptions. Retrieval has
 * {@link dev.llmadapt.langchain4j.LlmAdaptEmbeddingModel}, {@link dev.llmadapt.langchain4j.LlmAdaptScoringModel} and
 * {@link dev.llmadapt.langchain4j.LlmAdaptContentRetriever}; {@code dev.llmadapt.langchain4j.store} has a store.
 *
 * <p>From LangChain4j, {@link dev.llmadapt.langchain4j.LangChain4jModel} is a model that strategies and the pilot take,
 * and {@link dev.llmadapt.langchain4j.LangChain4jRetriever} a retriever over a store that LangChain4j reaches.
 */
@NullMarked
package dev.llmadapt.langchain4j;

import org.jspecify.annotations.NullMarked;
