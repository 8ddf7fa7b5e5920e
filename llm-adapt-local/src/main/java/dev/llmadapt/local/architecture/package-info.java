/**
 * Decoder architectures: from a checkpoint's configuration and tensors to a graph.
 *
 * <p>Start with {@link dev.llmadapt.local.architecture.Architecture}: one short description a family, which puts
 * together the blocks of {@code Blocks} (norm, attention, feed-forward, linear). {@code LinearWeights} decides how a
 * linear layer's stored numbers are laid out for the engine, {@link dev.llmadapt.local.architecture.Embedding} looks
 * token rows up on the host, and {@link dev.llmadapt.local.architecture.DecoderGraph} is the result with the names of
 * its inputs and outputs.
 *
 * <p>{@link dev.llmadapt.local.architecture.ExportedDecoder} opens decoders that others exported to ONNX: it checks
 * their layout, finds the modules among their products ({@code Projections}), and lets adapters join these
 * ({@code AdapterInsertion}) by the same inputs as in our own graphs.
 */
@NullMarked
package dev.llmadapt.local.architecture;

import org.jspecify.annotations.NullMarked;
