package dev.llmadapt.local;

import static org.assertj.core.api.Assertions.assertThat;

import dev.llmadapt.Precision;
import dev.llmadapt.files.Sha256;
import dev.llmadapt.local.architecture.AdapterInputs;
import dev.llmadapt.local.architecture.Architecture;
import dev.llmadapt.local.checkpoint.Checkpoint;
import dev.llmadapt.local.checkpoint.MixedGguf;
import dev.llmadapt.local.graph.ExternalWeight;
import dev.llmadapt.local.memory.NativeArena;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PackedFoldersTest {
    @TempDir
    Path folder;

    private Path packed(Path model, Precision precision) {
        try (Checkpoint checkpoint = Checkpoint.open(model)) {
            return PackedFolders.of(folder, checkpoint, precision).folder();
        }
    }

    @Test
    void of_sameFiles_isOneFolder_otherFiles_isAnother() throws IOException {
        Path model = MixedGguf.write(folder, 1);
        FileTime time = FileTime.from(Instant.parse("2026-01-01T00:00:00Z"));
        Files.setLastModifiedTime(model, time);
        Path first = packed(model, Precision.AS_STORED);
        assertThat(packed(model, Precision.AS_STORED)).isEqualTo(first);
        assertThat(packed(model, Precision.INT8)).isNotEqualTo(first);
        Files.setLastModifiedTime(model, FileTime.from(time.toInstant().plusSeconds(1)));
        assertThat(packed(model, Precision.AS_STORED)).as("written again").isNotEqualTo(first);
        Files.setLastModifiedTime(model, time);
        assertThat(packed(model, Precision.AS_STORED)).isEqualTo(first);
        byte[] bytes = Files.readAllBytes(model);
        bytes[bytes.length - 1] ^= 1;
        Files.write(model, bytes);
        Files.setLastModifiedTime(model, time);
        assertThat(packed(model, Precision.AS_STORED))
                .as("another byte at the end, at the same time")
                .isNotEqualTo(first);
    }

    /**
     * What lies in the folders must be what this version would write: whoever changes how weights are laid out raises
     * {@code PackedFolders.LAYOUT}, and then writes the new hashes here.
     */
    @ParameterizedTest
    @CsvSource({
        "AS_STORED, 155cc94687f4b2b6",
        "COMPACT, 24800568655520ad",
        "INT8, cfaa0f010cfeea0e",
        "INT4, d170e0db1cd04e5d"
    })
    void layout_isThatOfTheFolders(Precision precision, String expected) {
        Path model = MixedGguf.write(folder, 23);
        MessageDigest digest = Sha256.newDigest();
        try (Checkpoint checkpoint = Checkpoint.open(model);
                NativeArena memory = new NativeArena()) {
            List<ExternalWeight> weights =
                    Architecture.of(checkpoint)
                            .graph(checkpoint, precision, 64, AdapterInputs.NONE)
                            .model()
                            .weights()
                            .stream()
                            .filter(ExternalWeight::packed)
                            .sorted(Comparator.comparing(ExternalWeight::fileName))
                            .toList();
            for (ExternalWeight weight : weights) {
                ByteBuffer data = weight.data().apply(memory).duplicate();
                digest.update(weight.fileName().getBytes(StandardCharsets.UTF_8));
                digest.update(data);
            }
        }
        assertThat(Sha256.hex(digest).substring(0, 16)).isEqualTo(expected);
    }
}
