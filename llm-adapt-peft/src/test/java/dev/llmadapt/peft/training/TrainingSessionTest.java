package dev.llmadapt.peft.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.llmadapt.Precision;
import dev.llmadapt.local.Golden;
import dev.llmadapt.local.architecture.Embedding;
import dev.llmadapt.local.checkpoint.Checkpoint;
import dev.llmadapt.local.memory.NativeArena;
import dev.llmadapt.local.runtime.Execution;
import dev.llmadapt.peft.training.Parameters.Parameter;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TrainingSessionTest {
    private static final Optimizer PLAIN = new Optimizer.Sgd(0, 0);

    private final Checkpoint base = Checkpoint.open(Golden.folder("tiny-llama"));
    private final Embedding embedding = Embedding.of(base);

    @ParameterizedTest
    @CsvSource({
        "lora,false",
        "dora,false",
        "ia3,false",
        "prompt,false",
        "prefix,false",
        "full,false",
        "lora,true",
        "dora,true",
        "ia3,true",
        "prompt,true",
        "prefix,true",
        "full,true",
        "p-tuning,false",
        "p-tuning,true",
        "prefix-projection,false",
        "prefix-projection,true",
        "classifier,false",
        "classifier,true"
    })
    void step_anyMethod_followsTheSlopeOfTheLoss(String method, boolean recompute) {
        Trainable trainable = Trainables.of(method, base);
        TrainingGraph.Options options =
                new TrainingGraph.Options(Precision.FP32, 128, recompute).withLoss(trainable.loss());
        TrainingBatch batch = batch(trainable, method.equals("classifier") ? labelled(rows(7)) : rows(7));
        int size = trainable.parameters().size();
        float[] start = new float[size];
        FloatBuffer initial = FloatBuffer.wrap(start);
        trainable.parameters().start(initial);
        Random random = new Random(5);
        for (int i = 0; i < size; i++) {
            start[i] += (float) (0.05 * random.nextGaussian()); // B of LoRA begins with zeros, which would hide A
        }
        float[] gradient = new float[size];
        float loss;
        try (TrainingSession session = TrainingSession.open(
                TrainingGraph.step(base, trainable, options, PLAIN, 0), PLAIN, size, Execution.of(1))) {
            session.parameters().put(start);
            TrainingSession.Step step = session.step(List.of(batch), 1);
            loss = step.loss();
            FloatBuffer after = session.parameters();
            double squares = 0;
            for (int i = 0; i < size; i++) {
                gradient[i] = start[i] - after.get(i);
                squares += (double) gradient[i] * gradient[i];
            }
            assertThat((double) step.norm()).isCloseTo(Math.sqrt(squares), within(1e-3 * Math.sqrt(squares)));
        }
        Loss alone = new Loss(TrainingGraph.loss(base, trainable, options), size);
        try (alone) {
            assertThat(alone.at(start, batch)).isCloseTo(loss, within(1e-5f));
            for (Parameter parameter : trainable.parameters().all()) {
                if (method.equals("dora") && !parameter.name().endsWith("magnitude_vector")) {
                    continue; // by design their gradient is not the slope: none flows through DoRA's norm
                }
                slope(alone, batch, start, gradient, parameter);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"lora", "ia3", "prompt", "prefix", "full"})
    void step_textsWithOneBeginning_equalThoseInRowsOfTheirOwn(String method) {
        Trainable trainable = Trainables.of(method, base);
        List<TrainingText> texts = new ArrayList<>();
        Random random = new Random(3);
        int[] beginning = random.ints(9, 0, base.config().vocabularySize()).toArray();
        for (int i = 0; i < 4; i++) {
            int[] ids = Arrays.copyOf(beginning, 9 + 2 + i);
            boolean[] learned = new boolean[ids.length];
            int from = i == 0 ? 9 : 10; // that of one is learned from the last token that all have
            for (int at = 9; at < ids.length; at++) {
                ids[at] = random.nextInt(base.config().vocabularySize());
                learned[at] = at >= from;
            }
            texts.add(new TrainingText(ids, learned));
        }
        assertThat(TrainingBatch.shared(texts)).isEqualTo(9);
        sameTogether(trainable, texts);
    }

    /** Of labelled texts one may be the beginning of the others, or equal to another. */
    @ParameterizedTest
    @ValueSource(ints = {1, 5})
    void step_labelledTextsWithOneBeginning_equalThoseInRowsOfTheirOwn(int shared) {
        Random random = new Random(3);
        int[] ids = random.ints(9, 0, base.config().vocabularySize()).toArray();
        List<TrainingText> texts = List.of(
                TrainingText.labelled(ids, 0),
                TrainingText.labelled(Arrays.copyOf(ids, shared), 1),
                TrainingText.labelled(Arrays.copyOf(ids, shared), 4),
                TrainingText.labelled(Arrays.copyOf(ids, 7), 2));
        assertThat(TrainingBatch.shared(texts)).isEqualTo(shared);
        sameTogether(Trainables.of("classifier", base), texts);
    }

    private void sameTogether(Trainable trainable, List<TrainingText> texts) {
        TrainingGraph.Options options =
                new TrainingGraph.Options(Precision.FP32, 128, false).withLoss(trainable.loss());
        TrainingBatch apart = batch(trainable, texts.stream().map(List::of).toList());
        TrainingBatch together = batch(trainable, List.of(texts.subList(0, 3), texts.subList(3, 4)));
        assertThat(together.learned()).isEqualTo(apart.learned());
        float[][] after = new float[2][trainable.parameters().size()];
        float[] losses = new float[2];
        float norm = 0;
        for (int i = 0; i < 2; i++) {
            try (TrainingSession session = TrainingSession.open(
                    TrainingGraph.step(base, trainable, options, PLAIN, 0), PLAIN, after[i].length, Execution.of(1))) {
                trainable.parameters().start(session.parameters());
                TrainingSession.Step step = session.step(List.of(i == 0 ? apart : together), 1);
                losses[i] = step.loss();
                norm = step.norm();
                session.parameters().get(after[i]);
            }
        }
        assertThat(losses[1]).isCloseTo(losses[0], within(1e-5f));
        double distance = 0;
        for (int i = 0; i < after[0].length; i++) {
            distance += Math.pow((double) after[0][i] - after[1][i], 2);
        }
        assertThat(Math.sqrt(distance)).isLessThan(1e-4 * norm);
    }

    /** Along the gradient of one tensor the loss rises as steeply as the gradient is long. */
    private static void slope(Loss loss, TrainingBatch batch, float[] start, float[] gradient, Parameter parameter) {
        int from = parameter.offset();
        int to = from + parameter.size();
        double length = 0;
        for (int i = from; i < to; i++) {
            length += (double) gradient[i] * gradient[i];
        }
        length = Math.sqrt(length);
        assertThat(length).as(parameter.name()).isGreaterThan(1e-6);
        double h = Math.min(0.02, 0.01 / length);
        float[] ahead = start.clone();
        float[] behind = start.clone();
        for (int i = from; i < to; i++) {
            ahead[i] += (float) (h * gradient[i] / length);
            behind[i] -= (float) (h * gradient[i] / length);
        }
        double slope = ((double) loss.at(ahead, batch) - loss.at(behind, batch)) / (2 * h);
        assertThat(slope).as(parameter.name()).isCloseTo(length, within(0.01 * length + 2e-4));
    }

    /** Rows of one or two texts each. */
    private List<List<TrainingText>> rows(long seed) {
        Random random = new Random(seed);
        List<List<TrainingText>> rows = new ArrayList<>();
        for (int row = 0; row < 3; row++) {
            List<TrainingText> texts = new ArrayList<>();
            for (int text = 0; text < 1 + row % 2; text++) {
                int[] ids = random.ints(5 + random.nextInt(8), 0, base.config().vocabularySize())
                        .toArray();
                boolean[] learned = new boolean[ids.length];
                for (int i = 1 + random.nextInt(3); i < ids.length; i++) {
                    learned[i] = true;
                }
                texts.add(new TrainingText(ids, learned));
            }
            rows.add(texts);
        }
        return rows;
    }

    private static List<List<TrainingText>> labelled(List<List<TrainingText>> rows) {
        Random random = new Random(2);
        return rows.stream()
                .map(row -> row.stream()
                        .map(text -> TrainingText.labelled(text.ids(), random.nextInt(Trainables.LABELS)))
                        .toList())
                .toList();
    }

    private TrainingBatch batch(Trainable trainable, List<List<TrainingText>> rows) {
        int learned = rows.stream()
                .flatMap(List::stream)
                .mapToInt(TrainingText::learnedTokens)
                .sum();
        int groups = base.config().heads() / base.config().keyValueHeads();
        return TrainingBatch.of(new NativeArena(), rows, trainable, embedding, groups, learned);
    }

    /** The loss alone. */
    private static final class Loss implements AutoCloseable {
        private final LossSession session;

        Loss(TrainingGraph graph, int size) {
            this.session = LossSession.open(graph, size, Execution.of(1));
        }

        float at(float[] parameters, TrainingBatch batch) {
            session.parameters().put(parameters);
            return session.loss(batch);
        }

        @Override
        public void close() {
            session.close();
        }
    }
}
