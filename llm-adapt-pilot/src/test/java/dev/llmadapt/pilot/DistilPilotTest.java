package dev.llmadapt.pilot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llmadapt.Model;
import dev.llmadapt.ModelLayer;
import dev.llmadapt.Progress;
import dev.llmadapt.Request;
import dev.llmadapt.ToyModel;
import dev.llmadapt.ToyTask;
import dev.llmadapt.distillation.DistillationReport;
import dev.llmadapt.distillation.DistillationReport.Reason;
import dev.llmadapt.pilot.report.PilotReport;
import dev.llmadapt.pilot.report.ReportJson;
import dev.llmadapt.pilot.report.ReportTable;
import dev.llmadapt.pilot.results.Measured;
import dev.llmadapt.pilot.results.RuledOut;
import dev.llmadapt.pilot.saved.SavedStrategy;
import dev.llmadapt.pilot.saved.ServeCheck;
import dev.llmadapt.pilot.strategy.Candidate;
import dev.llmadapt.pilot.strategy.Candidate.ModelUse;
import dev.llmadapt.pilot.strategy.Candidate.Need;
import dev.llmadapt.pilot.strategy.Candidate.Training;
import dev.llmadapt.pilot.strategy.StrategyCatalog;
import dev.llmadapt.pilot.strategy.StrategyFamily;
import dev.llmadapt.pilot.strategy.UnlabelledTexts;
import dev.llmadapt.pilot.task.TaskSplit;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Students of a teacher as candidates of a pilot. */
class DistilPilotTest {
    /** Two texts that are new, one of them twice, and a test text. */
    private static final List<String> TEXTS = List.of(
            "where does the dog sleep",
            "where does the dog sleep",
            "which oak is the tallest",
            ToyTask.test().get(0).input());

    private static final TaskSplit SPLIT =
            new TaskSplit(ToyTask.task(), ToyTask.test(), List.of()).withUnlabelled(TEXTS);

    @TempDir
    Path folder;

    private final Model model = new ToyModel();

    @AfterEach
    void close() {
        model.close();
    }

    @Test
    void run_studentOfAClassifier_isMeasuredWithTheTeachersCostAndServed() {
        Path work = folder.resolve("work");
        PilotReport report = run(SPLIT, "distil(embeddings>words),words", work);
        Measured row = report.measured().get(0);
        assertThat(row.strategy()).isEqualTo("distil(embeddings>words)");
        assertThat(row.details().family()).isEqualTo(StrategyFamily.CLASSIFIER);
        DistillationReport teacher = row.details().teacher().orElseThrow();
        assertThat(teacher.inputs()).isEqualTo(4);
        assertThat(teacher.kept()).isEqualTo(2);
        assertThat(teacher.dropped()).containsOnlyKeys(Reason.DUPLICATE, Reason.HELD_OUT);
        assertThat(teacher.cost().calls()).isEqualTo(2);
        assertThat(teacher.ownExamples()).isEqualTo(ToyTask.task().examples().size());
        assertThat(report.measured().get(1).details().teacher()).isEmpty();
        assertThat(ReportJson.read(ReportJson.write(report))).isEqualTo(report);
        assertThat(ReportTable.write(report))
                .contains("the teacher of distil(embeddings>words) answered 2 of 4 unlabelled texts: 2 answers");
        Path target = folder.resolve("saved");
        SavedStrategy saved = SavedStrategy.save(row, report, SPLIT, work, target);
        assertThat(ServeCheck.replay(saved, model, Progress.NONE).changed()).isEmpty();
    }

    @Test
    void run_journalOfOtherTexts_isAnotherRun() {
        run(SPLIT, "distil", folder);
        assertThatThrownBy(() -> run(SPLIT.withUnlabelled(List.of("a cat")), "distil", folder))
                .hasMessageContaining("the journal of a run on another task");
    }

    @Test
    void run_finishedJournal_asksTheTeacherNothing() {
        List<String> heard = new ArrayList<>();
        PilotReport first = run(SPLIT, "distil(zero-shot/scored>words)", folder);
        PilotReport again = Pilot.of(SPLIT)
                .candidates(StrategyCatalog.parse("distil(zero-shot/scored>words)", 0))
                .budget(Duration.ofMinutes(5))
                .folder(folder)
                .progress((stage, done, total) -> heard.add(stage))
                .run(refusing());
        assertThat(again.rows()).isEqualTo(first.rows());
        assertThat(heard).allMatch(stage -> stage.endsWith(": test examples"));
    }

