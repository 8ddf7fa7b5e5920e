package dev.llmadapt.text;

import static org.assertj.core.api.Assertions.assertThat;

import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import de.siegmar.fastcsv.reader.FieldMismatchStrategy;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class CsvRecordsTest {
    @Test
    void records_written_areReadBack() throws Exception {
        for (int seed = 0; seed < 300; seed++) {
            Random random = new Random(seed);
            List<List<String>> table = new ArrayList<>();
            StringBuilder text = new StringBuilder();
            for (int row = 0; row < 1 + random.nextInt(6); row++) {
                List<String> fields = new ArrayList<>();
                for (int i = 0; i < 1 + random.nextInt(4); i++) {
                    fields.add(field(random, "ab \",\n\u00e4\uD83D\uDE00"));
                    text.append(i == 0 ? "" : ",")
                            .append('"')
                            .append(fields.get(i).replace("\"", "\"\""))
                            .append('"');
                }
                table.add(fields);
                text.append(random.nextBoolean() ? "\n" : "\r\n");
            }
            assertThat(read(text.toString()).good()).as("seed " + seed).isEqualTo(table);
        }
    }

    @Test
    void anyText_isReadAsFastCsvReadsIt() throws Exception {
        int read = 0;
        for (int seed = 0; seed < 3000; seed++) {
            Random random = new Random(seed);
            StringBuilder text = new StringBuilder();
            for (int i = 0; i < 1 + random.nextInt(20); i++) {
                text.append(List.of("a", "b", ",", "\n", "\"", "\"\"", "\r\n", "\r", ",\"", "\",", "\"\n")
                        .get(random.nextInt(11)));
            }
            List<List<String>> expected = new ArrayList<>();
            try (CsvReader<CsvRecord> reader = CsvReader.builder()
                    .allowUnclosedQuote(false)
                    .extraFieldStrategy(FieldMismatchStrategy.IGNORE)
                    .missingFieldStrategy(FieldMismatchStrategy.IGNORE)
                    .ofCsvRecord(text.toString())) {
                reader.forEach(record -> expected.add(record.getFields().stream()
                        .map(field -> field.replaceAll("\r\n?", "\n"))
                        .toList()));
            } catch (CsvParseException e) {
                assertThat(read(text.toString()).broken())
                        .as("seed " + seed + ": " + text)
                        .isNotEmpty();
                continue;
            }
            read++;
            assertThat(read(text.toString()).broken())
                    .as("seed " + seed + ": " + text)
                    .isEmpty();
            assertThat(read(text.toString()).good())
                    .as("seed " + seed + ": " + text)
                    .isEqualTo(expected);
        }
        assertThat(read).isGreaterThan(500);
    }

    @Test
    void missingQuote_costsOneLine() throws Exception {
        Result result = read("a,b\n1,\"x\n2,y\n3,\"z\"\n4,w\n");
        assertThat(result.good())
                .containsExactly(List.of("a", "b"), List.of("2", "y"), List.of("3", "z"), List.of("4", "w"));
        assertThat(result.lines()).containsExactly(1L, 3L, 4L, 5L);
        assertThat(result.broken()).hasSize(1);
    }

    @Test
    void manyOpenQuotes_takeNoMoreThanLinearTime() throws Exception {
        // Each line opens a quote that the next one's closes wrongly, and every second reading starts anew.
        Result result = read("a,\"b\n".repeat(100_000) + "x".repeat(1000) + "\n");
        assertThat(result.good().size() + result.broken().size()).isBetween(50_000, 100_001);
    }

    private record Result(List<List<String>> good, List<Long> lines, List<String> broken) {}

    private static Result read(String text) throws IOException {
        Result result = new Result(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        Utf8Input in = Utf8Input.of(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)), null);
        Lines lines = new Lines(in, 1 << 20);
        CsvRecords records = new CsvRecords(lines, ',', 1 << 20);
        while (records.advance()) {
            try {
                result.good().add(records.fields());
                result.lines().add(records.line());
            } catch (BrokenRecord e) {
                result.broken().add(e.reason());
            }
        }
        return result;
    }

    private static String field(Random random, String alphabet) {
        int[] codes = alphabet.codePoints().toArray();
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(6); i > 0; i--) {
            text.appendCodePoint(codes[random.nextInt(codes.length)]);
        }
        return text.toString();
    }
}
