/**
 * The index on Lucene. Start with {@link dev.llmadapt.rag.index.LuceneIndex}; {@code Fields} says how a passage is
 * stored, {@code LuceneSearch} how it is found. {@link dev.llmadapt.rag.index.EmbeddedPassage} is shared with
 * indexes in other modules, so that all embed the same words and refuse the same passages.
 */
@NullMarked
package dev.llmadapt.rag.index;

import org.jspecify.annotations.NullMarked;
