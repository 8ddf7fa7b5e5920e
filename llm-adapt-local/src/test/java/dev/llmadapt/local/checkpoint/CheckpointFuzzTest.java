package dev.llmadapt.local.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.llmadapt.CheckpointException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Damaged files: only {@link CheckpointException} may leave, and memory stays in proportion to the file. */
class CheckpointFuzzTest {
    private static final int ROUNDS = 2500;
    private static final long SEED = 5;
    /** Per byte of the file, above a fixed allowance: a metadata entry of 13 bytes becomes a few objects. */
    private static final int HEAP_PER_BYTE = 64;

    private static final long[] INTERESTING = {
        0,
        1,
        -1,
        2,
        7,
        31,
        32,
        255,
        256,
        65535,
        Integer.MAX_VALUE,
        Integer.MIN_VALUE,
        1L << 32,
        1L << 40,
        Long.MAX_VALUE,
        Long.MIN_VALUE,
        Long.MAX_VALUE - 31,
        1L << 61
    };

    @TempDir
    Path folder;

    private int opened;

    /** Opens and reads everything; returns whether it was accepted. */
    private void use(Path path, String what) {
        long before = TestFiles.allocatedBytes();
        try (Checkpoint checkpoint = Checkpoint.open(path)) {
            opened++;
            for (WeightTensor tensor : checkpoint.tensors().values()) {
                assertThat(tensor.toFloats()).hasSize((int) tensor.size());
            }
            checkpoint.tokenizer();
        } catch (CheckpointException expected) {
            assertThat(expected).hasMessageContaining(folder.getFileName().toString());
        } catch (RuntimeException | Error e) {
            throw new AssertionError(what + " of " + path, e);
        }
        long allocated = TestFiles.allocatedBytes() - before;
        assertThat(allocated).as("bytes allocated by %s", what).isLessThan(4_000_000 + HEAP_PER_BYTE * size(folder));
    }

