package dev.llmadapt.local.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llmadapt.CheckpointException;
import dev.llmadapt.local.Golden;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
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

    /** Neighbours in different files, each file with holes in the order of the model. */
    @Test
    void open_tensorsDealtOutInTurn_areThoseOfOneFile() throws IOException {
        Path whole = Golden.folder("tiny-mistral");
        Files.copy(whole.resolve("config.json"), folder.resolve("config.json"), StandardCopyOption.REPLACE_EXISTING);
        try (Checkpoint expected = Checkpoint.open(whole)) {
            List<List<WeightTensor>> shards = List.of(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
            List<String> places = new ArrayList<>();
            int next = 0;
            for (WeightTensor tensor : expected.tensors().values()) {
                int shard = next++ % shards.size();
                shards.get(shard).add(tensor);
                places.addAll(List.of(tensor.name(), "model-0000" + shard + ".safetensors"));
            }
            for (int shard = 0; shard < shards.size(); shard++) {
                write(folder.resolve("model-0000" + shard + ".safetensors"), shards.get(shard));
            }
            writeIndex(places.toArray(String[]::new));
            try (Checkpoint actual = Checkpoint.open(folder)) {
                assertThat(actual.tensors().keySet())
                        .containsExactlyInAnyOrderElementsOf(expected.tensors().keySet());
                expected.tensors()
                        .forEach(
                                (name, tensor) -> assertThat(actual.tensor(name).toFloats())
                                        .as(name)
                                        .isEqualTo(tensor.toFloats()));
                assertThat(actual.config()).isEqualTo(expected.config());
            }
        }
    }

    private static void write(Path file, List<WeightTensor> tensors) throws IOException {
        StringBuilder header = new StringBuilder("{");
        int offset = 0;
        for (WeightTensor tensor : tensors) {
            int end = offset + tensor.data().remaining();
            header.append(offset == 0 ? "" : ",");
            JsonText.quote(header, tensor.name());
            header.append(":{\"dtype\":\"" + tensor.encoding() + "\",\"shape\":" + tensor.shape()
                    + ",\"data_offsets\":[" + offset + "," + end + "]}");
            offset = end;
        }
        byte[] bytes = TestFiles.safetensors(header.append('}').toString(), offset);
        ByteBuffer data = ByteBuffer.wrap(bytes, bytes.length - offset, offset);
        tensors.forEach(tensor -> data.put(tensor.data()));
        Files.write(file, bytes);
    }

    @Test
    void open_shardsThatLinkToEachOther_areMissing() throws IOException {
        writeIndex("a", "one.safetensors", "b", "two.safetensors");
        Files.createSymbolicLink(folder.resolve("one.safetensors"), Path.of("two.safetensors"));
        Files.createSymbolicLink(folder.resolve("two.safetensors"), Path.of("one.safetensors"));
        assertRefused("one.safetensors", "missing");
    }

    @Test
    void open_twoNamesOfOneShard_areRefused() throws IOException {
        writeShard(folder, "one.safetensors", "a");
        Files.createSymbolicLink(folder.resolve("two.safetensors"), Path.of("one.safetensors"));
        writeIndex("a", "one.safetensors", "b", "two.safetensors");
        assertRefused("tensor a", "twice");
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
