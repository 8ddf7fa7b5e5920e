/**
 * The only package that touches ONNX Runtime: sessions, the tensors they run on, and who owns them.
 *
 * <p>Start with {@link dev.llmadapt.peft.runtime.TextSession}: several texts at once, each in a slot of a key-value
 * cache. {@link dev.llmadapt.peft.runtime.DecoderSession} runs a {@link dev.llmadapt.peft.architecture.DecoderGraph},
 * whose cache is updated in place; {@link dev.llmadapt.peft.runtime.ExportedSession} runs what others exported, in place
 * or over a cache that grows.
 * Native objects have one owner each and die with it; the engine's checked exceptions end here as
 * {@link dev.llmadapt.peft.InferenceException}.
 */
@NullMarked
package dev.llmadapt.peft.runtime;

import org.jspecify.annotations.NullMarked;
