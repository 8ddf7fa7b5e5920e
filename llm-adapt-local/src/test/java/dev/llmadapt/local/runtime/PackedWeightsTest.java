package dev.llmadapt.local.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.llmadapt.Precision;
import dev.llmadapt.local.architecture.AdapterInputs;
import dev.llmadapt.local.architecture.Architecture;
import dev.llmadapt.local.architecture.DecoderGraph;
import dev.llmadapt.local.checkpoint.Checkpoint;
import dev.llmadapt.local.checkpoint.MixedGguf;
import dev.llmadapt.local.graph.ElementType;
import dev.llmadapt.local.graph.ExternalWeight;
import dev.llmadapt.local.graph.OnnxModel;
import dev.llmadapt.local.graph.Shape;
import dev.llmadapt.local.runtime.PackedWeights.Limits;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PackedWeightsTest {
    private static final Limits ANY = new Limits(1, 1, 1 << 30);

    @TempDir
    Path folder;

    private final List<String> packed = new ArrayList<>();

    /** A model of nothing but weights of so many bytes. */
    private OnnxModel model(int... sizes) {
        List<ExternalWeight> weights = new ArrayList<>();
        for (int i = 0; i < sizes.length; i++) {
            int size = sizes[i];
            byte content = (byte) (i + 1);
            String name = "matrix." + i + ".blocks";
            weights.add(new ExternalWeight(
                    name,
                    ElementType.UINT8,
                    Shape.of(size),
                    memory -> {
                        synchronized (packed) {
                            packed.add(name);
                        }
                        ByteBuffer data = memory.zeros(size);
                        for (int at = 0; at < size; at++) {
                            data.put(at, content);
                        }
                        return data;
                    },
                    true));
        }
        weights.add(new ExternalWeight("plain", ElementType.UINT8, Shape.of(8), memory -> memory.zeros(8)));
        return new OnnxModel(new byte[0], weights);
    }

    private List<Path> files(Path where) throws IOException {
        try (Stream<Path> files = Files.list(where)) {
            return files.sorted().toList();
        }
    }

    @Test
    void keep_first_packsEachOnceAndLaterNone() throws IOException {
        PackedWeights weights = new PackedWeights(folder.resolve("a"), ANY);
        assertThat(weights.keep(model(10, 20))).containsExactlyInAnyOrder("matrix.0.blocks", "matrix.1.blocks");
        assertThat(packed).containsExactlyInAnyOrder("matrix.0.blocks", "matrix.1.blocks");
        assertThat(files(folder.resolve("a"))).hasSize(2);
        ExternalWeight second = model(10, 20).weights().get(1);
        assertThat(folder.resolve("a").resolve(second.fileName()))
                .hasBinaryContent("\2".repeat(20).getBytes(StandardCharsets.ISO_8859_1));
        packed.clear();
        assertThat(weights.keep(model(10, 20))).hasSize(2);
        assertThat(packed).isEmpty();
        assertThat(weights.keep(model(10, 20, 30))).as("one more").hasSize(3);
        assertThat(packed).containsExactly("matrix.2.blocks");
        packed.clear();
        assertThat(weights.keep(model(10, 21))).as("of another shape").hasSize(2);
        assertThat(packed).containsExactly("matrix.1.blocks");
    }

    @Test
    void keep_fileCutShort_isPackedAnew() throws IOException {
        PackedWeights weights = new PackedWeights(folder.resolve("a"), ANY);
        weights.keep(model(10, 20));
        Path file = folder.resolve("a").resolve(model(10, 20).weights().get(1).fileName());
        Files.write(file, new byte[19]);
        packed.clear();
        weights.keep(model(10, 20));
        assertThat(packed).containsExactly("matrix.1.blocks");
        assertThat(file).hasSize(20);
    }

    @Test
    void keep_littleOfIt_isNotWorthAFile() {
        assertThat(new PackedWeights(folder.resolve("a"), new Limits(15, 1, 100)).keep(model(10, 20)))
                .containsExactly("matrix.1.blocks");
        assertThat(new PackedWeights(folder.resolve("b"), new Limits(1, 31, 100)).keep(model(10, 20)))
                .isEmpty();
        assertThat(folder.resolve("b")).doesNotExist();
    }

    @Test
    void keep_noRoom_deletesWhatWasNotUsedForLongest() throws IOException {
        Limits limits = new Limits(1, 1, 100);
        for (String name : List.of("old", "older", "new")) {
            new PackedWeights(folder.resolve(name), limits).keep(model(30));
        }
        Instant now = Instant.now();
        Files.setLastModifiedTime(folder.resolve("older"), FileTime.from(now.minusSeconds(300)));
        Files.setLastModifiedTime(folder.resolve("old"), FileTime.from(now.minusSeconds(200)));
        Files.setLastModifiedTime(folder.resolve("new"), FileTime.from(now.minusSeconds(100)));
        assertThat(new PackedWeights(folder.resolve("newest"), limits).keep(model(40)))
                .hasSize(1);
        assertThat(files(folder))
                .extracting(path -> path.getFileName().toString())
                .containsExactly("new", "newest", "old");
        assertThat(new PackedWeights(folder.resolve("big"), limits).keep(model(101)))
                .as("more than there may be")
                .isEmpty();
        assertThat(files(folder.resolve("big"))).isEmpty();
    }

    @Test
    void keep_folderThatCannotBe_keepsNothing() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "in the way");
        assertThat(new PackedWeights(file.resolve("a"), ANY).keep(model(10))).isEmpty();
        assertThat(packed).isEmpty();
    }

    @Test
    void keep_writerThatWasKilled_leavesNothingForEver() throws IOException {
        PackedWeights weights = new PackedWeights(folder.resolve("a"), ANY);
        weights.keep(model(10));
        Path recent = Files.write(folder.resolve("a/1.part"), new byte[5]);
        Path abandoned = Files.write(folder.resolve("a/2.part"), new byte[5]);
        Files.setLastModifiedTime(abandoned, FileTime.from(Instant.now().minusSeconds(100_000)));
        weights.keep(model(10, 20));
        assertThat(recent).exists();
        assertThat(abandoned).doesNotExist();
    }

    /** The engine computes the same with weights from files as with those that it is handed. */
    @ParameterizedTest
    @EnumSource(Precision.class)
    void read_weightsFromFiles_givesTheSameLogits(Precision precision) throws IOException {
        Path model = MixedGguf.write(folder, 23);
        Optional<PackedWeights> kept = Optional.of(new PackedWeights(folder.resolve("kept"), ANY));
        float[] expected = logits(model, precision, Optional.empty());
        assertThat(logits(model, precision, kept)).isEqualTo(expected);
        if (precision == Precision.FP32) {
            assertThat(folder.resolve("kept")).as("nothing of it is packed").doesNotExist();
            return;
        }
        assertThat(files(folder.resolve("kept"))).hasSizeGreaterThan(14);
        assertThat(logits(model, precision, kept)).as("again").isEqualTo(expected);
        for (Path file : files(folder.resolve("kept"))) {
            // what is computed comes from these files: without this test it might come from anywhere
            Files.write(file, new byte[(int) Files.size(file)]);
        }
        assertThat(logits(model, precision, kept)).as("of zeros").isNotEqualTo(expected);
    }

    /** What is not kept is packed for the session, though parts of the same matrix were packed for files before. */
    @Test
    void read_someFilesMissing_givesTheSameLogits() throws IOException {
        Path model = MixedGguf.write(folder, 23);
        float[] expected = logits(model, Precision.AS_STORED, Optional.empty());
        PackedWeights large = new PackedWeights(folder.resolve("large"), new Limits(40_000, 1, 1 << 30));
        assertThat(logits(model, Precision.AS_STORED, Optional.of(large)))
                .as("some matrices are too small to be kept")
                .isEqualTo(expected);
        PackedWeights all = new PackedWeights(folder.resolve("all"), ANY);
        logits(model, Precision.AS_STORED, Optional.of(all));
        for (Path file : files(folder.resolve("all"))) {
            Files.delete(file);
            assertThat(logits(model, Precision.AS_STORED, Optional.of(all)))
                    .as("without " + file.getFileName())
                    .isEqualTo(expected);
        }
    }

    private static float[] logits(Path model, Precision precision, Optional<PackedWeights> packed) {
        int[] ids = new Random(23).ints(24, 0, 64).toArray();
        try (Checkpoint checkpoint = Checkpoint.open(model)) {
            DecoderGraph graph = Architecture.of(checkpoint).graph(checkpoint, precision, 64, AdapterInputs.NONE);
            try (DecoderSession session =
                    DecoderSession.open(graph, Execution.of(1).withPacked(packed))) {
                session.reserve(1, 64);
                Logits logits = session.read(0, ids, 0, ids.length, 0);
                float[] values = new float[ids.length * session.vocabularySize()];
                logits.get(0, values);
                return values;
            }
        }
    }
}
