package dev.llmadapt.local.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.llmadapt.CheckpointException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Folders without a tokenizer.json; what their tokenizers encode to is in {@link VocabulariesTest}. */
class SlowTokenizerTest {
    @TempDir
    Path folder;

    private void gpt2() {
        TestFiles.write(folder, "config.json", "{\"model_type\":\"gpt2\"}");
        TestFiles.write(folder, "vocab.json", "{\"a\":0,\"b\":1,\"ab\":2,\"<|endoftext|>\":3}");
        TestFiles.write(folder, "merges.txt", "#version: 0.2\r\na b\r\n");
    }

    private void assertRefused(String... parts) {
        assertThatThrownBy(() -> TokenizerJson.read(folder))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContainingAll(parts);
    }

    @Test
    void read_gpt2WithoutSettings_hasItsUsualTokens() {
        gpt2();
        TokenizerFiles files = TokenizerJson.read(folder);

        assertThat(files.specialTokens()).containsOnlyKeys("<|endoftext|>").containsEntry("<|endoftext|>", 3);
        assertThat(files.bosToken()).contains("<|endoftext|>");
        assertThat(files.eosToken()).contains("<|endoftext|>");
        assertThat(files.padToken()).isEmpty();
        assertThat(files.addBos()).isFalse();
        JsonObject model =
                JsonParser.parseString(files.json()).getAsJsonObject().getAsJsonObject("model");
        assertThat(model.get("merges").toString()).isEqualTo("[[\"a\",\"b\"]]");
        assertThat(model.getAsJsonObject("vocab").size()).isEqualTo(4);
    }

    @Test
    void read_addedTokens_areTakenFromEveryFile() {
        gpt2();
        TestFiles.write(folder, "added_tokens.json", "{\"<sep>\":4,\"<tool>\":5}");
        TestFiles.write(
                folder,
                "special_tokens_map.json",
                "{\"pad_token\":{\"content\":\"<sep>\"},\"additional_special_tokens\":[\"<new>\"]}");
        TestFiles.write(folder, "tokenizer_config.json", "{\"chat_template\":\"T\",\"eos_token\":\"<|endoftext|>\"}");
        TokenizerFiles files = TokenizerJson.read(folder);

        assertThat(files.specialTokens()).isEqualTo(Map.of("<|endoftext|>", 3, "<sep>", 4, "<new>", 6));
        assertThat(files.padToken()).contains("<sep>");
        assertThat(files.eosId()).contains(3);
        assertThat(files.chatTemplate()).contains("T");
        assertThat(files.addedTokens()).contains(new AddedToken("<tool>", 5, false, false, false, true, false));
    }

    @Test
    void read_addedTokensDecoder_settlesHowTokensAreFound() {
        gpt2();
        TestFiles.write(
                folder,
                "tokenizer_config.json",
                "{\"eos_token\":\"<end>\",\"added_tokens_decoder\":{"
                        + "\"4\":{\"content\":\"<tool>\",\"lstrip\":true,\"single_word\":true,\"special\":false},"
                        + "\"5\":{\"content\":\"<end>\",\"rstrip\":true,\"normalized\":false,\"special\":true}}}");
        TokenizerFiles files = TokenizerJson.read(folder);

        AddedToken tool = new AddedToken("<tool>", 4, true, true, false, true, false);
        AddedToken end = new AddedToken("<end>", 5, false, false, true, false, true);
        assertThat(files.addedTokens()).containsExactly(AddedToken.plain("<|endoftext|>", 3, true), tool, end);
        assertThat(files.eosId()).contains(5);
        assertThat(JsonParser.parseString(files.json()).getAsJsonObject().getAsJsonArray("added_tokens"))
                .contains(
                        JsonParser.parseString(tool.json("<tool>", true)),
                        JsonParser.parseString(end.json("<end>", false)));
    }

