package dev.llmadapt.local.architecture;

import dev.llmadapt.local.graph.ElementType;

/** A decoder as an ONNX model that adapters can act in: a graph of our own, or one that somebody else exported. */
public sealed interface DecoderModel extends AdaptableGraph permits DecoderGraph, ExportedGraph {
    /** The type of keys, values and embeddings. */
    ElementType dtype();

    /** The names and sizes of the cache. */
    CacheLayout cache();

    /** Logits of one position. */
    int vocabularySize();

    /** The most tokens a row can hold. */
    int maxPositions();
}
