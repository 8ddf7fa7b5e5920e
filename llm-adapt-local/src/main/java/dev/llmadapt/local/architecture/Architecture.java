package dev.llmadapt.local.architecture;

import dev.llmadapt.CheckpointException;
import dev.llmadapt.Precision;
import dev.llmadapt.local.architecture.Blocks.Residual;
import dev.llmadapt.local.checkpoint.Checkpoint;
import dev.llmadapt.local.checkpoint.KnownFamilies;
import dev.llmadapt.local.graph.ElementType;
import dev.llmadapt.local.graph.Graph;
import dev.llmadapt.local.graph.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A family of decoders: how its checkpoint becomes a graph. Add a family by adding a row to the table. */
public final class Architecture {
    /** The families by the {@code model_type} of {@code config.json} or a GGUF file's architecture. */
    private static final Map<String, Family> ALL = Map.of(
            "gpt2", Gpt2.family(),
            "llama", Family.of(Llama::layer),
            "mistral", Family.of(Llama::layer),
            "qwen2", Family.of(Llama::layer),
            "qwen3", Family.of(Qwen3::layer),
            "phi3", Family.of(Phi3::layer),
            "gemma2", Gemma.second(),
            "gemma3", Gemma.third(),
            "gemma3_text", Gemma.third());

    private final Family family;

    private Architecture(Family family) {
        this.family = family;
    }

    /**
     * The family of a checkpoint.
     *
     * @throws CheckpointException if it is none of the table's, or the checkpoint's tensors are not those of its models
     */
    public static Architecture of(Checkpoint checkpoint) {
        Family family = family(checkpoint);
        WeightCheck.check(family, checkpoint);
        return new Architecture(family);
    }

    /** The families by name. */
    static Map<String, Family> families() {
        return ALL;
    }

    /** The description of a checkpoint's family. */
    static Family family(Checkpoint checkpoint) {
        String type = checkpoint.config().modelType();
        Family family = ALL.get(type);
        if (family == null) {
            throw KnownFamilies.unknown(checkpoint.path(), type, null);
        }
        return family;
    }

    /**
     * Builds the decoder of a checkpoint, to answer.
     *
     * @param checkpoint stays open while the graph's weights are read
     * @param precision how linear layers are computed
     * @param maxPositions the most tokens of prompt and answer
     * @param adapters what adapters can change
     */
    public DecoderGraph graph(Checkpoint checkpoint, Precision precision, int maxPositions, AdapterInputs adapters) {
        return graph(checkpoint, precision, ElementType.FLOAT, maxPositions, adapters);
    }

    /**
     * Builds the decoder of a checkpoint in a dtype.
     *
     * @param dtype the type of what flows through the graph, and of weights that are not blocks: 32-bit floats for the
     *     CPU, 16-bit ones of either kind for CUDA
     */
    public DecoderGraph graph(
            Checkpoint checkpoint, Precision precision, ElementType dtype, int maxPositions, AdapterInputs adapters) {
        return graph(checkpoint, precision, dtype, maxPositions, adapters, false);
    }

    /**
     * Builds the decoder of a checkpoint in a dtype.
     *
     * @param rows whether it can read several tokens as steps would, in 32-bit floats only; see {@link RowInputs}
     */
    public DecoderGraph graph(
            Checkpoint checkpoint,
            Precision precision,
            ElementType dtype,
            int maxPositions,
            AdapterInputs adapters,
            boolean rows) {
        return graph(checkpoint, precision, dtype, maxPositions, adapters, rows, Optional.empty());
    }

    /**
     * Builds the decoder of a checkpoint in a dtype.
     *
     * @param rows whether it can read several tokens as steps would, in 32-bit floats only; see {@link RowInputs}
     * @param cacheScales the steps of keys and values in 8 bits; empty for those of {@code dtype}
     */
    public DecoderGraph graph(
            Checkpoint checkpoint,
            Precision precision,
            ElementType dtype,
            int maxPositions,
            AdapterInputs adapters,
            boolean rows,
            Optional<CacheScales> cacheScales) {
        ServingBlocks blocks = new ServingBlocks(
                family, checkpoint, precision, dtype, maxPositions, adapters, true, rows, cacheScales);
        Residual x = new Residual(blocks.embeddings(), null);
        for (int layer = 0; layer < checkpoint.config().layers(); layer++) {
            x = family.layer().of(blocks, layer, x);
        }
        return blocks.finish(blocks.addAndNorm(x, family.finalNorm()).normed());
    }

    /**
     * Builds the decoder of a checkpoint, to give hidden states: as {@link #graph} does, without a cache and without
     * the output head.
     */
    public HiddenStatesGraph hiddenStates(
            Checkpoint checkpoint, Precision precision, ElementType dtype, int maxPositions, AdapterInputs adapters) {
        ServingBlocks blocks = new ServingBlocks(
                family, checkpoint, precision, dtype, maxPositions, adapters, false, false, Optional.empty());
        Value stream = blocks.embeddings();
        List<Value> states = new ArrayList<>();
        for (int layer = 0; layer < checkpoint.config().layers(); layer++) {
            states.add(stream);
            Residual x = family.layer().of(blocks, layer, new Residual(stream, null));
            stream = x.update() == null ? x.stream() : x.stream().plus(x.update());
        }
        states.add(blocks.norm(stream, family.finalNorm()));
        return blocks.pooled(states);
    }

    /**
     * Begins the decoder of a checkpoint in a graph, to learn.
     *
     * @param checkpoint stays open while the graph's weights are read
     * @param precision how frozen linear layers are computed
     * @param maxPositions the most tokens of a text
     * @param context the most tokens of prompt and answer where the model answers, on which its positions may depend
     * @param unpacking whether blocks are unpacked to floats where they are multiplied, or multiplied as they are
     * @param tuned what learns
     */
    public TrainingDecoder training(
            Graph graph,
            Checkpoint checkpoint,
            Precision precision,
            int maxPositions,
            int context,
            boolean unpacking,
            Tuned tuned) {
        return new TrainingDecoder(
                family,
                new TrainingBlocks(family, graph, checkpoint, precision, maxPositions, context, unpacking, tuned));
    }
}
