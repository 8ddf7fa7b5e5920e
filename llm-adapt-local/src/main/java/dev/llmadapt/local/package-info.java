/**
 * Language models that run in this process, from a checkpoint on disk, without Python.
 *
 * <p>Start at {@link dev.llmadapt.local.LocalModel#open}. The packages, in the order in which a model is opened and
 * answers; each imports only those before it:
 *
 * <ul>
 *   <li>{@code memory}: memory outside the heap, and how much keys and values may take;
 *   <li>{@code source}: finds and downloads checkpoints ({@link dev.llmadapt.local.source.ModelSource});
 *   <li>{@code checkpoint}: files become named, mapped tensors, a configuration and a tokenizer;
 *   <li>{@code graph}: a graph as plain values, written as ONNX;
 *   <li>{@code architecture}: one short description a family builds the decoder's graph, for serving and for training;
 *   <li>{@code adapter}: what adapters do to a model while it serves, and how those of a batch are packed;
 *   <li>{@code runtime}: the only package that imports ONNX Runtime: sessions, caches, devices;
 *   <li>{@code decoding}: text to tokens, the scheduler, sampling, tokens to text.
 * </ul>
 *
 * <p>This package holds what opens a model: {@code LocalBase} is what lies on disk, {@code CheckpointBase} builds its
 * graph, {@code ExportedBase} takes the graph that somebody else exported. {@link dev.llmadapt.local.LocalAdapter} is
 * the door for adapters of any kind.
 */
@NullMarked
package dev.llmadapt.local;

import org.jspecify.annotations.NullMarked;
