package dev.llmadapt.local.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llmadapt.CheckpointException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GgufTest {
    @TempDir
    Path folder;

    private static Gguf read(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file)) {
            return Gguf.read(file, channel);
        }
    }

    private static ByteBuffer bytes(int count) {
        return GgufBuilder.little(count);
    }

    private void assertRefused(GgufBuilder builder, String... parts) {
        assertRefused(() -> Checkpoint.open(builder.write(folder)), parts);
    }

    private static void assertRefused(ThrowingCallable call, String... parts) {
        assertThatThrownBy(call).isInstanceOf(CheckpointException.class).hasMessageContainingAll(parts);
    }

    @Test
    void read_everyTypeOfValue_givesItsValue() throws Exception {
        GgufBuilder builder = new GgufBuilder()
                .raw("u8", 0, new byte[] {-1})
                .raw("i8", 1, new byte[] {-1})
                .raw("u16", 2, new byte[] {-1, -1})
                .raw("i16", 3, new byte[] {-2, -1})
                .raw("u32", 4, bytes(4).putInt(-1).array())
                .raw("i32", 5, bytes(4).putInt(-3).array())
                .raw("f32", 6, bytes(4).putFloat(1e-5f).array())
                .put("bool", true)
                .put("string", "caf\u00e9")
                .raw("u64", 10, bytes(8).putLong(1L << 40).array())
                .raw("i64", 11, bytes(8).putLong(-5).array())
                .raw("f64", 12, bytes(8).putDouble(0.1).array())
                .put("strings", List.of("a", "", "b c"))
                .put("ints", new int[] {1, -2});

        Gguf gguf = read(builder.write(folder));

        assertThat(gguf.metadata())
                .containsEntry("u8", 255L)
                .containsEntry("i8", -1L)
                .containsEntry("u16", 65535L)
                .containsEntry("i16", -2L)
                .containsEntry("u32", 4294967295L)
                .containsEntry("i32", -3L)
                .containsEntry("f32", 1e-5)
                .containsEntry("bool", true)
                .containsEntry("string", "caf\u00e9")
                .containsEntry("u64", 1L << 40)
                .containsEntry("i64", -5L)
                .containsEntry("f64", 0.1);
        Gguf.Strings strings =
                (Gguf.Strings) Objects.requireNonNull(gguf.metadata().get("strings"));
        assertThat(List.of(strings.get(0), strings.get(1), strings.get(2))).containsExactly("a", "", "b c");
        Gguf.Numbers ints =
                (Gguf.Numbers) Objects.requireNonNull(gguf.metadata().get("ints"));
        assertThat(List.of(ints.get(0), ints.get(1))).containsExactly(1L, -2L);
        assertThat(gguf.dataStart() % 32).isZero();
    }

    @Test
    void read_version2_isAccepted_othersAreNot() throws Exception {
        GgufBuilder builder = GgufBuilder.llama();
        builder.version = 2;
        assertThat(read(builder.write(folder)).metadata()).containsKey("general.architecture");
        builder.version = 1;
        assertRefused(builder, "version 1");
        builder.version = 3 << 24;
        assertRefused(builder, "big-endian");
    }

    @Test
    void open_countsBeyondTheFile_areRefused() {
        GgufBuilder many = GgufBuilder.llama();
        many.tensorCount = 1L << 60;
        assertRefused(many, "tensor count", "claims");
        GgufBuilder negative = GgufBuilder.llama();
        negative.entryCount = -1;
        assertRefused(negative, "metadata count", "claims");
        GgufBuilder more = GgufBuilder.llama();
        more.entryCount += 2;
        assertRefused(more.data(new byte[64]), "damaged");
        assertRefused(
                GgufBuilder.llama()
                        .raw("array", 9, bytes(12).putInt(4).putLong(1L << 61).array()),
                "array",
                "claims");
        assertRefused(
                GgufBuilder.llama()
                        .raw("array", 9, bytes(12).putInt(8).putLong(1L << 30).array()),
                "array",
                "claims");
        assertRefused(
                GgufBuilder.llama().raw("text", 8, bytes(8).putLong(1L << 40).array()), "text", "claims");
    }

    @Test
    void open_unknownTypes_areRefused() {
        assertRefused(GgufBuilder.llama().raw("x", 13, new byte[8]), "metadata x has unknown type 13");
        assertRefused(GgufBuilder.llama().raw("x", -1, new byte[8]), "unknown type 4294967295");
        assertRefused(
                GgufBuilder.llama().raw("x", 9, bytes(20).putInt(9).putLong(1).array()), "array of arrays");
        assertRefused(
                GgufBuilder.llama().raw("x", 9, bytes(20).putInt(77).putLong(1).array()), "unknown type 77");
    }

    @Test
    void open_badAlignment_isRefused() {
        assertRefused(GgufBuilder.llama().put("general.alignment", 0), "general.alignment", "got 0");
        assertRefused(GgufBuilder.llama().put("general.alignment", 24), "general.alignment", "got 24");
        assertRefused(GgufBuilder.llama().put("general.alignment", "32"), "general.alignment", "got 32");
    }

    @Test
    void open_duplicates_areRefused() {
        assertRefused(GgufBuilder.llama().put("llama.block_count", 2), "llama.block_count stands twice");
        assertRefused(
                GgufBuilder.llama().tensor("a", new long[] {1}, 1).tensor("a", new long[] {1}, 1), "tensor a", "twice");
        // Two names in the file, one in Hugging Face's words.
        assertRefused(
                GgufBuilder.llama()
                        .tensor("output_norm.weight", new long[] {1}, 1)
                        .tensor("model.norm.weight", new long[] {1}, 1),
                "model.norm.weight",
                "twice");
    }

    @Test
    void open_tensorsOutsideTheFile_areRefused() {
        assertRefused(GgufBuilder.llama().tensorInfo("t", new long[] {8}, 0, 0), "tensor t", "outside");
        assertRefused(GgufBuilder.llama().tensorInfo("t", new long[] {8}, 0, 1L << 40), "tensor t", "outside");
        assertRefused(
                GgufBuilder.llama().tensorInfo("t", new long[] {8}, 0, Long.MAX_VALUE & -32), "tensor t", "outside");
        assertRefused(GgufBuilder.llama().tensorInfo("t", new long[] {8}, 0, -32), "tensor t", "offset");
        assertRefused(GgufBuilder.llama().tensorInfo("t", new long[] {8}, 0, 4).data(new byte[64]), "alignment 32");
        // A tensor of a type whose size is not known.
        assertRefused(GgufBuilder.llama().tensorInfo("t", new long[] {8}, 16, 1L << 40), "tensor t", "outside");
    }

    @Test
    void open_impossibleShapes_areRefused() {
        GgufBuilder wide = GgufBuilder.llama();
        assertRefused(wide.tensorInfo("t", new long[] {1L << 32, 1L << 32}, 0, 0), "tensor t", "impossible shape");
        assertRefused(GgufBuilder.llama().tensorInfo("t", new long[] {-1}, 0, 0), "tensor t", "dimension");
        assertRefused(GgufBuilder.llama().tensorInfo("t", new long[5], 0, 0), "tensor t", "5 dimensions");
        assertRefused(
                GgufBuilder.llama().tensorInfo("t", new long[] {16, 2}, 8, 0).data(new byte[64]),
                "tensor t",
                "multiple of 32");
        assertRefused(
                GgufBuilder.llama()
                        .tensorInfo("blk.0.attn_q.weight", new long[] {4, 3}, 0, 0)
                        .data(new byte[64]),
                "q_proj",
                "heads of 2 rows");
    }

    @Test
    void open_overlappingTensors_areRefused() {
        assertRefused(
                GgufBuilder.llama()
                        .tensorInfo("a", new long[] {16}, 0, 0)
                        .tensorInfo("b", new long[] {8}, 0, 32)
                        .data(new byte[64]),
                "tensor b",
                "overlaps");
    }

    @Test
    void open_fileCutAnywhere_isRefused() throws Exception {
        byte[] whole = GgufBuilder.llama()
                .put("tokens", List.of("a", "b"))
                .tensor("output_norm.weight", new long[] {8}, 1, 2, 3, 4, 5, 6, 7, 8)
                .bytes();
        Path file = folder.resolve("cut.gguf");
        for (int length = 0; length < whole.length; length++) {
            Files.write(file, Arrays.copyOf(whole, length));
            assertThatThrownBy(() -> Checkpoint.open(file))
                    .as("cut to %d bytes", length)
                    .isInstanceOf(CheckpointException.class);
        }
        Files.write(file, whole);
        Checkpoint.open(file).close();
    }
}
