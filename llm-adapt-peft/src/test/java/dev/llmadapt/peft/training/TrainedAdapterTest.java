package dev.llmadapt.peft.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.Gson;
import dev.llmadapt.DataType;
import dev.llmadapt.Precision;
import dev.llmadapt.Progress;
import dev.llmadapt.local.Golden;
import dev.llmadapt.local.adapter.AdapterEffect;
import dev.llmadapt.local.adapter.AdapterMix;
import dev.llmadapt.local.adapter.BaseModules;
import dev.llmadapt.local.adapter.PreparedAdapter;
import dev.llmadapt.local.architecture.AdapterInputs;
import dev.llmadapt.local.architecture.Architecture;
import dev.llmadapt.local.architecture.Embedding;
import dev.llmadapt.local.checkpoint.Checkpoint;
import dev.llmadapt.local.checkpoint.WeightEncoding;
import dev.llmadapt.local.checkpoint.WeightTensor;
import dev.llmadapt.local.memory.NativeArena;
import dev.llmadapt.local.runtime.DecoderSession;
import dev.llmadapt.local.runtime.DecoderSessionTest;
import dev.llmadapt.local.runtime.Execution;
import dev.llmadapt.local.runtime.Logits;
import dev.llmadapt.peft.folder.AdapterConfig;
import dev.llmadapt.peft.folder.PeftFolder;
import dev.llmadapt.peft.folder.StoredAdapter;
import dev.llmadapt.peft.merge.MergeOptions;
import dev.llmadapt.peft.merge.Merging;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * One function, four ways: what a graph learns, what is served after the adapter was written and read, and what is
 * merged say the same of the same texts, for every method on every family. Texts are longer than the windows of the
 * tiny checkpoints, and stand in rows together with what they share.
 *
 * <p>Leaves {@code target/trained-adapters}, which {@code src/test/golden/check_trained.py} loads in PEFT.
 */
class TrainedAdapterTest {
    private static final Path WRITTEN = Path.of("target", "trained-adapters");
    private static final int ROW = 96;

    @TempDir
    Path temporary;

