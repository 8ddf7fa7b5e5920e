package dev.llmadapt.local;

import dev.llmadapt.Device;
import dev.llmadapt.ModelInfo;
import dev.llmadapt.local.adapter.AdapterEffect;
import dev.llmadapt.local.adapter.BaseFingerprint;
import dev.llmadapt.local.adapter.BaseModules;
import dev.llmadapt.local.adapter.PreparedAdapter;
import dev.llmadapt.local.architecture.AdapterInputs;
import dev.llmadapt.local.checkpoint.Checkpoint;
import dev.llmadapt.local.checkpoint.ExportedFolder;
import dev.llmadapt.local.checkpoint.TokenizerFiles;
import dev.llmadapt.local.decoding.Texts;
import dev.llmadapt.local.runtime.Engine;
import dev.llmadapt.local.runtime.HiddenStatesSession;
import dev.llmadapt.local.runtime.TextSession;
import java.nio.file.Path;
import java.util.Set;
import java.util.function.Supplier;

/**
 * The files of a local model, open: makes sessions and engines over them, and tells what adapters do to them.
 * Thread-safe.
 */
sealed interface LocalBase extends AutoCloseable permits CheckpointBase, ExportedBase {
    /** Opens whatever is at a path; the caller closes it. */
    static LocalBase open(Path path, ModelOptions options) {
        if (ExportedFolder.isOne(path)) {
            if (options.device() instanceof Device.Cuda) {
                throw new IllegalArgumentException("an exported .onnx model computes on the CPU, device: "
                        + options.device() + "; open the checkpoint it was exported from (" + path + ")");
            }
            if (options.promptLookup()) {
                throw new IllegalArgumentException("prompt lookup is for checkpoints, and " + path
                        + " is an exported .onnx model; open it without, or the checkpoint it was exported from");
            }
            if (options.cacheType() != CacheType.AS_COMPUTED) {
                throw new IllegalArgumentException("keys and values in 8 bits are for checkpoints, and " + path
                        + " is an exported .onnx model; take cacheType AS_COMPUTED, or the checkpoint it was exported"
                        + " from");
            }
            return new ExportedBase(ExportedFolder.open(path), options);
        }
        if (!options.modules().isEmpty()) {
            throw new IllegalArgumentException("modules are for exported .onnx models, " + path
                    + " is a checkpoint, whose modules have names; modules: " + options.modules());
        }
        return new CheckpointBase(Checkpoint.open(path), options, CacheSteps.of(options));
    }

    /** A session, and the facts of its model. */
    record Opened(TextSession session, ModelInfo info) {}

    /**
     * Makes a session that has some inputs for adapters, which needs this base no longer.
     *
     * @param texts waits for the model's tokenizer
     */
    Opened session(AdapterInputs inputs, Supplier<Texts> texts);

    /** Makes an engine that has some inputs for adapters, which needs this base no longer. */
    Engine engine(AdapterInputs inputs);

    /**
     * Makes a session for hidden states that has some inputs for adapters, which needs this base no longer.
     *
     * @throws IllegalArgumentException if the model cannot give them
     */
    HiddenStatesSession hiddenStates(AdapterInputs inputs);

    TokenizerFiles tokenizer();

    /** The tokens that end an answer by the settings of the model; the tokenizer adds its own. */
    Set<Integer> endIds();

    /** Rows of the embedding. */
    int vocabularySize();

    /** The hidden size. */
    int hiddenSize();

    /** Decoder blocks. */
    int layers();

    /** What tells this base from another; computed at each call, which takes tens of milliseconds. */
    BaseFingerprint fingerprint();

    /** The modules that adapters change; computed at each call. */
    BaseModules modules();

    /** Makes an effect ready to serve; see {@link PreparedAdapter#of}. */
    PreparedAdapter ready(String name, AdapterEffect effect, long order, int firstVirtualId);

    /** Closes the files; safe to call again. */
    @Override
    void close();

    /**
     * The context length to open with.
     *
     * @param made the longest the model was made for
     * @param usual the longest that is taken without being asked for
     */
    static int contextLength(ModelOptions options, int made, int usual) {
        if (options.contextLength() > made) {
            throw new IllegalArgumentException("contextLength must be at most the checkpoint's " + made
                    + ", contextLength: " + options.contextLength());
        }
        return options.contextLength() != 0
                ? options.contextLength()
                : Math.min(made, Math.min(usual, ModelOptions.LONGEST_DEFAULT_CONTEXT));
    }
}
