/**
 * HTTP within bounds: an answer that takes too long or is too large is given up, body and all. Start with
 * {@link dev.llmadapt.rag.http.BoundedExchange}, which fetched pages and the module {@code llm-adapt-rag-opensearch}
 * share; {@code BoundedBody} holds the bytes of one answer.
 */
@NullMarked
package dev.llmadapt.rag.http;

import org.jspecify.annotations.NullMarked;
