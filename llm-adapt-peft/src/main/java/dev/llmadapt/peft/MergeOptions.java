package dev.llmadapt.peft;

import java.util.Objects;

/**
 * How {@link PeftAdapter#merge} writes.
 *
 * @param maxShardBytes a weight file is ended before it grows larger, unless a single tensor is; from 1
 * @param ggufAs how the weights of a GGUF base are stored; a Hugging Face base keeps the type of each of its tensors
 */
public record MergeOptions(long maxShardBytes, WeightType ggufAs) {
    /** Checks the components. */
    public MergeOptions {
        if (maxShardBytes < 1) {
            throw new IllegalArgumentException("maxShardBytes must be positive, maxShardBytes: " + maxShardBytes);
        }
        Objects.requireNonNull(ggufAs, "ggufAs");
    }

    /** Files of up to 5 GB, GGUF weights as {@link WeightType#F32}, which loses nothing. */
    public static MergeOptions defaults() {
        return new MergeOptions(5_000_000_000L, WeightType.F32);
    }

    /** The same with other files. */
    public MergeOptions withMaxShardBytes(long bytes) {
        return new MergeOptions(bytes, ggufAs);
    }

    /** The same with another type for what was GGUF. */
    public MergeOptions withGgufAs(WeightType type) {
        return new MergeOptions(maxShardBytes, type);
    }
}
