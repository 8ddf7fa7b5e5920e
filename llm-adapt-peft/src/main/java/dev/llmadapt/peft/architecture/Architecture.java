package dev.llmadapt.peft.architecture;

import dev.llmadapt.peft.CheckpointException;
import dev.llmadapt.peft.Precision;
import dev.llmadapt.peft.checkpoint.Checkpoint;
import java.util.Map;

/** A family of decoders: how its checkpoint becomes a graph. Add a family by adding a row to the table. */
@FunctionalInterface
public interface Architecture {
    /** The families by the {@code model_type} of {@code config.json}, which GGUF names the same. */
    Map<String, Architecture> ALL = Map.of("llama", Llama::graph);

    /**
     * Builds the decoder of a checkpoint.
     *
     * @param checkpoint stays open while the graph's weights are read
     * @param precision how linear layers are computed
     * @param maxPositions the most tokens of prompt and answer
     * @param adapters what adapters can change
     */
    DecoderGraph graph(Checkpoint checkpoint, Precision precision, int maxPositions, AdapterInputs adapters);

    /**
     * The family of a checkpoint.
     *
     * @throws CheckpointException if it is none of the table's
     */
    static Architecture of(Checkpoint checkpoint) {
        String type = checkpoint.config().modelType();
        Architecture architecture = ALL.get(type);
        if (architecture == null) {
            throw new CheckpointException(checkpoint.path() + ": model_type is '" + type + "', expected one of "
                    + ALL.keySet().stream().sorted().toList());
        }
        return architecture;
    }
}
