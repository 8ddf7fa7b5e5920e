package dev.llmadapt.rag.embedding;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Vectors beside those of Python; {@code src/test/golden/make_vectors.py} made them. */
final class ReferenceVectorsTest {
    @Test
    void vectors_areThoseOfPython() throws IOException {
        JsonObject golden = golden();
        List<String> texts = golden.getAsJsonArray("texts").asList().stream()
                .map(JsonElement::getAsString)
                .toList();
        int compared = 0;
        for (JsonElement each : golden.getAsJsonArray("models")) {
            JsonObject model = each.getAsJsonObject();
            String name = model.get("model").getAsString();
            try (Embedder embedder = name.startsWith("bge") ? Embedder.bgeSmall() : Embedder.miniLm()) {
                assertThat(embedder.name()).isEqualTo(name);
                List<float[]> passages = embedder.embedPassages(texts);
                JsonArray queries = model.getAsJsonArray(model.has("queries") ? "queries" : "passages");
                for (int i = 0; i < texts.size(); i++) {
                    String what = name + ", text " + i;
                    assertThat(cosine(
                                    passages.get(i),
                                    model.getAsJsonArray("passages").get(i).getAsJsonArray()))
                            .as(what)
                            .isGreaterThan(0.999);
                    assertThat(cosine(
                                    embedder.embedQuery(texts.get(i)),
                                    queries.get(i).getAsJsonArray()))
                            .as(what + " as a query")
                            .isGreaterThan(0.999);
                    compared++;
                }
            }
        }
        assertThat(compared).isEqualTo(2 * texts.size()).isGreaterThan(10);
    }

    private static JsonObject golden() throws IOException {
        try (InputStream stream = Objects.requireNonNull(
                ReferenceVectorsTest.class.getResourceAsStream("vectors.json"), "vectors.json")) {
            return JsonParser.parseReader(new InputStreamReader(stream, StandardCharsets.UTF_8))
                    .getAsJsonObject();
        }
    }

    private static double cosine(float[] vector, JsonArray other) {
        assertThat(other.size()).isEqualTo(vector.length);
        double dot = 0;
        double a = 0;
        double b = 0;
        for (int i = 0; i < vector.length; i++) {
            double y = other.get(i).getAsDouble();
            dot += vector[i] * y;
            a += (double) vector[i] * vector[i];
            b += y * y;
        }
        return dot / Math.sqrt(a * b);
    }
}
