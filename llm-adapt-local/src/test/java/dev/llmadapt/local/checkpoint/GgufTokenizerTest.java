package dev.llmadapt.local.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import dev.llmadapt.CheckpointException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GgufTokenizerTest {
    /** DJL cuts texts at 512 tokens unless told otherwise. */
    private static final Map<String, String> OPTIONS = Map.of("truncation", "false");

    @TempDir
    Path folder;

    private static HuggingFaceTokenizer load(TokenizerFiles files) throws Exception {
        return HuggingFaceTokenizer.newInstance(
                new ByteArrayInputStream(files.json().getBytes(StandardCharsets.UTF_8)), OPTIONS);
    }

    private TokenizerFiles build(GgufBuilder builder) {
        try (Checkpoint checkpoint = Checkpoint.open(builder.write(folder))) {
            return checkpoint.tokenizer();
        }
    }

    private void assertRefused(GgufBuilder builder, String... parts) {
        assertThatThrownBy(() -> build(builder))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContainingAll(parts);
    }

    /** Twelve single characters, digits, "ab", "abab" and two special tokens around a plain added one. */
    private static GgufBuilder byteLevel(String pre) {
        List<String> tokens = List.of(
                "<|s|>", "<tool>", "<|e|>", "a", "b", "c", "1", "2", "\u0120", "ab", "abab", "12", "\u0120ab", "\"\\");
        int[] types = new int[tokens.size()];
        Arrays.fill(types, 1);
        types[0] = types[2] = 3;
        types[1] = 4;
        return GgufBuilder.llama()
                .put("tokenizer.ggml.model", "gpt2")
                .put("tokenizer.ggml.pre", pre)
                .put("tokenizer.ggml.tokens", tokens)
                .put("tokenizer.ggml.token_type", types)
                .put("tokenizer.ggml.merges", List.of("a b", "ab ab", "1 2", "\u0120 ab"))
                .put("tokenizer.ggml.bos_token_id", 0)
                .put("tokenizer.ggml.eos_token_id", 2)
                .put("tokenizer.chat_template", "{{ messages }}")
                .put("tokenizer.chat_template.tool_use", "{{ tools }}")
                .put("tokenizer.chat_templates", List.of("tool_use"));
    }

    @ParameterizedTest
    @CsvSource({
        "phi3, llama, A tune of mine, true",
        "llama, llama, Phi-3 Mini 4k Instruct, true",
        "llama, llama, phi3, true",
        "llama, llama, Llama 3, false",
        "phi3, gpt2, Phi 4 mini, false",
    })
    void build_phi3_takesTheWhiteSpaceAfterItsTokens(String family, String model, String name, boolean strips)
            throws IOException {
        List<String> tokens = List.of("<unk>", "<s>", "</s>", "<|endoftext|>", "<|user|>", "<|end|>", "\u2581", "a");
        int[] types = {2, 3, 3, 3, 3, 4, 1, 1};
        Path file = new GgufBuilder()
                .put("general.architecture", family)
                .put("general.name", name)
                .put("tokenizer.ggml.model", model)
                .put("tokenizer.ggml.pre", "gpt-2")
                .put("tokenizer.ggml.merges", List.of())
                .put("tokenizer.ggml.tokens", tokens)
                .put("tokenizer.ggml.token_type", types)
                .write(folder);
        List<AddedToken> added;
        try (FileChannel channel = FileChannel.open(file)) {
            added = GgufTokenizer.build(Gguf.read(file, channel)).addedTokens();
        }
        assertThat(added.stream()
                        .filter(AddedToken::rstrip)
                        .map(AddedToken::content)
                        .toList())
                .isEqualTo(strips ? List.of("</s>", "<|user|>", "<|end|>") : List.of());
        assertThat(added).hasSize(6).noneMatch(AddedToken::lstrip);
    }

    @ParameterizedTest
    @CsvSource({
        // Digits one by one, or in threes; a first token by default for Llama 3.
        "smollm, 9 6 7 12 5",
        "gpt-2, 9 11 12 5",
        "qwen2, 9 6 7 12 5",
        "llama-bpe, 0 9 11 12 5",
    })
    void build_byteLevel_splitsWordsAsNamed(String pre, String expected) throws Exception {
        try (HuggingFaceTokenizer tokenizer = load(build(byteLevel(pre)))) {
            assertThat(ids(tokenizer, "ab12 abc")).isEqualTo(expected);
        }
    }

    @Test
    void build_byteLevel_knowsAddedTokens() throws Exception {
        TokenizerFiles files = build(byteLevel("smollm"));

        assertThat(files.specialTokens()).isEqualTo(Map.of("<|s|>", 0, "<|e|>", 2));
        assertThat(files.chatTemplate()).contains("{{ messages }}");
        assertThat(files.namedTemplates()).isEqualTo(Map.of("tool_use", "{{ tools }}"));
        assertThat(files.bosToken()).contains("<|s|>");
        assertThat(files.eosToken()).contains("<|e|>");
        assertThat(files.padToken()).isEmpty();
        assertThat(files.addBos()).isFalse();
        try (HuggingFaceTokenizer tokenizer = load(files)) {
            assertThat(ids(tokenizer, "<|s|>abab<tool>c<|e|>")).isEqualTo("0 10 1 5 2");
            assertThat(tokenizer.decode(new long[] {0, 12, 1}, true)).isEqualTo(" ab<tool>");
        }
    }

    @Test
    void build_addedEnds_areAddedByTheTokenizer() throws Exception {
        TokenizerFiles files = build(byteLevel("smollm")
                .put("tokenizer.ggml.add_bos_token", true)
                .put("tokenizer.ggml.add_eos_token", true));

        assertThat(files.addBos()).isTrue();
        assertThat(files.addEos()).isTrue();
        try (HuggingFaceTokenizer tokenizer = load(files)) {
            assertThat(ids(tokenizer, "ab")).isEqualTo("0 9 2");
        }
    }

    @Test
    void build_unknownKinds_areRefusedByName() {
        assertRefused(GgufBuilder.llama(), "tokenizer.ggml.tokens");
        assertRefused(byteLevel("mystery"), "tokenizer.ggml.pre", "mystery", "llama-bpe");
        assertRefused(byteLevel(""), "tokenizer.ggml.pre");
        GgufBuilder wordPiece = GgufBuilder.llama()
                .put("tokenizer.ggml.model", "bert")
                .put("tokenizer.ggml.tokens", List.of("a", "b", "c", "d"))
                .put("tokenizer.ggml.token_type", new int[4]);
        assertRefused(wordPiece, "tokenizer.ggml.model", "bert");
    }

    @Test
    void build_textThatStandsSeveralTimes_isEncodedAsTheFirstAndDecodedFromEach() throws Exception {
        GgufBuilder byteLevel = GgufBuilder.llama()
                .put("tokenizer.ggml.model", "gpt2")
                .put("tokenizer.ggml.pre", "smollm")
                .put("tokenizer.ggml.tokens", List.of("<s>", "a", "b", "ab", "a", "ab", "<s>", "ab"))
                .put("tokenizer.ggml.token_type", new int[] {3, 1, 1, 1, 1, 5, 3, 4})
                .put("tokenizer.ggml.merges", List.of("a b"));
        GgufBuilder sentencePiece = GgufBuilder.llama()
                .put("tokenizer.ggml.model", "llama")
                .put("tokenizer.ggml.add_space_prefix", false)
                .put("tokenizer.ggml.tokens", List.of("<s>", "a", "b", "ab", "a", "ab", "<s>", "ab"))
                .put("tokenizer.ggml.scores", new float[] {0, -3, -4, -1, -5, -2, 0, -6})
                .put("tokenizer.ggml.token_type", new int[] {3, 1, 1, 1, 1, 5, 3, 1});
        for (GgufBuilder builder : List.of(byteLevel, sentencePiece)) {
            TokenizerFiles files = build(builder);
            try (HuggingFaceTokenizer tokenizer = load(files)) {
                assertThat(tokenizer.encode("<s>aba", false, false).getIds()).containsExactly(0, 3, 1);
                assertThat(tokenizer.decode(new long[] {1, 4, 3, 5, 7}, false)).isEqualTo("aaababab");
                assertThat(tokenizer.decode(new long[] {0, 6, 4}, true)).isEqualTo("a");
            }
        }
    }

    @Test
    void build_vocabularyAtOddsWithItself_isRefused() {
        GgufBuilder types = GgufBuilder.llama()
                .put("tokenizer.ggml.model", "gpt2")
                .put("tokenizer.ggml.tokens", List.of("a", "b"))
                .put("tokenizer.ggml.token_type", new int[3]);
        assertRefused(types, "token_type", "each of 2 tokens");
        GgufBuilder merges = GgufBuilder.llama()
                .put("tokenizer.ggml.model", "gpt2")
                .put("tokenizer.ggml.pre", "smollm")
                .put("tokenizer.ggml.tokens", List.of("a", "b"))
                .put("tokenizer.ggml.token_type", new int[2])
                .put("tokenizer.ggml.merges", List.of("ab"));
        assertRefused(merges, "merge 0 is 'ab'");
    }

    /** Bytes as a fallback, then letters, then joins with falling scores. */
    private static GgufBuilder sentencePiece(int maxTokenLength) {
        List<String> tokens = new ArrayList<>(List.of("<unk>", "<s>", "</s>"));
        for (int i = 0; i < 256; i++) {
            tokens.add("<0x%02X>".formatted(i));
        }
        tokens.addAll(
                List.of("\u2581", "a", "b", "c", "ab", "bc", "\u2581a", "abc", "\u2581ab", "x".repeat(maxTokenLength)));
        float[] scores = new float[tokens.size()];
        int[] types = new int[tokens.size()];
        for (int i = 0; i < scores.length; i++) {
            scores[i] = -i;
            types[i] = i == 0 ? 2 : i < 3 ? 3 : i < 259 ? 6 : 1;
        }
        return GgufBuilder.llama()
                .put("tokenizer.ggml.model", "llama")
                .put("tokenizer.ggml.tokens", tokens)
                .put("tokenizer.ggml.scores", scores)
                .put("tokenizer.ggml.token_type", types)
                .put("tokenizer.ggml.bos_token_id", 1)
                .put("tokenizer.ggml.eos_token_id", 2)
                .put("tokenizer.ggml.unknown_token_id", 0);
    }

    @Test
    void build_sentencePiece_mergesByScoreAndFallsBackToBytes() throws Exception {
        TokenizerFiles files = build(sentencePiece(3));

        assertThat(files.addBos()).isTrue();
        assertThat(files.unkToken()).contains("<unk>");
        assertThat(files.specialTokens()).isEqualTo(Map.of("<unk>", 0, "<s>", 1, "</s>", 2));
        try (HuggingFaceTokenizer tokenizer = load(files)) {
            // 259: space, 260 a, 261 b, 262 c, 263 ab, 264 bc, 265 _a, 266 abc, 267 _ab
            assertThat(ids(tokenizer, "ab")).isEqualTo("1 267");
            assertThat(ids(tokenizer, "bc abc")).isEqualTo("1 259 264 259 266");
            assertThat(ids(tokenizer, "a\u00e9")).isEqualTo("1 265 198 172"); // the bytes c3 a9
            assertThat(tokenizer.decode(new long[] {1, 267, 259, 264}, true)).isEqualTo("ab bc");
        }
    }

    @Test
    void build_sentencePieceWithoutPrefixSpace_leavesTheTextAlone() throws Exception {
        try (HuggingFaceTokenizer tokenizer =
                load(build(sentencePiece(3).put("tokenizer.ggml.add_space_prefix", false)))) {
            assertThat(ids(tokenizer, "ab b")).isEqualTo("1 263 259 261");
        }
    }

    @Test
    void build_sentencePieceOfAnotherShape_isRefused() {
        assertRefused(sentencePiece(257), "token 268 has 257 characters");
        GgufBuilder noScores = GgufBuilder.llama()
                .put("tokenizer.ggml.model", "llama")
                .put("tokenizer.ggml.tokens", List.of("a"))
                .put("tokenizer.ggml.token_type", new int[1]);
        assertRefused(noScores, "tokenizer.ggml.scores");
    }

    @Test
    void build_defaultModel_givesTheIdsOfItsOwnTokenizer() throws Exception {
        Path original = TestFiles.shared("peft_lora_smollm2_360m/tokenizer/tokenizer.json");
        long seed = 20240607;
        try (Checkpoint checkpoint = Checkpoint.open(TestFiles.defaultModel());
                HuggingFaceTokenizer expected = HuggingFaceTokenizer.newInstance(original, OPTIONS);
                HuggingFaceTokenizer actual = load(checkpoint.tokenizer())) {
            List<String> texts = TextSamples.generate(new Random(seed), 2000);
            for (String text : texts) {
                long[] ids = actual.encode(text).getIds();
                assertThat(ids)
                        .as("seed %d, text '%s'", seed, text)
                        .isEqualTo(expected.encode(text).getIds());
                assertThat(actual.decode(ids)).isEqualTo(expected.decode(ids));
            }
        }
    }

    private static String ids(HuggingFaceTokenizer tokenizer, String text) {
        return String.join(
                " ",
                Arrays.stream(tokenizer.encode(text).getIds())
                        .mapToObj(Long::toString)
                        .toList());
    }
}
