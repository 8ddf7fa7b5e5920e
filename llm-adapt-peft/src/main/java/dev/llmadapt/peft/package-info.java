/**
 * Adapters of Hugging Face PEFT on local models, and their training.
 *
 * <p>Start with {@link dev.llmadapt.peft.PeftAdapter}: it reads and writes PEFT's folders ({@code folder}), combines
 * adapters ({@code combine}), merges them into a checkpoint ({@code merge}), and reads and writes the files that ONNX
 * Runtime takes ({@code onnx}). To train, start with {@link dev.llmadapt.peft.LoraTuning}: {@code data} reads and
 * curates what is to be learned, {@code Tuning} makes an adapter from a task or data, {@code training} holds the graphs
 * with their gradients and runs them step by step.
 */
@NullMarked
package dev.llmadapt.peft;

import org.jspecify.annotations.NullMarked;
