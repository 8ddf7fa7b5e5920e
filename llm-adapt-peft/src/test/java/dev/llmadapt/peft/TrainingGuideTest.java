package dev.llmadapt.peft;

import static org.assertj.core.api.Assertions.assertThat;

import dev.llmadapt.Decision;
import dev.llmadapt.Example;
import dev.llmadapt.Generation;
import dev.llmadapt.GuideExamples;
import dev.llmadapt.Model;
import dev.llmadapt.Progress;
import dev.llmadapt.Request;
import dev.llmadapt.Task;
import dev.llmadapt.local.Golden;
import dev.llmadapt.local.LocalModel;
import dev.llmadapt.local.ModelOptions;
import dev.llmadapt.peft.data.Curation;
import dev.llmadapt.peft.data.Curation.PersonalDataRule;
import dev.llmadapt.peft.data.PreferenceData;
import dev.llmadapt.peft.data.TrainingData;
import dev.llmadapt.peft.training.PreferenceLoss;
import dev.llmadapt.peft.training.TrainingOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The examples of {@code docs/guides/training.md}, line for line. */
class TrainingGuideTest {
    private final Path checkpoint = Golden.folder("tiny-llama");

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path temporary;

    @Test
    void examples_fromAFile_trainAndAnswer() throws IOException {
        StringBuilder lines = new StringBuilder("{\"prompt\": \"cut");
        for (int i = 0; i < 20; i++) {
            lines.append("\n{\"prompt\": \"where is card " + i + " of a" + i + "@b.de\", \"completion\": \"sent\"}");
        }
        Path file = Files.writeString(temporary.resolve("my.jsonl"), lines);
        Path target = temporary.resolve("my-lora");
        // guide
        TrainingData read = TrainingData.read(file);
        read.broken().forEach(line -> System.err.println(read.origin() + ", " + line));

        TrainingData.Split split = read.split(0.2, 1);
        Curation curation = Curation.defaults().withPersonalData(PersonalDataRule.MASK);
        Curation.Curated curated = curation.apply(split.train(), split.heldOut());
        System.out.println(curated.report().table());
        // end
        assertThat(read.broken()).hasSize(1);
        assertThat(split.heldOut().examples()).hasSize(4);
        assertThat(curated.data().examples())
                .isNotEmpty()
                .allMatch(example -> example.prompt().get(0).content().endsWith("<EMAIL>"));
        // guide
        LocalModel model = LocalModel.open(checkpoint, ModelOptions.defaults());
        TrainingOptions options = TrainingOptions.defaults()
                .withLearningRate(5e-4)
                .withLossOn(TrainingOptions.LossOn.ASSISTANT)
                .withValidationShare(0.1);
        PeftAdapter adapter =
                LoraTuning.defaults().withRank(8).withOptions(options).train(model, curated.data(), Progress.NONE);
        adapter.write(target);
        // end
        Task task = Task.classification(
                "cards",
                "Say what it is.",
                List.of("lost", "sent"),
                List.of(new Example("1", "where is it", "lost"), new Example("2", "it is under way", "sent")));
        Path folder = temporary.resolve("my-head");
        // guide
        LoraHeadTuning tuning = LoraHeadTuning.defaults();
        tuning.train(model, task, folder, Progress.NONE);
        try (Model head = tuning.open(model, folder)) {
            Decision decision =
                    head.generate(task.request("my card is gone")).decision().orElseThrow();
            System.out.println(decision.label() + " " + decision.probability());
        }
        // end
        // guide
        model.loadAdapter(PeftAdapter.read(target, "support"));
        Generation answer = model.generate(Request.of("my card is gone").withAdapter("support"));
        model.close();
        // end
        assertThat(answer.tokens()).isNotEmpty();
    }

    @Test
    void examples_ofSoftPrompts_train() {
        LocalModel model = LocalModel.open(checkpoint, ModelOptions.defaults());
        Task task = Task.classification(
                "cards",
                "Say what it is.",
                List.of("lost", "sent"),
                List.of(new Example("1", "where is it", "lost"), new Example("2", "it is under way", "sent")));
        // guide
        PeftAdapter prompt = PromptTuning.encoded().withVirtualTokens(10).train(model, task, Progress.NONE);
        PeftAdapter prefix = PrefixTuning.defaults().withProjection(512).train(model, task, Progress.NONE);
        // end
        assertThat(prompt.name()).isEqualTo("p-tuning");
        assertThat(prefix.name()).isEqualTo("prefix-tuning");
        model.close();
    }

    @Test
    void examples_ofPreferences_train() throws IOException {
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < 8; i++) {
            lines.append("{\"prompt\": \"where is card " + i + "\", \"chosen\": \"sent\", \"rejected\": \"no\"}\n");
        }
        Path pairs = Files.writeString(temporary.resolve("pairs.jsonl"), lines);
        LocalModel model = LocalModel.open(checkpoint, ModelOptions.defaults());
        PeftAdapter adapter = LoraTuning.defaults()
                .withRank(2)
                .withOptions(TrainingOptions.defaults().withEpochs(1).withMinSteps(0))
                .train(
                        model,
                        TrainingData.ofExamples("one", List.of(new Example("a", "where is card 1", "sent"))),
                        Progress.NONE);
        // guide
        PreferenceData preferences = PreferenceData.read(pairs);
        PeftAdapter preferred = PreferenceTuning.dpo()
                .withLoss(PreferenceLoss.dpo().withBeta(0.3))
                .withStart(adapter)
                .withListener(event -> event.rewards().ifPresent(System.out::println))
                .train(model, preferences, Progress.NONE);
        // end
        assertThat(preferred.config()).isEqualTo(adapter.config());
        model.close();
    }

    @Test
    void guide_examples_areTheOnesTested() {
        assertThat(GuideExamples.tested(TrainingGuideTest.class))
                .isEqualTo(GuideExamples.shown("docs/guides/training.md"))
                .hasSize(6);
    }
}
