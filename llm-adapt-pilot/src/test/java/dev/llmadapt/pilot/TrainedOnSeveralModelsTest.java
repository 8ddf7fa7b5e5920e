package dev.llmadapt.pilot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.llmadapt.GuideExamples;
import dev.llmadapt.Model;
import dev.llmadapt.Progress;
import dev.llmadapt.local.LocalModel;
import dev.llmadapt.local.ModelOptions;
import dev.llmadapt.pilot.report.PilotReport;
import dev.llmadapt.pilot.results.Measured;
import dev.llmadapt.pilot.saved.SavedStrategy;
import dev.llmadapt.pilot.saved.ServeCheck;
import dev.llmadapt.pilot.strategy.CandidateModel;
import dev.llmadapt.pilot.strategy.ModelPool;
import dev.llmadapt.pilot.strategy.StrategyCatalog;
import dev.llmadapt.pilot.task.TaskSplit;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Candidates that train, on two models of a few thousand weights, of which one is open at a time. */
class TrainedOnSeveralModelsTest {
    @TempDir
    Path folder;

    private final List<String> opened = new ArrayList<>();

    @Test
    void run_modelsThatTakeTurns_trainAndAnswerTheSameAfterwards() {
        TaskSplit split = TrainedPilotTest.split();
        Path work = folder.resolve("work");
        PilotReport report;
        try (ModelPool pool = new ModelPool(0)) {
            List<CandidateModel> models = List.of(model(pool, "tiny-llama"), model(pool, "tiny-ascii"));
            report = Pilot.of(split)
                    .candidates(CandidateModel.candidates(
                            StrategyCatalog.parse("zero-shot,features,lora(1),prompt-tuning(1)", 0), models))
                    .folder(work)
                    .run(models.get(0).model());
        }
        assertThat(report.measured()).as("%s", report.rows()).hasSize(8);
        assertThat(report.model()).as("no candidate is on the model of the run").isEmpty();
        assertThat(report.modelText()).isEqualTo("tiny-llama, tiny-ascii");
        assertThat(opened).as("one at a time").hasSizeGreaterThan(2);
        for (Measured row : report.measured()) {
            Path target = folder.resolve("saved-" + row.strategy().hashCode());
            SavedStrategy saved = SavedStrategy.save(row, report, split, work, target);
            String name = row.strategy().substring(row.strategy().indexOf("tiny"));
            try (Model model = open(name)) {
                ServeCheck check = ServeCheck.replay(saved, model, Progress.NONE);
                assertThat(check.changed()).as(row.strategy()).isEmpty();
            }
        }
    }

    private CandidateModel model(ModelPool pool, String name) {
        return new CandidateModel(name, name, 1, pool.add(1, () -> {
            opened.add(name);
            return open(name);
        }));
    }

    static Model open(String name) {
        Path golden = GuideExamples.root().resolve("llm-adapt-local/src/test/resources/dev/llmadapt/local/golden");
        return LocalModel.open(golden.resolve(name), ModelOptions.defaults().withThreads(1));
    }
}
