/**
 * The adapter files that ONNX Runtime and onnxruntime-genai take.
 *
 * <p>{@link dev.llmadapt.peft.onnx.OnnxAdapterFile} reads and writes the flatbuffers format,
 * {@link dev.llmadapt.peft.onnx.OnnxAdapters} turns its parameters into those of PEFT and back.
 */
@NullMarked
package dev.llmadapt.peft.onnx;

import org.jspecify.annotations.NullMarked;
