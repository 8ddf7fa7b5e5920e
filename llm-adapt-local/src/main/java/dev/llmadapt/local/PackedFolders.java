package dev.llmadapt.local;

import dev.llmadapt.LlmAdaptException;
import dev.llmadapt.Precision;
import dev.llmadapt.files.Sha256;
import dev.llmadapt.local.checkpoint.Checkpoint;
import dev.llmadapt.local.runtime.PackedWeights;
import dev.llmadapt.natives.CacheFolders;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Optional;

/** The folders of packed weights, below the cache folder. */
final class PackedFolders {
    /** To be raised whenever weights are laid out otherwise under the same name, type and shape. */
    private static final int LAYOUT = 1;

    private PackedFolders() {}

    /** The folder of all; empty where only one that other users can write beside would be left. */
    static Optional<Path> ofProcess() {
        try {
            return CacheFolders.ofProcess().candidates().stream()
                    .filter(candidate -> !candidate.shared())
                    .findFirst()
                    .map(candidate -> candidate.path().resolve("packed"));
        } catch (LlmAdaptException e) {
            return Optional.empty(); // a setting that names no folder, which is told where one is needed
        }
    }

    /** The folder of a checkpoint's weights in a precision. */
    static PackedWeights of(Path all, Checkpoint checkpoint, Precision precision) {
        String key = LAYOUT + "\n" + checkpoint.weightsId() + "\n" + precision + "\n" + ByteOrder.nativeOrder();
        return new PackedWeights(all.resolve(Sha256.of(key).substring(0, 32)), checkpoint::release);
    }
}
