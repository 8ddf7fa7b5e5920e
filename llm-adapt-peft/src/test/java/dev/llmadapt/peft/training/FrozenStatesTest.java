package dev.llmadapt.peft.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.llmadapt.Device;
import dev.llmadapt.local.Golden;
import dev.llmadapt.local.architecture.Tuned;
import dev.llmadapt.local.checkpoint.Checkpoint;
import dev.llmadapt.local.graph.Graph;
import dev.llmadapt.local.graph.Value;
import dev.llmadapt.peft.folder.AdapterConfig;
import dev.llmadapt.peft.folder.AdapterConfig.Targets;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Blocks below the first one that learns, computed once and in every step. */
class FrozenStatesTest {
    private static final TrainingOptions OPTIONS = TrainingOptions.defaults()
            .withEpochs(3)
            .withBatchSize(4)
            .withMicroBatchSize(2)
            .withLearningRate(0.01)
            .withEvaluations(3)
            .withThreads(1);

    @ParameterizedTest
    @ValueSource(strings = {"tiny-llama", "tiny-gpt2", "tiny-gemma2", "tiny-gemma3"})
    void run_upperBlocksLearn_isAsWithAllBlocksInTheGraph(String family) {
        try (Checkpoint base = Checkpoint.open(Golden.folder(family))) {
            int last = base.config().layers() - 1;
            Trainable upper = lora(base, List.of(last));
            assertThat(upper.firstLayer()).isEqualTo(last);
            List<TrainingEvent> once = new ArrayList<>();
            FloatBuffer learned = TrainingRun.run(corpus(base), upper, OPTIONS, "k", null, once::add);
            List<TrainingEvent> always = new ArrayList<>();
            FloatBuffer expected =
                    TrainingRun.run(corpus(base), new InEveryStep(upper), OPTIONS, "k", null, always::add);
            assertThat(once).hasSameSizeAs(always);
            for (int i = 0; i < once.size(); i++) {
                assertThat(once.get(i).loss()).isCloseTo(always.get(i).loss(), within(1e-4));
                assertThat(once.get(i).validationLoss().orElse(0))
                        .isCloseTo(always.get(i).validationLoss().orElse(0), within(1e-4));
            }
            assertThat(once.get(once.size() - 1).loss()).isLessThan(once.get(0).loss());
            double distance = 0;
            for (int i = 0; i < learned.remaining(); i++) {
                distance = Math.max(distance, Math.abs(learned.get(i) - expected.get(i)));
            }
            assertThat(distance).isLessThan(2e-3);
        }
    }

    @Test
    void firstLayer_ofSomeBlocks_isTheLowest() {
        try (Checkpoint base = Checkpoint.open(Golden.folder("tiny-llama"))) {
            assertThat(lora(base, List.of()).firstLayer()).isZero();
            assertThat(lora(base, List.of(1)).firstLayer()).isEqualTo(1);
            assertThat(Trainables.of("full", base).firstLayer()).isZero();
        }
    }

    @Test
    void fit_moreThanTheLimit_isNotKept() {
        TrainingText text = TrainingText.labelled(new int[1 << 14], 0);
        assertThat(FrozenStates.fit(List.of(text), 1 << 14)).isTrue();
        assertThat(FrozenStates.fit(List.of(text, text), 1 << 14)).isFalse();
    }

    private static Trainable lora(Checkpoint base, List<Integer> layers) {
        List<String> names = base.config().modelType().equals("gpt2")
                ? List.of("c_attn", "c_proj")
                : List.of("q_proj", "v_proj", "down_proj");
        Targets some = Targets.named(names);
        return new LoraTrainable(
                AdapterConfig.Lora.defaults()
                        .withRank(3)
                        .withTargets(new Targets(some.names(), some.pattern(), some.excluded(), layers, List.of())),
                base,
                null,
                1);
    }

    /** A trainable that hides which blocks it leaves alone. */
    private record InEveryStep(Trainable inner) implements Trainable {
        @Override
        public Parameters parameters() {
            return inner.parameters();
        }

        @Override
        public Tuned attach(Graph graph, Map<String, Value> values) {
            return inner.attach(graph, values);
        }
    }

    private static TrainingRun.Corpus corpus(Checkpoint base) {
        Random random = new Random(6);
        List<TrainingText> all = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            int[] ids = random.ints(6 + random.nextInt(12), 10, 90).toArray();
            Arrays.fill(ids, 0, 3, 7); // a beginning that all share
            boolean[] learned = new boolean[ids.length];
            Arrays.fill(learned, 5, ids.length, true);
            all.add(new TrainingText(ids, learned));
        }
        return new TrainingRun.Corpus(
                base,
                base.config().contextLength(),
                Device.CPU,
                all.subList(0, 9),
                all.subList(0, 9).stream().map(Object::toString).toList(),
                all.subList(9, 12));
    }
}
