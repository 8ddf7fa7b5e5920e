package dev.llmadapt.peft.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.llmadapt.Device;
import dev.llmadapt.Precision;
import dev.llmadapt.local.Golden;
import dev.llmadapt.local.architecture.Embedding;
import dev.llmadapt.local.checkpoint.Checkpoint;
import dev.llmadapt.local.memory.NativeArena;
import dev.llmadapt.local.runtime.Execution;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Steps of training on a CUDA GPU against those on the CPU; for machines with one: {@code -Dcuda=true}. */
class CudaTrainingTest {
    @BeforeEach
    void asked() {
        Assumptions.assumeTrue(Boolean.getBoolean("cuda"), "needs a CUDA GPU and -Dcuda=true");
    }

    @ParameterizedTest
    @ValueSource(strings = {"tiny-llama3", "tiny-qwen3", "tiny-gemma3", "tiny-gpt2"})
    void trainingSteps_areThoseOfTheCpu(String name) {
        Checkpoint base = Checkpoint.open(Golden.folder(name));
        Trainable trainable = Trainables.of("lora", base);
        Optimizer optimizer = new Optimizer.AdamW(0.9, 0.999, 1e-8, 0);
        TrainingGraph graph = TrainingGraph.step(
                base, trainable, new TrainingGraph.Options(Precision.FP32, 8, 64, false), optimizer, 1);
        int[] ids = new Random(8).ints(8, 3, base.config().vocabularySize()).toArray();
        boolean[] learned = new boolean[8];
        Arrays.fill(learned, 3, 8, true);
        int groups = base.config().heads() / base.config().keyValueHeads();
        TrainingBatch batch = TrainingBatch.of(
                new NativeArena(),
                List.of(List.of(new TrainingText(ids, learned))),
                trainable,
                Embedding.of(base),
                groups,
                5);
        List<double[]> losses = new ArrayList<>();
        for (Device device : List.of(Device.CPU, Device.cuda(0))) {
            try (TrainingSession session = TrainingSession.open(
                    graph,
                    optimizer,
                    trainable.parameters().size(),
                    Execution.of(2).withDevice(device))) {
                trainable.parameters().start(session.parameters());
                double[] own = new double[10];
                for (int step = 0; step < own.length; step++) {
                    own[step] = session.step(List.of(batch), 1e-3).loss();
                }
                losses.add(own);
            }
        }
        assertThat(losses.get(1)).containsExactly(losses.get(0), within(1e-3));
        assertThat(losses.get(1)[9]).isLessThan(losses.get(1)[0]);
    }
}
