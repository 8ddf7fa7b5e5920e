package dev.llmadapt.local.adapter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.llmadapt.local.Golden;
import dev.llmadapt.local.checkpoint.Checkpoint;
import dev.llmadapt.local.checkpoint.TestFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BaseFingerprintTest {
    @TempDir
    Path folder;

    private static BaseFingerprint of(Path path) {
        try (Checkpoint checkpoint = Checkpoint.open(path)) {
            return BaseFingerprint.of(checkpoint);
        }
    }

    @Test
    void of_modelAndItsGguf_theSameWeights() throws IOException {
        // the GGUF was made of the folder; of its weights some are quantised and the rows of some reordered
        for (String file : new String[] {"config.json", "generation_config.json", "model.safetensors"}) {
            Files.copy(TestFiles.resource("tiny-llama").resolve(file), folder.resolve(file));
        }
        Files.writeString(folder.resolve("tokenizer.json"), "{\"model\":{\"vocab\":{\"a\":0}}}");
        String original = of(folder).weights().orElseThrow();
        assertThat(original).matches("[0-9a-f]{64}").isEqualTo(weightsOf(TestFiles.resource("tiny-llama.gguf")));
    }

    private static String weightsOf(Path path) {
        try (Checkpoint checkpoint = Checkpoint.open(path)) {
            return BaseFingerprint.weights(checkpoint);
        }
    }

    @Test
    void of_otherModels_others() {
        BaseFingerprint one = of(Golden.folder("tiny-llama"));
        BaseFingerprint three = of(Golden.folder("tiny-llama3"));
        BaseFingerprint ascii = of(Golden.folder("tiny-ascii"));
        assertThat(one).isEqualTo(of(Golden.folder("tiny-llama")));
        assertThat(one.weights()).isNotEqualTo(three.weights()).isNotEqualTo(ascii.weights());
        assertThat(one.tokenizer()).isEqualTo(three.tokenizer()).isNotEqualTo(ascii.tokenizer());
    }

    @Test
    void vocabulary_ofGgufAndOriginal_theSame() throws IOException {
        Path original = TestFiles.shared("peft_lora_smollm2_360m/tokenizer/tokenizer.json");
        assertThat(of(TestFiles.defaultModel()).tokenizer())
                .isEqualTo(BaseFingerprint.vocabulary(Files.readString(original)));
    }

    @Test
    void vocabulary_formsOfTheSameTokens_theSame() {
        String map = "{\"added_tokens\":[{\"id\":2,\"content\":\"<s>\"}],\"model\":{\"vocab\":{\"b\":1,\"a\":0}}}";
        String pairs = "{\"model\":{\"type\":\"Unigram\",\"vocab\":[[\"a\",-1.5],[\"b\",0],[\"<s>\",0.0]]},"
                + "\"added_tokens\":[{\"content\":\"<s>\",\"special\":true,\"id\":2}]}";
        assertThat(BaseFingerprint.vocabulary(map)).isEqualTo(BaseFingerprint.vocabulary(pairs));
        assertThat(BaseFingerprint.vocabulary(map.replace("\"a\":0", "\"a\":3")))
                .isNotEqualTo(BaseFingerprint.vocabulary(map));
        assertThat(BaseFingerprint.vocabulary(map.replace("<s>", "<t>"))).isNotEqualTo(BaseFingerprint.vocabulary(map));
    }
}
