/**
 * Embedding: models that read passages. An embedder turns a text into a vector, a reranker a query and a passage into a
 * score.
 *
 * <p>Start with {@link dev.llmadapt.rag.embedding.Embedder} and {@link dev.llmadapt.rag.embedding.Reranker}; their
 * factories load models from folders or from the class path.
 *
 * <p>{@code OnnxEmbedder} and {@code CrossEncoder} work alike: {@code SentenceTransformersFolder} reads the files and
 * the {@link dev.llmadapt.rag.embedding.EmbedderOptions}, {@code EncoderTokenizer} turns texts into rows of token ids,
 * and {@code EncoderSession} runs batches of rows of like length through the ONNX graph. What comes out is pooled and
 * normalised to a vector, or is the score. {@code ModelReranker} asks a {@link dev.llmadapt.Model} instead;
 * {@code NoEmbedder} makes no vectors, for indexes of words alone.
 *
 * <p>Only this package imports ONNX Runtime and the tokenizer library.
 */
@NullMarked
package dev.llmadapt.rag.embedding;

import org.jspecify.annotations.NullMarked;
