/**
 * The index on Lucene. Start with {@link dev.llmadapt.rag.index.LuceneIndex}; {@code Fields} says how a passage is
 * stored, {@code LuceneSearch} how it is found.
 */
@NullMarked
package dev.llmadapt.rag.index;

import org.jspecify.annotations.NullMarked;
