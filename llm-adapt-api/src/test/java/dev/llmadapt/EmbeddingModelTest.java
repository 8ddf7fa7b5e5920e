package dev.llmadapt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class EmbeddingModelTest {
    @Test
    void cosine_ofVectors_isOfTheirAngle() {
        assertThat(EmbeddingModel.cosine(new float[] {3, 4}, new float[] {6, 8}))
                .isEqualTo(1, within(1e-12));
        assertThat(EmbeddingModel.cosine(new float[] {1, 0}, new float[] {-2, 0}))
                .isEqualTo(-1);
        assertThat(EmbeddingModel.cosine(new float[] {1, 1}, new float[] {1, 0}))
                .isEqualTo(Math.sqrt(0.5), within(1e-12));
        assertThat(EmbeddingModel.cosine(new float[] {0, 0}, new float[] {1, 0}))
                .isZero();
        assertThatThrownBy(() -> EmbeddingModel.cosine(new float[1], new float[2]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("got 1 and 2");
    }
}
