package dev.llmadapt.peft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.llmadapt.AdapterException;
import dev.llmadapt.Device;
import dev.llmadapt.Example;
import dev.llmadapt.Message;
import dev.llmadapt.Model;
import dev.llmadapt.ModelLayer;
import dev.llmadapt.Precision;
import dev.llmadapt.Progress;
import dev.llmadapt.Request;
import dev.llmadapt.Scores;
import dev.llmadapt.Strategy;
import dev.llmadapt.Task;
import dev.llmadapt.local.Golden;
import dev.llmadapt.local.LocalModel;
import dev.llmadapt.local.ModelOptions;
import dev.llmadapt.peft.data.TrainingData;
import dev.llmadapt.peft.data.TrainingExample;
import dev.llmadapt.peft.folder.PeftFolder;
import dev.llmadapt.peft.training.TrainingEvent;
import dev.llmadapt.peft.training.TrainingException;
import dev.llmadapt.peft.training.TrainingOptions;
import dev.llmadapt.peft.training.TrainingOptions.LossOver;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Strategies that train, from a task to answers. */
class TuningTest {
    private static final TrainingOptions OPTIONS = TrainingOptions.defaults()
            .withEpochs(12)
            .withMinSteps(0)
            .withBatchSize(4)
            .withLearningRate(0.02)
            .withThreads(1);

    @TempDir
    Path folder;

    private final LocalModel model =
            LocalModel.open(Golden.folder("tiny-llama"), ModelOptions.defaults().withThreads(1));
    private final Task task = task();

    @AfterEach
    void close() {
        model.close();
    }

