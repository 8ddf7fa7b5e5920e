package dev.llmadapt.pilot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llmadapt.Generation;
import dev.llmadapt.Model;
import dev.llmadapt.ModelInfo;
import dev.llmadapt.Request;
import dev.llmadapt.Scores;
import dev.llmadapt.Scoring;
import dev.llmadapt.TokenListener;
import dev.llmadapt.ToyModel;
import dev.llmadapt.ToyTask;
import dev.llmadapt.pilot.judging.Judge;
import dev.llmadapt.pilot.report.PilotReport;
import dev.llmadapt.pilot.report.ReportJson;
import dev.llmadapt.pilot.results.Measured;
import dev.llmadapt.pilot.results.RuledOut;
import dev.llmadapt.pilot.strategy.StrategyCatalog;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the pilot does with a model that does not score, such as one behind an interface without probabilities. */
class ScorelessModelTest {
    @Test
    void run_strategiesThatNeedScores_areRuledOutWithWhatToWrite() {
        try (Scoreless model = new Scoreless()) {
            PilotReport report = Pilot.of(ToyTask.task(), ToyTask.test())
                    .candidates(StrategyCatalog.parse(
                            "zero-shot,few-shot(2)/letters-constrained,few-shot(2)/constrained", 1))
                    .run(model);

            assertThat(report.rows().get(0))
                    .isEqualTo(new RuledOut(
                            "zero-shot",
                            "it compares the probabilities of labels, which silent does not tell; write"
                                    + " '/letters-constrained' or '/constrained' behind it"));
            assertThat(report.rows().subList(1, 3))
                    .allSatisfy(row -> assertThat(row)
                            .isInstanceOfSatisfying(
                                    Measured.class,
                                    measured -> assertThat(measured.errors()).isZero()));
            assertThat(ReportJson.read(ReportJson.write(report)).model()).isEqualTo(report.model());
        }
    }

    @Test
    void judge_modelWithoutScores_isRefused() {
        try (Scoreless model = new Scoreless()) {
            assertThatThrownBy(() -> new Judge(model, Judge.DEFAULT_RUBRIC))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("'silent'");
        }
    }

    private static final class Scoreless implements Model {
        private final ToyModel toy = new ToyModel();

        @Override
        public Generation stream(Request request, TokenListener listener) {
            return toy.stream(request, listener);
        }

        @Override
        public Scores score(Request prompt, List<String> continuations) {
            throw new UnsupportedOperationException("no scores");
        }

        @Override
        public ModelInfo info() {
            return new ModelInfo("silent", "remote", 0, 0, 0, "", Scoring.NONE);
        }

        @Override
        public void close() {
            toy.close();
        }
    }
}
