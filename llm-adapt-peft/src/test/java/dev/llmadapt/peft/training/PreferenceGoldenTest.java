package dev.llmadapt.peft.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.llmadapt.Precision;
import dev.llmadapt.Progress;
import dev.llmadapt.local.Golden;
import dev.llmadapt.local.checkpoint.Checkpoint;
import dev.llmadapt.local.checkpoint.Safetensors;
import dev.llmadapt.local.checkpoint.WeightTensor;
import dev.llmadapt.local.memory.NativeArena;
import dev.llmadapt.local.runtime.Execution;
import dev.llmadapt.peft.folder.AdapterConfig;
import dev.llmadapt.peft.folder.AdapterGolden;
import dev.llmadapt.peft.folder.PeftFolder;
import dev.llmadapt.peft.folder.StoredAdapter;
import dev.llmadapt.peft.training.Parameters.Parameter;
import dev.llmadapt.peft.training.PreferenceLoss.Dpo;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What TRL's DPOTrainer and KTOTrainer do from the same start with the same data; made by make_preferences.py. */
class PreferenceGoldenTest {
    private static final double TOLERANCE = 1e-3;

    private final Checkpoint base = Checkpoint.open(Golden.folder("tiny-llama"));

    @ParameterizedTest
    @CsvSource({
        "dpo,true",
        "dpo,false",
        "dpo-start,true",
        "ipo,true",
        "hinge,true",
        "robust,true",
        "kto,true",
        "kto,false",
        "kto-start,true"
    })
    void step_twenty_followTrl(String name, boolean packing) throws IOException {
        Path folder = AdapterGolden.resource("preferences").resolve(name);
        JsonObject golden = JsonParser.parseString(Files.readString(folder.resolve("golden.json")))
                .getAsJsonObject();
        StoredAdapter start = PeftFolder.read(folder.resolve("initial"));
        Trainable trainable = new LoraTrainable((AdapterConfig.Lora) start.config(), base, start, 1);
        int size = trainable.parameters().size();
        Preferences items = new Preferences(loss(golden), items(golden), List.of());
        BatchMaker batches = new BatchMaker(
                base,
                trainable,
                TrainingOptions.defaults()
                        .withPacking(packing)
                        .withMicroBatchSize(4)
                        .machine());
        TrainingGraph.Options options =
                new TrainingGraph.Options(Precision.FP32, 128, false).withLoss(items.loss(trainable));
        try (LossSession session =
                LossSession.open(TrainingGraph.loss(base, trainable, options), size, Execution.of(1))) {
            trainable.parameters().start(session.parameters());
            items = ReferencePass.known(items, batches, session, Progress.NONE);
        }
        Optimizer optimizer = new Optimizer.AdamW(0.9, 0.999, 1e-8, 0);
        try (TrainingSession session = TrainingSession.open(
                TrainingGraph.step(base, trainable, options, optimizer, 1), optimizer, size, Execution.of(1))) {
            trainable.parameters().start(session.parameters());
            int at = 0;
            for (JsonElement each : golden.getAsJsonArray("steps")) {
                JsonObject expected = each.getAsJsonObject();
                List<Integer> own = IntStream.range(4 * at, 4 * at + 4).boxed().toList();
                try (NativeArena ofStep = new NativeArena()) {
                    TrainingBatch batch = batches.batch(ofStep, items, own, 4);
                    TrainingSession.Step step =
                            session.step(List.of(batch), expected.get("rate").getAsDouble());
                    assertThat(step.made()).isTrue();
                    near("loss of step " + at, step.loss(), expected.get("loss"));
                    double norm = expected.get("norm").getAsDouble();
                    assertThat((double) step.norm())
                            .as("norm of step " + at)
                            .isCloseTo(norm, within(0.01 * norm + 1e-3));
                    rewards(
                            items.rewards(List.of(new Objective.Ran(own, batch)))
                                    .orElseThrow(),
                            expected.getAsJsonObject("rewards"),
                            name.equals("ipo"));
                }
                at++;
            }
            assertThat(at).isEqualTo(20);
            close(trainable, session.parameters(), Safetensors.read(folder.resolve("final.safetensors")));
        }
    }

