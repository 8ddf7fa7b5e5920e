package dev.llmadapt.rag.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

final class AnswerMetricsTest {
    @Test
    void squad_normalisation_isThatOfItsScript() {
        assertThat(AnswerMetrics.normalized("  The U.S. President, a \"man\"!  "))
                .isEqualTo("us president man");
        assertThat(AnswerMetrics.exactMatch().score("Denver Broncos", "the Denver Broncos."))
                .isEqualTo(1);
        assertThat(AnswerMetrics.exactMatch().score("Denver", "Denver Broncos")).isZero();
        assertThat(AnswerMetrics.f1().score("Denver Broncos", "Broncos won")).isEqualTo(0.5);
        assertThat(AnswerMetrics.f1().score("a b b", "b b b c"))
                .as("b counts twice")
                .isCloseTo(2 * 2 / 6.0, within(1e-9));
        assertThat(AnswerMetrics.f1().score("the", "")).isEqualTo(1);
        assertThat(AnswerMetrics.f1().score("x", "")).isZero();
        assertThat(AnswerMetrics.best(AnswerMetrics.f1(), List.of("x", "y z"), "z y"))
                .isEqualTo(1);
        assertThat(AnswerMetrics.best(AnswerMetrics.f1(), List.of(), "z y")).isZero();
    }
}
