/**
 * Memory outside the heap. Start with {@link dev.llmadapt.local.memory.NativeArena}, which all tensors of the module
 * lie in, and {@link dev.llmadapt.local.memory.CacheBudget}, which says how much keys and values may take.
 */
@NullMarked
package dev.llmadapt.local.memory;

import org.jspecify.annotations.NullMarked;
