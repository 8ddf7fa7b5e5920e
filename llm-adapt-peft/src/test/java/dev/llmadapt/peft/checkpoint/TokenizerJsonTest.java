package dev.llmadapt.peft.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llmadapt.peft.CheckpointException;
import java.nio.file.Files;
import java.nio.file.Path;
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

        assertThat(files.specialTokens()).isEqualTo(Map.of("<s>", 0));
        assertThat(files.bosToken()).contains("<s>");
        assertThat(files.eosToken()).contains("</s>");
        assertThat(files.unkToken()).isEmpty();
    }

    @Test
    void read_postProcessor_tellsWhatIsAddedUnlessTheConfigurationDoes() {
        String single = "\"single\":[{\"SpecialToken\":{\"id\":\"<s>\",\"type_id\":0}},"
                + "{\"Sequence\":{\"id\":\"A\",\"type_id\":0}}]";
        String tokenizer = "{\"post_processor\":{\"type\":\"Sequence\",\"processors\":[{\"type\":\"ByteLevel\"},"
                + "{\"type\":\"TemplateProcessing\"," + single + "}]}}";

        TokenizerFiles files = read(tokenizer, "{\"bos_token\":\"<s>\",\"eos_token\":\"</s>\"}");
        assertThat(files.addBos()).isTrue();
        assertThat(files.addEos()).isFalse();

        files = read(tokenizer, "{\"bos_token\":\"<s>\",\"add_bos_token\":false,\"add_eos_token\":true}");
        assertThat(files.addBos()).isFalse();
        assertThat(files.addEos()).isTrue();
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
