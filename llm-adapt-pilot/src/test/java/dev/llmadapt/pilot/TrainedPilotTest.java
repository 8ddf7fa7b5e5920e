package dev.llmadapt.pilot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llmadapt.Example;
import dev.llmadapt.GuideExamples;
import dev.llmadapt.Message;
import dev.llmadapt.Model;
import dev.llmadapt.Passage;
import dev.llmadapt.Progress;
import dev.llmadapt.Task;
import dev.llmadapt.local.LocalModel;
import dev.llmadapt.local.ModelOptions;
import dev.llmadapt.peft.LoraTuning;
import dev.llmadapt.peft.training.TrainingOptions;
import dev.llmadapt.pilot.recommendation.Needs;
import dev.llmadapt.pilot.report.PilotReport;
import dev.llmadapt.pilot.results.Measured;
import dev.llmadapt.pilot.results.Outcome;
import dev.llmadapt.pilot.results.RuledOut;
import dev.llmadapt.pilot.saved.SavedStrategy;
import dev.llmadapt.pilot.saved.ServeCheck;
import dev.llmadapt.pilot.strategy.Candidate;
import dev.llmadapt.pilot.strategy.StrategyCatalog;
import dev.llmadapt.pilot.task.TaskSplit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Candidates that train, on a model of a few thousand weights. */
class TrainedPilotTest {
    @TempDir
    Path folder;

    private final LocalModel model =
            LocalModel.open(tinyLlama(), ModelOptions.defaults().withThreads(1));
    private final TaskSplit split = split();

    @AfterEach
    void close() {
        model.close();
    }

    @Test
    void run_everyTrainedCandidate_isMeasuredSavedAndAnswersTheSameAfterwards() {
        // the context is short: some answers fail
        String list = "features,lora-head(1),lora(1),prompt-tuning(1),p-tuning(1),prefix-tuning(1),full-tuning(1),"
                + "rag(1)+lora(1),few-shot-nearest(1)+lora(1),rag(1)+prompt-tuning(1),"
                + "lora(rate=0.001 rank=2 steps=3)";
        Path work = folder.resolve("work");
        PilotReport report = Pilot.of(split)
                .candidates(StrategyCatalog.parse(list, 0))
                .folder(work)
                .run(model);
        assertThat(report.measured()).hasSize(11);
        assertThat(model.adapters()).as("nothing stays loaded").isEmpty();
        for (Measured row : report.measured()) {
            assertThat(row.details().artifactBytes()).as(row.strategy()).isPositive();
            assertThat(row.details().memoryBytes()).as(row.strategy()).isNotNegative();
            assertThat(row.details().stability().rewording().of())
                    .as(row.strategy())
                    .isEqualTo(4);
            Path target = folder.resolve("saved-" + row.strategy().hashCode());
            SavedStrategy saved = SavedStrategy.save(row, report, split, work, target);
            ServeCheck check = ServeCheck.replay(saved, model, Progress.NONE);
            assertThat(check.changed()).as(row.strategy()).isEmpty();
        }
        assertThat(model.adapters()).isEmpty();
    }

    @Test
    void run_again_trainsNothing() {
        Path work = folder.resolve("work");
        Pilot pilot =
                Pilot.of(split).candidates(StrategyCatalog.parse("lora(1)", 0)).folder(work);
        PilotReport first = pilot.run(model);
        List<String> heard = new ArrayList<>();
        PilotReport second =
                pilot.progress((stage, done, total) -> heard.add(stage)).run(model);
        assertThat(heard).noneMatch(stage -> stage.endsWith(": train"));
        assertThat(second.rows()).isEqualTo(first.rows());
    }

    @Test
    void run_writtenNumberOfPasses_trainsExactlySoLong() {
        List<String> heard = new ArrayList<>();
        Pilot.of(split)
                .candidates(StrategyCatalog.parse("lora(2)", 0))
                .folder(folder.resolve("work"))
                .progress((stage, done, total) -> heard.add(stage))
                .run(model);
        int examples = split.task().examples().size();
        int batch = LoraTuning.defaults().options().learning().batchSize();
        assertThat(heard.stream().filter(stage -> stage.matches("1 of 1: .*: train")))
                .hasSize(2 * ((examples + batch - 1) / batch));
    }

    @Test
    void run_stoppedWhileItTrains_goesOnFromThereToTheSameAnswers() throws IOException {
        Path work = folder.resolve("work");
        Pilot pilot =
                Pilot.of(split).candidates(StrategyCatalog.parse("lora", 0)).folder(work);
        List<String> undisturbed = new ArrayList<>();
        PilotReport whole = pilot.folder(folder.resolve("whole"))
                .progress((stage, done, total) -> undisturbed.add(stage))
                .run(model);
        assertThatThrownBy(() -> pilot.progress((stage, done, total) -> {
                            if (stage.endsWith(": train") && done == 71) {
                                throw new Stopped();
                            }
                        })
                        .run(model))
                .isInstanceOf(Stopped.class);
        List<String> heard = new ArrayList<>();
        PilotReport resumed =
                pilot.progress((stage, done, total) -> heard.add(stage)).run(model);
        assertThat(undisturbed.stream().filter(stage -> stage.matches("1 of 1: .*: train")))
                .hasSize(TrainingOptions.DEFAULT_MIN_STEPS);
        assertThat(heard.stream().filter(stage -> stage.matches("1 of 1: .*: train")))
                .as("after the snapshot of every second step")
                .hasSize(10);
        assertThat(texts(resumed)).isEqualTo(texts(whole));
        assertThat(bytes(work)).as("the adapter").isEqualTo(bytes(folder.resolve("whole")));
        try (Stream<Path> left = Files.list(work)) {
            assertThat(left)
                    .as("what a run needs is gone")
                    .noneMatch(path -> path.toString().endsWith(".run"));
        }
    }

