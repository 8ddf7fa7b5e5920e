package dev.llmadapt.peft.training;

import static org.assertj.core.api.Assertions.assertThat;

import dev.llmadapt.Precision;
import dev.llmadapt.local.Golden;
import dev.llmadapt.local.architecture.Embedding;
import dev.llmadapt.local.checkpoint.Checkpoint;
import dev.llmadapt.local.checkpoint.MixedGguf;
import dev.llmadapt.local.memory.NativeArena;
import dev.llmadapt.local.runtime.Execution;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Training over frozen weights of few bits (QLoRA, Dettmers et al. 2023). */
class QuantizedTrainingTest {
    private static final Optimizer PLAIN = new Optimizer.Sgd(0, 0);

    private final Checkpoint base = Checkpoint.open(Golden.folder("tiny-llama"));

    /** Rounded weights change the gradient somewhat, in so small a base, wrong ones altogether. */
    @ParameterizedTest
    @CsvSource({"INT8, lora, 0.995", "INT8, prompt, 0.995", "INT4, lora, 0.7", "INT4, prefix, 0.7", "INT4, dora, 0.7"})
    void step_frozenWeightsOfFewBits_pointsWhereThatOfFloatsDoes(Precision precision, String method, double least) {
        assertPointsAlike(base, precision, method, least, 0.9999999);
    }

    /** Their numbers are those of the floats. */
    @Test
    void step_frozenBlocksOfEveryKind_isThatOfFloats(@TempDir Path folder) {
        try (Checkpoint mixed = Checkpoint.open(MixedGguf.write(folder, 17))) {
            assertPointsAlike(mixed, Precision.AS_STORED, "lora", 0.9999999, 1.0000001);
        }
    }

    private static void assertPointsAlike(
            Checkpoint base, Precision precision, String method, double least, double most) {
        Trainable trainable = Trainables.of(method, base);
        float[] exact = gradient(base, trainable, Precision.FP32);
        float[] rounded = gradient(base, trainable, precision);
        double product = 0;
        double a = 0;
        double b = 0;
        for (int i = 0; i < exact.length; i++) {
            product += (double) exact[i] * rounded[i];
            a += (double) exact[i] * exact[i];
            b += (double) rounded[i] * rounded[i];
        }
        assertThat(product / Math.sqrt(a * b)).isBetween(least, most);
        assertThat(Math.sqrt(b / a)).isBetween(0.6, 1.5);
    }

    private static float[] gradient(Checkpoint base, Trainable trainable, Precision precision) {
        TrainingGraph.Options options = new TrainingGraph.Options(precision, 128, false);
        int size = trainable.parameters().size();
        Random random = new Random(8);
        int[] ids = random.ints(20, 0, base.config().vocabularySize()).toArray();
        boolean[] learned = new boolean[ids.length];
        Arrays.fill(learned, 5, ids.length, true);
        TrainingText text = new TrainingText(ids, learned);
        int groups = base.config().heads() / base.config().keyValueHeads();
        TrainingBatch batch = TrainingBatch.of(
                new NativeArena(), List.of(List.of(text)), trainable, Embedding.of(base), groups, text.learnedTokens());
        try (TrainingSession session = TrainingSession.open(
                TrainingGraph.step(base, trainable, options, PLAIN, 0), PLAIN, size, Execution.of(1))) {
            trainable.parameters().start(session.parameters());
            float[] before = new float[size];
            session.parameters().get(before);
            for (int i = 0; i < size; i++) {
                before[i] += (float) (0.05 * random.nextGaussian());
            }
            session.parameters().put(before);
            assertThat(session.step(List.of(batch), 1).made()).isTrue();
            FloatBuffer after = session.parameters();
            float[] gradient = new float[size];
            for (int i = 0; i < size; i++) {
                gradient[i] = before[i] - after.get(i);
            }
            return gradient;
        }
    }
}
