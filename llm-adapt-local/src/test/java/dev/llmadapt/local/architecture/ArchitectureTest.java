package dev.llmadapt.local.architecture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llmadapt.CheckpointException;
import dev.llmadapt.local.Golden;
import dev.llmadapt.local.checkpoint.Checkpoint;
import dev.llmadapt.local.checkpoint.KnownFamilies;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ArchitectureTest {
    @TempDir
    Path folder;

    @Test
    void families_ofTheTable_areThoseThatMessagesName() {
        assertThat(Architecture.families().keySet()).containsExactlyInAnyOrderElementsOf(KnownFamilies.NAMES);
    }

    @Test
    void of_unknownFamily_isRefusedNamingTheKnownOnes() throws IOException {
        copy("tiny-qwen3", "\"model_type\": \"qwen3\"", "\"model_type\": \"olmo2\"");
        try (Checkpoint checkpoint = Checkpoint.open(folder)) {
            assertThatThrownBy(() -> Architecture.of(checkpoint))
                    .isInstanceOf(CheckpointException.class)
                    .hasMessageContainingAll(folder.toString(), "'olmo2'", KnownFamilies.NAMES.toString());
        }
    }

    @Test
    void open_unknownFamilyWithSettingsOfItsOwn_isRefusedNamingTheKnownOnes() throws IOException {
        copy("tiny-gpt2", "\"model_type\": \"gpt2\"", "\"model_type\": \"bloom\"");
        assertThatThrownBy(() -> Checkpoint.open(folder))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContainingAll("config.json", "'bloom'", KnownFamilies.NAMES.toString())
                .hasRootCauseMessage(folder.resolve("config.json") + " has no num_attention_heads");
    }

    private void copy(String name, String old, String other) throws IOException {
        Path source = Golden.folder(name);
        Files.copy(source.resolve("model.safetensors"), folder.resolve("model.safetensors"));
        String config = Files.readString(source.resolve("config.json"));
        assertThat(config).contains(old);
        Files.writeString(folder.resolve("config.json"), config.replace(old, other));
    }
}
