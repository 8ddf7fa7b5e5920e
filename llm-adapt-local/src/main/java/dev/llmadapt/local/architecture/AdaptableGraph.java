package dev.llmadapt.local.architecture;

import dev.llmadapt.local.graph.OnnxModel;
import java.util.List;

/** An ONNX model that adapters can act in. */
public sealed interface AdaptableGraph permits DecoderModel, HiddenStatesGraph {
    /** The graph and its weights. */
    OnnxModel model();

    /** The inputs through which adapters act. */
    AdapterInputs adapterInputs();

    /** Every product that adapters can join, in the order they are computed. */
    List<AdapterSite> sites();
}
