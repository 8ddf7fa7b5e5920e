/**
 * Memory outside the heap. Start with {@link dev.llmadapt.peft.memory.NativeArena}, which all tensors of the module lie
 * in, and {@link dev.llmadapt.peft.memory.CacheBudget}, which says how much keys and values may take.
 */
@NullMarked
package dev.llmadapt.peft.memory;

import org.jspecify.annotations.NullMarked;
