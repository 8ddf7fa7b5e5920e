package dev.llmadapt.local.checkpoint;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * The configuration of a model: {@code config.json} with {@code generation_config.json}, or the metadata of a GGUF
 * file.
 *
 * @param modelType the family, as {@code model_type} in {@code config.json} names it: {@code llama}
 * @param hiddenSize width of the residual stream
 * @param intermediateSize width of the feed-forward block
 * @param layers decoder blocks
 * @param heads query heads
 * @param keyValueHeads key and value heads; divides {@code heads}
 * @param headDim width of a head; {@code heads * headDim} need not be {@code hiddenSize}
 * @param rotaryDim how many dimensions of a head are rotated: even, {@code headDim} in most families
 * @param vocabularySize rows of the embedding
 * @param contextLength {@code max_position_embeddings}, in tokens
 * @param windows how many tokens a token sees in each layer, itself included, or 0 for all before it
 * @param rmsNormEpsilon added under the root of RMSNorm
 * @param ropeTheta the base of the rotary frequencies
 * @param ropeScaling how these are changed
 * @param tieWordEmbeddings whether the output head is the embedding
 * @param biases the projections that have a bias, by the last part of their module's path: {@code q_proj}
 * @param hiddenActivation of the feed-forward block: {@code silu}, {@code gelu_pytorch_tanh}, ...
 * @param bosTokenId the token that begins a text
 * @param eosTokenIds tokens that end an answer
 * @param padTokenId the padding token, when it is one of the vocabulary
 * @param torchDtype the type the weights were saved from, such as {@code bfloat16}
 * @param settings every scalar setting as the file names it ({@link Boolean}, {@link Double} or {@link String}), for
 *     families that need more than the components above; names of GGUF files come without the family's prefix
 */
public record ModelConfig(
        String modelType,
        int hiddenSize,
        int intermediateSize,
        int layers,
        int heads,
        int keyValueHeads,
        int headDim,
        int rotaryDim,
        int vocabularySize,
        int contextLength,
        List<Integer> windows,
        double rmsNormEpsilon,
        double ropeTheta,
        RopeScaling ropeScaling,
        boolean tieWordEmbeddings,
        Set<String> biases,
        String hiddenActivation,
        OptionalInt bosTokenId,
        List<Integer> eosTokenIds,
        OptionalInt padTokenId,
        Optional<String> torchDtype,
        Map<String, Object> settings) {
    /**
     * Checks every component; the bounds are far above any known model and keep a damaged file from large allocations.
     */
    public ModelConfig {
        if (modelType.isBlank()) {
            throw new IllegalArgumentException("model_type is empty");
        }
        within("hidden_size", hiddenSize, 1, 1 << 18);
        within("intermediate_size", intermediateSize, 1, 1 << 22);
        within("num_hidden_layers", layers, 1, 4096);
        within("num_attention_heads", heads, 1, 1 << 14);
        within("num_key_value_heads", keyValueHeads, 1, heads);
        if (heads % keyValueHeads != 0) {
            throw new IllegalArgumentException("num_key_value_heads must divide num_attention_heads " + heads
                    + ", num_key_value_heads: " + keyValueHeads);
        }
        within("head_dim", headDim, 1, 1 << 14);
        within("rotary dimensions", rotaryDim, 0, headDim);
        if (rotaryDim % 2 != 0) {
            throw new IllegalArgumentException("rotary dimensions must be even: " + rotaryDim);
        }
        within("vocab_size", vocabularySize, 1, 1 << 24);
        within("max_position_embeddings", contextLength, 1, 1 << 28);
        windows = List.copyOf(windows);
        if (windows.size() != layers) {
            throw new IllegalArgumentException("windows must be one for each of " + layers + " layers: " + windows);
        }
        windows.forEach(window -> within("sliding_window", window, 0, Integer.MAX_VALUE));
        within("rms_norm_eps", rmsNormEpsilon, 0, 1);
        if (!(ropeTheta > 0) || Double.isInfinite(ropeTheta)) {
            throw new IllegalArgumentException("rope_theta must be positive and finite, rope_theta: " + ropeTheta);
        }
        Objects.requireNonNull(ropeScaling, "ropeScaling");
        if (ropeScaling instanceof RopeScaling.Factors factors) {
            halves("rope_freqs", factors.divisors(), rotaryDim);
        } else if (ropeScaling instanceof RopeScaling.LongRope factors) {
            halves("short_factor", factors.shortDivisors(), rotaryDim);
            halves("long_factor", factors.longDivisors(), rotaryDim);
        }
        Objects.requireNonNull(hiddenActivation, "hiddenActivation");
        eosTokenIds = List.copyOf(eosTokenIds);
        for (int id : eosTokenIds) {
            within("eos_token_id", id, 0, vocabularySize - 1);
        }
        if (bosTokenId.isPresent()) {
            within("bos_token_id", bosTokenId.getAsInt(), 0, vocabularySize - 1);
        }
        if (padTokenId.isPresent()) {
            within("pad_token_id", padTokenId.getAsInt(), 0, vocabularySize - 1);
        }
        biases = Set.copyOf(biases);
        settings = Map.copyOf(settings);
    }

    private static void halves(String name, List<Float> values, int rotaryDim) {
        if (values.size() != rotaryDim / 2) {
            throw new IllegalArgumentException(name + " must have " + rotaryDim / 2 + " values, got " + values.size());
        }
    }

    private static void within(String name, double value, double low, double high) {
        if (!(value >= low && value <= high)) {
            throw new IllegalArgumentException(
                    name + " must be from " + plain(low) + " to " + plain(high) + ", " + name + ": " + plain(value));
        }
    }

    private static String plain(double value) {
        return value == Math.rint(value) && Math.abs(value) < 1e15
                ? Long.toString((long) value)
                : Double.toString(value);
    }
}
