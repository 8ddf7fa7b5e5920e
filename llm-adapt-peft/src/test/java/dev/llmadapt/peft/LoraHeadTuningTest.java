package dev.llmadapt.peft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.offset;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.Gson;
import dev.llmadapt.AdapterException;
import dev.llmadapt.Decision;
import dev.llmadapt.Example;
import dev.llmadapt.FinishReason;
import dev.llmadapt.Generation;
import dev.llmadapt.HiddenStates;
import dev.llmadapt.JsonSchema;
import dev.llmadapt.Message;
import dev.llmadapt.Model;
import dev.llmadapt.OutputConstraint;
import dev.llmadapt.Progress;
import dev.llmadapt.Request;
import dev.llmadapt.Scores;
import dev.llmadapt.Strategy;
import dev.llmadapt.StrategyContract;
import dev.llmadapt.Task;
import dev.llmadapt.files.FolderTree;
import dev.llmadapt.local.Golden;
import dev.llmadapt.local.LocalModel;
import dev.llmadapt.local.ModelOptions;
import dev.llmadapt.local.checkpoint.Checkpoint;
import dev.llmadapt.local.checkpoint.WeightTensor;
import dev.llmadapt.peft.data.TrainingData;
import dev.llmadapt.peft.folder.ClassifierGolden;
import dev.llmadapt.peft.folder.ClassifierSettings.Wording;
import dev.llmadapt.peft.folder.ScoreHead;
import dev.llmadapt.peft.training.TrainingException;
import dev.llmadapt.peft.training.TrainingOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A head over a local model: trained here, or by PEFT.
 *
 * <p>Leaves {@code target/trained-classifiers}, which {@code src/test/golden/check_classifiers.py} loads in
 * transformers.
 */
class LoraHeadTuningTest extends StrategyContract {
    private static final Path WRITTEN = Path.of("target", "trained-classifiers");
    private static final List<String> LABELS = List.of("warm", "cold", "grey");
    private static final LoraHeadTuning TUNING = LoraHeadTuning.defaults()
            .withRank(4)
            .withOptions(TrainingOptions.defaults()
                    .withEpochs(20)
                    .withBatchSize(6)
                    .withLearningRate(0.01)
                    .withThreads(1));

    @TempDir
    Path folder;

    @Override
    protected Strategy strategy() {
        return TUNING.withOptions(TUNING.options().withEpochs(2));
    }

    @Override
    protected Model openBase() {
        return local();
    }

    private static LocalModel local() {
        return LocalModel.open(
                Golden.folder("tiny-llama"), ModelOptions.defaults().withThreads(1));
    }

    @Override
    protected boolean preparesAll() {
        return false;
    }

    @Override
    protected boolean asksTheBase() {
        return false;
    }

    @Override
    protected Task task() {
        List<Example> examples = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            String text = List.of("red ", "blue ", "silver and ").get(i % 3) + i;
            examples.add(new Example("e" + i, text, LABELS.get(i % 3)));
        }
        return Task.classification("colours", "Say warm, cold or grey.", LABELS, examples);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void adapt_task_answersWithItsLabels(boolean chat) throws IOException {
        LoraHeadTuning tuning = TUNING.withWording(new Wording(chat, "the ", " is"));
        try (LocalModel base = local()) {
            tuning.train(base, task(), folder.resolve("head"), Progress.NONE);
            List<Request> requests = task().examples().stream()
                    .map(example -> task().request(example.input()))
                    .toList();
            List<Generation> saved;
            try (Model head = tuning.open(base, folder.resolve("head"))) {
                saved = head.generate(requests);
                for (int i = 0; i < requests.size(); i++) {
                    Generation answer = saved.get(i);
                    assertThat(answer.text()).isEqualTo(task().examples().get(i).output());
                    assertThat(answer.finishReason()).isEqualTo(FinishReason.STOP);
                    assertThat(answer.decision().orElseThrow().labels()).isEqualTo(LABELS);
                    assertThat(answer.decision().orElseThrow().calibrated()).isFalse();
                    assertSame(head.generate(requests.get(i)), answer);
                }
                assertThat(head.unwrap(LocalModel.class)).containsSame(base);
            }
            try (Model head = tuning.adapt(base, task(), Progress.NONE)) {
                for (int i = 0; i < requests.size(); i++) {
                    assertSame(head.generate(requests.get(i)), saved.get(i));
                }
            }
            assertThat(base.adapters()).isEmpty();
            if (!chat) {
                leave(
                        base,
                        "head",
                        requests.stream()
                                .map(request ->
                                        Request.of("the " + request.last().content() + " is"))
                                .toList());
            }
        }
    }

