/**
 * The index: passages that are kept, found by words and by vectors, and kept in step with their documents.
 *
 * <p>Start with {@link dev.llmadapt.rag.index.PassageIndex}, whose factories open an index in a folder or in memory,
 * and {@link dev.llmadapt.rag.index.Indexing}, which fills it: it reads a source, splits documents, and replaces the
 * passages of those whose hash changed. {@link dev.llmadapt.rag.index.SourceWatcher} repeats that when
 * {@code FolderEvents} tells of a change, and every so often.
 *
 * <p>{@code LuceneIndex} is the index: it owns Lucene's writer and searchers and their closing. {@code LuceneFields}
 * says how a passage and its access list are stored and how filters are asked; {@code LuceneSearch} finds by BM25 and
 * by HNSW in one state of the index; {@code VectorCodec} writes the graph of the
 * {@link dev.llmadapt.rag.index.IndexOptions}; {@code Stemming} cuts words for a
 * {@link dev.llmadapt.rag.index.Language}.
 *
 * <p>An index elsewhere, such as that of the module {@code llm-adapt-rag-opensearch}, implements {@code PassageIndex}
 * by {@link dev.llmadapt.rag.index.EmbeddedPassage}, so that all indexes embed the same words and refuse the same
 * passages, and keeps the laws of {@code IndexContract} in this module's tests. Only this package imports Lucene.
 */
@NullMarked
package dev.llmadapt.rag.index;

import org.jspecify.annotations.NullMarked;