    /** The process dies here. */
    private static final class Stopped extends Error {
        private static final long serialVersionUID = 1L;
    }

    private static List<String> texts(PilotReport report) {
        return report.measured().get(0).outcomes().stream().map(Outcome::answer).toList();
    }

    private static byte[] bytes(Path work) throws IOException {
        try (Stream<Path> all = Files.walk(work)) {
            return Files.readAllBytes(all.filter(path -> path.endsWith("adapter_model.safetensors"))
                    .sorted()
                    .findFirst()
                    .orElseThrow());
        }
    }

    @Test
    void adapt_fullTuningThatIsKept_opensAsTheModelWasOpened() {
        ModelOptions asked = ModelOptions.defaults().withThreads(1).withContextLength(96);
        Candidate candidate =
                Candidate.of(StrategyCatalog.parse("full-tuning(1)", 0).get(0));
        try (LocalModel small = LocalModel.open(tinyLlama(), asked);
                Model tuned = candidate.keeping(folder.resolve("full")).adapt(small, split.task(), Progress.NONE)) {
            assertThat(tuned.info().contextLength()).isEqualTo(96);
            assertThat(tuned.info().name()).isNotEqualTo(small.info().name());
        }
    }

    @Test
    void run_nothingMayBeTrained_isRuledOutWithTheReason() {
        PilotReport report = Pilot.of(split)
                .candidates(StrategyCatalog.parse("zero-shot/scored,lora", 0))
                .needs(Needs.defaults().withTrainingBudget(java.time.Duration.ZERO))
                .run(model);
        assertThat(report.rows().get(1)).isEqualTo(new RuledOut("lora", "the needs leave nothing for training"));
    }

    @Test
    void run_otherNeedsOnAFinishedJournal_answersAtOnceAndTheSame() {
        Path work = folder.resolve("work");
        Pilot pilot = Pilot.of(split)
                .candidates(StrategyCatalog.parse("zero-shot/scored,role/scored,lora(1)", 0))
                .budget(java.time.Duration.ofMinutes(10))
                .folder(work);
        PilotReport first = pilot.run(model);
        List<String> heard = new ArrayList<>();
        PilotReport second = pilot.needs(Needs.defaults().withTrainingBudget(java.time.Duration.ZERO))
                .progress((stage, done, total) -> heard.add(stage))
                .run(model);
        assertThat(heard).isNotEmpty().allMatch(stage -> stage.endsWith(": test examples"));
        assertThat(second.rows().subList(0, 2)).isEqualTo(first.rows().subList(0, 2));
        assertThat(second.rows().get(2)).isEqualTo(new RuledOut("lora(1)", "the needs leave nothing for training"));
        // one that nobody measured before is not measured for needs that rule it out
        PilotReport alone = pilot.folder(folder.resolve("alone"))
                .needs(Needs.defaults().withTrainingBudget(java.time.Duration.ZERO))
                .run(model);
        assertThat(alone.rows().get(2)).isEqualTo(second.rows().get(2));
        assertThat(folder.resolve("alone")).isDirectoryNotContaining("glob:**trained-lora*");
    }

    /** The examples that a training layer outside learns from must not tell the answer. */
    @Test
    void prepare_trainingExampleUnderShotsAndPassages_neverShowsItself() {
        for (String list : List.of("few-shot-nearest(3)/constrained", "few-shot-nearest(3)+rag(1)/constrained")) {
            try (Model adapted = StrategyCatalog.parse(list, 0).get(0).adapt(model, split.task(), Progress.NONE)) {
                for (Example example : split.task().examples()) {
                    List<Message> messages = adapted.prepare(split.task().request(example.input()))
                            .messages();
                    assertThat(messages.subList(0, messages.size() - 1))
                            .as(list)
                            .extracting(Message::content)
                            .doesNotContain(example.input());
                }
            }
        }
    }

    /** Eight texts to learn which is warm and which is cold, four to be asked, two passages. */
    static TaskSplit split() {
        List<Example> examples = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            examples.add(new Example("e" + i, (i % 2 == 0 ? "red " : "blue ") + i, i % 2 == 0 ? "warm" : "cold"));
        }
        Task task = Task.classification("colours", "Say warm or cold.", List.of("warm", "cold"), examples.subList(0, 8))
                .withCorpus(List.of(new Passage("p", "", "red is warm", 0), new Passage("q", "", "blue is cold", 0)));
        return new TaskSplit(task, examples.subList(8, 12), List.of());
    }

    /** A model of a few thousand weights. */
    static Path tinyLlama() {
        return GuideExamples.root().resolve("llm-adapt-local/src/test/resources/dev/llmadapt/local/golden/tiny-llama");
    }
}