    private static long size(Path folder) {
        long size = 0;
        try (var files = Files.newDirectoryStream(folder)) {
            for (Path file : files) {
                size += Files.size(file);
            }
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
        return size;
    }

    private static byte[] mutate(Random random, byte[] original) {
        byte[] bytes = original.clone();
        int changes = 1 + random.nextInt(4);
        for (int i = 0; i < changes; i++) {
            int at = random.nextInt(bytes.length);
            switch (random.nextInt(6)) {
                case 0 -> bytes[at] = (byte) random.nextInt();
                case 1 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
                case 2 -> {
                    if (at + 8 <= bytes.length) {
                        little(bytes).putLong(at, INTERESTING[random.nextInt(INTERESTING.length)]);
                    }
                }
                case 3 -> {
                    if (at + 4 <= bytes.length) {
                        little(bytes).putInt(at, (int) INTERESTING[random.nextInt(INTERESTING.length)]);
                    }
                }
                case 4 -> bytes = Arrays.copyOf(bytes, Math.max(1, at));
                default -> {
                    int from = random.nextInt(bytes.length);
                    int length = Math.min(random.nextInt(40), bytes.length - Math.max(at, from));
                    System.arraycopy(bytes, from, bytes, at, length);
                }
            }
        }
        return bytes;
    }

    private static ByteBuffer little(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** A change to text: drops, doubles or replaces a piece, or puts another value in its place. */
    private static String mutate(Random random, String original) {
        String[] values = {
            "null",
            "-1",
            "0",
            "1e400",
            "99999999999999999999",
            "[]",
            "{}",
            "\"\"",
            "true",
            "[[[[",
            "NaN",
            ",",
            ":",
            "\"",
            "2.5"
        };
        StringBuilder text = new StringBuilder(original);
        int changes = 1 + random.nextInt(3);
        for (int i = 0; i < changes && text.length() > 1; i++) {
            int at = random.nextInt(text.length());
            int end = Math.min(text.length(), at + 1 + random.nextInt(6));
            switch (random.nextInt(4)) {
                case 0 -> text.delete(at, end);
                case 1 -> text.insert(at, text.substring(at, end));
                case 2 -> text.replace(at, end, values[random.nextInt(values.length)]);
                default -> {
                    int colon = text.indexOf(":", at);
                    int comma = colon < 0 ? -1 : text.indexOf(",", colon);
                    if (comma > 0) {
                        text.replace(colon + 1, comma, values[random.nextInt(values.length)]);
                    }
                }
            }
        }
        return text.toString();
    }

    @Test
    void open_mutatedGguf_onlyCheckpointExceptionLeaves() throws Exception {
        byte[] small = GgufBuilder.llama()
                .put("tokenizer.ggml.model", "llama")
                .put("tokenizer.ggml.tokens", List.of("<unk>", "a", "b", "ab"))
                .put("tokenizer.ggml.scores", new float[] {0, 0, 0, 1})
                .put("tokenizer.ggml.token_type", new int[] {2, 1, 1, 1})
                .tensor("token_embd.weight", new long[] {4, 2}, 1, 2, 3, 4, 5, 6, 7, 8)
                .tensor("blk.0.attn_q.weight", new long[] {4, 2}, 1, 2, 3, 4, 5, 6, 7, 8)
                .bytes();
        byte[] byPython = Files.readAllBytes(TestFiles.resource("tiny-llama.gguf"));
        byte[] head = Arrays.copyOf(byPython, 2048); // where its structure is
        Random random = new Random(SEED);
        Path file = folder.resolve("model.gguf");
        for (int i = 0; i < ROUNDS; i++) {
            byte[] mutated;
            if (i % 3 == 0) {
                byte[] changed = mutate(random, head);
                mutated = Arrays.copyOf(byPython, byPython.length);
                System.arraycopy(changed, 0, mutated, 0, changed.length);
            } else {
                mutated = mutate(random, small);
            }
            Files.write(file, mutated);
            use(file, "seed " + SEED + ", round " + i);
        }
        assertThat(opened).as("mutations that do no harm").isBetween(ROUNDS / 50, ROUNDS);
    }

    @Test
    void open_mutatedSafetensors_onlyCheckpointExceptionLeaves() throws Exception {
        TestFiles.write(folder, "config.json", TestFiles.config());
        TestFiles.write(folder, "tokenizer.json", "{}");
        String header = "{\"__metadata__\":{\"format\":\"pt\"},"
                + "\"model.embed_tokens.weight\":{\"dtype\":\"F32\",\"shape\":[8,4],\"data_offsets\":[0,128]},"
                + "\"model.norm.weight\":{\"dtype\":\"BF16\",\"shape\":[4],\"data_offsets\":[128,136]}}";
        byte[] original = TestFiles.safetensors(header, 136);
        Random random = new Random(SEED);
        for (int i = 0; i < ROUNDS; i++) {
            byte[] mutated = i % 2 == 0 ? mutate(random, original) : TestFiles.safetensors(mutate(random, header), 136);
            Files.write(folder.resolve("model.safetensors"), mutated);
            use(folder, "seed " + SEED + ", round " + i);
        }
        assertThat(opened).as("mutations that do no harm").isBetween(ROUNDS / 50, ROUNDS);
    }

    @Test
    void open_mutatedJson_onlyCheckpointExceptionLeaves() throws Exception {
        List<String> names = List.of(
                "config.json",
                "generation_config.json",
                "model.safetensors.index.json",
                "tokenizer.json",
                "tokenizer_config.json");
        List<String> originals = List.of(
                TestFiles.config(
                        "\"rope_scaling\":{\"rope_type\":\"llama3\",\"factor\":8.0,\"low_freq_factor\":1.0,"
                                + "\"high_freq_factor\":4.0,\"original_max_position_embeddings\":8192}",
                        "\"eos_token_id\":[1,2]",
                        "\"tie_word_embeddings\":true"),
                "{\"eos_token_id\":[1,2],\"bos_token_id\":0}",
                "{\"metadata\":{\"total_size\":4},\"weight_map\":{\"a\":\"a.safetensors\"}}",
                "{\"added_tokens\":[{\"id\":0,\"content\":\"<s>\",\"special\":true}],\"post_processor\":{\"type\":"
                        + "\"TemplateProcessing\",\"single\":[{\"SpecialToken\":{\"id\":\"<s>\",\"type_id\":0}}]}}",
                "{\"bos_token\":{\"content\":\"<s>\"},\"eos_token\":\"<s>\",\"add_bos_token\":true,"
                        + "\"chat_template\":[{\"name\":\"default\",\"template\":\"x\"}]}");
        TestFiles.writeSafetensors(
                folder, "a.safetensors", "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}", 4);
        for (int i = 0; i < names.size(); i++) {
            TestFiles.write(folder, names.get(i), originals.get(i));
        }
        Random random = new Random(SEED);
        for (int i = 0; i < ROUNDS; i++) {
            int which = i % names.size();
            Files.write(
                    folder.resolve(names.get(which)),
                    mutate(random, originals.get(which)).getBytes(StandardCharsets.UTF_8));
            use(folder, "seed " + SEED + ", round " + i);
            TestFiles.write(folder, names.get(which), originals.get(which));
        }
        assertThat(opened).as("mutations that do no harm").isBetween(ROUNDS / 50, ROUNDS);
    }
}
