package dev.llmadapt.peft.folder;

import static org.assertj.core.api.Assertions.assertThat;

import dev.llmadapt.AdapterException;
import dev.llmadapt.local.Golden;
import dev.llmadapt.local.adapter.BaseModules;
import dev.llmadapt.local.checkpoint.Checkpoint;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Damaged and hostile folders: only {@link AdapterException} may leave, whatever is read, converted or written again.
 */
class PeftFolderFuzzTest {
    private static final int ROUNDS = 10_000;
    private static final long SEED = 41;

    private static final String[] VALUES = {
        "null",
        "true",
        "0",
        "-1",
        "1e400",
        "1e308",
        "2147483647",
        "99999999999999999999",
        "NaN",
        "2.5",
        "[]",
        "{}",
        "\"\"",
        "\"all-linear\"",
        "\"(a+)+b\"",
        "\"(.*.*.*)*q_proj\"",
        "\"((a{90}){90}){90}\"",
        "\"(?!(.*)*x).*_proj\"",
        "[\"q_proj\"]",
        "[\"embed_tokens\", \"lm_head\"]",
        "{\"(.*)*\": 4}",
        "{\"q_proj\": 2147483647}",
        "[".repeat(50) + "]".repeat(50),
        "{\"a\":".repeat(40) + "1" + "}".repeat(40)
    };

    /** A recorded adapter's files and the base it is for. */
    @SuppressWarnings("ArrayRecordComponent")
    private record Original(String name, byte[] config, byte[] tensors, BaseModules base) {}

    @TempDir
    Path temporary;

    /** Changes a few bytes, cuts the end off, or repeats a piece. */
    private static byte[] mutateBytes(Random random, byte[] original) {
        byte[] bytes = original.clone();
        for (int changes = 1 + random.nextInt(3); changes > 0; changes--) {
            // the header of a safetensors file, its length included, is where structure is
            int at = random.nextInt(random.nextBoolean() ? bytes.length : Math.min(bytes.length, 900));
            switch (random.nextInt(5)) {
                case 0 -> bytes[at] = (byte) random.nextInt();
                case 1 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
                case 2 -> bytes = Arrays.copyOf(bytes, Math.max(1, at));
                case 3 -> {
                    if (bytes.length >= 8) {
                        ByteBuffer.wrap(bytes)
                                .order(ByteOrder.LITTLE_ENDIAN)
                                .putLong(0, random.nextLong() >>> random.nextInt(64));
                    }
                }
                default -> {
                    int from = random.nextInt(bytes.length);
                    int length = Math.min(random.nextInt(60), bytes.length - Math.max(at, from));
                    System.arraycopy(bytes, from, bytes, at, length);
                }
            }
        }
        return bytes;
    }

    /** Drops, doubles or replaces a piece of text, or puts another value behind a key. */
    private static String mutateJson(Random random, String original) {
        StringBuilder text = new StringBuilder(original);
        for (int changes = 1 + random.nextInt(3); changes > 0 && text.length() > 1; changes--) {
            int at = random.nextInt(text.length());
            int end = Math.min(text.length(), at + 1 + random.nextInt(6));
            switch (random.nextInt(6)) {
                case 0 -> text.delete(at, end);
                case 1 -> text.insert(at, text.substring(at, end));
                case 2 -> text.setCharAt(at, (char) (32 + random.nextInt(95)));
                default -> {
                    int colon = text.indexOf("\": ", at);
                    int line = colon < 0 ? -1 : text.indexOf("\n", colon);
                    if (line > 0) {
                        boolean comma = text.charAt(line - 1) == ',';
                        text.replace(colon + 3, line - (comma ? 1 : 0), VALUES[random.nextInt(VALUES.length)]);
                    }
                }
            }
        }
        return text.toString();
    }

    @Test
    void read_mutatedFolders_onlyAdapterExceptionLeaves() throws IOException {
        List<Original> originals = new ArrayList<>();
        for (String name : AdapterGolden.names(false)) {
            Path folder = AdapterGolden.folder(name);
            try (Checkpoint checkpoint =
                    Checkpoint.open(Golden.folder(AdapterGolden.read(name).base()))) {
                originals.add(new Original(
                        name,
                        Files.readAllBytes(folder.resolve(PeftFolder.CONFIG)),
                        Files.readAllBytes(folder.resolve(PeftFolder.TENSORS)),
                        BaseModules.of(checkpoint)));
            }
        }
        Random random = new Random(SEED);
        int read = 0;
        int used = 0;
        int written = 0;
        for (int round = 0; round < ROUNDS; round++) {
            Original original = originals.get(random.nextInt(originals.size()));
            String name = original.name;
            byte[] config = original.config;
            byte[] tensors = original.tensors;
            int kind = random.nextInt(10);
            if (kind < 5) {
                config = mutateJson(random, new String(config, StandardCharsets.UTF_8))
                        .getBytes(StandardCharsets.UTF_8);
            } else if (kind < 6) {
                config = mutateBytes(random, config);
            } else if (kind < 9) {
                tensors = mutateBytes(random, tensors);
            } else { // settings of one adapter with the tensors of another
                tensors = originals.get(random.nextInt(originals.size())).tensors;
            }
            Path folder = Files.createDirectory(temporary.resolve("r" + round));
            Files.write(folder.resolve(PeftFolder.CONFIG), config);
            Files.write(folder.resolve(PeftFolder.TENSORS), tensors);
            try {
                StoredAdapter adapter = PeftFolder.read(folder);
                read++;
                if (round % 10 == 0) {
                    PeftFolder.write(folder.resolve("again"), adapter);
                    PeftFolderTest.assertSame(PeftFolder.read(folder.resolve("again")), adapter);
                    written++;
                }
                adapter.effect(name, original.base);
                used++;
            } catch (AdapterException expected) {
                assertThat(expected.getMessage()).isNotBlank();
            } catch (RuntimeException | Error e) {
                throw new AssertionError(
                        "seed " + SEED + ", round " + round + ", " + name + ": "
                                + new String(config, StandardCharsets.UTF_8),
                        e);
            }
        }
        assertThat(read).as("mutations that can be read").isBetween(ROUNDS / 20, ROUNDS * 9 / 10);
        assertThat(used).as("mutations that do no harm").isBetween(ROUNDS / 50, read);
        assertThat(written).as("mutations written again").isGreaterThan(ROUNDS / 200);
    }
}
