/**
 * Local models: a checkpoint on disk becomes a model that answers, without Python.
 *
 * <p>Start with {@link dev.llmadapt.local.LocalModel#open}. Data walks through the packages below in this order, and each
 * knows only those before it: {@code data} reads and curates what is to be learned, {@code source} fetches the files, {@code checkpoint} maps them to named tensors,
 * {@code graph} holds graphs as plain values, {@code architecture} builds the decoder's graph, {@code runtime} runs it,
 * {@code decoding} turns text into tokens, schedules, samples and turns tokens into text. This package is what users see.
 */
@NullMarked
package dev.llmadapt.peft;

import org.jspecify.annotations.NullMarked;