    private static void assertSame(Generation answer, Generation other) {
        assertThat(answer.text()).isEqualTo(other.text());
        for (String label : LABELS) {
            assertThat(answer.decision().orElseThrow().probability(label))
                    .isCloseTo(other.decision().orElseThrow().probability(label), within(1e-5));
        }
    }

    /** Copies a folder, and writes its logits beside it. */
    private void leave(LocalModel base, String name, List<Request> requests) throws IOException {
        PeftAdapter adapter = PeftAdapter.read(folder.resolve(name));
        ScoreHead head = ScoreHead.of(name, adapter.stored());
        base.loadAdapter(new PeftAdapter("it", ScoreHead.withoutHead(adapter.stored())));
        List<Map<String, Object>> cases = new ArrayList<>();
        for (Request request : requests) {
            Request raw = Request.of(request.last()).withRaw(true).withAdapter("it");
            float[][] states =
                    base.hiddenStates(List.of(raw), HiddenStates.Pooling.LAST).get(0);
            float[] logits = head.logits(states[states.length - 1]);
            int best = 0;
            for (int i = 0; i < logits.length; i++) {
                best = logits[i] > logits[best] ? i : best;
            }
            cases.add(Map.of("text", request.last().content(), "logits", logits, "label", LABELS.get(best)));
        }
        base.unloadAdapter("it");
        FolderTree.delete(WRITTEN.resolve(name));
        Files.createDirectories(WRITTEN);
        adapter.write(WRITTEN.resolve(name));
        Files.writeString(
                WRITTEN.resolve(name).resolve("golden.json"),
                new Gson().toJson(Map.of("base", "tiny-llama", "cases", cases)));
    }

    /** The texts are tokenised, and their logits are, as transformers and PEFT do it. */
    @ParameterizedTest
    @ValueSource(strings = {"llama", "llama-dora"})
    void open_folderOfPeft_hasItsProbabilities(String name) {
        List<String> labels = List.of("a", "b", "c", "d");
        try (LocalModel base = local();
                Model head = LoraHeadTuning.defaults().open(base, ClassifierGolden.folder(name), labels)) {
            for (ClassifierGolden.Case each : ClassifierGolden.read(name).cases()) {
                String text = Objects.requireNonNull(each.text());
                double[] logits = new double[labels.size()];
                for (int i = 0; i < logits.length; i++) {
                    logits[i] = each.logits()[i];
                }
                Decision expected = Decision.softmax(labels, logits, false);
                Decision decision = head.generate(Request.of(text)).decision().orElseThrow();
                Scores scores = head.score(Request.of(text), labels);
                for (int i = 0; i < labels.size(); i++) {
                    assertThat(decision.probability(labels.get(i)))
                            .isCloseTo(expected.probability(labels.get(i)), within(1e-4));
                    assertThat(scores.entries().get(i).logProbability())
                            .isCloseTo(Math.log(expected.probability(labels.get(i))), within(1e-3));
                }
                assertThat(base.promptTokens(head.prepare(Request.of(text)))).isEqualTo(each.prompt());
            }
        }
    }

    @Test
    void open_folderOfPeftWithoutLabels_namesThemAsTransformersDoes() {
        try (LocalModel base = local();
                Model head = LoraHeadTuning.defaults().open(base, ClassifierGolden.folder("llama"))) {
            assertThat(head.generate(Request.of("red")).decision().orElseThrow().labels())
                    .containsExactly("LABEL_0", "LABEL_1", "LABEL_2", "LABEL_3");
            assertThatThrownBy(() -> head.generate(task().request("red")))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("has not learned the labels [warm, cold, grey], it chooses among [LABEL_0");
        }
    }

    @Test
    void open_withOtherLabelsThanTheFolder_isRefused() {
        try (LocalModel base = local()) {
            LoraHeadTuning tuning = TUNING.withOptions(TUNING.options().withEpochs(1));
            tuning.train(base, task(), folder.resolve("head"), Progress.NONE);
            assertThatThrownBy(() -> tuning.open(base, folder.resolve("head"), List.of("a", "b", "c")))
                    .isInstanceOf(AdapterException.class)
                    .hasMessageContaining("has a head for the labels [warm, cold, grey], the task has [a, b, c]");
            assertThatThrownBy(() -> tuning.open(base, ClassifierGolden.folder("llama"), LABELS))
                    .isInstanceOf(AdapterException.class)
                    .hasMessageContaining("scores 4 labels, got names for 3");
            assertThat(base.adapters()).isEmpty();
        }
    }

