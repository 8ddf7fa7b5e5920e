/**
 * Decoder architectures: from a checkpoint's configuration and tensors to a graph.
 *
 * <p>Start with {@link dev.llmadapt.peft.architecture.Architecture}: one short description a family, which puts together
 * the blocks of {@code Blocks} (norm, attention, feed-forward, linear). {@code LinearWeights} decides how a linear
 * layer's stored numbers are laid out for the engine, {@link dev.llmadapt.peft.architecture.Embedding} looks token rows
 * up on the host, and {@link dev.llmadapt.peft.architecture.DecoderGraph} is the result with the names of its inputs and
 * outputs.
 */
@NullMarked
package dev.llmadapt.peft.architecture;

import org.jspecify.annotations.NullMarked;
