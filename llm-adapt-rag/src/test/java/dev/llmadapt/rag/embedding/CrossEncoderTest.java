package dev.llmadapt.rag.embedding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llmadapt.Passage;
import dev.llmadapt.Query;
import dev.llmadapt.Retriever;
import dev.llmadapt.rag.retrieval.Retrievers;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CrossEncoderTest {
    @TempDir
    private Path folder;

    private byte[] tokenizer = {};

    @BeforeEach
    void writeTokenizer() throws IOException {
        try (InputStream stream =
                Objects.requireNonNull(getClass().getResourceAsStream("/all-minilm-l6-v2-q-tokenizer.json"))) {
            tokenizer = stream.readAllBytes();
        }
        Files.write(folder.resolve("tokenizer.json"), tokenizer);
    }

    private Reranker load(int logits) throws IOException {
        Files.write(folder.resolve("model.onnx"), TinyClassifier.of(logits));
        return Reranker.load(folder, 64);
    }

    private double expected(String query, String passage) {
        try (EncoderTokenizer encoder = EncoderTokenizer.open(tokenizer, 64, "test")) {
            return Arrays.stream(encoder.encode(query, passage).ids()).sum();
        }
    }

    @Test
    void load_modelThatScoresNotANumber_isAnErrorThatSaysSo() throws IOException {
        Files.write(folder.resolve("model.onnx"), TinyClassifier.notANumber());
        assertThatThrownBy(() -> Reranker.load(folder, 64))
                .isInstanceOf(EmbeddingException.class)
                .hasMessageContaining("gives NaN for the text");
    }

    @Test
    void score_pairs_areTheModelsLogits() throws IOException {
        List<String> passages = IntStream.range(0, 40)
                .mapToObj(i -> "word and more ".repeat(i % 7) + "number " + i)
                .toList();
        for (int logits = 1; logits <= 2; logits++) {
            try (Reranker reranker = load(logits)) {
                double[] scores = reranker.score("a question", passages);

                assertThat(scores).hasSize(40);
                for (int i = 0; i < scores.length; i++) {
                    assertThat(scores[i])
                            .as("%d logits, passage %d", logits, i)
                            .isEqualTo(expected("a question", passages.get(i)));
                }
                assertThat(reranker.score("q", List.of())).isEmpty();
                assertThat(reranker.score("q", List.of("long ".repeat(5000)))).hasSize(1);
            }
        }
    }

    @Test
    void load_otherGraphs_areRefused() throws IOException {
        assertThatThrownBy(() -> load(3)).isInstanceOf(EmbeddingException.class).hasMessageContaining("logits");
        assertThatThrownBy(() -> Reranker.load(folder, 2)).hasMessageContaining("maxTokens: 2");
    }

    @Test
    void close_twice_andEveryUseAfterIsRefused() throws IOException {
        Reranker reranker = load(1);
        reranker.close();
        reranker.close();

        assertThatThrownBy(() -> reranker.score("q", List.of("p")))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("closed");
    }

    @Test
    void reranked_candidates_areInTheOrderOfTheirScores() throws IOException {
        Retriever found = query -> List.of(
                        new Passage("short", "", "a", 3),
                        new Passage("long", "", "words ".repeat(20), 2),
                        new Passage("middle", "", "words ".repeat(5), 1))
                .subList(0, Math.min(3, query.limit()));
        try (Reranker reranker = load(1)) {
            Retriever reranked = Retrievers.reranked(found, reranker, 3);

            assertThat(reranked.retrieve(new Query("q", 2)))
                    .extracting(Passage::id)
                    .containsExactly("long", "middle");
            assertThat(reranked.explain(new Query("q", 2), "long").orElseThrow().toString())
                    .contains("reranker")
                    .contains("rank 2");
            assertThat(Retrievers.reranked(found, reranker, 1).retrieve(new Query("q", 1)))
                    .extracting(Passage::id)
                    .containsExactly("short");
        }
    }
}
