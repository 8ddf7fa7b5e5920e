/**
 * A store of vectors and texts for LangChain4j, on Lucene.
 *
 * <p>Start with {@link dev.llmadapt.langchain4j.store.LuceneEmbeddingStore}: {@code StoredSegment} is what a vector is
 * stored with, {@code FilterQuery} the filters of LangChain4j in a search, and {@code WideVectors} lets vectors be
 * longer than Lucene's default.
 */
@NullMarked
package dev.llmadapt.langchain4j.store;

import org.jspecify.annotations.NullMarked;
