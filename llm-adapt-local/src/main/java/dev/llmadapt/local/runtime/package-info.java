/**
 * The runtime: the only package that imports ONNX Runtime. Sessions, the tensors they run on, and who owns them.
 *
 * <p>Start with {@link dev.llmadapt.local.runtime.TextSession}: several sequences at once, each in a slot of a
 * key-value cache. {@link dev.llmadapt.local.runtime.DecoderSession} is the one implementation; it knows slots, and
 * leaves two questions to two sealed interfaces. Where tensors lie: a {@code Backend} is this process's memory, through
 * ONNX Runtime's Java interface, or a device's, through its C interface. What a graph is fed: a {@code Feed} makes
 * embeddings for a {@link dev.llmadapt.local.architecture.DecoderGraph}, or token ids, positions and masks for an
 * {@link dev.llmadapt.local.architecture.ExportedGraph}. Between them, the {@code KeyValueCache} is made of
 * {@code Plane}s of the backend, and a {@code Run} keeps its tensors bound from one token to the next.
 *
 * <p>{@link dev.llmadapt.local.runtime.GraphSession} runs any graph over tensors of the caller's, such as a step of
 * training. Native objects have one owner each and die with it; the engine's checked exceptions end here as
 * {@link dev.llmadapt.InferenceException}.
 */
@NullMarked
package dev.llmadapt.local.runtime;

import org.jspecify.annotations.NullMarked;
