package dev.llmadapt.peft.merge;

import dev.llmadapt.AdapterException;
import dev.llmadapt.DataType;
import dev.llmadapt.Progress;
import dev.llmadapt.local.adapter.AdapterEffect;
import dev.llmadapt.local.checkpoint.Checkpoint;
import dev.llmadapt.local.checkpoint.WeightEncoding;
import dev.llmadapt.local.checkpoint.WeightTensor;
import dev.llmadapt.peft.folder.AtomicFolder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A base and adapters become a Hugging Face folder in which the adapters are part of the weights. */
public final class Merging {
    private Merging() {}

    /**
     * An adapter to merge.
     *
     * @param name stands in messages
     * @param effect what it does to the base
     * @param weight finite; other than 1 only for plain low-rank updates
     */
    public record Part(String name, AdapterEffect effect, double weight) {
        /** Checks the components. */
        public Part {
            if (!Double.isFinite(weight)) {
                throw new IllegalArgumentException("weight must be finite, weight of '" + name + "': " + weight);
            }
        }
    }

    /**
     * Writes the merged model.
     *
     * @param base stays open, and stays as it is
     * @param target a folder that does not exist or is empty
     * @throws AdapterException if it cannot be merged or written; nothing is left behind
     */
    public static void write(Checkpoint base, List<Part> parts, Path target, MergeOptions options, Progress progress) {
        write(base, parts, Map.of(), target, options, progress);
    }

    /**
     * Writes a model with weights that were trained.
     *
     * @param learned 32-bit floats in place of the base's weights, by name and of their shapes
     * @param base as in {@link #write}; so is the rest
     */
    public static void writeLearned(
            Checkpoint base, Map<String, WeightTensor> learned, Path target, MergeOptions options, Progress progress) {
        write(base, List.of(), learned, target, options, progress);
    }

    private static void write(
            Checkpoint base,
            List<Part> parts,
            Map<String, WeightTensor> learned,
            Path target,
            MergeOptions options,
            Progress progress) {
        boolean folder = Files.isDirectory(base.path());
        Optional<DataType> type = folder ? options.type() : options.type().or(() -> Optional.of(DataType.F32));
        MergedWeights weights =
                new MergedWeights(base, parts, learned, type.map(stored -> WeightEncoding.valueOf(stored.name())));
        AtomicFolder.write(target, draft -> {
            if (folder) {
                MergedSettings.copy(base, weights, type, draft);
            } else {
                MergedSettings.fromGguf(base, weights, type, draft);
            }
            ShardWriter.write(draft, weights.tensors(), options.maxShardBytes(), progress);
        });
    }
}
