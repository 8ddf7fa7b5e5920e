package dev.llmadapt.distillation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.llmadapt.Example;
import dev.llmadapt.GuideExamples;
import dev.llmadapt.Model;
import dev.llmadapt.Progress;
import dev.llmadapt.Strategy;
import dev.llmadapt.Task;
import dev.llmadapt.ToyModel;
import dev.llmadapt.ToyTask;
import dev.llmadapt.heads.LinearHead;
import dev.llmadapt.prompting.LabelChoice;
import dev.llmadapt.prompting.LabelChoice.Calibration;
import dev.llmadapt.prompting.LabelChoice.Normalization;
import dev.llmadapt.prompting.ZeroShot;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The examples of {@code docs/guides/distillation.md}, line for line. */
class DistillationGuideTest {
    @TempDir
    Path folder;

    @Test
    void example_distils() throws Exception {
        Task task = ToyTask.task();
        List<String> inputs = ToyTask.test().stream().map(Example::input).toList();
        List<String> testTexts = List.of("a test text");
        Path answers = folder.resolve("answers.jsonl");
        try (Model large = new ToyModel()) {
            // guide
            Strategy told = ZeroShot.defaults().then(LabelChoice.scored(Normalization.BYTES, Calibration.NONE));
            try (Model teacher = told.adapt(large, task, Progress.NONE)) {
                Distillation distillation = Distillation.of(teacher, LinearHead.words(), inputs)
                        .withOptions(DistillationOptions.defaults().withMinConfidence(0.4))
                        .withHeldOut(testTexts)
                        .withAnswerFile(answers, "large, zero-shot, scored")
                        .withListener(report -> System.out.print(report.text()));
                Model student = distillation.adapt(large, task, Progress.NONE);
                System.out.println(
                        student.generate(task.request("which dog is yours")).text());
                student.close();
            }
            // end
        }
        assertThat(Files.readAllLines(answers)).hasSize(1 + inputs.size());
    }

    @Test
    void guide_examples_areTheOnesTested() {
        assertThat(GuideExamples.tested(DistillationGuideTest.class))
                .isEqualTo(GuideExamples.shown("docs/guides/distillation.md"))
                .hasSize(1);
    }
}
