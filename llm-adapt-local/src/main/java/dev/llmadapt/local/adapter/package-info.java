/**
 * Adapters at work: what an adapter does to a model while it serves. How adapters are stored or trained is not known
 * here.
 *
 * <p>Start with {@link dev.llmadapt.local.adapter.AdapterEffect}, which says the same for every method: low-rank
 * updates, scales, biases, virtual tokens, by {@link dev.llmadapt.local.adapter.BaseModules} of the model.
 * {@link dev.llmadapt.local.adapter.PreparedAdapter} lays it out once for one base;
 * {@link dev.llmadapt.local.adapter.LoadedAdapters} keeps those that requests can name; an
 * {@link dev.llmadapt.local.adapter.AdapterMix} is what one request asks for;
 * {@link dev.llmadapt.local.adapter.AdapterPacking} lays the factors of a batch's adapters side by side along the rank,
 * with a mask a row. {@link dev.llmadapt.local.adapter.BaseFingerprint} tells one base from another.
 */
@NullMarked
package dev.llmadapt.local.adapter;

import org.jspecify.annotations.NullMarked;
