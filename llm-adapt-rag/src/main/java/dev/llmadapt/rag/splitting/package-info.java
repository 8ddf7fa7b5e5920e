/**
 * Cutting texts. Start with {@link dev.llmadapt.rag.splitting.TextSplitter}: boundaries cut a text into pieces, and
 * packing joins pieces to passages.
 */
@NullMarked
package dev.llmadapt.rag.splitting;

import org.jspecify.annotations.NullMarked;
