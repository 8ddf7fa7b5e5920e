package dev.llmadapt.peft.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.llmadapt.Precision;
import dev.llmadapt.local.Golden;
import dev.llmadapt.local.architecture.AdapterInputs;
import dev.llmadapt.local.architecture.Architecture;
import dev.llmadapt.local.architecture.Embedding;
import dev.llmadapt.local.checkpoint.Checkpoint;
import dev.llmadapt.local.memory.NativeArena;
import dev.llmadapt.local.runtime.DecoderSession;
import dev.llmadapt.local.runtime.DecoderSessionTest;
import dev.llmadapt.local.runtime.Execution;
import dev.llmadapt.local.runtime.Logits;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every family's graph that learns, beside its graph that answers and beside differences of its own loss. */
class FamilyTrainingTest {
    private static final Optimizer PLAIN = new Optimizer.Sgd(0, 0);
    private static final int LENGTH = 14; // longer than the windows of the tiny checkpoints

    private static final int CONTEXT = 64; // more than the original one of the checkpoints that tell these apart

    static Stream<Arguments> cases() {
        return of("lora", "full");
    }

    static Stream<Arguments> gradients() {
        return of("lora", "full", "classifier", "probabilities");
    }

    private static Stream<Arguments> of(String... methods) {
        return DecoderSessionTest.families().stream()
                .flatMap(family -> Stream.of(methods).map(method -> Arguments.of(family, method)));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void loss_ofAnyFamily_isThatOfItsAnswers(String family, String method) {
        try (Checkpoint base = Checkpoint.open(Golden.folder(family))) {
            Trainable trainable = Trainables.of(method, base);
            TrainingText text = text(base);
            float loss;
            try (LossSession session = LossSession.open(
                    TrainingGraph.loss(base, trainable, options().withLoss(trainable.loss())),
                    trainable.parameters().size(),
                    Execution.of(1))) {
                trainable.parameters().start(session.parameters());
                loss = session.loss(batch(base, trainable, text));
            }
            assertThat((double) loss).isCloseTo(answered(base, text), within(1e-4));
        }
    }

    /** Mean surprise at the tokens that are learned, by the graph that answers. */
    private static double answered(Checkpoint base, TrainingText text) {
        try (DecoderSession session = DecoderSession.open(
                Architecture.of(base).graph(base, Precision.FP32, CONTEXT, AdapterInputs.NONE), 1)) {
            session.reserve(1, LENGTH);
            Logits logits = session.read(0, text.ids(), 0, text.ids().length, 0);
            int width = session.vocabularySize();
            double sum = 0;
            for (int at = text.firstLearned(); at < text.ids().length; at++) {
                double total = 0;
                for (int id = 0; id < width; id++) {
                    total += Math.exp(logits.get((at - 1) * width + id));
                }
                sum += Math.log(total) - logits.get((at - 1) * width + text.ids()[at]);
            }
            return sum / text.learnedTokens();
        }
    }

    @ParameterizedTest
    @MethodSource("gradients")
    void gradient_ofAnyFamily_isTheSlopeOfItsLoss(String family, String method) {
        try (Checkpoint base = Checkpoint.open(Golden.folder(family))) {
            boolean labelled = method.equals("classifier") || method.equals("probabilities");
            Trainable trainable = Trainables.of(labelled ? "classifier" : method, base);
            TrainingText label = TrainingText.labelled(text(base).ids(), 3);
            TrainingText text = !labelled
                    ? text(base)
                    : method.equals("classifier") ? label : label.withProbabilities(probabilities(trainable.labels()));
            TrainingBatch batch = batch(base, trainable, text);
            int size = trainable.parameters().size();
            float[] at = new float[size];
            float[] gradient = new float[size];
            Random random = new Random(4);
            try (TrainingSession session = TrainingSession.open(
                    TrainingGraph.step(base, trainable, options().withLoss(trainable.loss()), PLAIN, 0),
                    PLAIN,
                    size,
                    Execution.of(1))) {
                trainable.parameters().start(session.parameters());
                session.parameters().get(at);
                for (int i = 0; i < size; i++) {
                    at[i] += (float) (0.02 * random.nextGaussian());
                }
                session.parameters().put(at);
                assertThat(session.step(List.of(batch), 1).made()).isTrue();
                FloatBuffer after = session.parameters();
                for (int i = 0; i < size; i++) {
                    gradient[i] = at[i] - after.get(i);
                }
            }
            double norm = 0;
            for (float each : gradient) {
                norm += (double) each * each;
            }
            norm = Math.sqrt(norm);
            try (LossSession session = LossSession.open(
                    TrainingGraph.loss(base, trainable, options().withLoss(trainable.loss())), size, Execution.of(1))) {
                float step = 0.003f;
                double slope = (loss(session, batch, at, gradient, step / norm)
                                - loss(session, batch, at, gradient, -step / norm))
                        / (2 * step);
                assertThat(norm).isGreaterThan(1e-3);
                assertThat(slope).isCloseTo(norm, within(0.02 * norm + 2e-3));
            }
        }
    }

    private static double loss(LossSession session, TrainingBatch batch, float[] at, float[] along, double factor) {
        float[] moved = at.clone();
        for (int i = 0; i < moved.length; i++) {
            moved[i] += (float) (factor * along[i]);
        }
        session.parameters().put(moved);
        return session.loss(batch);
    }

    /** Most for the last class, the rest for the first two. */
    private static float[] probabilities(int labels) {
        float[] all = new float[labels];
        all[0] = 0.3f;
        all[1] = 0.3f;
        all[labels - 1] = 0.4f;
        return all;
    }

    private static TrainingGraph.Options options() {
        return new TrainingGraph.Options(Precision.FP32, LENGTH, CONTEXT, false);
    }

    private static TrainingText text(Checkpoint base) {
        int[] ids =
                new Random(8).ints(LENGTH, 3, base.config().vocabularySize()).toArray();
        boolean[] learned = new boolean[LENGTH];
        Arrays.fill(learned, 3, LENGTH, true);
        return new TrainingText(ids, learned);
    }

    private static TrainingBatch batch(Checkpoint base, Trainable trainable, TrainingText text) {
        int groups = base.config().heads() / base.config().keyValueHeads();
        return TrainingBatch.of(
                new NativeArena(), List.of(List.of(text)), trainable, Embedding.of(base), groups, text.learnedTokens());
    }
}
