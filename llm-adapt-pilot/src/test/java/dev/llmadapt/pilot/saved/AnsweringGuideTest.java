package dev.llmadapt.pilot.saved;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llmadapt.Decision;
import dev.llmadapt.Generation;
import dev.llmadapt.GuideExamples;
import dev.llmadapt.Model;
import dev.llmadapt.ToyModel;
import dev.llmadapt.ToyTask;
import dev.llmadapt.pilot.Pilot;
import dev.llmadapt.pilot.recommendation.Abstention;
import dev.llmadapt.pilot.report.PilotReport;
import dev.llmadapt.pilot.strategy.StrategyCatalog;
import dev.llmadapt.pilot.task.TaskSplit;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The examples of {@code docs/guides/answering.md}, line for line. */
class AnsweringGuideTest {
    @TempDir
    private Path folder;

    @Test
    void examples_classifier_answersWithoutALanguageModel() {
        Path chosen = save("words");
        String text = "which dog is yours";
        // guide
        SavedStrategy saved = SavedStrategy.load(chosen);
        try (Model answering = saved.adapt()) { // no language model: a classifier on words
            Generation answer = answering.generate(saved.task().request(text));
            Decision decision = answer.decision().orElseThrow();
            System.out.println(decision.label() + " " + decision.probability());
        }
        // end
        try (Model answering = saved.adapt()) {
            assertThat(answering.generate(saved.task().request(text)).text()).isEqualTo("animal");
        }
        assertThat(Abstention.of(saved.measured().outcomes(), 0.95).curve()).isNotEmpty();
    }

    @Test
    void examples_languageModel_isGiven() {
        Path chosen = save("few-shot(12)");
        List<String> texts = ToyTask.test().stream().map(each -> each.input()).toList();
        Model model = new ToyModel();
        // guide
        SavedStrategy saved = SavedStrategy.load(chosen);
        try (Model answering = saved.adapt(model)) { // the model stays yours
            List<Generation> answers = answering.generate(
                    texts.stream().map(text -> saved.task().request(text)).toList());
            answers.forEach(answer -> System.out.println(answer.text()));
        }
        // end
        assertThatThrownBy(saved::adapt)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContainingAll("needs a language model", "measured on toy (fp64)", "adapt(model)");
        assertThat(saved.needsModel()).isTrue();
    }

    @Test
    void examples_areThoseTested() {
        assertThat(GuideExamples.shown("docs/guides/answering.md"))
                .isEqualTo(GuideExamples.tested(AnsweringGuideTest.class));
    }

    private Path save(String strategy) {
        TaskSplit split = new TaskSplit(ToyTask.task(), ToyTask.test(), List.of());
        Path target = folder.resolve("chosen");
        try (Model model = new ToyModel()) {
            PilotReport report = Pilot.of(split)
                    .candidates(StrategyCatalog.parse(strategy, 0))
                    .folder(folder.resolve("work"))
                    .run(model);
            SavedStrategy.save(report.measured().get(0), report, split, folder.resolve("work"), target);
        }
        return target;
    }
}
