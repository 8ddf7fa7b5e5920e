package dev.llmadapt.pilot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llmadapt.LlmAdaptException;
import dev.llmadapt.Metric;
import dev.llmadapt.Progress;
import dev.llmadapt.Task;
import dev.llmadapt.ToyModel;
import dev.llmadapt.ToyTask;
import dev.llmadapt.pilot.report.PilotReport;
import dev.llmadapt.pilot.results.Measured;
import dev.llmadapt.pilot.results.RuledOut;
import dev.llmadapt.pilot.saved.SavedStrategy;
import dev.llmadapt.pilot.saved.ServeCheck;
import dev.llmadapt.pilot.strategy.Candidate;
import dev.llmadapt.pilot.strategy.StrategyCatalog;
import dev.llmadapt.pilot.strategy.StrategyFamily;
import dev.llmadapt.pilot.task.TaskFileOptions;
import dev.llmadapt.pilot.task.TaskFiles;
import dev.llmadapt.pilot.task.TaskSplit;
import dev.llmadapt.pilot.task.WordOverlap;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Baselines as candidates of a pilot. */
class BaselinePilotTest {
    @TempDir
    Path folder;

    @Test
    void run_labels_measuresAndSavesThemWithoutAModel() {
        TaskSplit split = new TaskSplit(ToyTask.task(), ToyTask.test(), List.of());
        PilotReport report = run(split, folder.resolve("work"));
        assertThat(report.model()).as("no model was asked for").isEmpty();
        assertThat(report.measured()).hasSize(3);
        try (ToyModel model = new ToyModel()) {
            for (Measured row : report.measured()) {
                assertThat(row.details().family()).isEqualTo(StrategyFamily.BASELINE);
                assertThat(row.details().trainExamples())
                        .isEqualTo(ToyTask.task().examples().size());
                assertThat(row.details().prompts()).isEmpty();
                SavedStrategy saved = SavedStrategy.save(
                        row, report, split, folder.resolve("work"), folder.resolve("saved-" + row.strategy()));
                assertThat(ServeCheck.replay(saved, model, Progress.NONE).changed())
                        .isEmpty();
            }
        }
        Measured majority = row(report, "majority");
        assertThat(majority.quality()).isEqualTo(1.0 / 3);
        assertThat(majority.calibration().answers()).isEqualTo(ToyTask.test().size());
        assertThat(row(report, "nearest-example").quality()).isGreaterThan(majority.quality());
    }

    @Test
    void run_freeText_hasTheNearestExampleOnly() {
        Task free = new Task("free", "Say it.", List.of(), ToyTask.task().examples(), List.of(), Metric.exactMatch());
        PilotReport report = run(new TaskSplit(free, ToyTask.test(), List.of()), folder);
        assertThat(report.measured()).extracting(Measured::strategy).containsExactly("nearest-example");
        assertThat(report.rows()).contains(new RuledOut("majority", "it chooses among labels, the task has none"));
    }

    @Test
    void run_bestSentence_answersFreeTextFromACorpus() {
        Task free =
                new Task("free", "Say it.", List.of(), List.of(), ToyTask.task().corpus(), new WordOverlap());
        PilotReport report = run(new TaskSplit(free, ToyTask.test(), List.of()), folder, "best-sentence");
        assertThat(row(report, "best-sentence").quality()).isPositive();
        assertThat(report.model()).isEmpty();
        TaskSplit labels = new TaskSplit(ToyTask.task(), ToyTask.test(), List.of());
        assertThat(run(labels, folder.resolve("labels"), "best-sentence").rows())
                .containsExactly(
                        new RuledOut("best-sentence", "it answers in free text, the task's answers are labels"));
    }

