package dev.llmadapt.local.adapter;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The effect of an adapter on a model, in one form for every method. Paths are those of modules in Hugging Face's
 * naming, such as {@code model.layers.0.self_attn.q_proj}. Immutable as long as nobody writes into its arrays.
 *
 * @param lowRank low-rank updates of linear modules
 * @param embeddings low-rank updates of embeddings: {@code e[id] += scaling * B(A[:, id])}
 * @param outputScale factors of a module's output, its bias included, {@code (out)}
 * @param inputScale factors of a module's input, {@code (in)}
 * @param bias biases in the place of a module's own, {@code (out)}
 * @param prompt embeddings before the input, {@code (virtualTokens, hidden)}; of length 0 for none
 * @param prefix keys and values before those of each layer: {@code (layers, 2, keyValueHeads, virtualTokens, headDim)},
 *     keys first; of length 0 for none. They are used as they are, without rotation; the input's positions count from
 *     {@code prefixTokens} on
 * @param prefixTokens virtual tokens of the prefix
 */
@SuppressWarnings("ArrayRecordComponent")
public record AdapterEffect(
        Map<String, LowRank> lowRank,
        Map<String, LowRank> embeddings,
        Map<String, float[]> outputScale,
        Map<String, float[]> inputScale,
        Map<String, float[]> bias,
        float[] prompt,
        float[] prefix,
        int prefixTokens) {
    /** Copies the maps, in their order. */
    public AdapterEffect {
        lowRank = copy(lowRank);
        embeddings = copy(embeddings);
        outputScale = copy(outputScale);
        inputScale = copy(inputScale);
        bias = copy(bias);
    }

    /** Returns how many virtual tokens stand before a prompt, in a model of a hidden size. */
    public int virtualTokens(int hiddenSize) {
        return prefixTokens + prompt.length / hiddenSize;
    }

    /** With other keys and values before those of each layer. */
    AdapterEffect withPrefix(float[] other) {
        return new AdapterEffect(lowRank, embeddings, outputScale, inputScale, bias, prompt, other, prefixTokens);
    }

    private static <T> Map<String, T> copy(Map<String, T> map) {
        return Collections.unmodifiableMap(new LinkedHashMap<>(map));
    }
}
