package dev.llmadapt.local.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.llmadapt.Precision;
import dev.llmadapt.local.architecture.AdapterInputs;
import dev.llmadapt.local.architecture.Architecture;
import dev.llmadapt.local.checkpoint.Checkpoint;
import dev.llmadapt.local.checkpoint.MixedGguf;
import dev.llmadapt.local.checkpoint.WeightEncoding;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** A model whose matrices are stored in every kind of block at once, against the same in floats. */
class MixedEncodingsTest {
    private static final long SEED = 23;

    @TempDir
    Path folder;

    /** What is left is the rounding of activations to 8 bits and, where asked for, of weights. */
    @ParameterizedTest
    @CsvSource({"AS_STORED, 0.02", "COMPACT, 0.03", "INT8, 0.02", "INT4, 0.3"})
    void read_blocksOfEveryKind_givesNearlyTheLogitsOfFloats(Precision precision, double most) {
        assertNear(MixedGguf.write(folder, SEED), precision, most);
    }

    /** The sums of blocks of a wide input are computed otherwise. */
    @ParameterizedTest
    @EnumSource(
            value = WeightEncoding.class,
            names = {"Q4_1", "Q5_1", "Q2_K", "Q4_K", "Q5_K"})
    void read_wideInputsWithOffsets_givesNearlyTheLogitsOfFloats(WeightEncoding encoding) {
        Path model = MixedGguf.write(folder, SEED, 4096, List.of(encoding, encoding));
        assertNear(model, Precision.AS_STORED, 0.03);
        assertNear(model, Precision.COMPACT, 0.04);
    }

    private static void assertNear(Path model, Precision precision, double most) {
        float[] exact = logits(model, Precision.FP32);
        float[] got = logits(model, precision);
        double difference = 0;
        double size = 0;
        for (int i = 0; i < exact.length; i++) {
            difference += Math.pow(got[i] - exact[i], 2);
            size += Math.pow(exact[i], 2);
        }
        assertThat(Math.sqrt(difference / size)).as("seed %d", SEED).isBetween(1e-6, most);
    }

    private static float[] logits(Path model, Precision precision) {
        int[] ids = new Random(SEED).ints(24, 0, 64).toArray();
        try (Checkpoint checkpoint = Checkpoint.open(model);
                DecoderSession session = DecoderSession.open(
                        Architecture.of(checkpoint).graph(checkpoint, precision, 64, AdapterInputs.NONE), 1)) {
            session.reserve(1, 64);
            Logits logits = session.read(0, ids, 0, ids.length, 0);
            float[] values = new float[ids.length * session.vocabularySize()];
            logits.get(0, values);
            return values;
        }
    }
}
