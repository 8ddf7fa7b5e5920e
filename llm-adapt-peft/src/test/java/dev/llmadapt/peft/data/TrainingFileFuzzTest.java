package dev.llmadapt.peft.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Damaged files give examples and broken lines, or the documented exception, and never anything else. */
class TrainingFileFuzzTest {
    private static final int ROUNDS = 1500;

    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "a.csv|prompt,completion~a,b~\"c, \"\"d\"\"~e\",f~",
                "a.tsv|instruction\tinput\toutput~a\tb\tc~\"d\"\te\tf~",
                "a.jsonl|{\"prompt\":\"a\\n\\u00e4\",\"completion\":1.5e3}~{\"prompt\":[{\"role\":\"user\",\"content\":\"x\"}],"
                        + "\"completion\":\"y\"}~",
                "a.json|[{\"instruction\":\"a\",\"input\":\"b\",\"output\":\"c\"},~{\"instruction\":\"d\",\"output\":true}]~",
                "a.json|[{\"id\":1,\"conversations\":[{\"from\":\"human\",\"value\":\"a\"},"
                        + "{\"from\":\"gpt\",\"value\":\"b\"}]}]",
                "a.jsonl|{\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"a\"}]},"
                        + "{\"role\":\"assistant\",\"content\":\"b\",\"weight\":1}]}~",
            })
    void damagedFile_givesBrokenLinesOrTheDocumentedException(String name, String text) throws IOException {
        byte[] good = text.replace('~', '\n').repeat(2).getBytes(StandardCharsets.UTF_8);
        List<byte[]> parts =
                List.of("\"", "{", "}", "[", "]", "\\", ",", "\n", ":", "\u00e4", "null", "\\ud800", "\r", "0").stream()
                        .map(part -> part.getBytes(StandardCharsets.UTF_8))
                        .toList();
        Path file = folder.resolve(name);
        int read = 0;
        for (int seed = 0; seed < ROUNDS; seed++) {
            Random random = new Random(seed);
            byte[] bytes = good.clone();
            for (int change = 1 + random.nextInt(4); change > 0; change--) {
                int at = random.nextInt(bytes.length);
                byte[] part = parts.get(random.nextInt(parts.size()));
                bytes = switch (random.nextInt(4)) {
                    case 0 -> Arrays.copyOf(bytes, at + 1);
                    case 1 -> joined(bytes, at, part, at);
                    case 2 -> joined(bytes, at, new byte[] {(byte) random.nextInt()}, at + 1);
                    default -> joined(bytes, at, new byte[0], Math.min(bytes.length, at + random.nextInt(8)));
                };
                bytes = bytes.length == 0 ? part : bytes;
            }
            Files.write(file, bytes);
            try {
                TrainingFormat format = random.nextInt(4) == 0
                        ? List.of(TrainingFormat.chat(), TrainingFormat.shareGpt(), TrainingFormat.alpaca())
                                .get(random.nextInt(3))
                        : TrainingFormat.detected();
                TrainingData data = TrainingData.read(file, format);
                read++;
                long lines =
                        new String(bytes, StandardCharsets.ISO_8859_1).lines().count() + 1;
                assertThat(data.examples())
                        .as("seed " + seed)
                        .isNotEmpty()
                        .allMatch(e -> e.line() >= 1 && e.line() <= lines);
                assertThat(data.broken()).as("seed " + seed).allMatch(b -> b.line() >= 1 && b.line() <= lines);
            } catch (TrainingDataException e) {
                assertThat(e.getMessage()).as("seed " + seed).startsWith(file.toString());
            } catch (RuntimeException | Error e) {
                throw new AssertionError("seed " + seed + ": " + new String(bytes, StandardCharsets.UTF_8), e);
            }
        }
        assertThat(read).isGreaterThan(ROUNDS / 20);
    }

    private static byte[] joined(byte[] bytes, int to, byte[] middle, int from) {
        byte[] result = Arrays.copyOf(bytes, to + middle.length + bytes.length - from);
        System.arraycopy(middle, 0, result, to, middle.length);
        System.arraycopy(bytes, from, result, to + middle.length, bytes.length - from);
        return result;
    }
}
