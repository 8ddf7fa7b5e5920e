package dev.llmadapt.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.llmadapt.Example;
import dev.llmadapt.Generation;
import dev.llmadapt.GuideExamples;
import dev.llmadapt.Model;
import dev.llmadapt.Progress;
import dev.llmadapt.Request;
import dev.llmadapt.Strategy;
import dev.llmadapt.Task;
import dev.llmadapt.ToyModel;
import dev.llmadapt.local.LocalModel;
import dev.llmadapt.local.ModelOptions;
import dev.llmadapt.local.source.ModelSource;
import dev.llmadapt.prompting.FewShot;
import dev.llmadapt.prompting.LabelChoice;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The README's examples, line for line. */
class ReadmeTest {
    /** Compiled here; {@code .ci/consumer} runs it, with the model that it fetches. */
    static void question() {
        // guide
        Path checkpoint = ModelSource.defaultModel().fetch(Progress.NONE); // or the path of a model of your own
        try (Model model = LocalModel.open(checkpoint, ModelOptions.defaults())) {
            Generation answer = model.generate(Request.of("What is the opposite of hot?"));
            System.out.println(answer.text());
        }
        // end
    }

    @Test
    void strategy_onToyModel_answersWithALabel() {
        Task task = Task.classification(
                "support",
                "Choose the label that says what the message is about.",
                List.of("card lost", "transfer not received"),
                List.of(
                        new Example("1", "I left my card on the bus", "card lost"),
                        new Example("2", "my salary has not come in yet", "transfer not received")));
        Model model = new ToyModel();
        // guide
        Strategy strategy = FewShot.nearest(2).then(LabelChoice.constrained());
        try (Model adapted = strategy.adapt(model, task, Progress.NONE)) {
            System.out.println(adapted.generate(task.request("where is the money my sister sent?"))
                    .text());
        }
        // end
        try (Model adapted = strategy.adapt(model, task, Progress.NONE)) {
            assertThat(task.labels())
                    .contains(adapted.generate(task.request("my card is gone")).text());
        }
    }

    @Test
    void examples_areThoseTested() {
        assertThat(GuideExamples.shown("README.md")).isEqualTo(GuideExamples.tested(ReadmeTest.class));
    }

    @Test
    void readme_isOnePage() throws IOException {
        assertThat(Files.readAllLines(GuideExamples.root().resolve("README.md")))
                .hasSizeLessThan(110);
    }
}
