package dev.llmadapt.pilot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.llmadapt.Example;
import dev.llmadapt.Generation;
import dev.llmadapt.GuideExamples;
import dev.llmadapt.Model;
import dev.llmadapt.Progress;
import dev.llmadapt.Strategy;
import dev.llmadapt.Task;
import dev.llmadapt.ToyModel;
import dev.llmadapt.prompting.FewShot;
import dev.llmadapt.prompting.LabelChoice;
import dev.llmadapt.prompting.LabelChoice.Calibration;
import dev.llmadapt.prompting.LabelChoice.Normalization;
import dev.llmadapt.prompting.ZeroShot;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The README's example, line for line, on a toy model in place of a checkpoint. {@code .ci/consumer} runs it on the real one. */
class ReadmeExampleTest {
    @Test
    void example_onToyModel_answersWithALabel() {
        // guide
        Task task = Task.classification(
                "support",
                "Choose the label that says what the message is about.",
                List.of("card lost", "transfer not received"),
                List.of(
                        new Example("1", "I left my card on the bus", "card lost"),
                        new Example("2", "my salary has not come in yet", "transfer not received")));
        Strategy strategy = ZeroShot.defaults()
                .then(FewShot.nearest(2))
                .then(LabelChoice.scored(Normalization.TOKENS, Calibration.NONE));

        Path checkpoint = ModelSource.defaultModel().fetch(Progress.NONE); // or the path of a model of your own
        try (Model model = LocalModel.open(checkpoint, ModelOptions.defaults());
                Model adapted = strategy.adapt(model, task, Progress.NONE)) {
            Generation answer = adapted.generate(task.request("where is the money my sister sent?"));
            System.out.println(answer.text());
            // end
            assertThat(task.labels()).contains(answer.text());
        }
    }

    @Test
    void readme_example_isTheOneTested() {
        assertThat(GuideExamples.shown("README.md").get(0))
                .contains(GuideExamples.tested(ReadmeExampleTest.class).get(0));
    }

    /** Stands for the default model's source. */
    private record ModelSource(Path checkpoint) {
        static ModelSource defaultModel() {
            return new ModelSource(Path.of("unused"));
        }

        Path fetch(Progress progress) {
            progress.report("fetch", 0, 0);
            return checkpoint;
        }
    }

    /** Stands for the local model, so that the test needs no checkpoint. */
    @SuppressWarnings("UnusedVariable") // the arguments are there for the example to be the README's
    private static final class LocalModel {
        static Model open(Path checkpoint, ModelOptions options) {
            return new ToyModel();
        }
    }

    private record ModelOptions() {
        static ModelOptions defaults() {
            return new ModelOptions();
        }
    }
}
