/**
 * Retrieval-augmented generation: from documents to passages, an index, and answers with citations.
 *
 * <p>Its turn has not come: this module holds the interfaces its parts will meet at. {@link dev.llmadapt.rag.Document}s
 * are cut into passages by a {@link dev.llmadapt.rag.Splitter}, an {@link dev.llmadapt.rag.Embedder} turns passages into
 * vectors, and what is built over both is a {@link dev.llmadapt.Retriever}.
 */
@NullMarked
package dev.llmadapt.rag;

import org.jspecify.annotations.NullMarked;
