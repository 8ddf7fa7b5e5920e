package dev.llmadapt.peft.training;

import dev.llmadapt.local.architecture.Tuned;
import dev.llmadapt.local.graph.Graph;
import dev.llmadapt.local.graph.Value;
import java.util.Map;

/** A method of training: which numbers learn, where they begin, and how they join the decoder's graph. */
public interface Learner {
    /** The numbers that learn, named as they are stored: an adapter's by PEFT's keys, weights by their own names. */
    Parameters parameters();

    /** Virtual tokens before each text, embedded by what learns. */
    default int virtualTokens() {
        return 0;
    }

    /** Keys and values before each layer's own. */
    default int prefixTokens() {
        return 0;
    }

    /** Whether the embedding itself learns, and the graph takes ids. */
    default boolean learnsEmbedding() {
        return false;
    }

    /** How the numbers act in a graph, whose values they are by name. */
    Tuned in(Graph graph, Map<String, Value> values);
}
