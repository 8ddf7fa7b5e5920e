package dev.llmadapt.local.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llmadapt.CheckpointException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TokenizerJsonTest {
    @TempDir
    Path folder;

    private TokenizerFiles read(String tokenizer, String config) {
        TestFiles.write(folder, "tokenizer.json", tokenizer);
        TestFiles.write(folder, "tokenizer_config.json", config);
        return TokenizerJson.read(folder);
    }

    @Test
    void read_tokenizerOfAModel_givesTokensAndTemplate() throws Exception {
        Path original = TestFiles.shared("peft_lora_smollm2_360m/tokenizer");

        TokenizerFiles files = TokenizerJson.read(original);

        assertThat(files.json()).isEqualTo(Files.readString(original.resolve("tokenizer.json")));
        assertThat(files.chatTemplate()).contains(Files.readString(original.resolve("chat_template.jinja")));
        assertThat(files.specialTokens()).hasSize(17).containsEntry("<|im_start|>", 1);
        assertThat(files.bosToken()).contains("<|im_start|>");
        assertThat(files.eosToken()).contains("<|im_end|>");
        assertThat(files.unkToken()).contains("<|endoftext|>");
        assertThat(files.padToken()).contains("<|im_end|>");
        assertThat(files.addBos()).isFalse();
        assertThat(files.addEos()).isFalse();
    }

    @Test
    void read_addedTokens_onlySpecialOnesAreSpecial() {
        TokenizerFiles files = read(
                "{\"added_tokens\":[{\"id\":0,\"content\":\"<s>\",\"special\":true},"
                        + "{\"id\":9,\"content\":\"<tool>\",\"special\":false}],\"model\":{\"vocab\":{}}}",
                "{\"bos_token\":{\"content\":\"<s>\"},\"eos_token\":\"</s>\",\"unk_token\":null}");

        // what settings name is special, and new if the vocabulary has it not
        assertThat(files.specialTokens()).isEqualTo(Map.of("<s>", 0, "</s>", 2));
        assertThat(files.bosToken()).contains("<s>");
        assertThat(files.eosToken()).contains("</s>");
        assertThat(files.unkToken()).isEmpty();
    }

    @Test
    void read_postProcessor_tellsWhatIsAdded() {
        String special = "\"special_tokens\":{\"<s>\":{\"id\":\"<s>\",\"ids\":[0],\"tokens\":[\"<s>\"]},"
                + "\"</s>\":{\"id\":\"</s>\",\"ids\":[1,2],\"tokens\":[\"</s>\",\"</s>\"]}}";
        String first = "{\"SpecialToken\":{\"id\":\"<s>\",\"type_id\":0}}";
        String text = "{\"Sequence\":{\"id\":\"A\",\"type_id\":0}}";
        String last = "{\"SpecialToken\":{\"id\":\"</s>\",\"type_id\":0}}";

        assertAround(
                "{\"type\":\"Sequence\",\"processors\":[{\"type\":\"ByteLevel\"},{\"type\":\"TemplateProcessing\","
                        + "\"single\":[" + first + "," + text + "]," + special + "}]}",
                List.of(0),
                List.of());
        assertAround(
                "{\"type\":\"TemplateProcessing\",\"single\":[" + first + "," + first + "," + text + "," + last + "],"
                        + special + "}",
                List.of(0, 0),
                List.of(1, 2));
        assertAround(
                "{\"type\":\"BertProcessing\",\"sep\":[\"[SEP]\",7],\"cls\":[\"[CLS]\",6]}", List.of(6), List.of(7));
        assertAround(
                "{\"type\":\"RobertaProcessing\",\"sep\":[\"</s>\",2],\"cls\":[\"<s>\",0],\"trim_offsets\":true,"
                        + "\"add_prefix_space\":false}",
                List.of(0),
                List.of(2));
        assertAround("null", List.of(), List.of());
        for (String wrong : List.of(
                "{\"type\":\"TemplateProcessing\",\"single\":[" + first + "]}",
                "{\"type\":\"BertProcessing\",\"sep\":[7],\"cls\":[\"[CLS]\",6]}",
                "{\"type\":\"Other\"}")) {
            assertThatThrownBy(() -> read("{\"post_processor\":" + wrong + "}", "{}"))
                    .isInstanceOf(CheckpointException.class)
                    .hasMessageContaining("post_processor");
        }
    }

    /** Settings do not count: transformers 5 takes what the file says. */
    private void assertAround(String postProcessor, List<Integer> prefix, List<Integer> suffix) {
        TokenizerFiles files = read(
                "{\"post_processor\":" + postProcessor + "}",
                "{\"bos_token\":\"<s>\",\"add_bos_token\":" + prefix.isEmpty() + ",\"add_eos_token\":true}");
        assertThat(files.prefix()).isEqualTo(prefix);
        assertThat(files.suffix()).isEqualTo(suffix);
    }

    private static final String VOCABULARY =
            "{\"added_tokens\":[{\"id\":0,\"content\":\"<s>\",\"special\":true,\"normalized\":false},"
                    + "{\"id\":1,\"content\":\"</s>\",\"special\":false,\"normalized\":true}],"
                    + "\"model\":{\"vocab\":{\"<s>\":0,\"</s>\":1,\"<e>\":2,\"x\":3}}}";

    @Test
    void read_specialTokensMap_namesWhatTheConfigurationDoesNot() {
        TestFiles.write(
                folder,
                "special_tokens_map.json",
                "{\"bos_token\":\"<s>\",\"eos_token\":{\"content\":\"<e>\"},\"additional_special_tokens\":[\"<t>\"]}");
        TokenizerFiles files = read(VOCABULARY, "{\"pad_token\":\"<s>\",\"bos_token\":\"x\"}");

        // as transformers has it, the map wins
        assertThat(files.namedTokens()).isEqualTo(Map.of("bos_token", "<s>", "eos_token", "<e>", "pad_token", "<s>"));
        assertThat(files.eosId()).contains(2);
        assertThat(files.specialTokens()).isEqualTo(Map.of("<s>", 0, "<e>", 2, "<t>", 4));

        // and is not read beside an added_tokens_decoder
        files = read(VOCABULARY, "{\"pad_token\":\"<s>\",\"added_tokens_decoder\":{}}");
        assertThat(files.namedTokens()).isEqualTo(Map.of("pad_token", "<s>"));
    }

    @Test
    void read_addedTokensDecoder_settlesHowTokensAreFound() {
        TokenizerFiles files = read(
                VOCABULARY,
                "{\"eos_token\":\"</s>\",\"image_token\":\"<i>\",\"added_tokens_decoder\":{"
                        + "\"0\":{\"content\":\"<s>\",\"rstrip\":true,\"lstrip\":true,\"special\":false},"
                        + "\"77\":{\"content\":\"<new>\",\"single_word\":true,\"special\":false}}}");

        assertThat(files.addedTokens())
                .containsExactly(
                        // once special, always special
                        new AddedToken("<s>", 0, false, true, true, true, true),
                        new AddedToken("</s>", 1, false, false, false, true, true),
                        new AddedToken("<new>", 4, true, false, false, true, false),
                        new AddedToken("<i>", 5, false, false, false, false, true));
        assertThat(files.namedTokens()).containsEntry("image_token", "<i>");
    }

    @Test
    void read_classOfTheTokenizer_namesWhatNoFileNames() {
        String tokenizer = "{\"model\":{\"vocab\":{\"<|endoftext|>\":0,\"<bos>\":1}}}";
        assertThat(read(tokenizer, "{\"tokenizer_class\":\"Qwen2TokenizerFast\"}")
                        .eosId())
                .contains(0);
        assertThat(read(tokenizer, "{\"tokenizer_class\":\"Qwen2Tokenizer\",\"eos_token\":null}")
                        .eosToken())
                .isEmpty();
        assertThat(read(tokenizer, "{\"tokenizer_class\":\"GemmaTokenizer\"}").namedTokens())
                .isEqualTo(Map.of("bos_token", "<bos>"));
        assertThat(read(tokenizer, "{}").namedTokens()).isEmpty();
        TestFiles.write(folder, "config.json", "{\"model_type\":\"gpt2\"}");
        assertThat(read(tokenizer, "{}").bosToken()).contains("<|endoftext|>");
        TestFiles.write(folder, "config.json", "{\"model_type\":\"phi3\"}");
        assertThat(read(tokenizer, "{\"tokenizer_class\":\"GPT2Tokenizer\"}").namedTokens())
                .isEmpty();
    }

    @Test
    void read_chatTemplate_fileWinsOverNamedOverNone() {
        String named = "{\"chat_template\":[{\"name\":\"tool_use\",\"template\":\"T\"},"
                + "{\"name\":\"default\",\"template\":\"D\"}]}";
        assertThat(read("{}", "{\"chat_template\":\"S\"}").chatTemplate()).contains("S");
        assertThat(read("{}", named).chatTemplate()).contains("D");
        assertThat(read("{}", named).namedTemplates()).isNotEmpty().doesNotContainKey("default");
        assertThat(read("{}", "{\"chat_template\":[]}").chatTemplate()).isEmpty();
        assertThat(read("{}", "{}").chatTemplate()).isEmpty();
        TestFiles.write(folder, "chat_template.jinja", "J");
        assertThat(read("{}", named).chatTemplate()).contains("J");
    }

    @Test
    void read_damagedFiles_areRefused() {
        assertThatThrownBy(() -> TokenizerJson.read(folder))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("no tokenizer.json");
        for (String tokenizer : new String[] {
            "",
            "[]",
            "{",
            "{\"added_tokens\":[3]}",
            "{\"added_tokens\":[{\"special\":true}]}",
            "{\"added_tokens\":[{\"special\":1,\"id\":0}]}",
            "{\"post_processor\":" + "[".repeat(10_000)
        }) {
            assertThatThrownBy(() -> read(tokenizer, "{}"))
                    .as(tokenizer)
                    .isInstanceOf(CheckpointException.class)
                    .hasMessageContaining("tokenizer.json");
        }
        assertThatThrownBy(() -> read("{}", "{\"chat_template\":3}"))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("chat_template");
    }
}