    @Test
    void run_teacherOfProbabilities_teachesThem() {
        // the answers of both are the same; the student of probabilities has others than that of labels
        double soft = confidence("distil(zero-shot/scored>words)");
        double hard = confidence("distil(zero-shot/constrained>words)");
        assertThat(soft).isNotEqualTo(hard);
    }

    private double confidence(String strategy) {
        return run(SPLIT, strategy, folder.resolve(Integer.toHexString(strategy.hashCode())))
                .measured()
                .get(0)
                .calibration()
                .brier();
    }

    @Test
    void run_withoutTexts_isRuledOutByName() {
        TaskSplit none = SPLIT.withUnlabelled(List.of());
        assertThat(run(none, "distil(embeddings>words)", folder).rows())
                .containsExactly(new RuledOut(
                        "distil(embeddings>words)",
                        "it learns from a teacher's answers to unlabelled texts, none are given (--unlabelled FILE)"));
        assertThatThrownBy(() -> StrategyCatalog.parse("distil", 0).get(0).adapt(model, SPLIT.task(), Progress.NONE))
                .hasMessageContaining("--unlabelled FILE");
    }

    @Test
    void adapt_studentWithLayers_isTaughtByItsLayerAndShownTheOwnExamples() {
        Candidate candidate = candidate("distil(distil(zero-shot/scored>words)>embeddings)");
        try (Model adapted = candidate.adapt(model, SPLIT.task(), Progress.NONE)) {
            assertThat(adapted.generate(SPLIT.task().request("which dog is yours"))
                            .text())
                    .isEqualTo("animal");
        }
    }

    @Test
    void traits_areTheStudentsWithWhatTheTeacherNeeds() {
        Candidate.Traits words = candidate("distil(zero-shot/scored>words)").traits();
        assertThat(words.family()).isEqualTo(StrategyFamily.CLASSIFIER);
        assertThat(words.training()).isEqualTo(Training.QUICK);
        assertThat(words.needs()).containsExactlyInAnyOrder(Need.LABELS, Need.UNLABELLED_TEXTS, Need.SCORES);
        assertThat(words.shots()).isZero();
        assertThat(words.modelUse()).isEqualTo(ModelUse.ADAPTING);
        assertThat(words.modelFree()).isTrue();
        Candidate.Traits lora = candidate("distil(few-shot(5)>rag(1)+lora)").traits();
        assertThat(lora.family()).isEqualTo(StrategyFamily.FINE_TUNING);
        assertThat(lora.training()).isEqualTo(Training.LONG);
        assertThat(lora.needs())
                .containsExactlyInAnyOrder(
                        Need.EXAMPLES, Need.CORPUS, Need.LOCAL_MODEL, Need.UNLABELLED_TEXTS, Need.SCORES);
        assertThat(lora.shots()).isEqualTo(5);
        assertThat(lora.modelUse()).isEqualTo(ModelUse.ANSWERING);
        assertThat(candidate("distil").traits().modelUse()).isEqualTo(ModelUse.NONE);
        assertThat(candidate("distil(lora>words)").traits().training()).isEqualTo(Training.LONG);
    }

    @Test
    void parse_brokenTeachings_areRefused() {
        assertRefused("distil(words)", "expected a teacher and a student");
        assertRefused("distil(words>words>words)", "expected a teacher and a student");
        assertRefused("distil(words,embeddings>words)", "expected a teacher and a student");
        assertRefused("distil(embeddings>)", "expected the name of a strategy");
        assertRefused("distil(embeddings>word)", "unknown strategy 'word'");
        assertRefused("distil(words>few-shot(3))", "the student of 'distil' must have one of the layers");
        assertRefused("distil(words>distil(words>words))", "the student of 'distil' must have one of the layers");
        assertRefused("distil+few-shot", "answers by itself");
        assertRefused("distil(embeddings>words)/scored", "answers by itself");
    }

    private static void assertRefused(String list, String why) {
        assertThatThrownBy(() -> StrategyCatalog.parse(list, 0))
                .as(list)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(why);
    }

    private static Candidate candidate(String text) {
        return Candidate.of(StrategyCatalog.parse(text, 0).get(0))
                .withUnlabelled(new UnlabelledTexts(TEXTS, List.of()));
    }

    private Model refusing() {
        return new ModelLayer(model) {
            @Override
            protected Request apply(Request request) {
                throw new IllegalStateException("nobody is asked again");
            }
        };
    }

    private PilotReport run(TaskSplit split, String list, Path work) {
        return Pilot.of(split)
                .candidates(StrategyCatalog.parse(list, 0))
                .budget(Duration.ofMinutes(5))
                .folder(work)
                .run(model);
    }
}
