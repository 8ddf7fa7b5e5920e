package dev.llmadapt.peft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.llmadapt.AdapterException;
import dev.llmadapt.AdapterUse;
import dev.llmadapt.Message;
import dev.llmadapt.Progress;
import dev.llmadapt.Request;
import dev.llmadapt.local.Golden;
import dev.llmadapt.local.LocalModel;
import dev.llmadapt.local.ModelOptions;
import dev.llmadapt.peft.data.PreferenceData;
import dev.llmadapt.peft.data.PreferenceExample;
import dev.llmadapt.peft.data.TrainingData;
import dev.llmadapt.peft.data.TrainingExample;
import dev.llmadapt.peft.training.PreferenceLoss;
import dev.llmadapt.peft.training.PreferenceLoss.Dpo;
import dev.llmadapt.peft.training.Rewards;
import dev.llmadapt.peft.training.TrainingEvent;
import dev.llmadapt.peft.training.TrainingException;
import dev.llmadapt.peft.training.TrainingOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CancellationException;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class PreferenceTuningTest {
    @TempDir
    Path folder;

    private final LocalModel model =
            LocalModel.open(Golden.folder("tiny-llama"), ModelOptions.defaults().withThreads(1));
    private final PreferenceTuning quick = quick(PreferenceTuning.dpo());

    @AfterEach
    void close() {
        model.close();
    }

    private static PreferenceTuning quick(PreferenceTuning tuning) {
        return tuning.withRank(4)
                .withOptions(tuning.options()
                        .withEpochs(10)
                        .withMinSteps(0)
                        .withBatchSize(4)
                        .withMicroBatchSize(4)
                        .withLearningRate(0.005)
                        .withThreads(1));
    }

    private static PreferenceData pairs() {
        List<PreferenceExample> pairs = new ArrayList<>();
        String[] colours = {"red", "blue", "green", "white", "black", "grey", "brown", "pink"};
        for (int i = 0; i < colours.length; i++) {
            List<Message> prompt = List.of(Message.user(colours[i] + " or not?"));
            pairs.add(new PreferenceExample.Pair("p" + i, prompt, "yes " + colours[i], "no", 0));
        }
        return PreferenceData.of("colours", pairs);
    }

    static Stream<PreferenceTuning> tunings() {
        PreferenceTuning dpo = quick(PreferenceTuning.dpo());
        return Stream.of(
                dpo,
                dpo.withLoss(PreferenceLoss.dpo().withType(Dpo.Type.HINGE)),
                dpo.withLoss(PreferenceLoss.dpo().withType(Dpo.Type.IPO)),
                dpo.withLoss(PreferenceLoss.dpo().robust(0.1)),
                quick(PreferenceTuning.kto()));
    }

    @ParameterizedTest
    @MethodSource("tunings")
    void train_anyLoss_makesTheBetterAnswersMoreLikelyThanTheWorse(PreferenceTuning tuning) {
        List<TrainingEvent> events = new ArrayList<>();
        double before = margin(List.of());
        PeftAdapter adapter = tuning.withListener(events::add).train(model, pairs(), Progress.NONE);
        model.loadAdapter(adapter);
        double after = margin(List.of(AdapterUse.of(adapter.name())));
        assertThat(after).as(tuning.loss().identity()).isGreaterThan(before + 1);
        Rewards first = events.get(0).rewards().orElseThrow();
        Rewards last = events.get(events.size() - 1).rewards().orElseThrow();
        boolean paired = tuning.loss() instanceof Dpo;
        assertThat(first.chosen()).as("the adapter begins as nothing").isCloseTo(0, within(1e-3));
        assertThat(last.accuracy().isPresent()).isEqualTo(paired);
        assertThat(last.divergence().isPresent()).isEqualTo(!paired);
        if (paired) {
            assertThat(last.accuracy().getAsDouble()).isEqualTo(1);
            assertThat(last.margin()).isCloseTo(last.chosen() - last.rejected(), within(1e-6));
        }
        assertThat(adapter.name()).isEqualTo(tuning.name());
        assertThat(adapter.training().orElseThrow())
                .contains("\"loss\":\"" + tuning.loss().identity() + "\"");
    }

    /** How much more likely better answers are than worse ones, in nats. */
    private double margin(List<AdapterUse> adapters) {
        return pairs().examples().stream()
                .map(PreferenceExample.Pair.class::cast)
                .mapToDouble(pair -> {
                    Request request =
                            Request.of(pair.prompt().toArray(Message[]::new)).withAdapters(adapters);
                    var entries = model.score(request, List.of(pair.chosen(), pair.rejected()))
                            .entries();
                    return entries.get(0).logProbability() - entries.get(1).logProbability();
                })
                .average()
                .orElseThrow();
    }

    @Test
    void train_onAnAdapter_beginsThereAndComparesWithIt() {
        List<String> heard = new ArrayList<>();
        PeftAdapter first =
                quick.train(model, pairs(), (stage, done, total) -> heard.add(stage + " " + done + "/" + total));
        int size = pairs().examples().size();
        assertThat(heard)
                .startsWith("reference 0/" + size)
                .contains("reference " + size + "/" + size)
                .anyMatch(each -> each.startsWith("train "));
        List<TrainingEvent> events = new ArrayList<>();
        PreferenceTuning again = quick.withStart(first).withListener(events::add);
        PeftAdapter second = again.train(model, pairs(), Progress.NONE);
        Rewards begun = events.get(0).rewards().orElseThrow();
        assertThat(begun.chosen()).as("the reference is the adapter").isCloseTo(0, within(1e-3));
        assertThat(events.get(0).loss()).isCloseTo(Math.log(2), within(1e-3));
        model.loadAdapter(first.named("first"));
        model.loadAdapter(second.named("second"));
        assertThat(margin(List.of(AdapterUse.of("second")))).isGreaterThan(margin(List.of(AdapterUse.of("first"))));
        assertThat(again.config()).isEqualTo(first.config());
    }

    @Test
    void train_interruptedAnywhere_goesOnToTheSameAdapter() throws IOException {
        TrainingOptions options = quick.options().withValidationShare(0.25).withEvaluations(4);
        Path whole = folder.resolve("whole");
        quick.withOptions(options).train(model, pairs(), whole, Progress.NONE);
        Random random = new Random(3);
        Path work = folder.resolve("work");
        PreferenceTuning resumable = quick.withOptions(options.withOutputDir(work));
        for (int i = 0; i < 3; i++) {
            int stop = 1 + random.nextInt(5) + 5 * i;
            PreferenceTuning stopped = resumable.withListener(event -> {
                if (event.step() >= stop) {
                    Thread.currentThread().interrupt();
                }
            });
            assertThatThrownBy(() -> stopped.train(model, pairs(), Progress.NONE))
                    .isInstanceOf(CancellationException.class);
            assertThat(Thread.interrupted()).isTrue();
        }
        Path out = folder.resolve("out");
        resumable.train(model, pairs(), out, Progress.NONE);
        assertThat(Files.readAllBytes(out.resolve("adapter_model.safetensors")))
                .isEqualTo(Files.readAllBytes(whole.resolve("adapter_model.safetensors")));
        List<String> curve = Files.readAllLines(work.resolve("curve.csv"));
        assertThat(curve.get(0)).contains(",rewards_accuracies,rewards_margins,");
        assertThat(curve)
                .hasSize(22)
                .allSatisfy(line -> assertThat(line.split(",", -1)).hasSize(15));
        assertThatThrownBy(() ->
                        resumable.withLoss(PreferenceLoss.dpo().withBeta(0.2)).train(model, pairs(), Progress.NONE))
                .isInstanceOf(TrainingException.class)
                .hasMessageContaining("other settings or data");
    }

    @Test
    void train_heldOutPairs_areMeasured() {
        List<TrainingEvent> events = new ArrayList<>();
        quick.withOptions(quick.options().withValidationShare(0.25).withEvaluations(2))
                .withListener(events::add)
                .train(model, pairs(), Progress.NONE);
        List<TrainingEvent> measured = events.stream()
                .filter(event -> event.validationRewards().isPresent())
                .toList();
        assertThat(measured).hasSize(3); // before the first step, too
        assertThat(measured.get(0).validationLoss().orElseThrow()).isCloseTo(Math.log(2), within(1e-3));
        assertThat(measured.get(2).validationLoss().orElseThrow()).isLessThan(Math.log(2));
        assertThat(measured.get(2).validationRewards().orElseThrow().margin()).isPositive();
    }

    @Test
    void train_whatDoesNotFit_isRefusedByName() {
        PreferenceData judged = pairs().unpaired();
        assertThatThrownBy(() -> quick.train(model, judged, Progress.NONE))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the loss dpo compares two answers, colours has answers with a label; take"
                        + " PreferenceLoss.kto() for these");
        assertThatThrownBy(() -> quick.train(model, PreferenceData.of("none", List.of()), Progress.NONE))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("training needs preferences, none has none");
        List<PreferenceExample> one = List.of(
                new PreferenceExample.Judged("a", List.of(Message.user("red?")), "yes", true, 0),
                new PreferenceExample.Judged("b", List.of(Message.user("red?")), "no", false, 0));
        assertThatThrownBy(
                        () -> quick(PreferenceTuning.kto()).train(model, PreferenceData.of("one", one), Progress.NONE))
                .isInstanceOf(TrainingException.class)
                .hasMessageContaining("all preferences have one prompt");
        assertThatThrownBy(() -> quick.withOptions(quick.options().withLossOn(TrainingOptions.LossOn.ASSISTANT)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("lossOn must be COMPLETION");
        assertThatThrownBy(() -> quick.withOptions(quick.options().withSelect(TrainingOptions.Select.METRIC)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("select must be LOSS");
        PeftAdapter prompt = PromptTuning.defaults()
                .withVirtualTokens(2)
                .withOptions(TrainingOptions.defaults().withEpochs(1).withThreads(1))
                .train(
                        model,
                        TrainingData.of(
                                "one",
                                List.of(TrainingExample.of(
                                        "a", List.of(Message.user("red?"), Message.assistant("yes"))))),
                        Progress.NONE);
        assertThatThrownBy(() -> quick.withStart(prompt))
                .isInstanceOf(AdapterException.class)
                .hasMessageContaining("only a LoRA adapter can be trained on preferences");
    }

    @Test
    void train_longPrompts_loseTheSameBeginning() {
        List<PreferenceExample> pairs = new ArrayList<>(pairs().examples());
        pairs.add(
                new PreferenceExample.Pair("long", List.of(Message.user("red ".repeat(60))), "yes it is so", "no", 0));
        PreferenceTuning shorter =
                quick.withOptions(quick.options().withMaxLength(32).withEpochs(1));
        assertThat(shorter.train(model, PreferenceData.of("long", pairs), Progress.NONE)
                        .parameterCount())
                .isPositive();
    }
}