    private static Task task() {
        List<Example> examples = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            examples.add(new Example("e" + i, i % 2 == 0 ? "red " + i : "blue " + i, i % 2 == 0 ? "warm" : "cold"));
        }
        return Task.classification("colours", "Say warm or cold.", List.of("warm", "cold"), examples);
    }

    static Stream<Strategy> strategies() {
        return Stream.of(
                LoraTuning.defaults().withRank(4).withOptions(OPTIONS),
                Ia3Tuning.defaults().withOptions(OPTIONS.withLearningRate(0.1)),
                PromptTuning.defaults().withVirtualTokens(4).withOptions(OPTIONS.withLearningRate(0.1)),
                PromptTuning.defaults()
                        .withVirtualTokens(4)
                        .withInit(PromptInit.SAMPLE_VOCAB)
                        .withOptions(OPTIONS.withLearningRate(0.1)),
                PromptTuning.defaults()
                        .withVirtualTokens(4)
                        .withInit(PromptInit.RANDOM)
                        .withOptions(OPTIONS.withLearningRate(0.1)),
                PromptTuning.encoded().withVirtualTokens(4).withOptions(OPTIONS.withLearningRate(0.02)),
                PromptTuning.encoded()
                        .withVirtualTokens(4)
                        .withInit(PromptInit.RANDOM)
                        .withOptions(OPTIONS.withLearningRate(0.02)),
                PrefixTuning.defaults().withVirtualTokens(4).withOptions(OPTIONS.withLearningRate(0.1)),
                PrefixTuning.defaults()
                        .withVirtualTokens(4)
                        .withProjection(16)
                        .withOptions(OPTIONS.withLearningRate(0.02)),
                PrefixTuning.defaults()
                        .withVirtualTokens(4)
                        .withFrozenTokens(1)
                        .withOptions(OPTIONS.withLearningRate(0.1)),
                FullTuning.defaults().withOptions(OPTIONS.withLearningRate(0.005)));
    }

    @Test
    void train_overChoices_makesTheRightLabelTheLikelier() {
        LoraTuning tuning = LoraTuning.defaults().withRank(4).withOptions(OPTIONS.withLossOver(LossOver.CHOICES));
        List<Double> losses = new ArrayList<>();
        try (Model adapted =
                tuning.withListener(event -> losses.add(event.loss())).adapt(model, task, Progress.NONE)) {
            for (Example example : task.examples()) {
                List<Scores.Entry> scores = adapted.score(task.request(example.input()), List.of("warm", "cold"))
                        .entries();
                double warmer = scores.get(0).logProbability() - scores.get(1).logProbability();
                assertThat(warmer > 0).isEqualTo(example.output().equals("warm"));
            }
        }
        assertThat(losses.get(0)).as("two labels, and tokens that cost nothing").isLessThan(Math.log(2));
        assertThat(losses.get(losses.size() - 1)).isLessThan(0.1 * losses.get(0));
    }

    @Test
    void withFrozenTokens_asManyAsThereAre_isRefused() {
        assertThatThrownBy(() -> PrefixTuning.defaults().withVirtualTokens(3).withFrozenTokens(3))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("frozenTokens must be from 0 to below virtualTokens, frozenTokens: 3, virtualTokens: 3");
        TrainingData data = TrainingData.ofExamples("mine", task.examples());
        assertThatThrownBy(() -> PrefixTuning.defaults().withFrozenTokens(1).train(model, data, Progress.NONE))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("give one by withInitText");
    }

    @Test
    void train_overChoicesWithoutLabels_isRefused() {
        TrainingOptions options = OPTIONS.withLossOver(LossOver.CHOICES);
        TrainingData data = TrainingData.ofExamples("mine", task.examples());
        LoraTuning lora = LoraTuning.defaults().withOptions(options);
        assertThatThrownBy(() -> lora.train(model, data, Progress.NONE))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "a loss over choices is for tasks with labels, mine has none; take a loss over the VOCABULARY");
        LoraHeadTuning head = LoraHeadTuning.defaults().withOptions(options);
        assertThatThrownBy(() -> head.train(model, task, Progress.NONE))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("a head scores nothing but labels");
        assertThatThrownBy(() -> options.withLossOn(TrainingOptions.LossOn.ALL))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("take COMPLETION");
        assertThatThrownBy(() -> PreferenceTuning.dpo().withOptions(options))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("preferences have no labels");
        assertThat(lora.train(model, TrainingSet.of(data, task), Progress.NONE).parameterCount())
                .isPositive();
    }

    @Test
    void train_textLongerThanTheContext_losesItsBeginning() {
        List<Example> longer = new ArrayList<>(task.examples());
        longer.add(new Example("long", "red ".repeat(100) + "end", "warm")); // more than the context's 256 tokens
        LoraTuning strategy = LoraTuning.defaults().withRank(1).withOptions(OPTIONS.withEpochs(1));
        PeftAdapter adapter = strategy.train(model, task.withExamples(longer), Progress.NONE);
        assertThat(adapter.parameterCount()).isPositive();
    }

    @Test
    void train_virtualTokensFillTheContext_isRefused() {
        PromptTuning strategy = PromptTuning.defaults().withVirtualTokens(250).withOptions(OPTIONS.withEpochs(1));
        assertThatThrownBy(() -> strategy.train(model, task, Progress.NONE))
                .isInstanceOf(TrainingException.class)
                .hasMessageContaining("250 virtual tokens leave no room for a text in the context of 256 tokens");
    }

    @ParameterizedTest
    @MethodSource("strategies")
    void adapt_anyMethod_makesTheRightAnswersMoreLikely(Strategy strategy) {
        double before = score(model);
        try (Model adapted = strategy.adapt(model, task, Progress.NONE)) {
            assertThat(score(adapted)).as(strategy.toString()).isGreaterThan(before + 0.5);
            assertThat(adapted.generate(task.request("red 0")).text()).isIn("warm", "cold");
        }
        assertThat(model.adapters()).isEmpty();
        assertThat(score(model)).as("the base is as before").isCloseTo(before, within(1e-9));
    }

    /** The mean log-probability of the right answers. */
    private double score(Model any) {
        return task.examples().stream()
                .mapToDouble(example -> any.score(task.request(example.input()), List.of(example.output()))
                        .entries()
                        .get(0)
                        .logProbability())
                .average()
                .orElseThrow();
    }

    @Test
    void train_adapter_isTheSameAfterItWasWritten() {
        LoraTuning tuning = LoraTuning.defaults().withRank(2).withOptions(OPTIONS);
        PeftAdapter trained = tuning.train(model, task, Progress.NONE);
        trained.write(folder.resolve("adapter"));
        PeftAdapter read = PeftAdapter.read(folder.resolve("adapter"));
        model.loadAdapter(trained);
        model.loadAdapter(read.named("read"));
        Request request = task.request("blue 9");
        assertThat(model.score(request.withAdapter("read"), List.of("cold")))
                .isEqualTo(model.score(request.withAdapter("lora"), List.of("cold")));
        assertThat(tuning.train(model, task, Progress.NONE).stored().tensors().keySet())
                .isEqualTo(read.stored().tensors().keySet());
    }

    @Test
    void train_metric_choosesByAnswersToExamplesHeldBack() {
        List<TrainingEvent> events = new ArrayList<>();
        LoraTuning.defaults()
                .withRank(2)
                .withOptions(OPTIONS.withValidationShare(0.25)
                        .withEvaluations(3)
                        .withSelect(TrainingOptions.Select.METRIC)
                        .withOutputDir(folder))
                .withListener(events::add)
                .train(model, task, Progress.NONE);
        assertThat(events.stream().filter(event -> event.validationScore().isPresent()))
                .hasSize(4) // the first before any step
                .allSatisfy(event ->
                        assertThat(event.validationScore().orElseThrow()).isBetween(0.0, 1.0));
        assertThat(model.adapters()).isEmpty();
        assertThat(folder.resolve("curve.csv")).exists();
    }

    @Test
    void train_fullModel_isAFolderThatOpens() {
        Path target = folder.resolve("full");
        FullTuning.defaults().withOptions(OPTIONS.withLearningRate(0.005)).train(model, task, target, Progress.NONE);
        assertThat(Files.exists(target.resolve("model.safetensors"))).isTrue();
        try (LocalModel trained =
                LocalModel.open(target, ModelOptions.defaults().withThreads(1))) {
            assertThat(score(trained)).isGreaterThan(score(model) + 0.5);
        }
    }

    @Test
    void open_trainedInFull_takesTheOptionsOfTheUntrainedAndItsLayers() {
        Path target = folder.resolve("full");
        FullTuning.defaults().withOptions(OPTIONS.withEpochs(1)).train(model, task, target, Progress.NONE);
        ModelOptions asked = ModelOptions.defaults()
                .withPrecision(Precision.INT8)
                .withThreads(3)
                .withSpinning(false)
                .withMaxBatch(2)
                .withContextLength(64)
                .withCacheMemory(1 << 22);
        List<Request> seen = new ArrayList<>();
        try (LocalModel untrained = LocalModel.open(Golden.folder("tiny-llama"), asked)) {
            Model layered = new ModelLayer(untrained) {
                @Override
                protected Request apply(Request request) {
                    seen.add(request);
                    return request;
                }
            };
            LocalModel trained;
            try (Model tuned = FullTuning.defaults().open(layered, target)) {
                trained = tuned.unwrap(LocalModel.class).orElseThrow();
                assertThat(trained.checkpoint()).isEqualTo(target);
                assertThat(trained.options()).isEqualTo(asked.withPrecision(Precision.AS_STORED));
                assertThat(tuned.unwrap(layered.getClass())).isPresent();
                Request request = task.request("red 1");
                tuned.generate(request);
                tuned.generate(List.of(request));
                tuned.score(request, task.labels());
                assertThat(seen).containsExactly(request, request, request);
            }
            assertThatThrownBy(trained::info).isInstanceOf(IllegalStateException.class);
            assertThat(untrained.info().contextLength()).isEqualTo(64);
        }
    }

    @Test
    void options_onAGpu_trainedModelIsOpenedThere() {
        ModelOptions asked = ModelOptions.defaults()
                .withPrecision(Precision.INT8)
                .withDevice(Device.cuda(1))
                .withMaxBatch(3);
        assertThat(FullTuning.options(asked)).isEqualTo(asked.withPrecision(Precision.AS_STORED));
    }

    /** Two answers to a conversation; only the supervised ones become more likely by being learned. */
    @Test
    void train_conversations_learnsTheAnswersThatAreSupervised() {
        List<Message> turns = List.of(
                Message.system("Be brief."),
                Message.user("red"),
                Message.assistant("warm"),
                Message.user("blue"),
                Message.assistant("cold"));
        Request first = Request.of(turns.get(0), turns.get(1));
        Request second = Request.of(turns.subList(0, 4).toArray(Message[]::new));
        for (boolean both : new boolean[] {true, false}) {
            Set<Integer> supervised = both ? Set.of(2, 4) : Set.of(4);
            TrainingData data = TrainingData.of("turns", List.of(new TrainingExample("a", turns, supervised, 0)));
            PeftAdapter trained = LoraTuning.defaults()
                    .withRank(4)
                    .withOptions(OPTIONS.withLossOn(TrainingOptions.LossOn.ASSISTANT))
                    .train(model, data, Progress.NONE);
            model.loadAdapter(trained);
            double gained = score(second.withAdapter("lora"), "cold") - score(second, "cold");
            double earlier = score(first.withAdapter("lora"), "warm") - score(first, "warm");
            assertThat(gained).isGreaterThan(1);
            assertThat(earlier > 1).as("both: " + both + ", gained: " + earlier).isEqualTo(both);
            model.unloadAdapter("lora");
        }
    }

    private double score(Request prompt, String answer) {
        return model.score(prompt, List.of(answer)).entries().get(0).logProbability();
    }

    @ParameterizedTest
    @ValueSource(strings = {"ia3", "prompt", "p-tuning", "prefix", "prefix-projection", "full"})
    void train_data_byAnyMethod(String method) {
        TrainingData data = TrainingData.ofExamples("task", task.examples());
        TrainingOptions options = OPTIONS.withEpochs(1);
        switch (method) {
            case "ia3" -> written(Ia3Tuning.defaults().withOptions(options).train(model, data, Progress.NONE));
            case "prompt" ->
                written(PromptTuning.defaults().withOptions(options).train(model, data, Progress.NONE));
            case "p-tuning" ->
                written(PromptTuning.encoded().withOptions(options).train(model, data, Progress.NONE));
            case "prefix-projection" ->
                written(PrefixTuning.defaults()
                        .withProjection(8)
                        .withOptions(options)
                        .train(model, data, Progress.NONE));
            case "prefix" ->
                written(PrefixTuning.defaults().withOptions(options).train(model, data, Progress.NONE));
            default -> {
                FullTuning.defaults().withOptions(options).train(model, data, folder.resolve("full"), Progress.NONE);
                assertThat(folder.resolve("full/model.safetensors")).exists();
            }
        }
    }

    private void written(PeftAdapter adapter) {
        adapter.write(folder.resolve("adapter"));
        model.loadAdapter(PeftAdapter.read(folder.resolve("adapter")).named("read"));
        assertThat(model.generate(Request.of("red 0").withAdapter("read")).finishReason())
                .isNotNull();
        model.unloadAdapter("read");
    }

    @Test
    void train_data_validationKeepsNearDuplicatesTogether() {
        List<Example> examples = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            examples.add(new Example("a" + i, "question number " + i, "warm"));
            examples.add(new Example("b" + i, "Question, number " + i + "!", "warm"));
        }
        List<TrainingEvent> events = new ArrayList<>();
        LoraTuning tuning = LoraTuning.defaults()
                .withRank(1)
                .withOptions(OPTIONS.withEpochs(1).withValidationShare(0.3).withEvaluations(1))
                .withListener(events::add);
        tuning.train(model, TrainingData.ofExamples("x", examples), Progress.NONE);
        assertThat(events.get(events.size() - 1).validationLoss()).isPresent();
        assertThatThrownBy(
                        () -> tuning.train(model, TrainingData.ofExamples("x", examples.subList(0, 2)), Progress.NONE))
                .isInstanceOf(TrainingException.class)
                .hasMessageContaining("too much alike");
    }

    @Test
    void train_dataThatCannotBeLearned_isRefused() {
        LoraTuning tuning = LoraTuning.defaults().withRank(1).withOptions(OPTIONS);
        TrainingData none = TrainingData.of("nothing", List.of());
        assertThatThrownBy(() -> tuning.train(model, none, Progress.NONE)).hasMessageContaining("nothing has none");
        TrainingData data = TrainingData.ofExamples("task", task.examples());
        assertThatThrownBy(() -> tuning.withOptions(OPTIONS.withSelect(TrainingOptions.Select.METRIC))
                        .train(model, data, Progress.NONE))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("select LOSS");
        TrainingData longer = TrainingData.ofExamples("x", List.of(new Example("long one", "a", "b ".repeat(2000))));
        assertThatThrownBy(() -> tuning.train(model, longer, Progress.NONE))
                .isInstanceOf(TrainingException.class)
                .hasMessageContaining("'long one'");
    }

    @Test
    void countTokens_isTheLengthOfWhatIsLearned() {
        int one = model.countTokens(Request.of("red"), "warm");
        int two = model.countTokens(Request.of(Message.user("red"), Message.assistant("a"), Message.user("b")), "warm");
        assertThat(one).isBetween(5, 100);
        assertThat(two).isGreaterThan(one + 4);
    }

    @Test
    void train_innerLayers_makeThePrompts() {
        List<Request> seen = new ArrayList<>();
        Model layered = new ModelLayer(model) {
            @Override
            protected Request apply(Request request) {
                seen.add(request);
                return request;
            }
        };
        LoraTuning.defaults().withRank(1).withOptions(OPTIONS.withEpochs(1)).train(layered, task, Progress.NONE);
        assertThat(seen).hasSize(task.examples().size());
    }

    @Test
    void train_whatCannotBeTrained_isRefused() {
        LoraTuning tuning = LoraTuning.defaults().withOptions(OPTIONS);
        assertThatThrownBy(() -> tuning.train(model, task.withExamples(List.of()), Progress.NONE))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("needs examples");
        assertThatThrownBy(() -> tuning.withTargets(List.of("nothing")).train(model, task, Progress.NONE))
                .hasMessageContaining("choose no module");
        assertThatThrownBy(() -> tuning.withTargets(List.of("embed_tokens")).train(model, task, Progress.NONE))
                .isInstanceOf(AdapterException.class)
                .hasMessageContaining("embedding");
        try (Model adapted = tuning.withRank(1).adapt(model, task, Progress.NONE)) {
            assertThatThrownBy(() -> tuning.train(adapted, task, Progress.NONE))
                    .hasMessageContaining("on top of another one");
        }
    }

    @Test
    void train_adapterWritten_tellsSettingsAndDataBesideIt() throws java.io.IOException {
        LoraTuning tuning = LoraTuning.defaults().withRank(2).withOptions(OPTIONS.withEpochs(1));
        PeftAdapter trained = tuning.train(model, task, Progress.NONE);
        trained.write(folder.resolve("a"));
        PeftAdapter read = PeftAdapter.read(folder.resolve("a"));
        read.write(folder.resolve("b"));
        String file = PeftFolder.PROVENANCE;
        assertThat(Files.readString(folder.resolve("a").resolve(file)))
                .contains("\"method\": \"lora\"", "\"epochs\": 1", "\"learningRate\": 0.02", "\"texts\": 8")
                .isEqualTo(Files.readString(folder.resolve("b").resolve(file)));
        assertThat(trained.training().orElseThrow())
                .isEqualTo(tuning.withOptions(OPTIONS.withEpochs(1).withOutputDir(folder.resolve("run")))
                        .train(model, task, Progress.NONE)
                        .training()
                        .orElseThrow())
                .as("other data")
                .isNotEqualTo(
                        tuning.train(model, task.withExamples(task.examples().subList(0, 7)), Progress.NONE)
                                .training()
                                .orElseThrow());
    }
}
