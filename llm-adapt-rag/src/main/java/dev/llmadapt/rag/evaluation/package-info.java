/** The files of test collections. Start with {@link dev.llmadapt.rag.evaluation.CollectionFiles}. */
@NullMarked
package dev.llmadapt.rag.evaluation;

import org.jspecify.annotations.NullMarked;
