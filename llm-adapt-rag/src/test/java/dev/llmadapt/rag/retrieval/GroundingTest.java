package dev.llmadapt.rag.retrieval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.llmadapt.Passage;
import dev.llmadapt.rag.embedding.Embedder;
import dev.llmadapt.rag.embedding.WordEmbedder;
import java.util.List;
import org.junit.jupiter.api.Test;

final class GroundingTest {
    private static final Passage CATS = new Passage("cats", "", "Cats sleep all day. Cats purr.", 1);
    private static final Passage CARDS = new Passage("cards", "", "Cards expire yearly. A new card is free.", 0.5);

    @Test
    void nearness_isScaledAndPrefersTheNearest() {
        Grounding grounding = Grounding.of(new WordEmbedder(64));

        assertThat(grounding.nearness("cats", "cats purr", List.of(CATS, CARDS)))
                .containsExactly(1, 0);
        assertThat(grounding.nearness("card", "a new card is free", List.of(CATS.withScore(0), CARDS)))
                .containsExactly(0, 1);
        assertThat(grounding.answerable("Cats purr.", List.of(CATS)))
                .isGreaterThan(grounding.answerable("Dogs bark!", List.of(CATS)));
        assertThatThrownBy(() -> Grounding.of(Embedder.none())).hasMessageContaining("vectors");
    }

    @Test
    void threshold_refusing_isTheLeastThatDoes() {
        List<Double> with = List.of(0.3, 0.5, 0.7, 0.9);
        List<Double> without = List.of(0.1, 0.2, 0.4, 0.6);
        Threshold half = Threshold.refusing(with, without, 0.5);

        assertThat(half.value()).isCloseTo(0.2, within(1e-9)).isGreaterThan(0.2);
        assertThat(half.refusedRightly()).isEqualTo(0.5);
        assertThat(half.refusedWrongly()).isZero();
        assertThat(Threshold.refusing(with, without, 1).refusedWrongly()).isEqualTo(0.5);
        assertThat(Threshold.refusing(with, without, 0).value()).isEqualTo(Double.NEGATIVE_INFINITY);
        assertThat(Threshold.balanced(with, without).refusedRightly()).isEqualTo(0.5);
        assertThatThrownBy(() -> Threshold.refusing(with, List.of(), 0.5)).hasMessageContaining("4 and 0");
        assertThatThrownBy(() -> Threshold.refusing(with, without, 2)).hasMessageContaining("share: 2.0");
    }
}
