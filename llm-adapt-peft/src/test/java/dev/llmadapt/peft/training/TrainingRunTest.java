package dev.llmadapt.peft.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.llmadapt.DataType;
import dev.llmadapt.Device;
import dev.llmadapt.Progress;
import dev.llmadapt.local.Golden;
import dev.llmadapt.local.checkpoint.Checkpoint;
import dev.llmadapt.local.checkpoint.WeightEncoding;
import dev.llmadapt.local.checkpoint.WeightTensor;
import dev.llmadapt.observation.ModelListener;
import dev.llmadapt.observation.TrainingStep;
import dev.llmadapt.peft.merge.MergeOptions;
import dev.llmadapt.peft.merge.Merging;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CancellationException;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TrainingRunTest {
    @TempDir
    Path folder;

    private final Checkpoint base = Checkpoint.open(Golden.folder("tiny-llama"));
    private final TrainingOptions options = TrainingOptions.defaults()
            .withEpochs(4)
            .withMinSteps(0)
            .withBatchSize(4)
            .withMicroBatchSize(4)
            .withLearningRate(0.01)
            .withEvaluations(5)
            .withThreads(2);

    @Test
    void run_texts_areLearnedAndToldStepByStep() throws IOException {
        List<TrainingEvent> events = new ArrayList<>();
        TrainingRun.run(corpus(20, 6), Trainables.of("lora", base), inFolder(), "k", null, events::add);

        TrainingEvent before = events.remove(0); // the held-out texts as the base knows them
        assertThat(before.step()).isZero();
        assertThat(before.loss()).isNaN();
        assertThat(before.validationLoss().orElseThrow())
                .isGreaterThan(events.get(19).validationLoss().orElseThrow());
        assertThat(events).hasSize(20);
        assertThat(events.get(19).loss()).isLessThan(events.get(0).loss() * 0.9);
        assertThat(events).allSatisfy(event -> {
            assertThat(event.steps()).isEqualTo(20);
            assertThat(event.epoch()).isEqualTo((event.step() - 1) / 5 + 1);
            assertThat(event.tokensPerSecond()).isPositive();
        });
        assertThat(events.stream().filter(event -> event.validationLoss().isPresent()))
                .extracting(TrainingEvent::step)
                .containsExactly(4, 8, 12, 16, 20);
        assertThat(events.get(0).learningRate()).isEqualTo(0.01);
        assertThat(events.get(19).learningRate()).isLessThan(0.001);
        assertThat(Files.readAllLines(folder.resolve(CurveFile.FILE))).hasSize(22);
        TrainingCurve heard = new TrainingCurve();
        heard.accept(before);
        events.forEach(heard);
        assertThat(TrainingCurve.read(folder).points()).isEqualTo(heard.points());
    }

    @Test
    void run_tellsAModelListenerAndTheRecorderOfEachStep() throws IOException {
        List<TrainingStep> steps = new ArrayList<>();
        ModelListener listener = new ModelListener() {
            @Override
            public void onTrainingStep(TrainingStep step) {
                steps.add(step);
            }
        };
        List<TrainingEvent> events = new ArrayList<>();
        Path file = folder.resolve("training.jfr");
        try (Recording recording = new Recording()) {
            recording.enable("dev.llmadapt.TrainingStep");
            recording.start();
            Consumer<TrainingEvent> telling = TrainingEvent.tellTo(listener);
            TrainingRun.run(
                    corpus(8, 2), Trainables.of("lora", base), options, "k", null, telling.andThen(events::add));
            recording.stop();
            recording.dump(file);
        }
        assertThat(steps).hasSize(8);
        assertThat(steps.get(7).steps()).isEqualTo(8);
        assertThat(steps).extracting(TrainingStep::step).containsExactly(1, 2, 3, 4, 5, 6, 7, 8);
        assertThat(steps)
                .extracting(TrainingStep::loss)
                .isEqualTo(events.stream().skip(1).map(TrainingEvent::loss).toList());
        assertThat(steps).allSatisfy(step -> {
            assertThat(step.tokens()).isPositive();
            assertThat(step.duration()).isPositive();
        });
        assertThat(RecordingFile.readAllEvents(file))
                .filteredOn(event -> event.getEventType().getName().equals("dev.llmadapt.TrainingStep"))
                .extracting(event -> event.getInt("tokens"))
                .isEqualTo(steps.stream().map(TrainingStep::tokens).toList());
    }

    @Test
    void read_curveThatIsMissingOrDamaged_isRefusedByName() throws IOException {
        assertThatThrownBy(() -> TrainingCurve.read(folder))
                .isInstanceOf(TrainingException.class)
                .hasMessageContaining(CurveFile.FILE);
        Files.writeString(folder.resolve(CurveFile.FILE), "step,...\n1,2,x\n");
        assertThatThrownBy(() -> TrainingCurve.read(folder))
                .isInstanceOf(TrainingException.class)
                .hasMessageContaining("damaged in line 2");
    }

    /** Five steps make a pass: 8 steps end in the second, 23 in the fifth. */
    @ParameterizedTest
    @ValueSource(ints = {8, 23})
    void run_stepsGiven_endsInTheMiddleOfAPass(int steps) {
        List<TrainingEvent> events = new ArrayList<>();
        TrainingRun.run(
                corpus(20, 0),
                Trainables.of("lora", base),
                steps == 8 ? options.withMaxSteps(steps) : options.withMinSteps(steps),
                "k",
                null,
                events::add);
        assertThat(events).hasSize(steps);
        assertThat(events.get(steps - 1).epoch()).isEqualTo((steps + 4) / 5);
        assertThat(events.get(steps - 1).steps()).isEqualTo(steps);
    }

    @Test
    void run_moreLeastStepsThanTextsGive_goesOnAnywhere() {
        TrainingOptions more = inFolder().withEpochs(1).withMinSteps(12);
        float[] undisturbed = numbers(more, List.of());
        assertThat(folder.resolve(Snapshot.FILE).toFile().delete()).isTrue();
        assertThat(numbers(more, List.of(3, 7, 11))).isEqualTo(undisturbed);
    }

    @Test
    void run_interruptedAnywhere_goesOnToTheSameNumbers() throws IOException {
        float[] undisturbed = numbers(options, List.of());
        Random random = new Random(1);
        for (int times = 1; times <= 5; times++) {
            List<Integer> stops = IntStream.generate(() -> 1 + random.nextInt(19))
                    .limit(times)
                    .sorted()
                    .boxed()
                    .toList();
            assertThat(numbers(inFolder(), stops)).as("stopped after " + stops).isEqualTo(undisturbed);
            List<String> curve = Files.readAllLines(folder.resolve(CurveFile.FILE));
            assertThat(curve.stream().skip(1).map(line -> Integer.parseInt(line.substring(0, line.indexOf(',')))))
                    .containsExactlyElementsOf(
                            IntStream.rangeClosed(0, 20).boxed().toList());
            Files.delete(folder.resolve(Snapshot.FILE));
        }
    }

    /** The numbers in the end of a run that is interrupted after some steps, and begun again each time. */
    private float[] numbers(TrainingOptions options, List<Integer> stops) {
        for (int stop : stops) {
            assertThatThrownBy(() ->
                            TrainingRun.run(corpus(20, 6), Trainables.of("lora", base), options, "k", null, event -> {
                                if (event.step() >= stop) {
                                    Thread.currentThread().interrupt();
                                }
                            }))
                    .isInstanceOf(CancellationException.class);
            assertThat(Thread.interrupted()).isTrue();
        }
        FloatBuffer numbers =
                TrainingRun.run(corpus(20, 6), Trainables.of("lora", base), options, "k", null, event -> {});
        return numbers.array();
    }

    @Test
    void run_accumulatedGradients_equalThoseOfOneBatch() {
        float[] whole = numbers(options, List.of());
        float[] parts = numbers(options.withMicroBatchSize(2), List.of());
        double distance = 0;
        double length = 0;
        for (int i = 0; i < whole.length; i++) {
            distance += Math.pow((double) whole[i] - parts[i], 2);
            length += (double) whole[i] * whole[i];
        }
        assertThat(Math.sqrt(distance / length)).isLessThan(1e-2); // Adam divides by small numbers
    }

    /** Rows hold many texts, and are far longer than the 8 tokens that layers of these see. */
    @ParameterizedTest
    @ValueSource(strings = {"tiny-gemma3", "tiny-gemma2", "tiny-mistral", "tiny-qwen2-window", "tiny-phi3"})
    void run_rowsLongerThanAWindow_learnsWhatTextsAloneTeach(String family) {
        try (Checkpoint windowed = Checkpoint.open(Golden.folder(family))) {
            List<Double> packed = losses(windowed, options.withPacking(true));
            List<Double> alone = losses(windowed, options.withPacking(false));
            assertThat(packed.get(packed.size() - 1)).isLessThan(packed.get(0));
            for (int i = 0; i < packed.size(); i++) {
                assertThat(packed.get(i)).as("step " + i).isCloseTo(alone.get(i), within(2e-3));
            }
        }
    }

    /** Of the validation texts, as training goes on; its steps hold all texts, so that packing changes no step. */
    private List<Double> losses(Checkpoint base, TrainingOptions options) {
        List<Double> losses = new ArrayList<>();
        TrainingRun.run(
                corpus(base, 12, 6, 90),
                Trainables.of("lora", base),
                options.withBatchSize(12).withMicroBatchSize(6),
                "k",
                null,
                event -> event.validationLoss().ifPresent(losses::add));
        return losses;
    }

    /** Few texts are learned for the least steps, unless patience ends sooner. */
    @Test
    void run_nothingBetter_endsEarlyWithTheBest() {
        List<TrainingEvent> events = new ArrayList<>();
        List<float[]> measured = new ArrayList<>();
        float[] found = TrainingRun.run(
                        corpus(20, 6),
                        Trainables.of("lora", base),
                        options.withEpochs(1)
                                .withMinSteps(50)
                                .withPatience(2)
                                .withEvaluations(50)
                                .withSelect(TrainingOptions.Select.METRIC),
                        "k",
                        numbers -> {
                            float[] copy = new float[numbers.remaining()];
                            numbers.duplicate().get(copy);
                            measured.add(copy);
                            return measured.size() == 4 ? 1 : 0; // the first is of the base
                        },
                        events::add)
                .array();
        assertThat(events.get(events.size() - 1).step()).isEqualTo(5); // the best after three, then two that were worse
        assertThat(found).isEqualTo(measured.get(3)).isNotEqualTo(measured.get(5));
    }

    @Test
    void run_lossNotFinite_namesStepAndTexts() {
        TrainingRun.Corpus corpus = corpus(6, 0);
        assertThatThrownBy(() -> TrainingRun.run(
                        corpus,
                        Trainables.of("full", base),
                        options.withLearningRate(1e30).withMaxGradientNorm(0),
                        "k",
                        null,
                        event -> {}))
                .isInstanceOf(TrainingException.class)
                .hasMessageContaining("diverged in step ")
                .hasMessageContaining("text-")
                .hasMessageContaining("lower learning rate");
    }

    /** A token whose embedding is not a number, and only a validation text has it. */
    @Test
    void run_validationLossNotFinite_saysSo() {
        Path changed = folder.resolve("changed");
        try (Checkpoint llama = Checkpoint.open(Golden.folder("tiny-llama3"))) {
            WeightTensor table = llama.tensor("model.embed_tokens.weight");
            ByteBuffer numbers = ByteBuffer.allocate((int) table.size() * 4).order(ByteOrder.LITTLE_ENDIAN);
            numbers.asFloatBuffer().put(table.toFloats());
            for (int i = 0; i < table.rowLength(); i++) {
                numbers.putFloat((200 * table.rowLength() + i) * 4, Float.NaN);
            }
            Merging.writeLearned(
                    llama,
                    Map.of(table.name(), new WeightTensor(table.name(), WeightEncoding.F32, table.shape(), numbers, 0)),
                    changed,
                    MergeOptions.defaults().withType(DataType.F32),
                    Progress.NONE);
        }
        try (Checkpoint bad = Checkpoint.open(changed)) {
            TrainingRun.Corpus corpus = corpus(bad, 6, 2, 190);
            corpus.validation().texts(0).get(0).ids()[1] = 200;
            assertThatThrownBy(
                            () -> TrainingRun.run(corpus, Trainables.of("lora", bad), options, "k", null, event -> {}))
                    .isInstanceOf(TrainingException.class)
                    .hasMessageContaining("validation texts is NaN after step");
        }
    }

    @Test
    void run_stateOfOtherSettingsOrDamaged_isRefused() throws IOException {
        numbers(inFolder(), List.of(7));
        assertThatThrownBy(() -> TrainingRun.run(
                        corpus(20, 6), Trainables.of("lora", base), inFolder(), "other", null, event -> {}))
                .isInstanceOf(TrainingException.class)
                .hasMessageContaining("other settings or data");
        Path state = folder.resolve(Snapshot.FILE);
        byte[] bytes = Files.readAllBytes(state);
        Random random = new Random(2);
        for (int i = 0; i < 50; i++) {
            byte[] damaged = bytes.clone();
            if (i % 2 == 0) {
                damaged[random.nextInt(damaged.length)] ^= (byte) (1 << random.nextInt(8));
            } else {
                damaged = Arrays.copyOf(damaged, random.nextInt(damaged.length));
            }
            Files.write(state, damaged, StandardOpenOption.TRUNCATE_EXISTING);
            assertThatThrownBy(() -> TrainingRun.run(
                            corpus(20, 6), Trainables.of("lora", base), inFolder(), "k", null, event -> {}))
                    .as("seed 2, change " + i)
                    .isInstanceOf(TrainingException.class);
        }
    }

    private TrainingOptions inFolder() {
        return options.withOutputDir(folder).withCheckpoints(3);
    }

    private TrainingRun.Corpus corpus(int texts, int validation) {
        return corpus(base, texts, validation, Integer.MAX_VALUE);
    }

    private static TrainingRun.Corpus corpus(Checkpoint base, int texts, int validation, int vocabulary) {
        Random random = new Random(6);
        List<TrainingText> all = new ArrayList<>();
        List<String> names = new ArrayList<>();
        for (int i = 0; i < texts + validation; i++) {
            int[] ids = new int[6 + random.nextInt(6)];
            boolean[] learned = new boolean[ids.length];
            for (int at = 0; at < ids.length; at++) {
                ids[at] = at < 3 ? 10 + at : 20 + (i % 5) * 7 + at; // five answers
                learned[at] = at >= 4;
            }
            ids[3] = 100 + i % 5;
            Arrays.setAll(ids, at -> ids[at] % vocabulary);
            all.add(new TrainingText(ids, learned));
            names.add("text-" + i);
        }
        return new TrainingRun.Corpus(
                base,
                base.config().contextLength(),
                Device.CPU,
                all.subList(0, texts),
                names.subList(0, texts),
                all.subList(texts, texts + validation));
    }
}