    static Stream<Arguments> cases() {
        return DecoderSessionTest.families().stream()
                .flatMap(family -> Trainables.adapters().stream().map(method -> Arguments.of(family, method)));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void loss_ofNumbersAnyhow_isThatOfTheAdapterServedAndMerged(String family, String method) {
        try (Checkpoint base = Checkpoint.open(Golden.folder(family))) {
            Trainable trainable = Trainables.of(method, base);
            AdapterConfig config = Trainables.config(method, base);
            float[] numbers = numbers(trainable);
            List<TrainingText> texts = texts(base);

            PeftFolder.write(temporary.resolve("adapter"), stored(config, trainable, numbers));
            AdapterEffect effect = PeftFolder.read(temporary.resolve("adapter")).effect(method, BaseModules.of(base));
            double served = served(base, Optional.of(effect), texts);

            assertThat(learned(base, trainable, numbers, texts)).as("learned").isCloseTo(served, within(1e-4));
            assertThat(served(base, Optional.empty(), texts))
                    .as("the base alone")
                    .isNotCloseTo(served, within(1e-3));
            if (effect.prompt().length + effect.prefix().length == 0) {
                Path merged = temporary.resolve("merged");
                Merging.write(
                        base,
                        List.of(new Merging.Part(method, effect, 1)),
                        merged,
                        MergeOptions.defaults().withType(DataType.F32),
                        Progress.NONE);
                try (Checkpoint other = Checkpoint.open(merged)) {
                    assertThat(served(other, Optional.empty(), texts))
                            .as("merged")
                            .isCloseTo(served, within(1e-4));
                }
            }
            leave(family, method, base, effect, texts);
        }
    }

    /** The mean loss by the graph that learns, the texts in two rows. */
    private static double learned(Checkpoint base, Trainable trainable, float[] numbers, List<TrainingText> texts) {
        int groups = base.config().heads() / base.config().keyValueHeads();
        int total = texts.stream().mapToInt(TrainingText::learnedTokens).sum();
        TrainingGraph.Options options = new TrainingGraph.Options(Precision.FP32, ROW, 64, false);
        try (LossSession session =
                LossSession.open(TrainingGraph.loss(base, trainable, options), numbers.length, Execution.of(1))) {
            session.parameters().put(numbers);
            return session.loss(TrainingBatch.of(
                    new NativeArena(),
                    List.of(texts.subList(0, 2), texts.subList(2, texts.size())),
                    trainable,
                    Embedding.of(base),
                    groups,
                    total));
        }
    }

    /** The mean loss by the graph that answers, a text at a time. */
    private static double served(Checkpoint base, Optional<AdapterEffect> effect, List<TrainingText> texts) {
        AdapterMix mix = mix(base, effect);
        try (DecoderSession session = session(base, mix)) {
            double sum = 0;
            for (TrainingText text : texts) {
                int[] ids = mix.promptIds(text.ids());
                int virtual = ids.length - text.ids().length;
                session.preload(0, mix);
                Logits logits = session.read(0, ids, mix.prefixTokens(), ids.length, mix.prefixTokens(), mix);
                int width = session.vocabularySize();
                for (int at = text.firstLearned(); at < text.ids().length; at++) {
                    int row = virtual - mix.prefixTokens() + at - 1;
                    double all = 0;
                    for (int id = 0; id < width; id++) {
                        all += Math.exp(logits.get(row * width + id));
                    }
                    sum += text.learned()[at] ? Math.log(all) - logits.get(row * width + text.ids()[at]) : 0;
                }
            }
            return sum / texts.stream().mapToInt(TrainingText::learnedTokens).sum();
        }
    }

    private static AdapterMix mix(Checkpoint base, Optional<AdapterEffect> effect) {
        return effect.map(known -> new AdapterMix(List.of(new AdapterMix.Part(
                        PreparedAdapter.of("it", known, base, 0, base.config().vocabularySize()), 1))))
                .orElse(AdapterMix.NONE);
    }

    private static DecoderSession session(Checkpoint base, AdapterMix mix) {
        AdapterInputs inputs = mix.adapters().isEmpty()
                ? AdapterInputs.NONE
                : mix.adapters().get(0).inputs();
        DecoderSession session = DecoderSession.open(Architecture.of(base).graph(base, Precision.FP32, 64, inputs), 1);
        session.reserve(1, 64);
        return session;
    }

    /** Numbers around those a trainable begins with, as far from them as makes every one visible. */
    private static float[] numbers(Trainable trainable) {
        FloatBuffer start = FloatBuffer.allocate(trainable.parameters().size());
        trainable.parameters().start(start);
        Random random = new Random(12);
        float[] numbers = start.array();
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] += (float) (0.1 * random.nextGaussian());
        }
        return numbers;
    }

    private static StoredAdapter stored(AdapterConfig config, Trainable trainable, float[] numbers) {
        Map<String, WeightTensor> tensors = new LinkedHashMap<>();
        for (TrainedTensor tensor : TrainedTensor.of(trainable, FloatBuffer.wrap(numbers))) {
            ByteBuffer data =
                    ByteBuffer.allocate(tensor.data().remaining() * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
            data.asFloatBuffer().put(tensor.data());
            List<Long> shape = Arrays.stream(tensor.shape().sizes()).boxed().toList();
            tensors.put(tensor.name(), new WeightTensor(tensor.name(), WeightEncoding.F32, shape, data, 0));
        }
        return new StoredAdapter(config, StoredAdapter.Base.unknown(), tensors);
    }

    /** Texts of 14 to 24 tokens, of which some begin alike. */
    private static List<TrainingText> texts(Checkpoint base) {
        Random random = new Random(8);
        int vocabulary = base.config().vocabularySize();
        int[] shared = random.ints(6, 3, vocabulary).toArray();
        return Stream.of(14, 24, 17, 20, 15)
                .map(length -> {
                    int[] ids = random.ints(length, 3, vocabulary).toArray();
                    if (length < 20) {
                        System.arraycopy(shared, 0, ids, 0, shared.length);
                    }
                    boolean[] learned = new boolean[length];
                    Arrays.fill(learned, 9, length, true);
                    return new TrainingText(ids, learned);
                })
                .toList();
    }

    /** Leaves the adapter, and the logits with it after two prompts. */
    private void leave(String family, String method, Checkpoint base, AdapterEffect effect, List<TrainingText> texts) {
        Path folder = WRITTEN.resolve(family).resolve(method);
        try {
            delete(folder);
            Files.createDirectories(folder.getParent());
            copy(temporary.resolve("adapter"), folder);
            AdapterMix mix = mix(base, Optional.of(effect));
            try (DecoderSession session = session(base, mix)) {
                List<Map<String, Object>> cases = texts.stream()
                        .filter(text -> text.ids().length >= 20) // beyond the original context of longrope's checkpoint
                        .map(text -> {
                            int[] ids = mix.promptIds(text.ids());
                            session.preload(0, mix);
                            Logits logits = session.read(0, ids, mix.prefixTokens(), ids.length, ids.length - 1, mix);
                            float[] values = new float[session.vocabularySize()];
                            logits.get(0, values);
                            return Map.<String, Object>of("prompt", text.ids(), "logits", values);
                        })
                        .toList();
                Files.writeString(
                        folder.resolve("golden.json"), new Gson().toJson(Map.of("base", family, "cases", cases)));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        Files.createDirectories(to);
        for (String file : List.of(PeftFolder.CONFIG, PeftFolder.TENSORS)) {
            Files.copy(from.resolve(file), to.resolve(file));
        }
    }

    private static void delete(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        Files.walkFileTree(folder, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
