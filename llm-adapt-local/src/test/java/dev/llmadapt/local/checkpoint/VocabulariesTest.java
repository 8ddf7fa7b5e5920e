package dev.llmadapt.local.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import com.google.gson.Gson;
import com.google.gson.annotations.SerializedName;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The ids of small vocabularies of every kind, against those that llama.cpp gives ({@code make_vocabularies.py}). */
class VocabulariesTest {
    @TempDir
    Path folder;

    private record Vocabulary(List<String> tokens, List<String> merges) {}

    private record Split(List<String> pre, List<long[]> ids) {}

    private static Golden golden() throws IOException {
        return new Gson().fromJson(Files.readString(TestFiles.resource("vocabularies.json")), Golden.class);
    }

    private record Golden(
            List<String> texts,
            @SerializedName("spm-llama") List<long[]> llama,
            @SerializedName("spm-gemma") List<long[]> gemma,
            @SerializedName("byte-level") List<Split> byteLevel) {}

    static Stream<String> names() throws IOException {
        return golden().byteLevel().stream().flatMap(split -> split.pre().stream());
    }

    @ParameterizedTest
    @ValueSource(strings = {"spm-llama", "spm-gemma"})
    void encode_sentencePiece_givesTheIdsOfLlamaCpp(String name) throws Exception {
        List<long[]> expected = name.equals("spm-llama") ? golden().llama() : golden().gemma();
        try (Checkpoint checkpoint = Checkpoint.open(TestFiles.resource(name + ".gguf"))) {
            assertIds(checkpoint.tokenizer(), expected);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"spm-llama", "spm-gemma"})
    void encode_tokenizerModel_givesTheIdsOfLlamaCpp(String name) throws Exception {
        Files.copy(TestFiles.resource(name + ".model"), folder.resolve("tokenizer.model"));
        List<long[]> expected = name.equals("spm-llama") ? golden().llama() : golden().gemma();
        assertIds(TokenizerJson.read(folder), expected);
    }

    @ParameterizedTest
    @CsvSource({"GPT2Tokenizer, gpt-2", "GPT2TokenizerFast, gpt-2", "Qwen2Tokenizer, qwen2"})
    void encode_vocabularyAndMerges_givesTheIdsOfLlamaCpp(String kind, String pre) throws Exception {
        Vocabulary words =
                new Gson().fromJson(Files.readString(TestFiles.resource("byte-level.json")), Vocabulary.class);
        Map<String, Integer> ids = new LinkedHashMap<>();
        words.tokens().forEach(token -> ids.put(token, ids.size()));
        TestFiles.write(folder, "vocab.json", new Gson().toJson(ids));
        TestFiles.write(folder, "merges.txt", "#version: 0.2\n" + String.join("\n", words.merges()) + "\n");
        TestFiles.write(folder, "tokenizer_config.json", "{\"tokenizer_class\":\"" + kind + "\"}");
        assertIds(TokenizerJson.read(folder), byteLevel(pre));
    }

    private static List<long[]> byteLevel(String pre) throws IOException {
        return golden().byteLevel().stream()
                .filter(split -> split.pre().contains(pre))
                .findFirst()
                .orElseThrow()
                .ids();
    }

    @ParameterizedTest
    @MethodSource("names")
    void encode_byteLevel_splitsWordsAsLlamaCppDoes(String pre) throws Exception {
        Vocabulary words =
                new Gson().fromJson(Files.readString(TestFiles.resource("byte-level.json")), Vocabulary.class);
        int[] types = new int[words.tokens().size()];
        Arrays.fill(types, 1);
        types[0] = 3;
        GgufBuilder builder = GgufBuilder.llama()
                .put("tokenizer.ggml.model", "gpt2")
                .put("tokenizer.ggml.pre", pre)
                .put("tokenizer.ggml.tokens", words.tokens())
                .put("tokenizer.ggml.token_type", types)
                .put("tokenizer.ggml.merges", words.merges())
                .put("tokenizer.ggml.bos_token_id", 0);
        List<long[]> expected = byteLevel(pre);
        try (Checkpoint checkpoint = Checkpoint.open(builder.write(folder))) {
            assertIds(checkpoint.tokenizer(), expected);
        }
    }

    private static void assertIds(TokenizerFiles files, List<long[]> expected) throws Exception {
        List<String> texts = golden().texts();
        try (HuggingFaceTokenizer tokenizer = HuggingFaceTokenizer.newInstance(
                new ByteArrayInputStream(files.json().getBytes(StandardCharsets.UTF_8)),
                Map.of("truncation", "false", "addSpecialTokens", "false"))) {
            for (int i = 0; i < texts.size(); i++) {
                assertThat(tokenizer.encode(texts.get(i), false, false).getIds())
                        .as("text %d: '%s'", i, texts.get(i))
                        .isEqualTo(expected.get(i));
            }
        }
    }
}
