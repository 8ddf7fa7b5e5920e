package dev.llmadapt.peft.merge;

import dev.llmadapt.DataType;
import dev.llmadapt.peft.PeftAdapter;
import java.util.Objects;
import java.util.Optional;

/**
 * How {@link PeftAdapter#merge} writes.
 *
 * @param maxShardBytes a weight file is ended before it grows larger, unless a single tensor is; from 1
 * @param type how all weights are stored; for none, each as the base has it, and those of a GGUF file as
 *     {@link DataType#F32}, which loses nothing
 */
public record MergeOptions(long maxShardBytes, Optional<DataType> type) {
    /** Checks the components. */
    public MergeOptions {
        if (maxShardBytes < 1) {
            throw new IllegalArgumentException("maxShardBytes must be positive, maxShardBytes: " + maxShardBytes);
        }
        Objects.requireNonNull(type, "type");
    }

    /** Files of up to 5 GB, weights as the base has them. */
    public static MergeOptions defaults() {
        return new MergeOptions(5_000_000_000L, Optional.empty());
    }

    /** Returns these options with another size of files. */
    public MergeOptions withMaxShardBytes(long bytes) {
        return new MergeOptions(bytes, type);
    }

    /** Returns these options with weights stored in a dtype. */
    public MergeOptions withType(DataType stored) {
        return new MergeOptions(maxShardBytes, Optional.of(stored));
    }
}
