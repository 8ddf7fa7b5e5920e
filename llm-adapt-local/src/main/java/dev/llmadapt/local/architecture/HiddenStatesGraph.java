package dev.llmadapt.local.architecture;

import dev.llmadapt.local.graph.ElementType;
import dev.llmadapt.local.graph.OnnxModel;
import java.util.List;

/**
 * A decoder that reads whole texts and gives their pooled hidden states, without a cache and without logits.
 *
 * <p>Inputs: {@link DecoderGraph#EMBEDDINGS} {@code (batch, seq, hidden)}, {@link DecoderGraph#LENGTHS},
 * {@link DecoderGraph#TOTAL_LENGTH}, and {@value #POOLING} {@code (batch, 1, seq)} float, how much each token counts.
 * Rows have one length: what attention gives for padding need not be finite, so no weight would take it out. Output:
 * {@value #POOLED} {@code (batch, states, hidden)} float.
 *
 * @param model the graph and its weights
 * @param dtype the type of the embeddings and all between
 * @param embedding the token embeddings, looked up outside the graph
 * @param states hidden states of a token: one more than blocks
 * @param hiddenSize the hidden size
 * @param maxPositions the most tokens of a text
 * @param adapterInputs what adapters can change
 * @param sites every product that adapters can join, in the order they are computed; the output head is not there
 */
public record HiddenStatesGraph(
        OnnxModel model,
        ElementType dtype,
        Embedding embedding,
        int states,
        int hiddenSize,
        int maxPositions,
        AdapterInputs adapterInputs,
        List<AdapterSite> sites)
        implements AdaptableGraph {
    /** See the record. */
    public static final String POOLING = "pooling";

    /** See the record. */
    public static final String POOLED = "pooled";

    /** Returns this graph without its weights, for a session that has taken them. */
    public HiddenStatesGraph withoutWeights() {
        return new HiddenStatesGraph(
                new OnnxModel(new byte[0], List.of()),
                dtype,
                embedding,
                states,
                hiddenSize,
                maxPositions,
                adapterInputs,
                sites);
    }
}