    /** TRL logs IPO's rewards of sums, not of the means that its loss is made of. */
    private static void rewards(Rewards found, JsonObject expected, boolean means) {
        if (expected.has("kl")) {
            double divergence = found.divergence().orElseThrow();
            assertThat(divergence).as("kl").isCloseTo(expected.get("kl").getAsDouble(), within(5e-3));
        } else {
            assertThat(found.accuracy().orElseThrow()).isBetween(0.0, 1.0);
        }
        if (means) {
            return;
        }
        if (expected.has("rewards/chosen")) {
            near("rewards/chosen", found.chosen(), expected.get("rewards/chosen"));
        }
        if (expected.has("rewards/rejected")) {
            near("rewards/rejected", found.rejected(), expected.get("rewards/rejected"));
        }
        if (expected.has("rewards/margins")) {
            near("rewards/margins", found.margin(), expected.get("rewards/margins"));
        }
    }

    private static PreferenceLoss loss(JsonObject golden) {
        double beta = golden.get("beta").getAsDouble();
        JsonObject options = golden.getAsJsonObject("options");
        if (golden.get("kind").getAsString().equals("kto")) {
            PreferenceLoss.Kto kto = PreferenceLoss.kto().withBeta(beta);
            return options.has("undesirable_weight")
                    ? kto.withWeights(
                            options.get("desirable_weight").getAsDouble(),
                            options.get("undesirable_weight").getAsDouble())
                    : kto;
        }
        Dpo dpo = PreferenceLoss.dpo().withBeta(beta);
        if (options.has("label_smoothing")) {
            return dpo.robust(options.get("label_smoothing").getAsDouble());
        }
        return options.has("loss_type")
                ? dpo.withType(Dpo.Type.valueOf(
                        options.getAsJsonArray("loss_type").get(0).getAsString().toUpperCase(Locale.ROOT)))
                : dpo;
    }

    /** The items of all steps, one after the other. */
    private static List<Preferences.Item> items(JsonObject golden) {
        List<Preferences.Item> items = new ArrayList<>();
        for (JsonElement step : golden.getAsJsonArray("steps")) {
            for (JsonElement item : step.getAsJsonObject().getAsJsonArray("items")) {
                JsonArray parts = item.getAsJsonArray();
                items.add(new Preferences.Item(
                        text(parts.get(0).getAsJsonArray()),
                        text(parts.get(1).getAsJsonArray()),
                        parts.get(2).getAsBoolean()));
            }
        }
        return items;
    }

    private static TrainingText text(JsonArray text) {
        int[] ids = text.get(0).getAsJsonArray().asList().stream()
                .mapToInt(JsonElement::getAsInt)
                .toArray();
        boolean[] learned = new boolean[ids.length];
        Arrays.fill(learned, text.get(1).getAsInt(), ids.length, true);
        return new TrainingText(ids, learned);
    }

    private static void near(String what, double actual, JsonElement expected) {
        double right = expected.getAsDouble();
        assertThat(actual).as(what).isCloseTo(right, within(TOLERANCE * Math.max(1, Math.abs(right))));
    }

    /** The distance of what was learned is small beside the length of the numbers. */
    private static void close(Trainable trainable, FloatBuffer actual, Map<String, WeightTensor> expected) {
        for (Parameter parameter : trainable.parameters().all()) {
            float[] right = Objects.requireNonNull(expected.get("base_model.model." + parameter.name()))
                    .toFloats();
            FloatBuffer found = parameter.of(actual);
            double distance = 0;
            double length = 0;
            for (int i = 0; i < right.length; i++) {
                distance += Math.pow((double) found.get(i) - right[i], 2);
                length += (double) right[i] * right[i];
            }
            assertThat(Math.sqrt(distance)).as(parameter.name()).isLessThan(0.01 * Math.sqrt(length));
        }
    }
}
