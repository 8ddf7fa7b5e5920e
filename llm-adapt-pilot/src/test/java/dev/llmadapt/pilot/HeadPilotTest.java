package dev.llmadapt.pilot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llmadapt.AdapterUse;
import dev.llmadapt.Example;
import dev.llmadapt.LazyModel;
import dev.llmadapt.Metric;
import dev.llmadapt.Model;
import dev.llmadapt.Progress;
import dev.llmadapt.Strategy;
import dev.llmadapt.Task;
import dev.llmadapt.ToyModel;
import dev.llmadapt.ToyTask;
import dev.llmadapt.pilot.junit.StrategyGuard;
import dev.llmadapt.pilot.recommendation.Needs;
import dev.llmadapt.pilot.report.PilotReport;
import dev.llmadapt.pilot.results.Failed;
import dev.llmadapt.pilot.results.Measured;
import dev.llmadapt.pilot.results.RuledOut;
import dev.llmadapt.pilot.saved.SavedStrategy;
import dev.llmadapt.pilot.saved.ServeCheck;
import dev.llmadapt.pilot.strategy.StrategyCatalog;
import dev.llmadapt.pilot.strategy.StrategyFamily;
import dev.llmadapt.pilot.task.TaskSplit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Classifiers as candidates of a pilot. */
class HeadPilotTest {
    private static final TaskSplit SPLIT = new TaskSplit(ToyTask.task(), ToyTask.test(), List.of());

    @TempDir
    Path folder;

    private final Model model = new ToyModel();

    @AfterEach
    void close() {
        model.close();
    }

    @Test
    void run_classifiers_areMeasuredSavedAndGuarded() {
        Path work = folder.resolve("work");
        PilotReport report = run(SPLIT, "words,embeddings,zero-shot/scored", Duration.ofMinutes(5), work);
        assertThat(report.measured()).hasSize(3);
        for (Measured row : report.measured().subList(0, 2)) {
            assertThat(row.details().family()).isEqualTo(StrategyFamily.CLASSIFIER);
            assertThat(row.details().trainExamples())
                    .isEqualTo(SPLIT.task().examples().size());
            assertThat(row.details().artifactBytes()).isPositive();
            assertThat(row.details().prompts()).as("nobody is prompted").isEmpty();
            assertThat(row.calibration().answers()).isEqualTo(ToyTask.test().size());
            Path target = folder.resolve("saved-" + row.strategy());
            SavedStrategy saved = SavedStrategy.save(row, report, SPLIT, work, target);
            assertThat(ServeCheck.replay(saved, model, Progress.NONE).changed()).isEmpty();
            assertThatCode(() -> StrategyGuard.of(target, ToyModel::new)
                            .withLatencyFactor(1e6)
                            .check())
                    .doesNotThrowAnyException();
        }
        List<String> heard = new ArrayList<>();
        PilotReport again = Pilot.of(SPLIT)
                .candidates(StrategyCatalog.parse("words,embeddings,zero-shot/scored", 0))
                .budget(Duration.ofMinutes(5))
                .folder(work)
                .progress((stage, done, total) -> heard.add(stage))
                .run(model);
        assertThat(heard).allMatch(stage -> stage.endsWith(": test examples"));
        assertThat(again.rows()).isEqualTo(report.rows());
    }

    @Test
    void save_halfWrittenHead_isNotLoaded() throws IOException {
        Path work = folder.resolve("work");
        PilotReport report = run(SPLIT, "words", Duration.ZERO, work);
        Path target = folder.resolve("saved");
        SavedStrategy.save(report.measured().get(0), report, SPLIT, work, target);
        Files.delete(target.resolve("adapter/head.json"));
        assertThatThrownBy(() -> SavedStrategy.load(target)).hasMessageContaining("head.json is missing");
    }

    @Test
    void run_modelThatRunsElsewhere_rulesOutWhatReadsItsStates() {
        assertThat(run(SPLIT, "features", Duration.ZERO, folder).rows())
                .containsExactly(new RuledOut("features", "it needs a model in this process, toy is none"));
    }

