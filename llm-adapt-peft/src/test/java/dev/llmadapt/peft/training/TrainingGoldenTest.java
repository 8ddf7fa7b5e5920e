package dev.llmadapt.peft.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.llmadapt.Precision;
import dev.llmadapt.local.Golden;
import dev.llmadapt.local.architecture.Embedding;
import dev.llmadapt.local.checkpoint.Checkpoint;
import dev.llmadapt.local.checkpoint.Safetensors;
import dev.llmadapt.local.memory.NativeArena;
import dev.llmadapt.local.runtime.Execution;
import dev.llmadapt.peft.folder.AdapterConfig;
import dev.llmadapt.peft.folder.AdapterGolden;
import dev.llmadapt.peft.folder.PeftFolder;
import dev.llmadapt.peft.folder.ScoreHead;
import dev.llmadapt.peft.folder.StoredAdapter;
import dev.llmadapt.peft.training.Parameters.Parameter;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What PyTorch and Hugging Face PEFT do from the same start with the same data; made by make_training.py. */
class TrainingGoldenTest {
    private static final double TOLERANCE = 1e-3; // relative, of twenty steps
    private static final double FIRST_TOLERANCE = 1e-4; // of the first alone

    private static final int HIDDEN_SIZE = 12; // of the encoders
    private static final String ENCODER = "encoder.safetensors";

    private final Checkpoint base = Checkpoint.open(Golden.folder("tiny-llama"));
    private final Embedding embedding = Embedding.of(base);

    @ParameterizedTest
    @ValueSource(
            strings = {
                "lora",
                "rslora",
                "dora",
                "lora-accumulate",
                "seq-cls",
                "ia3",
                "prompt-tuning",
                "p-tuning",
                "prefix-tuning",
                "prefix-projection",
                "full",
                "full-sgd"
            })
    void step_first_hasTheGradientOfPeft(String name) throws IOException {
        Path folder = AdapterGolden.resource("training").resolve(name);
        Trainable trainable = trainable(folder);
        Optimizer plain = new Optimizer.Sgd(0, 0);
        JsonObject first = steps(folder).get(0).getAsJsonObject();
        TrainingGraph.Options options =
                new TrainingGraph.Options(Precision.FP32, 128, false).withLoss(trainable.loss());
        int size = trainable.parameters().size();
        float[] gradient = new float[size];
        try (TrainingSession session = TrainingSession.open(
                TrainingGraph.accumulate(base, trainable, options),
                TrainingGraph.update(trainable, plain, 0),
                plain,
                size,
                Execution.of(1))) {
            start(folder, trainable, session.parameters());
            float[] before = new float[size];
            session.parameters().get(before);
            session.step(batches(first, trainable), 1);
            FloatBuffer after = session.parameters();
            for (int i = 0; i < size; i++) {
                gradient[i] = before[i] - after.get(i);
            }
        }
        // the difference of parameters has lost the last digits of small gradients
        close(
                trainable,
                FloatBuffer.wrap(gradient),
                tensors(folder.resolve("gradients.safetensors")),
                FIRST_TOLERANCE,
                5e-7);
    }

