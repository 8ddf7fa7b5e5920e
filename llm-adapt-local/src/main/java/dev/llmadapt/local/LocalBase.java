package dev.llmadapt.local;

import dev.llmadapt.Device;
import dev.llmadapt.ModelInfo;
import dev.llmadapt.local.adapter.AdapterEffect;
import dev.llmadapt.local.adapter.ReadyAdapter;
import dev.llmadapt.local.architecture.AdapterInputs;
import dev.llmadapt.local.checkpoint.Checkpoint;
import dev.llmadapt.local.checkpoint.ExportedFolder;
import dev.llmadapt.local.checkpoint.TokenizerFiles;
import dev.llmadapt.local.runtime.Engine;
import dev.llmadapt.local.runtime.TextSession;
import java.nio.file.Path;
import java.util.Set;

/** What a local model is on disk: sessions and engines over it, and what adapters do to it. */
sealed interface LocalBase permits CheckpointBase, ExportedBase {
    /** Opens whatever is at a path. */
    static LocalBase open(Path path, ModelOptions options) {
        if (ExportedFolder.isOne(path)) {
            if (options.device() instanceof Device.Cuda) {
                throw new IllegalArgumentException("an exported .onnx model computes on the CPU, device: "
                        + options.device() + "; open the checkpoint it was exported from (" + path + ")");
            }
            return new ExportedBase(ExportedFolder.open(path), options);
        }
        if (!options.modules().isEmpty()) {
            throw new IllegalArgumentException("modules are for exported .onnx models, " + path
                    + " is a checkpoint, whose modules have names; modules: " + options.modules());
        }
        return new CheckpointBase(Checkpoint.open(path), options);
    }

    /** A session, and what is known of the model. */
    record Opened(TextSession session, ModelInfo info) {}

    /** Makes a session over the base alone. */
    Opened session();

    /** Makes an engine that has some inputs for adapters. */
    Engine engine(AdapterInputs inputs);

    TokenizerFiles tokenizer();

    /** Tokens that end an answer by the settings of the model; the tokenizer's own comes to them. */
    Set<Integer> endIds();

    /** Numbers of one position. */
    int hiddenSize();

    /** What an adapter does, after checking that it fits. */
    AdapterEffect effect(LocalAdapter adapter);

    /** The same, made ready; see {@link ReadyAdapter#of}. */
    ReadyAdapter ready(String name, AdapterEffect effect, long order, int firstVirtualId);

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