    @Test
    void run_rules_answersTheShippedTransfersBetterThanTheNearestExample() {
        TaskSplit split = TaskFiles.read(Path.of("tasks/transfers"), TaskFileOptions.defaults());
        PilotReport report = run(split, folder, "majority,nearest-example,rules");
        assertThat(report.rows()).contains(new RuledOut("majority", "it chooses among labels, the task has none"));
        assertThat(row(report, "rules").quality())
                .isGreaterThan(0.7)
                .isGreaterThan(row(report, "nearest-example").quality() + 0.2);
        assertThat(report.model()).isEmpty();
        assertThat(StrategyCatalog.defaultList(split.task())).startsWith("nearest-example,rules,zero-shot,");
        TaskSplit labels = new TaskSplit(ToyTask.task(), ToyTask.test(), List.of());
        assertThat(run(labels, folder.resolve("labels"), "rules").rows())
                .containsExactly(
                        new RuledOut("rules", "it finds the fields of a schema, the task's answers are labels"));
    }

    @Test
    void parse_rulesOfAFile_readsItAndKnowsItByItsContent() throws IOException {
        Path file = folder.resolve("rules.json");
        Files.writeString(file, "{\"amount\": \"pay ([0-9]+)\"}");
        String name = "rules(" + file + ")";
        String before = Candidate.of(StrategyCatalog.parse(name, 0).get(0)).identity();
        Files.writeString(file, "{\"amount\": \"send ([0-9]+)\"}");
        assertThat(Candidate.of(StrategyCatalog.parse(name, 0).get(0)).identity())
                .isNotEqualTo(before)
                .startsWith(name + "#");
        Files.writeString(file, "{\"amount\": \"send ([0-9]+\"}");
        assertThatThrownBy(() -> StrategyCatalog.parse(name, 0)).hasMessageContaining("'amount'");
        Files.writeString(file, "{\"amount\": 3}");
        assertThatThrownBy(() -> StrategyCatalog.parse(name, 0)).hasMessageContaining("must be a text, got 3");
        Files.writeString(file, "[]");
        assertThatThrownBy(() -> StrategyCatalog.parse(name, 0))
                .hasMessageContaining("rules.json must be a JSON object");
        assertThatThrownBy(() -> StrategyCatalog.parse("rules(" + folder.resolve("none.json") + ")", 0))
                .isInstanceOf(LlmAdaptException.class)
                .hasMessageContaining("none.json");
    }

    @Test
    void check_patternForAFieldThatTheSchemaDoesNotHave_isToldBeforeAnythingRuns() throws IOException {
        Path file = folder.resolve("rules.json");
        Files.writeString(file, "{\"amonut\": \"pay ([0-9]+)\"}");
        Task task = TaskFiles.read(Path.of("tasks/transfers"), TaskFileOptions.defaults())
                .task();
        String list = "nearest-example,rules(" + file + ")";
        assertThatThrownBy(() -> StrategyCatalog.check(list, task))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(
                        "has a pattern for the field 'amonut', which the task's schema does not have, did you mean"
                                + " amount? expected one of [recipient, amount, ");
        Files.writeString(file, "{\"amount\": \"pay ([0-9]+)\"}");
        assertThatCode(() -> StrategyCatalog.check(list + ",rules", task)).doesNotThrowAnyException();
    }

    @Test
    void traits_baselines_needAnExampleAndNoModel() {
        StrategyCatalog.parse("majority,random,nearest-example", 0).forEach(strategy -> {
            Candidate.Traits traits = Candidate.of(strategy).traits();
            assertThat(traits.modelUse()).isEqualTo(Candidate.ModelUse.NONE);
            assertThat(traits.shots()).isEqualTo(1);
        });
    }

    private static Measured row(PilotReport report, String name) {
        return report.measured().stream()
                .filter(row -> row.strategy().equals(name))
                .findAny()
                .orElseThrow();
    }

    private static PilotReport run(TaskSplit split, Path work) {
        return run(split, work, "majority,random,nearest-example");
    }

    private static PilotReport run(TaskSplit split, Path work, String list) {
        try (ToyModel model = new ToyModel()) {
            return Pilot.of(split)
                    .candidates(StrategyCatalog.parse(list, 0))
                    .budget(Duration.ofMinutes(1))
                    .folder(work)
                    .run(model);
        }
    }
}