    @ParameterizedTest
    @CsvSource({
        "lora,false",
        "lora,true",
        "rslora,false",
        "dora,false",
        "dora,true",
        "lora-accumulate,false",
        "seq-cls,false",
        "seq-cls,true",
        "ia3,false",
        "ia3,true",
        "prompt-tuning,false",
        "prompt-tuning,true",
        "prefix-tuning,false",
        "prefix-tuning,true",
        "p-tuning,false",
        "p-tuning,true",
        "prefix-projection,false",
        "prefix-projection,true",
        "full,false",
        "full,true",
        "full-sgd,false"
    })
    void step_twenty_followPeft(String name, boolean recompute) throws IOException {
        Path folder = AdapterGolden.resource("training").resolve(name);
        Trainable trainable = trainable(folder);
        JsonObject golden = golden(folder);
        Optimizer optimizer = golden.get("optimizer").getAsString().equals("adamw")
                ? Optimizer.adamW()
                : new Optimizer.Sgd(golden.get("momentum").getAsDouble(), 0);
        double maxNorm = golden.get("max_grad_norm").getAsDouble();
        TrainingGraph.Options options =
                new TrainingGraph.Options(Precision.FP32, 128, recompute).withLoss(trainable.loss());
        try (TrainingSession session = session(trainable, options, optimizer, maxNorm, name.endsWith("accumulate"))) {
            start(folder, trainable, session.parameters());
            int at = 0;
            for (JsonElement each : golden.getAsJsonArray("steps")) {
                JsonObject expected = each.getAsJsonObject();
                double rate = expected.get("rate").getAsDouble();
                TrainingSession.Step step = session.step(batches(expected, trainable), rate);
                assertThat(step.made()).isTrue();
                near("loss of step " + at, step.loss(), expected.get("loss").getAsDouble());
                near("norm of step " + at, step.norm(), expected.get("norm").getAsDouble());
                at++;
            }
            assertThat(session.steps()).isEqualTo(at);
            close(trainable, session.parameters(), tensors(folder.resolve("final.safetensors")), TOLERANCE, 0);
            if (Files.exists(folder.resolve(ENCODER))) {
                assertStored(trainable, session.parameters(), tensors(folder.resolve("stored.safetensors")));
            }
        }
    }

    /** Where the numbers begin; those of an encoder are not in the adapter. */
    private static void start(Path folder, Trainable trainable, FloatBuffer numbers) {
        trainable.parameters().start(numbers);
        if (Files.exists(folder.resolve(ENCODER))) {
            Map<String, float[]> encoder = tensors(folder.resolve(ENCODER));
            trainable
                    .parameters()
                    .all()
                    .forEach(each ->
                            each.of(numbers).put(Objects.requireNonNull(encoder.get(each.name()), each.name())));
        }
    }

    /** What an encoder makes is what PEFT stores of it. */
    private static void assertStored(Trainable trainable, FloatBuffer parameters, Map<String, float[]> expected) {
        List<TrainedTensor> stored = TrainedTensor.of(trainable, parameters);
        assertThat(stored.stream().map(TrainedTensor::name)).containsExactlyElementsOf(expected.keySet());
        for (TrainedTensor tensor : stored) {
            float[] right = Objects.requireNonNull(expected.get(tensor.name()));
            float[] found = new float[right.length];
            tensor.data().get(found);
            assertThat(tensor.data().remaining()).isZero();
            assertThat(found).containsExactly(right, within(2e-3f));
        }
    }

    private TrainingSession session(
            Trainable trainable,
            TrainingGraph.Options options,
            Optimizer optimizer,
            double maxNorm,
            boolean accumulate) {
        int size = trainable.parameters().size();
        return accumulate
                ? TrainingSession.open(
                        TrainingGraph.accumulate(base, trainable, options),
                        TrainingGraph.update(trainable, optimizer, maxNorm),
                        optimizer,
                        size,
                        Execution.of(1))
                : TrainingSession.open(
                        TrainingGraph.step(base, trainable, options, optimizer, maxNorm),
                        optimizer,
                        size,
                        Execution.of(1));
    }

