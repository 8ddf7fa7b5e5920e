package dev.llmadapt.peft.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.llmadapt.Precision;
import dev.llmadapt.local.Golden;
import dev.llmadapt.local.architecture.AdapterInputs;
import dev.llmadapt.local.architecture.Architecture;
import dev.llmadapt.local.architecture.Embedding;
import dev.llmadapt.local.checkpoint.Checkpoint;
import dev.llmadapt.local.memory.NativeArena;
import dev.llmadapt.local.runtime.DecoderSession;
import dev.llmadapt.local.runtime.Execution;
import dev.llmadapt.local.runtime.Logits;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The loss over choices, beside a computation in plain Java and the slope of the loss. */
class ChoiceLossTest {
    private static final int LENGTH = 64;
    private static final Optimizer PLAIN = new Optimizer.Sgd(0, 0);

    private final Checkpoint base = Checkpoint.open(Golden.folder("tiny-llama"));
    private final int vocabulary = base.config().vocabularySize();

    @AfterEach
    void close() {
        base.close();
    }

    @Test
    void loss_someChoices_isTheSoftmaxOverThem() {
        List<TrainingText> texts = texts(5, 12, 3);
        double sum = 0;
        int learned = 0;
        for (TrainingText text : texts) {
            sum += plain(text);
            learned += text.learnedTokens();
        }
        Trainable full = new FullTrainable(base);
        for (List<List<TrainingText>> rows : List.of(apart(texts), List.of(texts))) {
            assertThat((double) loss(full, rows, start(full))).isCloseTo(sum / learned, within(1e-5));
        }
    }

    @Test
    void loss_oneChoice_isNothing() {
        Trainable full = new FullTrainable(base);
        assertThat(loss(full, apart(texts(3, 12, 1)), start(full))).isZero();
    }

    /** More places than a piece has, some pieces of which are empty. */
    @Test
    void loss_everyToken_isThatOverTheVocabulary() {
        List<TrainingText> over = texts(6, 40, vocabulary);
        assertThat(over.stream().mapToInt(TrainingText::learnedTokens).sum()).isGreaterThan(128);
        List<TrainingText> plain = over.stream()
                .map(text -> new TrainingText(text.ids(), text.learned()))
                .toList();
        Trainable full = new FullTrainable(base);
        assertThat(loss(full, apart(over), start(full)))
                .isCloseTo(loss(full, apart(plain), start(full)), within(1e-6f));
    }

    @ParameterizedTest
    @ValueSource(strings = {"lora", "prompt", "full"})
    void gradient_someChoices_isTheSlopeOfTheLoss(String method) {
        Trainable trainable = Trainables.of(method, base);
        List<List<TrainingText>> rows = apart(texts(6, 40, 4));
        float[] at = start(trainable);
        Random random = new Random(4);
        for (int i = 0; i < at.length; i++) {
            at[i] += (float) (0.02 * random.nextGaussian());
        }
        float[] gradient = new float[at.length];
        double norm;
        try (TrainingSession session = TrainingSession.open(
                TrainingGraph.step(base, trainable, options(rows), PLAIN, 0), PLAIN, at.length, Execution.of(1))) {
            session.parameters().put(at);
            norm = session.step(List.of(batch(trainable, rows)), 1).norm();
            FloatBuffer after = session.parameters();
            for (int i = 0; i < at.length; i++) {
                gradient[i] = at[i] - after.get(i);
            }
        }
        double step = 0.003;
        double slope = (loss(trainable, rows, moved(at, gradient, step / norm))
                        - loss(trainable, rows, moved(at, gradient, -step / norm)))
                / (2 * step);
        assertThat(norm).isGreaterThan(1e-3);
        assertThat(slope).isCloseTo(norm, within(0.02 * norm + 1e-3));
    }

