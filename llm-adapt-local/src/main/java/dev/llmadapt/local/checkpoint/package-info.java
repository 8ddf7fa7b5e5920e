/**
 * Checkpoints as named, typed, mapped tensors: Hugging Face folders and GGUF files. Knows formats, and which names and
 * keys a family uses in them (GPT-2 has names of its own); it computes nothing and builds no graph.
 *
 * <p>Start at {@link Checkpoint#open}. A folder goes through {@code HuggingFaceFolder} ({@code Safetensors} for the
 * headers, {@code ConfigJson} for {@link ModelConfig}, {@code TokenizerJson} for {@link TokenizerFiles} with the
 * {@code DeclaredTokens} of its other files), a file through {@code GgufModel} ({@code Gguf} for the container,
 * {@code GgufTokenizer} for a {@code tokenizer.json} built from its vocabulary). Both list their tensors to a
 * {@code TensorTable}, which checks them against the file and maps them; a {@link WeightTensor} reads its values by the
 * {@code Dequantizer} method of its {@link WeightEncoding}.
 *
 * <p>Everything read is taken as hostile: counts, lengths, offsets and shapes are checked against the size of the file
 * before anything is allocated or mapped, and only {@link dev.llmadapt.CheckpointException} leaves.
 */
@NullMarked
package dev.llmadapt.local.checkpoint;

import org.jspecify.annotations.NullMarked;
