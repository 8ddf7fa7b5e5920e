package dev.llmadapt.local.architecture;

import dev.llmadapt.local.graph.ElementType;
import dev.llmadapt.local.graph.OnnxModel;
import java.util.List;

/** A decoder as an ONNX model that adapters can act in: a graph of our own, or one that somebody else exported. */
public sealed interface DecoderModel permits DecoderGraph, ExportedGraph {
    /** The graph and its weights. */
    OnnxModel model();

    /** The type of keys, values and embeddings. */
    ElementType dtype();

    /** The names and sizes of the cache. */
    CacheLayout cache();

    /** Logits of one position. */
    int vocabularySize();

    /** The most tokens a row can hold. */
    int maxPositions();

    /** The inputs through which adapters act. */
    AdapterInputs adapterInputs();

    /** Every product that adapters can join, in the order they are computed. */
    List<AdapterSite> sites();
}
