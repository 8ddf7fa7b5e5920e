package dev.llmadapt.pilot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llmadapt.LlmAdaptException;
import dev.llmadapt.Model;
import dev.llmadapt.ModelLayer;
import dev.llmadapt.Progress;
import dev.llmadapt.Request;
import dev.llmadapt.ToyModel;
import dev.llmadapt.ToyTask;
import dev.llmadapt.pilot.recommendation.Needs;
import dev.llmadapt.pilot.recommendation.Prices;
import dev.llmadapt.pilot.report.PilotReport;
import dev.llmadapt.pilot.report.ReportJson;
import dev.llmadapt.pilot.results.Measured;
import dev.llmadapt.pilot.results.Row;
import dev.llmadapt.pilot.results.RuledOut;
import dev.llmadapt.pilot.saved.MeasuredModel;
import dev.llmadapt.pilot.saved.SavedStrategy;
import dev.llmadapt.pilot.saved.ServeCheck;
import dev.llmadapt.pilot.strategy.CandidateModel;
import dev.llmadapt.pilot.strategy.ModelPool;
import dev.llmadapt.pilot.strategy.StrategyCatalog;
import dev.llmadapt.pilot.task.TaskSplit;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A pilot whose candidates are strategies on several models. */
class SeveralModelsTest {
    private static final TaskSplit SPLIT = new TaskSplit(ToyTask.task(), ToyTask.test(), List.of());

    @TempDir
    Path folder;

    @Test
    void run_twoModels_measuresEachStrategyOnEach() {
        PilotReport report = run("majority,zero-shot,few-shot(6)", "1", "2");
        assertThat(report.rows())
                .extracting(Row::strategy)
                .containsExactly(
                        "majority",
                        "zero-shot @ good",
                        "zero-shot @ blind",
                        "few-shot(6) @ good",
                        "few-shot(6) @ blind");
        assertThat(quality(report, "few-shot(6) @ good")).isGreaterThan(quality(report, "few-shot(6) @ blind"));
        assertThat(report.modelText()).isEqualTo("good, blind");
        assertThat(ReportJson.read(ReportJson.write(report))).isEqualTo(report);
    }

    /** With models that take turns in memory, too. */
    @Test
    void run_killedAtRandomPoints_endsWithTheSameRows() {
        List<String> asked = new ArrayList<>();
        PilotReport whole = pilot("zero-shot,few-shot(3),few-shot-nearest(3)", folder.resolve("whole"), asked, -1);
        Random random = new Random(5);
        int calls = asked.size();
        Path resumed = folder.resolve("resumed");
        int kills = 0;
        for (int i = 0; i < 6; i++) {
            try {
                pilot(
                        "zero-shot,few-shot(3),few-shot-nearest(3)",
                        resumed,
                        new ArrayList<>(),
                        1 + random.nextInt(calls / 5));
            } catch (Killed e) {
                kills++;
            }
        }
        assertThat(kills).isGreaterThan(3);
        asked.clear();
        PilotReport report = pilot("zero-shot,few-shot(3),few-shot-nearest(3)", resumed, asked, -1);
        assertThat(asked).hasSizeLessThan(calls);
        assertThat(answers(report)).isEqualTo(answers(whole));
    }

    @Test
    void run_modelFileChangedUnderItsName_isAnotherRun() {
        run("zero-shot", "1", "2");
        run("zero-shot", "1", "2");
        assertThatThrownBy(() -> run("zero-shot", "1", "3"))
                .isInstanceOf(LlmAdaptException.class)
                .hasMessageContaining("choose another folder");
    }

    @Test
    void save_aChoiceOnAModel_answersTheSameOnThatModelAndRefusesOthers() {
        PilotReport report =
                new MeasuredModel("good", "models/good.gguf", "aaaabbbbcccc").described(run("few-shot(6)", "1", "2"));
        SavedStrategy saved = SavedStrategy.save(
                report.measured().get(0), report, SPLIT, folder.resolve("work"), folder.resolve("s"));
        assertThat(saved.text()).isEqualTo("few-shot(6) @ good");
        assertThat(saved.needsModel()).isTrue();
        try (Model model = new ToyModel()) {
            assertThat(ServeCheck.replay(saved, model, Progress.NONE).changed()).isEmpty();
        }
        MeasuredModel model = MeasuredModel.of(report, saved.text());
        assertThat(model).isEqualTo(new MeasuredModel("good", "models/good.gguf", "aaaabbbbcccc"));
        model.refuseOther("models/good.gguf", "aaaabbbbcccc");
        model.refuseOther("a test's model", "");
        assertThatThrownBy(() -> model.refuseOther("new.gguf", "ddddeeeeffff"))
                .isInstanceOf(LlmAdaptException.class)
                .hasMessageContaining(
                        "was measured on models/good.gguf (sha256 aaaabbbb), and new.gguf is another model");
    }

