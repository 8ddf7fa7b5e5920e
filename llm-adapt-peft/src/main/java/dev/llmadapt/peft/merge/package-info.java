/**
 * Adapters merged into the weights of a checkpoint.
 *
 * <p>Start with {@link dev.llmadapt.peft.merge.Merging}: {@code MergedSettings} writes the configuration and tokenizer,
 * {@code MergedWeights} goes through the tensors, a {@code ModuleChange} alters one weight row by row, and
 * {@code ShardWriter} writes safetensors of at most a chosen size.
 */
@NullMarked
package dev.llmadapt.peft.merge;

import org.jspecify.annotations.NullMarked;
