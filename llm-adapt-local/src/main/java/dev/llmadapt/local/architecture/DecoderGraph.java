package dev.llmadapt.local.architecture;

import dev.llmadapt.local.graph.ElementType;
import dev.llmadapt.local.graph.OnnxModel;
import java.util.List;
import java.util.Optional;

/**
 * A decoder as an ONNX model, and what a session needs to know to run it.
 *
 * <p>Inputs: {@value #EMBEDDINGS} {@code (batch, seq, hidden)}; {@value #LENGTHS} {@code (batch)} int32, each row's
 * tokens after this step, less one; {@value #TOTAL_LENGTH} scalar int32, the most tokens of any row after this step;
 * {@value #LOGIT_ROWS} {@code (rows)} int64, the places in {@code batch * seq} whose logits are wanted; and for each
 * layer {@code past_key.i} and {@code past_value.i} {@code (batch, keyValueHeads, capacity, headDim)}. Outputs:
 * {@value #LOGITS} {@code (rows, vocabulary)}, {@code present_key.i} and {@code present_value.i}, which may be the same
 * tensors as the past ones.
 *
 * @param model the graph and its weights
 * @param dtype the type of the embeddings, the cache and all between; logits are 32-bit floats
 * @param embedding the token embeddings, looked up outside the graph
 * @param layers decoder blocks
 * @param keyValueHeads heads of keys and values
 * @param headDim the size of a head
 * @param hiddenSize the hidden size
 * @param vocabularySize the vocabulary size
 * @param maxPositions the most tokens a row can hold: the length of the rotary tables
 * @param parameterCount weights in all, tied ones once
 * @param adapterInputs what adapters can change
 * @param sites every product that adapters can join, in the order they are computed, also those without inputs in this
 *     graph; the last is that of the output head
 * @param trees the inputs for trees of tokens, empty if the graph has none
 * @param rows whether it has the inputs and outputs of {@link RowInputs}
 * @param cacheScales the steps of a cache of 8-bit numbers; empty for one of {@code dtype}
 */
public record DecoderGraph(
        OnnxModel model,
        ElementType dtype,
        Embedding embedding,
        int layers,
        int keyValueHeads,
        int headDim,
        int hiddenSize,
        int vocabularySize,
        int maxPositions,
        long parameterCount,
        AdapterInputs adapterInputs,
        List<AdapterSite> sites,
        Optional<TreeInputs> trees,
        boolean rows,
        Optional<CacheScales> cacheScales)
        implements DecoderModel {
    @Override
    public CacheLayout cache() {
        return CacheLayout.of(this);
    }

    /**
     * Returns this graph without its weights, for a session that has taken them: it keeps nothing that was packed, and
     * of the checkpoint only the embedding.
     */
    public DecoderGraph withoutWeights() {
        return new DecoderGraph(
                new OnnxModel(new byte[0], List.of()),
                dtype,
                embedding,
                layers,
                keyValueHeads,
                headDim,
                hiddenSize,
                vocabularySize,
                maxPositions,
                parameterCount,
                adapterInputs,
                sites,
                trees,
                rows,
                cacheScales);
    }

    /** See the record. */
    public static final String EMBEDDINGS = "inputs_embeds";

    /** See the record. */
    public static final String LENGTHS = "seqlens_k";

    /** See the record. */
    public static final String TOTAL_LENGTH = "total_sequence_length";

    /** See the record. */
    public static final String LOGIT_ROWS = "logit_rows";

    /** See the record. */
    public static final String LOGITS = "logits";

    /** {@code (batch, 1, adapters)}; see {@link AdapterSite}. There if any site scales or has a bias. */
    public static final String ADAPTER_WEIGHTS = "adapter_weights";

    /**
     * The weights of adapters for the output head, whose rows are the wanted ones: {@code (rows or 1, 1, adapters)}.
     */
    public static final String HEAD_ADAPTER_WEIGHTS = "head_adapter_weights";

    /** The cache input of a layer's keys. */
    public static String pastKey(int layer) {
        return "past_key." + layer;
    }

    /** The cache input of a layer's values. */
    public static String pastValue(int layer) {
        return "past_value." + layer;
    }

    /** The cache output of a layer's keys. */
    public static String presentKey(int layer) {
        return "present_key." + layer;
    }

    /** The cache output of a layer's values. */
    public static String presentValue(int layer) {
        return "present_value." + layer;
    }
}
