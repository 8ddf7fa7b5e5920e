package dev.llmadapt.peft.training;

import dev.llmadapt.local.architecture.Tuned;
import dev.llmadapt.local.graph.Graph;
import dev.llmadapt.local.graph.Value;
import java.util.Map;

/** The part of a model that learns: its parameters, where they begin, and how they join the decoder's graph. */
public interface Trainable {
    /**
     * The parameters, named as they are stored: an adapter's by PEFT's keys, weights by their own names; or as in the
     * network that makes what is stored.
     */
    Parameters parameters();

    /**
     * The tensors that join the decoder and are stored: the parameters themselves, or what is made of them.
     *
     * @param values the parameters in a graph, by name
     * @return by the names that they are stored by
     */
    default Map<String, Value> made(Graph graph, Map<String, Value> values) {
        return values;
    }

    /** The number of virtual tokens before each text, embedded by what learns. */
    default int virtualTokens() {
        return 0;
    }

    /** The number of keys and values before each layer's own. */
    default int prefixTokens() {
        return 0;
    }

    /** Whether the embedding itself learns, and the graph takes ids. */
    default boolean learnsEmbedding() {
        return false;
    }

    /**
     * Attaches what learns to a graph.
     *
     * @param values what was {@linkplain #made made} in that graph, by name
     */
    Tuned attach(Graph graph, Map<String, Value> values);

    /** The first block in which something learns; what leaves those below it is the same in every step. */
    default int firstLayer() {
        return 0;
    }

    /** The labels of a head of its own, which scores them at a text's last token; or 0. */
    default int labels() {
        return 0;
    }

    /** The loss that it learns by, unless told otherwise. */
    default Loss.Kind loss() {
        return Loss.crossEntropy();
    }
}
