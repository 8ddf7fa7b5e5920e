/** A fuzz target for the adapter files that ONNX Runtime takes. */
@NullMarked
package dev.llmadapt.peft.onnx;

import org.jspecify.annotations.NullMarked;
