package dev.llmadapt.local.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.Gson;
import dev.llmadapt.Precision;
import dev.llmadapt.local.architecture.AdapterInputs;
import dev.llmadapt.local.architecture.Architecture;
import dev.llmadapt.local.checkpoint.Checkpoint;
import dev.llmadapt.local.checkpoint.TestFiles;
import java.io.IOException;
import java.nio.file.Files;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** GGUF files of several families from the file to logits, against transformers ({@code make_families.py}). */
class GgufFamilyLogitsTest {
    private record Golden(int[] prompt, float[] logits) {}

    @ParameterizedTest
    @ValueSource(strings = {"qwen2", "qwen3", "gemma2", "gemma3", "phi3", "gpt2"})
    void read_fileOfEachFamily_givesTransformersLogits(String family) throws IOException {
        Golden golden =
                new Gson().fromJson(Files.readString(TestFiles.resource("families/" + family + ".json")), Golden.class);
        int[] prompt = golden.prompt();
        try (Checkpoint checkpoint = Checkpoint.open(TestFiles.resource("families/" + family + ".gguf"));
                DecoderSession session = DecoderSession.open(
                        Architecture.of(checkpoint).graph(checkpoint, Precision.FP32, 64, AdapterInputs.NONE), 1)) {
            session.reserve(1, 64);
            Logits logits = session.read(0, prompt, 0, prompt.length, prompt.length - 1);
            for (int id = 0; id < golden.logits().length; id++) {
                assertThat(logits.get(id)).as("token %d", id).isCloseTo(golden.logits()[id], within(1e-4f));
            }
        }
    }
}
