package dev.llmadapt.pilot.saved;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llmadapt.Example;
import dev.llmadapt.JsonSchema;
import dev.llmadapt.LlmAdaptException;
import dev.llmadapt.Metric;
import dev.llmadapt.Model;
import dev.llmadapt.ModelLayer;
import dev.llmadapt.Passage;
import dev.llmadapt.Progress;
import dev.llmadapt.Request;
import dev.llmadapt.Task;
import dev.llmadapt.ToyModel;
import dev.llmadapt.ToyTask;
import dev.llmadapt.pilot.Pilot;
import dev.llmadapt.pilot.junit.StrategyGuard;
import dev.llmadapt.pilot.report.PilotReport;
import dev.llmadapt.pilot.report.SampleReport;
import dev.llmadapt.pilot.results.PilotOptions;
import dev.llmadapt.pilot.statistics.Interval;
import dev.llmadapt.pilot.strategy.StrategyCatalog;
import dev.llmadapt.pilot.task.Metrics;
import dev.llmadapt.pilot.task.TaskSplit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SavedStrategyTest {
    @TempDir
    Path folder;

    private Path saved = Path.of("");
    private PilotReport report = SampleReport.report();
    private TaskSplit split = new TaskSplit(ToyTask.task(), ToyTask.test(), List.of());

    @BeforeEach
    void save() {
        saved = folder.resolve("saved");
        Task task = ToyTask.task().withCorpus(List.of(new Passage("p", "Dogs", "a dog is an animal", 0)));
        split = new TaskSplit(task, ToyTask.test(), List.of()).withFileLabels(Map.of("animal", "an_animal"));
        Path work = folder.resolve("work");
        try (Model model = new ToyModel()) {
            report = Pilot.of(split)
                    .candidates(StrategyCatalog.parse("rag(1)+few-shot-nearest(6)/scored", 3))
                    .options(PilotOptions.defaults().withSeed(3))
                    .folder(work)
                    .run(model);
            SavedStrategy.save(report.measured().get(0), report, split, work, saved);
        }
    }

    @Test
    void load_saved_answersTheSame() {
        SavedStrategy strategy = SavedStrategy.load(saved);
        assertThat(strategy.text()).isEqualTo("rag(1)+few-shot-nearest(6)/scored");
        assertThat(strategy.heldOut()).containsExactlyInAnyOrderElementsOf(ToyTask.test());
        assertThat(strategy.fileLabel("animal")).isEqualTo("an_animal");
        assertThat(strategy.fileLabel("tool")).isEqualTo("tool");
        try (Model model = new ToyModel()) {
            ServeCheck check = ServeCheck.replay(strategy, model, Progress.NONE);
            assertThat(check.same())
                    .isEqualTo(check.of())
                    .isEqualTo(ToyTask.test().size());
            assertThat(check.changed()).isEmpty();
            assertThat(check.quality()).isEqualTo(report.measured().get(0).quality());
            assertThat(check.regressions(1e6)).isEmpty();
        }
    }

    @Test
    void load_choiceByLetters_answersTheSame() {
        Path target = folder.resolve("letters");
        Path work = folder.resolve("work of letters");
        try (Model model = new ToyModel()) {
            PilotReport measured = Pilot.of(split)
                    .candidates(StrategyCatalog.parse("few-shot-nearest(6)/letters-calibrated(6)", 3))
                    .options(PilotOptions.defaults().withSeed(3))
                    .folder(work)
                    .run(model);
            SavedStrategy.save(measured.measured().get(0), measured, split, work, target);
            SavedStrategy strategy = SavedStrategy.load(target);
            ServeCheck check = ServeCheck.replay(strategy, model, Progress.NONE);

            assertThat(strategy.text()).isEqualTo("few-shot-nearest(6)/letters-calibrated(6)");
            assertThat(check.changed()).isEmpty();
            assertThat(check.quality()).isEqualTo(measured.measured().get(0).quality());
        }
    }

    @Test
    void load_answersAreJson_keepsSchemaAndMetric() {
        JsonSchema.ObjectOf schema = JsonSchema.object(Map.of("kind", JsonSchema.oneOf("animal", "plant", "tool")));
        List<Example> json = ToyTask.test().stream()
                .map(each -> new Example(each.id(), each.input(), "{\"kind\": \"" + each.output() + "\"}"))
                .toList();
        Metric fields = Metrics.named("field F1").orElseThrow();
        Task task = new Task("json", "Extract.", List.of(), json, List.of(), fields).withSchema(schema);
        TaskSplit split = new TaskSplit(task, json, List.of());
        Path target = folder.resolve("json");
        try (Model model = new ToyModel()) {
            PilotReport measured = Pilot.of(split)
                    .candidates(StrategyCatalog.parse("zero-shot", 3))
                    .folder(folder.resolve("json-work"))
                    .run(model);
            SavedStrategy.save(measured.measured().get(0), measured, split, folder.resolve("json-work"), target);
        }
        Task read = SavedStrategy.load(target).task();
        assertThat(read.schema()).contains(schema);
        assertThat(read.metric()).isEqualTo(fields);
    }

    @Test
    void load_changedOrMissing_isRefused() throws IOException {
        Path held = saved.resolve("heldout.json");
        String text = Files.readString(held);
        Files.writeString(held, text + " ");
        assertThatThrownBy(() -> SavedStrategy.load(saved)).hasMessageContaining("was changed since");
        Files.delete(held);
        assertThatThrownBy(() -> SavedStrategy.load(saved)).hasMessageContaining("is missing since");
        Files.writeString(held, text);
        String json = Files.readString(saved.resolve("strategy.json"));
        for (String broken :
                List.of("", "[]", "{", json.replace("llm-adapt-strategy", "x"), json.replace("seed", "sed"))) {
            Files.writeString(saved.resolve("strategy.json"), broken);
            assertThatThrownBy(() -> SavedStrategy.load(saved)).as(broken).isInstanceOf(LlmAdaptException.class);
        }
        assertThatThrownBy(() -> SavedStrategy.load(folder.resolve("none"))).isInstanceOf(LlmAdaptException.class);
    }

    @Test
    void guard_sameModel_passesAndOneThatForgot_fails() {
        assertThat(StrategyGuard.of(saved, ToyModel::new)
                        .withLatencyFactor(1e6)
                        .check()
                        .same())
                .isEqualTo(9);
        StrategyGuard forgetful = StrategyGuard.of(saved, () -> new ModelLayer(new ToyModel()) {
                    @Override
                    protected Request apply(Request request) {
                        return Request.of("?").withConstraint(request.constraint());
                    }
                })
                .withLatencyFactor(1e6);
        assertThatThrownBy(forgetful::check)
                .isInstanceOf(AssertionError.class)
                .hasMessageContainingAll("regressed", "quality fell");
    }

    @Test
    void regressions_slower_isTold() {
        ServeCheck check = new ServeCheck(
                0.9,
                new Interval(0.8, 1),
                9,
                10,
                java.time.Duration.ofMillis(300),
                java.time.Duration.ofMillis(200),
                List.of("x"));
        assertThat(check.regressions(1)).singleElement().asString().contains("300 ms");
        assertThat(check.regressions(2)).isEmpty();
        ServeCheck quick = new ServeCheck(
                0.9,
                new Interval(0.8, 1),
                9,
                10,
                java.time.Duration.ofMillis(19),
                java.time.Duration.ofMillis(2),
                List.of("x"));
        assertThat(quick.regressions(1)).as("a few milliseconds").isEmpty();
        assertThat(quick.limit(1)).isEqualTo(java.time.Duration.ofMillis(20));
        double[] latencies = new double[100];
        for (int i = 0; i < 100; i++) {
            latencies[i] = i + 1;
        }
        assertThat(ServeCheck.medianHigh(latencies)).isEqualTo(60);
    }

    @Test
    void save_folderNotEmpty_isRefused() {
        assertThatThrownBy(() -> SavedStrategy.save(report.measured().get(0), report, split, folder, saved))
                .hasMessageContaining("is not empty");
    }

    @Test
    void overwrite_anEarlierChoice_isReplacedAndNothingElseIs() throws IOException {
        SavedStrategy.overwrite(report.measured().get(0), report, split, folder, saved);
        assertThat(SavedStrategy.load(saved).report().measured()).hasSize(1);
        try (Stream<Path> files = Files.list(requireNonNull(saved.getParent()))) {
            assertThat(files.map(Path::getFileName).map(Path::toString))
                    .as("nothing is left of how it was made")
                    .noneMatch(name -> name.startsWith("."));
        }
        Path other = Files.createDirectory(folder.resolve("other"));
        Files.writeString(other.resolve("notes.txt"), "mine");
        assertThatThrownBy(() -> SavedStrategy.overwrite(report.measured().get(0), report, split, folder, other))
                .hasMessageContaining("is not empty");
        assertThat(other.resolve("notes.txt")).hasContent("mine");
        Files.writeString(saved.resolve("notes.txt"), "mine");
        assertThatThrownBy(() -> SavedStrategy.overwrite(report.measured().get(0), report, split, folder, saved))
                .hasMessageContaining("holds notes.txt beside a saved strategy");
        assertThat(saved.resolve("notes.txt")).hasContent("mine");
    }
}