    private Trainable trainable(Path folder) {
        if (!Files.exists(folder.resolve("initial"))) {
            return new FullTrainable(base);
        }
        StoredAdapter start = PeftFolder.read(folder.resolve("initial"));
        AdapterConfig config = start.config();
        if (config instanceof AdapterConfig.Lora lora && ScoreHead.isClassifier(start)) {
            int labels = ScoreHead.of("initial", start).labels();
            return new ClassifierTrainable(lora, base, labels, null, start, 1);
        } else if (config instanceof AdapterConfig.Lora lora) {
            return new LoraTrainable(lora, base, start, 1);
        } else if (config instanceof AdapterConfig.Ia3 ia3) {
            return new Ia3Trainable(ia3, base, start);
        } else if (Files.exists(folder.resolve(ENCODER))) {
            return config instanceof AdapterConfig.Prompt prompt
                    ? PromptTrainable.encoded(prompt, HIDDEN_SIZE, null, 1)
                    : PrefixTrainable.projected(
                            (AdapterConfig.Prefix) config, base.config().headDim(), HIDDEN_SIZE, null, 1);
        } else if (config instanceof AdapterConfig.Prompt prompt) {
            return new PromptTrainable(prompt, start, target -> {});
        }
        return new PrefixTrainable((AdapterConfig.Prefix) config, base.config().headDim(), start, target -> {});
    }

    private static JsonObject golden(Path folder) throws IOException {
        return JsonParser.parseString(Files.readString(folder.resolve("golden.json")))
                .getAsJsonObject();
    }

    private static JsonArray steps(Path folder) throws IOException {
        return golden(folder).getAsJsonArray("steps");
    }

    private List<TrainingBatch> batches(JsonObject step, Trainable trainable) {
        List<List<List<TrainingText>>> batches = new ArrayList<>();
        int total = 0;
        for (JsonElement batch : step.getAsJsonArray("batches")) {
            List<List<TrainingText>> rows = new ArrayList<>();
            for (JsonElement row : batch.getAsJsonArray()) {
                JsonArray tokens = row.getAsJsonArray().get(0).getAsJsonArray();
                int second = row.getAsJsonArray().get(1).getAsInt(); // a label, or the length of the prompt
                int[] ids = new int[tokens.size()];
                boolean[] learned = new boolean[ids.length];
                for (int i = 0; i < ids.length; i++) {
                    ids[i] = tokens.get(i).getAsInt();
                    learned[i] = i >= second;
                }
                TrainingText text = trainable instanceof ClassifierTrainable
                        ? TrainingText.labelled(ids, second)
                        : new TrainingText(ids, learned);
                total += text.learnedTokens();
                rows.add(List.of(text));
            }
            batches.add(rows);
        }
        int all = total;
        int groups = base.config().heads() / base.config().keyValueHeads();
        return batches.stream()
                .map(rows -> TrainingBatch.of(new NativeArena(), rows, trainable, embedding, groups, all))
                .toList();
    }

    private static Map<String, float[]> tensors(Path file) {
        return Safetensors.read(file).entrySet().stream()
                .collect(Collectors.toMap(
                        entry -> entry.getKey().replaceFirst("^base_model\\.model\\.(?=model\\.|score\\.)", ""),
                        entry -> entry.getValue().toFloats()));
    }

    private static void near(String what, double actual, double expected) {
        assertThat(actual).as(what).isCloseTo(expected, within(TOLERANCE * Math.abs(expected)));
    }

    /** The distance of each tensor is small beside its length. */
    private static void close(
            Trainable trainable, FloatBuffer actual, Map<String, float[]> expected, double tolerance, double noise) {
        assertThat(trainable.parameters().all().stream().map(Parameter::name))
                .containsExactlyInAnyOrderElementsOf(expected.keySet());
        for (Parameter parameter : trainable.parameters().all()) {
            float[] right = Objects.requireNonNull(expected.get(parameter.name()));
            FloatBuffer found = parameter.of(actual);
            assertThat(right).as(parameter.name()).hasSize(found.remaining());
            double distance = 0;
            double length = 0;
            for (int i = 0; i < right.length; i++) {
                distance += Math.pow((double) found.get(i) - right[i], 2);
                length += (double) right[i] * right[i];
            }
            assertThat(Math.sqrt(distance))
                    .as(parameter.name())
                    .isLessThan(tolerance * Math.sqrt(length) + noise * Math.sqrt(right.length));
        }
    }
}
