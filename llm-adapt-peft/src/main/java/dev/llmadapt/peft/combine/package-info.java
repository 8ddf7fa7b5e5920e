/**
 * Several adapters made one, as PEFT's {@code add_weighted_adapter} does it.
 *
 * <p>{@link dev.llmadapt.peft.combine.Combination} is the way to combine, {@link dev.llmadapt.peft.combine.Composition}
 * applies it module by module: {@code Mix} to factors or updates (linear, TIES, DARE, magnitude pruning),
 * {@code TruncatedSvd} to find factors of an update again.
 */
@NullMarked
package dev.llmadapt.peft.combine;

import org.jspecify.annotations.NullMarked;