    @Test
    void run_modelsThatCannotBeUsed_areRuledOutByName() {
        try (Model toy = new ToyModel();
                ModelPool pool = new ModelPool(Long.MAX_VALUE)) {
            Model huge = pool.add(1L << 50, () -> {
                throw new AssertionError("it may not be opened");
            });
            PilotReport report = Pilot.of(SPLIT)
                    .candidates(CandidateModel.candidates(
                            StrategyCatalog.parse("zero-shot,features", 0),
                            List.of(CandidateModel.of("toy", "", toy), new CandidateModel("huge", "", 1L << 50, huge))))
                    .run(toy);
            assertThat(report.rows().get(0)).isInstanceOf(Measured.class);
            assertThat(reason(report, 1))
                    .startsWith("huge takes about 1073742024 MB of memory when open, this process");
            assertThat(reason(report, 2)).isEqualTo("it needs a model in this process, toy is none");
            assertThat(reason(report, 3)).startsWith("huge takes about");
        }
    }

    @Test
    void run_hostedModelWhereNoDataMayLeave_isRuledOut() {
        try (Model toy = new ToyModel()) {
            PilotReport report = Pilot.of(SPLIT)
                    .candidates(CandidateModel.candidates(
                            StrategyCatalog.parse("majority,zero-shot", 0),
                            List.of(CandidateModel.of("hosted", "", toy))))
                    .needs(Needs.defaults().withPrices(new Prices(0.1, 1, 2)))
                    .run(toy);
            assertThat(report.rows().get(0)).isInstanceOf(Measured.class);
            assertThat(reason(report, 1)).isEqualTo("the needs let no data leave, and the model is hosted");
        }
    }

    private static String reason(PilotReport report, int row) {
        return ((RuledOut) report.rows().get(row)).reason();
    }

    private PilotReport run(String strategies, String goodContent, String blindContent) {
        try (Model good = new ToyModel();
                Model toy = new ToyModel();
                Model blind = blind(toy)) {
            return Pilot.of(SPLIT)
                    .candidates(CandidateModel.candidates(
                            StrategyCatalog.parse(strategies, 0),
                            List.of(
                                    CandidateModel.of("good", goodContent, good),
                                    CandidateModel.of("blind", blindContent, blind))))
                    .folder(folder.resolve("work"))
                    .run(good);
        }
    }

    /** One run, with one model open at a time, that dies when it is asked for the given time. */
    private static PilotReport pilot(String strategies, Path work, List<String> asked, int dies) {
        try (ModelPool pool = new ModelPool(0)) {
            List<CandidateModel> models = List.of(
                    CandidateModel.of("good", "1", pool.add(1, () -> counting("good", asked, dies))),
                    CandidateModel.of("blind", "2", pool.add(1, () -> counting("blind", asked, dies))));
            return Pilot.of(SPLIT)
                    .candidates(CandidateModel.candidates(StrategyCatalog.parse(strategies, 0), models))
                    .folder(work)
                    .run(models.get(0).model());
        }
    }

    private static Model counting(String name, List<String> asked, int dies) {
        return new ModelLayer(name.equals("good") ? new ToyModel() : blind(new ToyModel())) {
            @Override
            protected Request apply(Request request) {
                asked.add(name);
                if (asked.size() == dies) {
                    throw new Killed();
                }
                return request;
            }
        };
    }

    /** A model that sees no question. */
    private static Model blind(Model toy) {
        return new ModelLayer(toy) {
            @Override
            protected Request apply(Request request) {
                return Request.of("?").withConstraint(request.constraint());
            }
        };
    }

    private static double quality(PilotReport report, String name) {
        return report.measured().stream()
                .filter(row -> row.strategy().equals(name))
                .findFirst()
                .orElseThrow()
                .quality();
    }

    private static List<String> answers(PilotReport report) {
        return report.measured().stream()
                .map(row -> row.strategy()
                        + row.outcomes().stream()
                                .map(outcome -> outcome.id() + outcome.answer())
                                .toList())
                .toList();
    }

    /** The process dies here. */
    private static final class Killed extends Error {
        private static final long serialVersionUID = 1L;
    }
}