    @Test
    void loadAdapter_classifier_isRefusedAndSaysWhatToUse() {
        try (LocalModel base = local()) {
            PeftAdapter classifier = PeftAdapter.read(ClassifierGolden.folder("llama"));
            assertThatThrownBy(() -> base.loadAdapter(classifier))
                    .isInstanceOf(AdapterException.class)
                    .hasMessageContaining("is a classifier")
                    .hasMessageContaining("LoraHeadTuning.defaults().open");
        }
    }

    @Test
    void generate_someOfTheLabels_areAloneInTheDecision() {
        try (LocalModel base = local();
                Model head = strategy().adapt(base, task(), Progress.NONE)) {
            Request request = Request.of("red 3");
            Decision all = head.generate(request).decision().orElseThrow();
            Decision two = head.generate(request.withConstraint(OutputConstraint.oneOf(List.of("grey", "warm"))))
                    .decision()
                    .orElseThrow();
            assertThat(two.labels()).containsExactly("grey", "warm");
            assertThat(two.probability("grey") / two.probability("warm"))
                    .isCloseTo(all.probability("grey") / all.probability("warm"), within(1e-6));
        }
    }

    @Test
    void generate_whatAHeadCannotDo_isRefused() {
        try (LocalModel base = local();
                Model head = strategy().adapt(base, task(), Progress.NONE)) {
            Request request = Request.of("red");
            JsonSchema.ObjectOf schema = JsonSchema.object(Map.of("a", JsonSchema.bool()));
            refused(head, request.withConstraint(OutputConstraint.json(schema)), "cannot write JSON");
            refused(
                    head,
                    request.withConstraint(OutputConstraint.oneOf(List.of("hot"))),
                    "has not learned the labels [hot]");
            refused(head, request.withRaw(true), "cannot go on with raw text");
            refused(head, request.plus(Message.assistant("wa")), "without the last assistant message");
            refused(head, request.withAdapter("other"), "its own adapter alone");
            refused(head, Request.of("  "), "the last user message is empty");
            assertThatThrownBy(() -> head.score(request, List.of("warm", "hot")))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("has not learned the labels [hot]");
        }
    }

    private static void refused(Model head, Request request, String reason) {
        assertThatThrownBy(() -> head.generate(request))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(reason);
    }

    @Test
    void generate_textThatIsTooLong_isReadFromItsBeginning() {
        LoraHeadTuning alone = TUNING.withWording(Wording.NONE);
        try (LocalModel base = local();
                Model head = alone.withOptions(alone.options().withEpochs(1).withMaxLength(8))
                        .adapt(base, task(), Progress.NONE)) {
            String text = "red 1 and blue 2 and silver and blue 2";
            Request prepared = head.prepare(Request.of(text));
            assertThat(text).startsWith(prepared.last().content());
            assertThat(base.promptTokens(prepared).length).isBetween(5, 8);
            assertThat(head.generate(Request.of(text)).decision())
                    .isEqualTo(
                            head.generate(Request.of(prepared.last().content())).decision());
        }
    }

    @Test
    void generate_textThatIsTooLongInAWording_losesItsEndAndNotTheWording() {
        LoraHeadTuning worded = TUNING.withWording(new Wording(false, "red ", " is blue"));
        try (LocalModel base = local();
                Model head = worded.withOptions(worded.options().withEpochs(1).withMaxLength(20))
                        .adapt(base, task(), Progress.NONE)) {
            String text = "red 1 and blue 2 and silver and blue 2 and red 3 and blue 4 and silver";
            Request prepared = head.prepare(Request.of(text));
            String read = prepared.last().content();
            assertThat(read).startsWith("red red 1").endsWith(" is blue");
            assertThat(text).startsWith(read.substring(4, read.length() - 8));
            assertThat(base.promptTokens(prepared).length).isBetween(15, 20);
        }
    }

    @Test
    void train_wordingThatTakesAllTokens_leavesNoExampleAndSaysWhy() {
        LoraHeadTuning worded = TUNING.withWording(new Wording(false, "", " and red and blue and silver and blue"));
        try (LocalModel base = local()) {
            assertThatThrownBy(() -> worded.withOptions(worded.options().withMaxLength(8))
                            .train(base, task(), Progress.NONE))
                    .isInstanceOf(TrainingException.class)
                    .hasMessageContaining("a head reads 8 at most");
        }
    }

