package dev.llmadapt.rag.embedding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.llmadapt.rag.embedding.EmbedderOptions.Pooling;
import dev.llmadapt.rag.splitting.Tokens;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class OnnxEmbedderTest {
    @TempDir
    private Path folder;

    @Test
    void miniLm_texts_areNormalisedAndOrderedByMeaning() {
        try (Embedder embedder = Embedder.miniLm()) {
            assertThat(embedder.dimension()).isEqualTo(384);
            float[] query = embedder.embedQuery("How do I reset my password?");
            List<float[]> passages = embedder.embedPassages(
                    List.of("The recipe needs two eggs and some flour.", "Choose 'forgot password' to set a new one."));

            assertThat(dot(query, query)).isCloseTo(1, within(1e-5));
            assertThat(dot(query, passages.get(1))).isGreaterThan(dot(query, passages.get(0)) + 0.3);
        }
    }

    @Test
    void embed_aloneOrTogether_isTheSame() {
        List<String> texts = List.of("short", "a text that is a good deal longer than the other one", "");
        try (Embedder embedder = Embedder.miniLm()) {
            List<float[]> together = embedder.embedPassages(texts);

            for (int i = 0; i < texts.size(); i++) {
                assertThat(together.get(i))
                        .isEqualTo(embedder.embedPassages(List.of(texts.get(i))).get(0));
            }
            assertThat(embedder.embedPassages(List.of())).isEmpty();
        }
    }

    @Test
    void embed_longAndOddTexts_areNoErrors() {
        try (Embedder embedder = Embedder.miniLm()) {
            String half = "half a pair \uD83D here";

            assertThat(embedder.embedQuery("word ".repeat(5000))).hasSize(384);
            assertThat(embedder.embedQuery(half)).hasSize(384);
            assertThat(embedder.tokens().of(half)).isNotEmpty();
        }
    }

    @Test
    void tokens_beyondTheBasicPlane_areWhereTheyAre() {
        try (Embedder embedder = Embedder.miniLm()) {
            String text = "\uD83D\uDE00\uD83D\uDE00 reset \uD83D\uDE00 passwords";

            assertThat(embedder.tokens().of(text))
                    .extracting(span -> text.substring(span.start(), span.end()))
                    .contains("reset", "password", "##s".substring(2));
            assertThat(embedder.tokens().of("")).isEmpty();
            assertThat(embedder.tokens().of("a b")).containsExactly(new Tokens.Span(0, 1), new Tokens.Span(2, 3));
        }
    }

    @Test
    void close_twice_andEveryUseAfterIsRefused() {
        Embedder embedder = Embedder.miniLm();
        Tokens tokens = embedder.tokens();
        embedder.close();
        embedder.close();

        assertThatThrownBy(() -> embedder.embedQuery("x"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("closed");
        assertThatThrownBy(() -> tokens.of("x")).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void load_folder_poolsAsItSays() throws IOException {
        copy("all-minilm-l6-v2-q.onnx", "onnx/model.onnx");
        copy("all-minilm-l6-v2-q-tokenizer.json", "tokenizer.json");
        write("sentence_bert_config.json", "{\"max_seq_length\": 256, \"do_lower_case\": false}");
        write(
                "modules.json",
                "[{\"idx\": 0, \"path\": \"\", \"type\": \"sentence_transformers.models.Transformer\"},"
                        + "{\"idx\": 1, \"path\": \"1_Pooling\", \"type\": \"sentence_transformers.models.Pooling\"},"
                        + "{\"idx\": 2, \"path\": \"2_Normalize\", \"type\": \"sentence_transformers.models.Normalize\"}]");
        write("1_Pooling/config.json", "{\"pooling_mode_cls_token\": false, \"pooling_mode_mean_tokens\": true}");
        EmbedderOptions options = EmbedderOptions.of(folder);
        assertThat(options).isEqualTo(EmbedderOptions.defaults().withMaxTokens(256));
        try (Embedder expected = Embedder.miniLm();
                Embedder loaded = Embedder.load(folder, options.withBatch(1));
                Embedder batched = Embedder.load(folder, options.withBatch(8));
                Embedder first = Embedder.load(folder, options.withPooling(Pooling.CLS));
                Embedder last = Embedder.load(folder, options.withPooling(Pooling.LAST_TOKEN));
                Embedder prefixed = Embedder.load(folder, options.withPrefixes("query: ", "passage: "))) {
            float[] vector = expected.embedQuery("the same text");

            assertThat(loaded.embedQuery("the same text")).isEqualTo(vector);
            List<float[]> some =
                    batched.embedPassages(List.of("a rather longer text than the others", "the same text"));
            assertThat(dot(some.get(1), vector)).as("padding is not pooled").isGreaterThan(0.97);
            assertThat(dot(first.embedQuery("the same text"), vector)).isLessThan(0.99);
            assertThat(dot(last.embedQuery("the same text"), first.embedQuery("the same text")))
                    .isLessThan(0.999);
            assertThat(prefixed.embedQuery("the same text")).isNotEqualTo(vector);
            assertThat(prefixed.embedQuery("x")).isEqualTo(loaded.embedQuery("query: x"));
            assertThat(prefixed.embedPassages(List.of("x")).get(0)).isEqualTo(loaded.embedQuery("passage: x"));
        }
    }

    @Test
    void options_ofFolder_readEveryFile() throws IOException {
        write("1_Pooling/config.json", "{\"pooling_mode_lasttoken\": true, \"pooling_mode_mean_tokens\": false}");
        write("config.json", "{\"max_position_embeddings\": 128}");
        write("sentence_bert_config.json", "{\"max_seq_length\": 512, \"do_lower_case\": true}");
        write("config_sentence_transformers.json", "{\"prompts\": {\"query\": \"q: \", \"document\": \"d: \"}}");

        assertThat(EmbedderOptions.of(folder))
                .isEqualTo(new EmbedderOptions(Pooling.LAST_TOKEN, true, 128, "q: ", "d: ", true, 16));
    }

    @Test
    void options_badFolders_sayWhatIsWrong() throws IOException {
        assertThatThrownBy(() -> EmbedderOptions.of(folder.resolve("missing"))).hasMessageContaining("missing");
        write("1_Pooling/config.json", "{\"pooling_mode_max_tokens\": true}");
        assertThatThrownBy(() -> EmbedderOptions.of(folder)).hasMessageContaining("max_tokens");
        write("1_Pooling/config.json", "{\"pooling_mode_mean_tokens\": ");
        assertThatThrownBy(() -> EmbedderOptions.of(folder)).hasMessageContaining("no JSON");
        write("1_Pooling/config.json", "{}");
        assertThatThrownBy(() -> EmbedderOptions.of(folder)).hasMessageContaining("exactly one");
        write("modules.json", "[{\"type\": \"x.Pooling\", \"path\": \"../../etc\"}]");
        assertThatThrownBy(() -> EmbedderOptions.of(folder)).hasMessageContaining("out of the folder");
        write("modules.json", "[{\"type\": \"sentence_transformers.models.Dense\", \"path\": \"2_Dense\"}]");
        assertThatThrownBy(() -> EmbedderOptions.of(folder)).hasMessageContaining("Dense");
        write("modules.json", "{}");
        assertThatThrownBy(() -> EmbedderOptions.of(folder)).hasMessageContaining("list");
    }

    @Test
    void load_badFiles_isOneClearError() throws IOException {
        assertThatThrownBy(() -> Embedder.load(folder))
                .isInstanceOf(EmbeddingException.class)
                .hasMessageContaining("model.onnx");
        write("model.onnx", "no graph");
        write("tokenizer.json", "{}");
        assertThatThrownBy(() -> Embedder.load(folder))
                .isInstanceOf(EmbeddingException.class)
                .hasMessageContaining("tokenizer.json");
        copy("all-minilm-l6-v2-q-tokenizer.json", "tokenizer.json");
        assertThatThrownBy(() -> Embedder.load(folder))
                .isInstanceOf(EmbeddingException.class)
                .hasMessageContaining("model");
    }

    private void write(String name, String text) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(Objects.requireNonNull(file.getParent()));
        Files.writeString(file, text);
    }

    private void copy(String resource, String name) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(Objects.requireNonNull(file.getParent()));
        try (InputStream stream = Objects.requireNonNull(getClass().getResourceAsStream("/" + resource))) {
            Files.deleteIfExists(file);
            Files.copy(stream, file);
        }
    }

    private static double dot(float[] a, float[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += (double) a[i] * b[i];
        }
        return sum;
    }
}
