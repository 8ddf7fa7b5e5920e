package dev.llmadapt.benchmarks;

import dev.llmadapt.Precision;
import dev.llmadapt.local.architecture.AdapterInputs;
import dev.llmadapt.local.architecture.Architecture;
import dev.llmadapt.local.architecture.CacheScales;
import dev.llmadapt.local.architecture.HeadLayout;
import dev.llmadapt.local.checkpoint.Checkpoint;
import dev.llmadapt.local.graph.ElementType;
import dev.llmadapt.local.runtime.DecoderSession;
import dev.llmadapt.local.runtime.Execution;
import dev.llmadapt.local.runtime.Logits;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;

/** The sessions that the measurements here share: how they are opened, fed and read. */
final class Sessions {
    static final int THREADS = Runtime.getRuntime().availableProcessors();
    static final int CONTEXT = 1024;

    private Sessions() {}

    static DecoderSession open(Path model, Precision precision) {
        return open(model, precision, AdapterInputs.NONE);
    }

    static DecoderSession open(Path model, Precision precision, AdapterInputs adapters) {
        try (Checkpoint checkpoint = Checkpoint.open(model)) {
            return DecoderSession.open(
                    Architecture.of(checkpoint).graph(checkpoint, precision, CONTEXT, adapters), THREADS);
        }
    }

    /** A session whose keys and values are in 8 bits, by steps that are measured on a text. */
    static DecoderSession rounded(Path model, Precision precision, int[] text) {
        try (Checkpoint checkpoint = Checkpoint.open(model)) {
            Architecture architecture = Architecture.of(checkpoint);
            CacheScales scales = DecoderSession.scales(
                    architecture.graph(checkpoint, precision, CONTEXT, AdapterInputs.NONE),
                    Arrays.copyOf(text, Math.min(text.length, CONTEXT - 1)),
                    HeadLayout.of(checkpoint.config()),
                    Execution.of(THREADS));
            return DecoderSession.open(
                    architecture.graph(
                            checkpoint,
                            precision,
                            ElementType.FLOAT,
                            CONTEXT,
                            AdapterInputs.NONE,
                            false,
                            Optional.of(scales)),
                    THREADS);
        }
    }

    /** Token ids that are ordinary words in any vocabulary, and equal for every engine. */
    static int[] ids(int count) {
        int[] ids = new int[count];
        for (int i = 0; i < count; i++) {
            ids[i] = 1000 + i * 37 % 8000;
        }
        return ids;
    }

    /** The most likely token of a row of logits, ties by the lowest id. */
    static int mostLikely(Logits logits, int vocabularySize) {
        int best = 0;
        for (int id = 1; id < vocabularySize; id++) {
            best = logits.get(id) > logits.get(best) ? id : best;
        }
        return best;
    }
}
