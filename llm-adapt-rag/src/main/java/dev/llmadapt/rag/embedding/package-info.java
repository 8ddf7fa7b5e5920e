/**
 * Encoders on ONNX Runtime: texts to vectors, and pairs of texts to scores. Start with
 * {@link dev.llmadapt.rag.embedding.OnnxEmbedder}. Only this package knows ONNX Runtime and the tokenizer library.
 */
@NullMarked
package dev.llmadapt.rag.embedding;

import org.jspecify.annotations.NullMarked;
