/**
 * The only package that touches ONNX Runtime: sessions, the tensors they run on, and who owns them.
 *
 * <p>Start with {@link dev.llmadapt.peft.runtime.DecoderSession}: it runs a
 * {@link dev.llmadapt.peft.architecture.DecoderGraph} over a key-value cache of several rows that it updates in place.
 * Native objects have one owner each and die with it; the engine's checked exceptions end here as
 * {@link dev.llmadapt.peft.InferenceException}.
 */
@NullMarked
package dev.llmadapt.peft.runtime;

import org.jspecify.annotations.NullMarked;
