package dev.llmadapt.pilot.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.llmadapt.Metric;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The goldens are made by {@code text_metrics.py}, beside them. */
class TextMetricsTest {
    @ParameterizedTest
    @ValueSource(strings = {"rouge-1", "rouge-2", "rouge-l", "chrf"})
    void score_goldens_equalThoseOfRougeScoreAndSacrebleu(String name) throws IOException {
        Metric metric = Metrics.named(name).orElseThrow();
        JsonArray rows;
        try (InputStreamReader reader = new InputStreamReader(
                Objects.requireNonNull(TextMetricsTest.class.getResourceAsStream("text-metrics.json")),
                StandardCharsets.UTF_8)) {
            rows = JsonParser.parseReader(reader).getAsJsonArray();
        }
        assertThat(rows).hasSize(25);
        for (JsonElement each : rows) {
            JsonObject row = each.getAsJsonObject();
            double score = metric.score(
                    row.get("expected").getAsString(), row.get("actual").getAsString());
            assertThat(score)
                    .as("%s of %s", name, row)
                    .isCloseTo(row.get(name).getAsDouble(), within(1e-12))
                    .isBetween(0.0, 1.0);
        }
    }
}