    /**
     * Before its first step the head scores labels by the rows of their words in the output head, which is tied here.
     */
    @Test
    void train_headThatBeginsWithTheLabels_hasTheirRows() {
        LoraHeadTuning still = TUNING.withWording(Wording.NONE)
                .withOptions(TUNING.options().withMinSteps(0).withEpochs(1).withLearningRate(1e-30));
        try (LocalModel base = local()) {
            float[] begun = ScoreHead.of(
                            "it", still.train(base, task(), Progress.NONE).stored())
                    .weights();
            float[] other = ScoreHead.of(
                            "it",
                            still.withStart(HeadStart.RANDOM)
                                    .train(base, task(), Progress.NONE)
                                    .stored())
                    .weights();
            int width = base.hiddenSize();
            try (Checkpoint checkpoint = Checkpoint.open(base.checkpoint())) {
                WeightTensor head = checkpoint.tensors().containsKey("lm_head.weight")
                        ? checkpoint.tensor("lm_head.weight")
                        : checkpoint.tensor(checkpoint.embeddingModule() + ".weight");
                for (int label = 0; label < LABELS.size(); label++) {
                    int[] ids = base.textTokens(" " + LABELS.get(label));
                    float[] row = new float[width];
                    float[] mean = new float[width];
                    for (int id : ids) {
                        head.dequantizeRow(id, row, 0);
                        for (int i = 0; i < width; i++) {
                            mean[i] += row[i] / ids.length;
                        }
                    }
                    assertThat(Arrays.copyOfRange(begun, label * width, (label + 1) * width))
                            .containsExactly(mean, offset(1e-6f));
                }
            }
            assertThat(other).isNotEqualTo(begun);
        }
    }

    @Test
    void generate_interrupted_stops() {
        try (LocalModel base = local();
                Model head = strategy().adapt(base, task(), Progress.NONE)) {
            Thread.currentThread().interrupt();
            assertThat(head.generate(Request.of("red")).finishReason()).isEqualTo(FinishReason.INTERRUPTED);
            assertThat(Thread.interrupted()).isTrue();
            assertThat(head.generate(Request.of("red")).text()).isIn(LABELS);
        }
    }

    @Test
    void train_someHeldBack_fitsTheTemperature() {
        try (LocalModel base = local()) {
            List<Double> scores = new ArrayList<>();
            PeftAdapter trained = TUNING.withOptions(TUNING.options()
                            .withEpochs(4)
                            .withValidationShare(0.25)
                            .withEvaluations(4)
                            .withSelect(TrainingOptions.Select.METRIC))
                    .withListener(event -> event.validationScore().ifPresent(scores::add))
                    .train(base, task(), Progress.NONE);
            // the first before any step
            assertThat(scores).hasSize(5).allSatisfy(score -> assertThat(score).isBetween(0.0, 1.0));
            assertThat(trained.stored().classifier().orElseThrow().calibrated()).isTrue();
            trained.write(folder.resolve("head"));
            try (Model head = TUNING.open(base, folder.resolve("head"))) {
                assertThat(head.generate(Request.of("red"))
                                .decision()
                                .orElseThrow()
                                .calibrated())
                        .isTrue();
            }
        }
    }

    @Test
    void train_conversations_learnsTheirAnswersAsLabels() {
        TrainingData data = TrainingData.ofExamples("colours", task().examples());
        try (LocalModel base = local()) {
            PeftAdapter trained = TUNING.train(base, data, Progress.NONE);
            assertThat(trained.stored().classifier().orElseThrow().labels()).containsExactly("cold", "grey", "warm");
        }
    }

    @Test
    void train_whatIsNoLabelTask_isRefused() {
        try (LocalModel base = local()) {
            Task free = Task.answering("free", "Answer.", task().examples());
            assertThatThrownBy(() -> TUNING.train(base, free, Progress.NONE))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("the task 'free' has none");
            Task one = task().withExamples(task().examples().stream()
                    .filter(example -> example.output().equals("warm"))
                    .toList());
            assertThatThrownBy(() -> TUNING.train(base, one, Progress.NONE))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("at least two labels, those of the task 'colours' are all 'warm'");
            Task blank = task().withExamples(List.of(new Example("a", " ", "warm"), new Example("b", "\n", "cold")));
            assertThatThrownBy(() -> TUNING.train(base, blank, Progress.NONE))
                    .isInstanceOf(TrainingException.class)
                    .hasMessageContaining("the last user message is empty");
            assertThatThrownBy(() -> TUNING.withOptions(TUNING.options().withLossOn(TrainingOptions.LossOn.ALL)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("lossOn: ALL");
        }
    }
}
