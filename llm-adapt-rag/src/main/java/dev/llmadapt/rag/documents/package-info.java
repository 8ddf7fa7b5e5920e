/** Reading documents. Start with {@link dev.llmadapt.rag.documents.FileDocuments}. */
@NullMarked
package dev.llmadapt.rag.documents;

import org.jspecify.annotations.NullMarked;
