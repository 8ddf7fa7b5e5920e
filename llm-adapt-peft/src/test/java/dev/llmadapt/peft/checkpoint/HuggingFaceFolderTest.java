package dev.llmadapt.peft.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llmadapt.peft.CheckpointException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HuggingFaceFolderTest {
    @TempDir
    Path folder;

    @BeforeEach
    void writeConfig() {
        TestFiles.write(folder, "config.json", TestFiles.config());
    }

    private static void writeShard(Path folder, String shard, String tensor) {
        TestFiles.writeSafetensors(
                folder, shard, "{\"" + tensor + "\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}", 4);
    }

    private void writeIndex(String... tensorsAndShards) {
        StringBuilder map = new StringBuilder();
        for (int i = 0; i < tensorsAndShards.length; i += 2) {
            map.append(i == 0 ? "" : ",");
            JsonText.quote(map, tensorsAndShards[i]);
            map.append(':');
            JsonText.quote(map, tensorsAndShards[i + 1]);
        }
        TestFiles.write(folder, "model.safetensors.index.json", "{\"metadata\":{},\"weight_map\":{" + map + "}}");
    }

    private void assertRefused(String... parts) {
        assertThatThrownBy(() -> Checkpoint.open(folder))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContainingAll(parts);
    }

    @Test
    void open_shards_areReadTogether() {
        writeShard(folder, "model-00001-of-00002.safetensors", "a");
        writeShard(folder, "model-00002-of-00002.safetensors", "b");
        writeIndex("a", "model-00001-of-00002.safetensors", "b", "model-00002-of-00002.safetensors");

        try (Checkpoint checkpoint = Checkpoint.open(folder)) {
            assertThat(checkpoint.tensors().keySet()).containsExactlyInAnyOrder("a", "b");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "../outside.safetensors",
                "/etc/outside.safetensors",
                "sub/inside.safetensors",
                "..\\outside.safetensors",
                "C:outside.safetensors",
                "..",
                "",
                "model.bin",
                "a\u0000.safetensors"
            })
    void open_shardOutsideTheFolder_isRefused(String shard) {
        writeIndex("a", shard);

        assertRefused("model.safetensors.index.json", "plain name");
    }

    @Test
    void open_indexAtOddsWithShards_isRefused() {
        writeIndex("a", "one.safetensors");
        assertRefused("one.safetensors", "missing");
        writeShard(folder, "one.safetensors", "b");
        assertRefused("tensor a is not in");
        writeShard(folder, "one.safetensors", "a");
        writeShard(folder, "two.safetensors", "a");
        writeIndex("a", "one.safetensors", "b", "two.safetensors");
        assertRefused("tensor a", "twice");
        TestFiles.write(folder, "model.safetensors.index.json", "{\"weight_map\":{\"a\":7}}");
        assertRefused("weight_map", "a file name", "7");
        TestFiles.write(folder, "model.safetensors.index.json", "{}");
        assertRefused("weight_map");
    }

    @Test
    void open_noWeights_saysWhatIsMissing() {
        assertRefused("neither model.safetensors nor");
        TestFiles.write(folder, "pytorch_model.bin", "");
        assertRefused("convert it to safetensors");
    }

    @Test
    void open_snapshotOfACache_isNamedByItsRepository() throws Exception {
        Path blobs = Files.createDirectories(folder.resolve("models--org--some-model/blobs"));
        Path snapshot = Files.createDirectories(folder.resolve("models--org--some-model/snapshots/0123abcd"));
        writeShard(blobs, "weights", "a");
        TestFiles.write(blobs, "config", TestFiles.config());
        Files.createSymbolicLink(snapshot.resolve("model.safetensors"), Path.of("../../blobs/weights"));
        Files.createSymbolicLink(snapshot.resolve("config.json"), Path.of("../../blobs/config"));

        try (Checkpoint checkpoint = Checkpoint.open(snapshot)) {
            assertThat(checkpoint.name()).isEqualTo("org/some-model");
            assertThat(checkpoint.tensors()).containsKey("a");
        }
    }

    @Test
    void open_linksThatLeadNowhere_areMissingFiles() throws Exception {
        Files.createSymbolicLink(folder.resolve("model.safetensors"), Path.of("model.safetensors"));
        assertRefused("neither model.safetensors nor");
        Files.delete(folder.resolve("config.json"));
        Files.createSymbolicLink(folder.resolve("config.json"), Path.of("absent"));
        assertRefused("no config.json");
    }
}