    @Test
    void read_tokenizerModelOfLlama_putsASpaceAsTheClassDoes() throws IOException {
        Files.copy(TestFiles.resource("spm-llama.model"), folder.resolve("tokenizer.model"));
        for (String[] each : new String[][] {
            {"", "first"},
            {",\"legacy\":false", "first"},
            {",\"legacy\":true", "always"},
            {",\"add_prefix_space\":false", "never"}
        }) {
            TestFiles.write(folder, "tokenizer_config.json", "{\"tokenizer_class\":\"LlamaTokenizer\"" + each[0] + "}");
            JsonObject json =
                    JsonParser.parseString(TokenizerJson.read(folder).json()).getAsJsonObject();
            assertThat(json.getAsJsonObject("pre_tokenizer")
                            .get("prepend_scheme")
                            .getAsString())
                    .isEqualTo(each[1]);
            assertThat(json.get("normalizer").isJsonNull()).isTrue();
        }
        // a family of which transformers says that its class is wrong
        TestFiles.write(folder, "tokenizer_config.json", "{\"tokenizer_class\":\"LlamaTokenizer\"}");
        TestFiles.write(folder, "config.json", "{\"model_type\":\"phi3\"}");
        JsonObject json =
                JsonParser.parseString(TokenizerJson.read(folder).json()).getAsJsonObject();
        assertThat(json.get("pre_tokenizer").isJsonNull()).isTrue();
        assertThat(json.get("normalizer").toString()).contains("Prepend");
    }

    @Test
    void read_byteLevelAtOddsWithItself_isRefused() {
        gpt2();
        TestFiles.write(folder, "merges.txt", "a b c\n");
        assertRefused("merges.txt, line 1", "a b c");
        TestFiles.write(folder, "merges.txt", "a b\n");
        TestFiles.write(folder, "added_tokens.json", "{\"<sep>\":2}");
        assertRefused("'<sep>'", "2", "'ab'");
        TestFiles.write(folder, "added_tokens.json", "{\"<sep>\":9}");
        assertRefused("gaps");
        TestFiles.write(folder, "added_tokens.json", "{\"<sep>\":-1}");
        assertRefused("'<sep>'", "-1");
        TestFiles.write(folder, "added_tokens.json", "{}");
        TestFiles.write(folder, "tokenizer_config.json", "{\"added_tokens_decoder\":{\"x\":{\"content\":\"y\"}}}");
        assertRefused("expected ids", "'x'");
    }

    @Test
    void read_tokenizerClassThatIsNotKnown_isRefusedNamingTheKnown() {
        gpt2();
        TestFiles.write(folder, "tokenizer_config.json", "{\"tokenizer_class\":\"CodeGenTokenizer\"}");
        assertRefused("'CodeGenTokenizer'", "[GPT2Tokenizer, Qwen2Tokenizer]", "tokenizer.json");
        TestFiles.write(folder, "tokenizer_config.json", "{\"add_prefix_space\":true}");
        assertRefused("add_prefix_space");
    }

    @Test
    void read_tokenizerModel_hasItsBeginningAndEnd() throws IOException {
        Files.copy(TestFiles.resource("spm-llama.model"), folder.resolve("tokenizer.model"));
        TokenizerFiles files = TokenizerJson.read(folder);

        assertThat(files.bosToken()).contains("<s>");
        assertThat(files.eosToken()).contains("</s>");
        assertThat(files.unkToken()).contains("<unk>");
        assertThat(files.addBos()).isTrue();
        assertThat(files.specialTokens()).containsOnlyKeys("<s>", "</s>", "<unk>");
    }

    @Test
    void read_tokenizerModelCutAnywhere_isRefusedOrShorter() throws IOException {
        byte[] whole = Files.readAllBytes(TestFiles.resource("spm-llama.model"));
        Path file = folder.resolve("tokenizer.model");
        for (int length = 0; length < whole.length; length += 37) {
            Files.write(file, Arrays.copyOf(whole, length));
            // without its last messages, which say what kind it is, no part is taken for the whole
            assertThatThrownBy(() -> SentencePieceModel.read(file))
                    .as("%d bytes", length)
                    .isInstanceOf(CheckpointException.class)
                    .hasMessageContaining("tokenizer.model");
        }
    }

    @Test
    void read_nothing_saysWhatIsExpected() {
        assertRefused("no tokenizer.json", "vocab.json", "tokenizer.model");
    }
}