    @Test
    void run_besideOthers_whatNeedsNoLanguageModelHasNoMemoryToTell() {
        List<Measured> rows = run(SPLIT, "words,zero-shot/scored", Duration.ZERO, folder.resolve("open"))
                .measured();
        assertThat(rows.get(0).details().memoryBytes())
                .as("the process holds the model")
                .isZero();
        assertThat(rows.get(0).details().hosted()).isFalse();
        assertThat(rows.get(1).details().memoryBytes()).isPositive();
        assertThat(rows.get(1).details().hosted())
                .as("a model that is none of this process")
                .isTrue();
        try (LazyModel unopened = new LazyModel(() -> {
            throw new IllegalStateException("nobody needs it");
        })) {
            Measured alone = Pilot.of(SPLIT)
                    .candidates(StrategyCatalog.parse("words", 0))
                    .run(unopened)
                    .measured()
                    .get(0);
            assertThat(alone.details().memoryBytes()).isPositive();
        }
        try (LazyModel opened = new LazyModel(ToyModel::new)) {
            assertThat(Pilot.of(SPLIT)
                            .candidates(StrategyCatalog.parse("words,zero-shot/scored", 0))
                            .run(opened)
                            .measured()
                            .get(0)
                            .details()
                            .memoryBytes())
                    .isZero();
        }
        try (LazyModel unopened = new LazyModel(ToyModel::new)) {
            assertThat(Pilot.of(SPLIT)
                            .candidates(StrategyCatalog.parse("embeddings,majority", 0))
                            .run(unopened)
                            .measured())
                    .as("what one takes is not the other's")
                    .allMatch(row -> row.details().memoryBytes() == 0);
        }
    }

    @Test
    void run_taskWithoutLabels_rulesThemOutAndTheDefaultLeavesThemOut() {
        Task free = new Task("free", "Say it.", List.of(), ToyTask.task().examples(), List.of(), Metric.exactMatch());
        PilotReport report =
                run(new TaskSplit(free, ToyTask.test(), List.of()), "words,zero-shot", Duration.ZERO, folder);
        assertThat(report.rows().get(0)).isEqualTo(new RuledOut("words", "it chooses among labels, the task has none"));
        assertThat(report.rows().get(1)).isInstanceOf(Measured.class);
        assertThat(StrategyCatalog.defaultList(free))
                .startsWith("nearest-example,best-sentence,zero-shot,")
                .doesNotContain("embeddings", "majority");
        assertThat(StrategyCatalog.defaultList(SPLIT.task()))
                .isEqualTo(StrategyCatalog.DEFAULT_LIST.replace("rules,best-sentence,", ""));
    }

    @Test
    void run_nothingMayBeTrained_saysHowLittleItTakes() {
        PilotReport report = Pilot.of(SPLIT)
                .candidates(StrategyCatalog.parse("words,zero-shot/scored", 0))
                .needs(Needs.defaults().withTrainingBudget(Duration.ZERO))
                .run(model);
        assertThat(report.rows().get(0))
                .isEqualTo(new RuledOut("words", "the needs leave nothing for training; it learns within seconds"));
    }

    @Test
    void run_examplesThatCannotBeLearnedFrom_areOneReasonAndTheOthersGoOn() {
        List<Example> some = ToyTask.task().examples();
        List<Example> empty = new ArrayList<>(some);
        empty.set(0, new Example(some.get(0).id(), " ", some.get(0).output()));
        assertThat(failure(empty))
                .contains("cannot learn from empty texts", some.get(0).id());
        List<Example> oneLabel = some.stream()
                .filter(example -> example.output().equals("animal"))
                .toList();
        assertThat(failure(oneLabel)).contains("needs examples of at least 2 labels", "plant", "tool");
        assertThat(failure(some.subList(0, 2))).contains("3 labels and 2 examples");
        List<Example> single = new ArrayList<>(oneLabel);
        some.stream()
                .filter(example -> example.output().equals("plant"))
                .limit(1)
                .forEach(single::add);
        some.stream()
                .filter(example -> example.output().equals("tool"))
                .limit(1)
                .forEach(single::add);
        TaskSplit split = new TaskSplit(ToyTask.task().withExamples(single), ToyTask.test(), List.of());
        assertThat(run(split, "words", Duration.ofMinutes(1), folder.resolve("single"))
                        .rows()
                        .get(0))
                .as("labels with one example")
                .isInstanceOf(Measured.class);
    }

    private String failure(List<Example> examples) {
        TaskSplit split = new TaskSplit(ToyTask.task().withExamples(examples), ToyTask.test(), List.of());
        PilotReport report = Pilot.of(split)
                .candidates(StrategyCatalog.parse("words,zero-shot/scored", 0))
                .budget(Duration.ofMinutes(1))
                .run(model);
        assertThat(report.rows().get(1)).isInstanceOf(Measured.class);
        assertThat(report.rows().get(0)).isInstanceOf(Failed.class);
        return ((Failed) report.rows().get(0)).error();
    }

    @Test
    void besideAdapters_classifier_isMeasuredOverTheBaseAlone() {
        assertThat(StrategyCatalog.besideAdapters(
                        StrategyCatalog.parse("words,zero-shot", 0), "a", "1f", List.of(new AdapterUse("a", 1))))
                .extracting(Strategy::name)
                .containsExactly("words", "zero-shot", "zero-shot [a]");
    }

    private PilotReport run(TaskSplit split, String list, Duration budget, Path work) {
        return Pilot.of(split)
                .candidates(StrategyCatalog.parse(list, 0))
                .budget(budget)
                .folder(work)
                .run(model);
    }
}
