package dev.llmadapt.pilot.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.llmadapt.EmbeddingModel;
import dev.llmadapt.Metric;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EmbeddingSimilarityTest {
    private final List<String> events = new ArrayList<>();

    @Test
    void score_knownVectors_isTheCosineOrZero() {
        try (EmbeddingSimilarity metric = new EmbeddingSimilarity(Known::new)) {
            assertThat(metric.score("east", "north-east")).isCloseTo(Math.sqrt(0.5), within(1e-6));
            assertThat(metric.score("east", "north")).isZero();
            assertThat(metric.score("east", "west")).as("the cosine is -1").isZero();
            assertThat(metric.score("east", " east\n")).isEqualTo(1);
            assertThat(metric.score("east", "")).isZero();
            assertThat(metric.score("", "")).isEqualTo(1);
        }
        assertThat(events).as("opened once, and closed").containsExactly("open", "close");
    }

    @Test
    void release_scoredAgain_opensAgain() {
        Metric metric = new EmbeddingSimilarity(Known::new);
        Metrics.release(metric);
        assertThat(events).as("nothing was open").isEmpty();
        metric.score("east", "west");
        Metrics.release(metric);
        Metrics.release(metric);
        metric.score("east", "west");
        Metrics.release(metric);
        assertThat(events).containsExactly("open", "close", "open", "close");
        Metrics.release(Metric.exactMatch());
    }

    @Test
    void score_bundledEmbedder_ranksByMeaning() {
        Metric metric = Metrics.named("embedding similarity").orElseThrow();
        try {
            double same = metric.score("The parcel arrives on Monday.", "Your package will be delivered Monday.");
            double other = metric.score("The parcel arrives on Monday.", "Bake the bread for forty minutes.");
            assertThat(same).isBetween(other + 0.3, 1.0);
            assertThat(other).isBetween(0.0, 0.4);
        } finally {
            Metrics.release(metric);
        }
    }

    private final class Known implements EmbeddingModel {
        private static final Map<String, float[]> VECTORS = Map.of(
                "east", new float[] {2, 0},
                "west", new float[] {-1, 0},
                "north", new float[] {0, 1},
                "north-east", new float[] {1, 1});

        Known() {
            events.add("open");
        }

        @Override
        public String name() {
            return "known";
        }

        @Override
        public int dimension() {
            return 2;
        }

        @Override
        public List<float[]> embed(List<String> texts) {
            return texts.stream()
                    .map(text -> VECTORS.getOrDefault(text, new float[2]))
                    .toList();
        }

        @Override
        public void close() {
            events.add("close");
        }
    }
}
