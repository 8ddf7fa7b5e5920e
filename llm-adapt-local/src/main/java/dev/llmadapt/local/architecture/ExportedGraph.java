package dev.llmadapt.local.architecture;

import dev.llmadapt.local.graph.ElementType;
import dev.llmadapt.local.graph.OnnxModel;
import java.util.List;

/**
 * An exported decoder with the inputs adapters need, ready for a session.
 *
 * <p>Inputs: {@value #INPUT_IDS} {@code (batch, seq)} int64; {@value #ATTENTION_MASK} {@code (batch, past + seq)}
 * int64, one for each token there is; {@value #POSITION_IDS} {@code (batch, seq)} int64 if {@code positions};
 * {@value #LOGIT_ROWS} {@code (rows)} int64 if {@code logitRows}, the positions in {@code seq} whose logits are wanted;
 * the cache's; and those of the sites. Outputs: {@value #LOGITS} {@code (batch, rows or seq, vocabulary)} and the
 * cache's.
 *
 * @param model the graph and its weights
 * @param cache the names and sizes of the cache
 * @param inPlace whether past and present may be one tensor, longer than what is in it: then each row's tokens come
 *     first, and the room after the last. Else the present is the past with the new tokens after it
 * @param positions whether the graph takes each token's position; else it counts, from the mask if {@code inPlace}, or
 *     from the length of the past
 * @param logitRows whether the wanted logits can be chosen
 * @param hiddenSize the hidden size
 * @param vocabularySize the vocabulary size
 * @param maxPositions the most tokens a row can hold
 * @param parameterCount weights in all, those of a quantised product each
 * @param adapterInputs what adapters can change
 * @param sites every product that adapters can join, in the order they are computed, also those without inputs in this
 *     graph
 */
public record ExportedGraph(
        OnnxModel model,
        CacheLayout cache,
        boolean inPlace,
        boolean positions,
        boolean logitRows,
        int hiddenSize,
        int vocabularySize,
        int maxPositions,
        long parameterCount,
        AdapterInputs adapterInputs,
        List<AdapterSite> sites)
        implements DecoderModel {
    /** See the record. */
    public static final String INPUT_IDS = "input_ids";

    /** See the record. */
    public static final String ATTENTION_MASK = "attention_mask";

    /** See the record. */
    public static final String POSITION_IDS = "position_ids";

    /** See the record. */
    public static final String LOGIT_ROWS = DecoderGraph.LOGIT_ROWS;

    /** See the record. */
    public static final String LOGITS = DecoderGraph.LOGITS;

    /** Copies. */
    public ExportedGraph {
        sites = List.copyOf(sites);
    }

    @Override
    public ElementType dtype() {
        return ElementType.FLOAT;
    }

    /** Returns this graph without the weights, for a session that has taken them. */
    public ExportedGraph withoutWeights() {
        return new ExportedGraph(
                new OnnxModel(new byte[0], List.of()),
                cache,
                inPlace,
                positions,
                logitRows,
                hiddenSize,
                vocabularySize,
                maxPositions,
                parameterCount,
                adapterInputs,
                sites);
    }
}
