package dev.llmadapt.local;

import dev.llmadapt.DataType;
import dev.llmadapt.Device;
import dev.llmadapt.ModelInfo;
import dev.llmadapt.local.adapter.AdapterEffect;
import dev.llmadapt.local.adapter.BaseFingerprint;
import dev.llmadapt.local.adapter.BaseModules;
import dev.llmadapt.local.adapter.PreparedAdapter;
import dev.llmadapt.local.architecture.AdapterInputs;
import dev.llmadapt.local.architecture.Architecture;
import dev.llmadapt.local.architecture.DecoderGraph;
import dev.llmadapt.local.checkpoint.Checkpoint;
import dev.llmadapt.local.checkpoint.ModelConfig;
import dev.llmadapt.local.checkpoint.RopeScaling;
import dev.llmadapt.local.checkpoint.TokenizerFiles;
import dev.llmadapt.local.decoding.Texts;
import dev.llmadapt.local.graph.ElementType;
import dev.llmadapt.local.runtime.DecoderSession;
import dev.llmadapt.local.runtime.Engine;
import dev.llmadapt.local.runtime.Execution;
import dev.llmadapt.local.runtime.HiddenStatesSession;
import dev.llmadapt.local.runtime.PackedWeights;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * A checkpoint, whose graph we build ourselves.
 *
 * @param files owned by this base
 * @param steps of keys and values in 8 bits
 */
record CheckpointBase(Checkpoint files, ModelOptions options, CacheSteps steps) implements LocalBase {
    @Override
    public Opened session(AdapterInputs inputs, Supplier<Texts> texts) {
        if (options.cacheType() == CacheType.INT8) {
            steps.measure(files, texts, () -> graph(AdapterInputs.NONE), execution());
        }
        DecoderGraph graph = graph(inputs);
        ModelInfo info = new ModelInfo(
                files.name(),
                files.config().modelType(),
                graph.parameterCount(),
                graph.maxPositions(),
                graph.vocabularySize(),
                options.precision().name().toLowerCase(Locale.ROOT).replace('_', '-'));
        try {
            return new Opened(DecoderSession.open(graph, execution(), options.cacheMemory()), info);
        } finally {
            files.release();
        }
    }

    @Override
    public Engine engine(AdapterInputs inputs) {
        try {
            return Engine.open(graph(inputs), execution());
        } finally {
            files.release();
        }
    }

    @Override
    public HiddenStatesSession hiddenStates(AdapterInputs inputs) {
        try {
            return HiddenStatesSession.open(
                    Architecture.of(files)
                            .hiddenStates(files, options.precision(), dtype(), context(files, options), inputs),
                    execution());
        } finally {
            files.release();
        }
    }

    private DecoderGraph graph(AdapterInputs inputs) {
        return Architecture.of(files)
                .graph(
                        files,
                        options.precision(),
                        dtype(),
                        context(files, options),
                        inputs,
                        options.promptLookup(),
                        steps.known());
    }

    /** The engine's settings, with the folder of this checkpoint's packed weights. */
    private Execution execution() {
        Optional<PackedWeights> packed = options.keepPacked()
                ? PackedFolders.ofProcess().map(folder -> PackedFolders.of(folder, files, options.precision()))
                : Optional.empty();
        return options.execution().withPacked(packed);
    }

    /** The dtype of what flows through the graph. */
    private ElementType dtype() {
        if (!(options.device() instanceof Device.Cuda cuda)) {
            return ElementType.FLOAT;
        }
        return cuda.dtype() == DataType.F16 ? ElementType.FLOAT16 : ElementType.BFLOAT16;
    }

    /**
     * The context length to open with; where longer contexts have other positions, the original one if none is asked
     * for.
     */
    private static int context(Checkpoint files, ModelOptions options) {
        ModelConfig config = files.config();
        int usual = config.ropeScaling() instanceof RopeScaling.LongRope longRope
                ? longRope.originalContext()
                : ModelOptions.LONGEST_DEFAULT_CONTEXT;
        return LocalBase.contextLength(options, config.contextLength(), usual);
    }

    @Override
    public TokenizerFiles tokenizer() {
        return files.tokenizer();
    }

    @Override
    public Set<Integer> endIds() {
        return Set.copyOf(files.config().eosTokenIds());
    }

    @Override
    public int vocabularySize() {
        return files.config().vocabularySize();
    }

    @Override
    public int hiddenSize() {
        return files.config().hiddenSize();
    }

    @Override
    public int layers() {
        return files.config().layers();
    }

    @Override
    public BaseFingerprint fingerprint() {
        return BaseFingerprint.of(files);
    }

    @Override
    public BaseModules modules() {
        return BaseModules.of(files);
    }

    @Override
    public PreparedAdapter ready(String name, AdapterEffect effect, long order, int firstVirtualId) {
        PreparedAdapter ready = PreparedAdapter.of(name, effect, files, order, firstVirtualId);
        return dtype() == ElementType.FLOAT ? ready : ready.requireHeld(dtype()); // 32 bits were checked
    }

    @Override
    public void close() {
        files.close();
    }
}
