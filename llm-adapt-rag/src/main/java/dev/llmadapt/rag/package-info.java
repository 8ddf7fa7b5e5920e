/**
 * Retrieval-augmented generation: from documents to passages, an index, and answers with citations.
 *
 * <p>Start with {@link dev.llmadapt.rag.Rag}, the strategy, and {@link dev.llmadapt.rag.PassageIndex}, which it finds
 * passages in. In the order in which data walks: a {@link dev.llmadapt.rag.DocumentSource} reads documents, a
 * {@link dev.llmadapt.rag.Splitter} cuts them, an {@link dev.llmadapt.rag.Embedder} turns passages into vectors,
 * {@link dev.llmadapt.rag.Indexing} does the three and fills the index; {@link dev.llmadapt.rag.Retrievers} combines what
 * finds; {@link dev.llmadapt.rag.RetrievalReport} measures it.
 */
@NullMarked
package dev.llmadapt.rag;

import org.jspecify.annotations.NullMarked;
