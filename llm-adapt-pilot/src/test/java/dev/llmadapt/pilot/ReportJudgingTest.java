package dev.llmadapt.pilot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.llmadapt.Example;
import dev.llmadapt.Model;
import dev.llmadapt.ModelLayer;
import dev.llmadapt.Progress;
import dev.llmadapt.Request;
import dev.llmadapt.Scores;
import dev.llmadapt.Task;
import dev.llmadapt.Token;
import dev.llmadapt.ToyModel;
import dev.llmadapt.ToyTask;
import dev.llmadapt.Usage;
import dev.llmadapt.pilot.judging.GradeAgreement;
import dev.llmadapt.pilot.judging.Judge;
import dev.llmadapt.pilot.report.PilotReport;
import dev.llmadapt.pilot.report.ReportJson;
import dev.llmadapt.pilot.results.JudgeGrade;
import dev.llmadapt.pilot.strategy.StrategyCatalog;
import dev.llmadapt.pilot.task.HumanGrades;
import dev.llmadapt.pilot.task.TaskSplit;
import dev.llmadapt.pilot.task.WordOverlap;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A judge whose taste is known: the right answer is worth 5, any other 1. */
class ReportJudgingTest {
    @TempDir
    Path folder;

    private int asked;

    @Test
    void judge_freeText_gradesEachRowAndComparesWithTheBest() {
        PilotReport report = report();
        try (ReportJudging judging = ReportJudging.of(judge(), null, Progress.NONE)) {
            PilotReport judged = judging.judge(report);
            for (int i = 0; i < 2; i++) {
                double quality = judged.measured().get(i).quality();
                JudgeGrade grade = judged.measured().get(i).details().judged().orElseThrow();
                assertThat(grade.grade()).as("answers are one word").isCloseTo(quality, within(1e-3));
                assertThat(grade.answers()).isEqualTo(9);
                assertThat(grade.interval().low()).isLessThan(grade.grade());
                assertThat(grade.againstBest().isPresent())
                        .isEqualTo(!report.best()
                                .orElseThrow()
                                .strategy()
                                .equals(judged.measured().get(i).strategy()));
            }
            assertThat(ReportJson.read(ReportJson.write(judged))).isEqualTo(judged);
        }
    }

    @Test
    void judge_again_asksNothing() {
        PilotReport report = report();
        PilotReport first = judged(report);
        int before = asked;
        assertThat(before).isPositive();
        assertThat(judged(report)).isEqualTo(first);
        assertThat(asked).isEqualTo(before);
    }

    @Test
    void agreement_people_areCompared() {
        List<Example> tests = ToyTask.test();
        HumanGrades people = new HumanGrades(List.of(
                new HumanGrades.Graded(tests.get(0), tests.get(0).output(), 5),
                new HumanGrades.Graded(tests.get(1), "nonsense", 2),
                new HumanGrades.Graded(tests.get(2), "", 1)));
        try (ReportJudging judging = ReportJudging.of(judge(), folder, Progress.NONE)) {
            GradeAgreement agreement = judging.agreement(people);
            assertThat(agreement.answers()).isEqualTo(3);
            assertThat(agreement.difference()).isCloseTo(1.0 / 3, within(1e-3));
            assertThat(agreement.text())
                    .isEqualTo("over 3 answers: Spearman 1.00, weighted kappa 0.95, off by 0.33 grades of 1 to 5");
        }
    }

    @Test
    void judge_labels_areRefused() {
        try (ReportJudging judging = ReportJudging.of(judge(), null, Progress.NONE)) {
            PilotReport labels = run(ToyTask.task());
            assertThatThrownBy(() -> judging.judge(labels))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("a judge grades free text, the answers of task 'kinds' are 3 labels");
        }
    }

    @Test
    void winRate_counts_areAShareWithAnInterval() {
        JudgeGrade.WinRate rate = new JudgeGrade.WinRate(6, 2, 2);
        assertThat(rate.of()).isEqualTo(10);
        assertThat(rate.value()).isEqualTo(0.7);
        assertThat(rate.interval().low()).isBetween(0.3, 0.5);
        assertThat(rate.interval().high()).isBetween(0.8, 0.95);
    }

    private PilotReport judged(PilotReport report) {
        try (ReportJudging judging = ReportJudging.of(judge(), folder, Progress.NONE)) {
            return judging.judge(report);
        }
    }

    private static PilotReport report() {
        return run(new Task("free", "Say it.", List.of(), ToyTask.task().examples(), List.of(), new WordOverlap()));
    }

    private static PilotReport run(Task task) {
        try (Model model = new ToyModel()) {
            return Pilot.of(new TaskSplit(task, ToyTask.test(), List.of()))
                    .candidates(StrategyCatalog.parse("nearest-example,zero-shot", 0))
                    .budget(Duration.ofMinutes(1))
                    .run(model);
        }
    }

    private Judge judge() {
        Model model = new ModelLayer(new ToyModel()) {
            @Override
            protected Exchange exchange(Request request) {
                return new Exchange() {
                    @Override
                    public Request asked() {
                        return request;
                    }

                    @Override
                    public Scores scored(Model inside, List<String> continuations) {
                        asked++;
                        String text = request.last().content();
                        String right = after(text, "Reference answer:\n");
                        String wanted = continuations.contains("5")
                                ? after(text, "Answer:\n").equals(right) ? "5" : "1"
                                : after(text, "Answer A:\n").equals(right) ? "A" : "B";
                        return new Scores(
                                continuations.stream()
                                        .map(each -> new Scores.Entry(
                                                each, List.of(new Token(1, each, each.equals(wanted) ? 0 : -30))))
                                        .toList(),
                                new Usage(1, 0));
                    }
                };
            }
        };
        return new Judge(model, Judge.DEFAULT_RUBRIC);
    }

    private static String after(String text, String mark) {
        int at = text.indexOf("\n" + mark) + 1 + mark.length();
        return text.substring(at, text.indexOf('\n', at));
    }
}
