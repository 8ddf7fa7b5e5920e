package dev.llmadapt.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.llmadapt.ToyModel;
import dev.llmadapt.rag.embedding.Embedder;
import dev.llmadapt.rag.embedding.Reranker;
import dev.llmadapt.rag.splitting.Tokens;
import dev.llmadapt.server.catalog.ServedModels;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Embeddings and reranking. */
class EmbeddingsTest {
    private static final String PATH = "/v1/embeddings";

    private static ModelServer server;
    private static ServerClient client;

    /** The vector of a text is its length and its number of words. */
    static final class Lengths implements Embedder {
        @Override
        public String name() {
            return "lengths";
        }

        @Override
        public int dimension() {
            return 2;
        }

        @Override
        public List<float[]> embedPassages(List<String> texts) {
            return texts.stream()
                    .map(text -> new float[] {text.length() / 8f, tokens().count(text)})
                    .toList();
        }

        @Override
        public float[] embedQuery(String text) {
            return embedPassages(List.of(text)).get(0);
        }

        @Override
        public Tokens tokens() {
            return Tokens.words();
        }

        @Override
        public void close() {}
    }

    /** Shorter passages fit better. */
    private static final class Shortest implements Reranker {
        @Override
        public double[] score(String query, List<String> passages) {
            return passages.stream().mapToDouble(text -> -text.length()).toArray();
        }

        @Override
        public void close() {}
    }

    @BeforeAll
    static void start() {
        server = ModelServer.start(
                new ServedModels().add("tiny", new ToyModel()),
                Fixtures.options().withEmbedder(new Lengths()).withReranker(new Shortest()));
        client = new ServerClient(server);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void embeddings_asNumbersAndAsBytes() {
        JsonObject response = client.post(PATH, "{\"model\":\"lengths\",\"input\":[\"ab cd\",\"x\"]}");
        assertThat(response.keySet()).containsExactly("object", "data", "model", "usage");
        JsonArray data = response.getAsJsonArray("data");
        assertThat(data).hasSize(2);
        JsonObject first = data.get(0).getAsJsonObject();
        assertThat(first.get("object").getAsString()).isEqualTo("embedding");
        assertThat(first.get("index").getAsInt()).isZero();
        assertThat(first.get("embedding").toString()).isEqualTo("[0.625,2.0]");
        assertThat(response.getAsJsonObject("usage").get("prompt_tokens").getAsInt())
                .isEqualTo(3);
        assertThat(response.getAsJsonObject("usage").get("total_tokens").getAsInt())
                .isEqualTo(3);
        JsonObject bytes = client.post(PATH, "{\"input\":\"ab cd\",\"encoding_format\":\"base64\",\"dimensions\":2}");
        ByteBuffer buffer = ByteBuffer.wrap(Base64.getDecoder()
                        .decode(bytes.getAsJsonArray("data")
                                .get(0)
                                .getAsJsonObject()
                                .get("embedding")
                                .getAsString()))
                .order(ByteOrder.LITTLE_ENDIAN);
        assertThat(buffer.getFloat()).isEqualTo(0.625f);
        assertThat(buffer.getFloat()).isEqualTo(2f);
        assertThat(client.get("/v1/models").toString()).contains("\"id\":\"lengths\"");
        assertThat(client.get("/v1/models/lengths").get("id").getAsString()).isEqualTo("lengths");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"input\":[]}",
                "{\"input\":\"\"}",
                "{\"input\":[1,2]}",
                "{\"input\":[\"a\",2]}",
                "{\"input\":\"a\",\"encoding_format\":\"int8\"}",
                "{\"input\":\"a\",\"dimensions\":3}"
            })
    void embeddings_whatCannotBeTaken_isRefused(String json) {
        assertThat(client.refused(400, PATH, json).get("param").getAsString())
                .matches("input.*|encoding_format|dimensions");
    }

    @Test
    void embeddings_ofAnotherModel_areNotThere() {
        client.refused(404, PATH, "{\"model\":\"tiny\",\"input\":\"a\"}");
        try (ModelServer other =
                ModelServer.start(new ServedModels().add("tiny", new ToyModel()), Fixtures.options())) {
            new ServerClient(other).refused(404, PATH, "{\"input\":\"a\"}");
            new ServerClient(other).refused(404, "/rerank", "{\"query\":\"a\",\"documents\":[\"b\"]}");
        }
    }

    @Test
    void rerank_sortsByScore() {
        String json = "{\"query\":\"q\",\"documents\":[\"long one\",\"s\",\"mid\"]";
        JsonArray results = client.post("/v1/rerank", json + "}").getAsJsonArray("results");
        assertThat(results).hasSize(3);
        JsonObject best = results.get(0).getAsJsonObject();
        assertThat(best.get("index").getAsInt()).isEqualTo(1);
        assertThat(best.get("relevance_score").getAsDouble()).isEqualTo(-1);
        assertThat(best.getAsJsonObject("document").get("text").getAsString()).isEqualTo("s");
        JsonArray top = client.post("/rerank", json + ",\"top_n\":1,\"return_documents\":false}")
                .getAsJsonArray("results");
        assertThat(top).hasSize(1);
        assertThat(top.get(0).getAsJsonObject().has("document")).isFalse();
        client.refused(400, "/rerank", "{\"query\":\"q\",\"documents\":[]}");
        client.refused(400, "/rerank", "{\"documents\":[\"a\"]}");
        client.refused(400, "/rerank", json + ",\"top_n\":0}");
    }
}