    @Test
    void withChoices_withoutTheToken_isRefused() {
        TrainingText text = new TrainingText(new int[] {4, 5, 6}, new boolean[] {false, true, true});
        assertThatThrownBy(() -> text.withChoices(List.of(new int[] {5, 7}, new int[] {7})))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("at token 2 of 3");
        assertThatThrownBy(() -> text.withChoices(List.of(new int[] {5}, new int[] {6}, new int[] {6})))
                .hasMessageContaining("each of 2 learned tokens, got 3");
        assertThatThrownBy(() -> new Texts(List.of(text, text.withChoices(List.of(new int[] {5}, new int[] {6})))))
                .hasMessageContaining("in all texts or in none");
    }

    private static float[] moved(float[] at, float[] along, double factor) {
        float[] moved = at.clone();
        for (int i = 0; i < at.length; i++) {
            moved[i] += (float) (factor * along[i]);
        }
        return moved;
    }

    private static float[] start(Trainable trainable) {
        FloatBuffer numbers = FloatBuffer.allocate(trainable.parameters().size());
        trainable.parameters().start(numbers);
        return numbers.array();
    }

    /** Texts of a length, of which all but the first six tokens are learned among so many choices. */
    private List<TrainingText> texts(int count, int length, int choices) {
        Random random = new Random(3);
        List<TrainingText> texts = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int[] ids = random.ints(length, 0, vocabulary).toArray();
            boolean[] learned = new boolean[length];
            Arrays.fill(learned, 6, length, true);
            List<int[]> competing = IntStream.range(6, length)
                    .mapToObj(at -> IntStream.concat(
                                    IntStream.of(ids[at]),
                                    choices == vocabulary
                                            ? IntStream.range(0, vocabulary)
                                            : random.ints(choices - 1L, 0, vocabulary))
                            .distinct()
                            .toArray())
                    .toList();
            texts.add(new TrainingText(ids, learned).withChoices(competing));
        }
        return texts;
    }

    private static List<List<TrainingText>> apart(List<TrainingText> texts) {
        return texts.stream().map(List::of).toList();
    }

    private static TrainingGraph.Options options(List<List<TrainingText>> rows) {
        Texts all = new Texts(rows.stream().flatMap(List::stream).toList());
        TrainingGraph.Options options = new TrainingGraph.Options(Precision.FP32, 128, false);
        return all.all().get(0).choices().isEmpty() ? options : options.withLoss(Loss.overChoices());
    }

    private TrainingBatch batch(Trainable trainable, List<List<TrainingText>> rows) {
        int learned = rows.stream()
                .flatMap(List::stream)
                .mapToInt(TrainingText::learnedTokens)
                .sum();
        int groups = base.config().heads() / base.config().keyValueHeads();
        return TrainingBatch.of(new NativeArena(), rows, trainable, Embedding.of(base), groups, learned);
    }

    private float loss(Trainable trainable, List<List<TrainingText>> rows, float[] numbers) {
        try (LossSession session =
                LossSession.open(TrainingGraph.loss(base, trainable, options(rows)), numbers.length, Execution.of(1))) {
            session.parameters().put(numbers);
            return session.loss(batch(trainable, rows));
        }
    }

    /** The sum over the learned tokens, from the logits of the graph that answers. */
    private double plain(TrainingText text) {
        try (DecoderSession session =
                DecoderSession.open(Architecture.of(base).graph(base, Precision.FP32, LENGTH, AdapterInputs.NONE), 1)) {
            session.reserve(1, LENGTH);
            Logits logits = session.read(0, text.ids(), 0, text.ids().length, 0);
            double sum = 0;
            int learned = 0;
            for (int at = text.firstLearned(); at < text.ids().length; at++) {
                int row = (at - 1) * session.vocabularySize();
                double total = 0;
                for (int id : text.choices().get(learned++)) {
                    total += Math.exp(logits.get(row + id));
                }
                sum += Math.log(total) - logits.get(row + text.ids()[at]);
            }
            return sum;
        }
    }
}
