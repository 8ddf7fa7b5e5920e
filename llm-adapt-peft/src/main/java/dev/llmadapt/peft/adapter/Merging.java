package dev.llmadapt.peft.adapter;

import dev.llmadapt.Progress;
import dev.llmadapt.peft.AdapterException;
import dev.llmadapt.peft.MergeOptions;
import dev.llmadapt.peft.WeightType;
import dev.llmadapt.peft.checkpoint.Checkpoint;
import dev.llmadapt.peft.checkpoint.Encoding;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
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
     * Requires that an adapter which says what it was made for was made for this base.
     *
     * @throws AdapterException if it was made for another one, naming both
     */
    public static void requireMadeFor(Checkpoint base, String name, StoredAdapter adapter) {
        StoredAdapter.Base made = adapter.base();
        if (made.fingerprint().isEmpty() && made.tokenizer().isEmpty()) {
            return;
        }
        BaseFingerprint found = BaseFingerprint.of(base);
        require(base, name, made, "weights have the fingerprint", made.fingerprint(), found.weights());
        require(base, name, made, "tokenizer has the hash", made.tokenizer(), found.tokenizer());
    }

    private static void require(
            Checkpoint base,
            String name,
            StoredAdapter.Base made,
            String what,
            Optional<String> expected,
            String found) {
        if (expected.isPresent() && !expected.get().equals(found)) {
            throw new AdapterException("'" + name + "' was made for "
                    + made.name().map(model -> "'" + model + "', whose ").orElse("a model whose ") + what + " "
                    + expected.get() + "; that of " + base.path() + " is " + found);
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
        boolean folder = Files.isDirectory(base.path());
        Optional<WeightType> type = folder ? options.type() : options.type().or(() -> Optional.of(WeightType.F32));
        MergedWeights weights = new MergedWeights(base, parts, type.map(stored -> Encoding.valueOf(stored.name())));
        NewFolder.write(target, draft -> {
            if (folder) {
                MergedSettings.copy(base, weights, type, draft);
            } else {
                MergedSettings.fromGguf(base, weights, type, draft);
            }
            ShardWriter.write(draft, weights.tensors(), options.maxShardBytes(), progress);
        });
    }
}
