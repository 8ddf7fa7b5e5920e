package dev.llmadapt.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llmadapt.pilot.recommendation.Needs;
import dev.llmadapt.pilot.recommendation.Prices;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class QuestionnaireTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    @Test
    void ask_everyQuestionAnswered_isTheProfile() {
        Needs needs = ask("yes\nweekly\ny\n0.8\n800ms\n512\n50000\n2h\n0.2\n1\n3\n");
        assertThat(needs)
                .isEqualTo(new Needs(
                        true,
                        Needs.KnowledgeChange.WEEKLY,
                        true,
                        0.8,
                        0.02,
                        Duration.ofMillis(800),
                        512L << 20,
                        50_000,
                        Duration.ofHours(2),
                        new Prices(0.2, 1, 3)));
    }

    @Test
    void ask_emptyAnswers_keepWhatStandsThere() {
        assertThat(ask("\n".repeat(11))).isEqualTo(Needs.defaults());
    }

    @Test
    void ask_wrongAnswer_isAskedAgain() {
        assertThat(ask("perhaps\nno\nsometimes\nnever\nno\n2\n0\n" + "\n".repeat(7)))
                .isEqualTo(Needs.defaults());
        assertThat(out.toString(StandardCharsets.UTF_8))
                .contains("'perhaps' is not an answer", "'sometimes' is not", "'2' is not");
    }

    @Test
    void ask_inputEnds_isOneLine() {
        assertThatThrownBy(() -> ask("yes\n")).hasMessageContaining("the input ended");
    }

    private Needs ask(String answers) {
        return Questionnaire.ask(
                Needs.defaults(),
                new ByteArrayInputStream(answers.getBytes(StandardCharsets.UTF_8)),
                new PrintStream(out, true, StandardCharsets.UTF_8));
    }
}
