package dev.llmadapt.prompting;

import static dev.llmadapt.prompting.LabelChoice.Calibration.NONE;
import static dev.llmadapt.prompting.LabelChoice.Normalization.SUM;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llmadapt.Generation;
import dev.llmadapt.Model;
import dev.llmadapt.ModelInfo;
import dev.llmadapt.Progress;
import dev.llmadapt.Request;
import dev.llmadapt.Scores;
import dev.llmadapt.Scoring;
import dev.llmadapt.TokenListener;
import dev.llmadapt.ToyModel;
import dev.llmadapt.ToyTask;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Choices of labels over models that score no text, or single tokens alone: refused when adapting, not later. */
final class ScoringLevelTest {
    @Test
    void adapt_modelWithoutScores_isRefusedByName() {
        for (LabelChoice choice : List.of(LabelChoice.scored(SUM, NONE), LabelChoice.byLetters(NONE))) {
            assertThatThrownBy(() -> choice.adapt(new Limited(Scoring.NONE), ToyTask.task(), Progress.NONE))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("label-choice(")
                    .hasMessageContaining("'limited'")
                    .hasMessageContaining("byLettersConstrained");
        }
    }

    @Test
    void adapt_modelWithoutScores_writesLettersAndLabels() {
        for (LabelChoice choice : List.of(LabelChoice.constrained(), LabelChoice.byLettersConstrained())) {
            try (Model adapted = choice.adapt(new Limited(Scoring.NONE), ToyTask.task(), Progress.NONE)) {
                assertThat(adapted.generate(ToyTask.task().request("a dog")).text())
                        .isIn(ToyTask.task().labels());
            }
        }
    }

    @Test
    void adapt_modelOfTopTokens_scoresLettersAndRefusesLongLabels() {
        Limited model = new Limited(Scoring.TOP_TOKENS);
        try (Model adapted = LabelChoice.byLetters(NONE).adapt(model, ToyTask.task(), Progress.NONE)) {
            assertThat(adapted.generate(ToyTask.task().request("a dog")).decision())
                    .isPresent();
        }
        assertThatThrownBy(() -> LabelChoice.scored(SUM, NONE).adapt(model, ToyTask.task(), Progress.NONE))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("is no token");
    }

    /** A toy model that scores less than it could. */
    private record Limited(Scoring scoring, ToyModel toy) implements Model {
        Limited(Scoring scoring) {
            this(scoring, new ToyModel());
        }

        @Override
        public Generation stream(Request request, TokenListener listener) {
            return toy.stream(request, listener);
        }

        @Override
        public Scores score(Request prompt, List<String> continuations) {
            if (scoring == Scoring.NONE) {
                throw new UnsupportedOperationException("no scores");
            }
            continuations.stream().filter(text -> text.length() > 1).forEach(text -> {
                throw new IllegalArgumentException("'" + text + "' is no token");
            });
            return toy.score(prompt, continuations);
        }

        @Override
        public ModelInfo info() {
            return new ModelInfo("limited", "remote", 0, 0, 0, "", scoring);
        }

        @Override
        public void close() {
            toy.close();
        }
    }
}
