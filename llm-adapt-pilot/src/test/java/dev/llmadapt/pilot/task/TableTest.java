package dev.llmadapt.pilot.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TableTest {
    @TempDir
    Path folder;

    @Test
    void csv_quotesCommasAndLineBreaks_areRead() {
        Table table = read("a.csv", "Text , label\n\"one, \"\"two\"\"\nthree\",x\n\nfour,y\n");
        assertThat(table.columns()).containsExactly("Text", "label");
        assertThat(table.rows())
                .containsExactly(
                        new Table.Row(2, List.of("one, \"two\"\nthree", "x")), new Table.Row(5, List.of("four", "y")));
    }

    @Test
    void json_inAnyLayout_isRead() {
        String row = "{\n  \"text\": \"a\",\n  \"label\": \"b\"\n}";
        for (String layout :
                List.of("%s\n%s", "[%s,\n%s]", "{\"data\": [%s, %s]}", "{\n\"n\": 1, \"rows\": [\n%s, %s\n]\n}")) {
            for (String name : List.of("a.json", "a.jsonl")) {
                Table table = read(name, layout.formatted(row, row));
                assertThat(table.columns()).containsExactly("text", "label");
                assertThat(table.rows())
                        .hasSize(2)
                        .allMatch(each -> each.cells().equals(List.of("a", "b")));
            }
        }
        refuses("a.json", "{\"train\": [{\"text\": \"a\"}], \"test\": [{\"text\": \"a\"}]}", "the lists [test, train]");
    }

    @Test
    void csv_byteOrderMark_isLeftOut() {
        assertThat(read("a.csv", "\uFEFFtext,label\na,b\n").columns()).containsExactly("text", "label");
    }

    @Test
    void csv_unclosedQuote_namesItsLine() {
        refuses("a.csv", "text,label\na,b\n\"never closed,c\nd,e\n", "a.csv, line 3", "opened and never closed");
    }

    @Test
    void csv_textAfterClosingQuote_namesItsLine() {
        refuses("a.csv", "text,label\n\"a\"b,c\n", "line 2", "after closing quote");
    }

    @Test
    void csv_rowOfAnotherLength_namesItsLine() {
        refuses("a.csv", "text,label\na,b\nc,d,e\n", "line 3", "got 3 fields, expected 2");
        refuses("a.csv", "text,label\nc\n", "line 2", "got 1 fields, expected 2");
    }

    @Test
    void csv_onlyAHeader_isRefused() {
        refuses("a.csv", "text,label\n", "no rows below the header", "[text, label]");
    }

    @Test
    void csv_sameColumnTwice_isRefused() {
        refuses("a.csv", "text,Text\na,b\n", "two columns are called 'Text'");
    }

    @Test
    void csv_semicolonsOrTabs_areSeenInTheHeader() {
        assertThat(read("a.csv", "text;label\n\"a; b, c\";x\n").rows().get(0).cells())
                .containsExactly("a; b, c", "x");
        assertThat(read("a.csv", "text\tlabel\na, b; c\tx\n").rows().get(0).cells())
                .containsExactly("a, b; c", "x");
        refuses("a.csv", "text;label,more\na;b,c\n", "as many commas as semicolons");
    }

    @Test
    void file_utf16_isReadByItsMark() throws IOException {
        Path file = folder.resolve("u.csv");
        Files.write(file, "\uFEFFtext,label\n\u4f60\u597d,x\n".getBytes(StandardCharsets.UTF_16LE));
        assertThat(Table.read(file).rows().get(0).cells()).containsExactly("\u4f60\u597d", "x");
    }

    @Test
    void tsv_tabs_areRead() {
        assertThat(read("a.tsv", "text\tlabel\na, b\tc\n").rows().get(0).cells())
                .containsExactly("a, b", "c");
    }

    @Test
    void labelFirst_lines_areRead() {
        Table table = read("sst.train", "1 a  fine , \"odd\" film .\n\n0\tdull\r\n__label__so-so 2 hours\n");
        assertThat(table.columns()).containsExactly("label", "text");
        assertThat(table.rows())
                .containsExactly(
                        new Table.Row(1, List.of("1", "a  fine , \"odd\" film .")),
                        new Table.Row(3, List.of("0", "dull")),
                        new Table.Row(4, List.of("so-so", "2 hours")));
    }

    @Test
    void labelFirst_noTextOrTwoLabels_namesItsLine() {
        refuses("a.test", "1 fine\n0\n", "a.test, line 2", "expected a label, a space and a text, got '0'");
        refuses("a.txt", "__label__ x\n", "line 1", "expected a label");
        refuses("a.txt", "__label__a __label__b x\n", "line 1", "more than one label");
    }

    @Test
    void file_emptyOrBlank_isRefused() {
        refuses("a.csv", "", "the file is empty");
        refuses("a.jsonl", " \n\n", "the file is empty");
    }

    @Test
    void file_notUtf8_namesLineAndByte() throws IOException {
        Path file = folder.resolve("latin.csv");
        Files.write(file, "text,label\ncaf\u00e9,drink\n".getBytes(StandardCharsets.ISO_8859_1));
        assertThatThrownBy(() -> Table.read(file))
                .isInstanceOf(TaskFileException.class)
                .hasMessageContainingAll("latin.csv, line 2", "not UTF-8", "0xE9");
    }

    @Test
    void file_cutInsideACharacter_isRefused() throws IOException {
        Path file = folder.resolve("cut.csv");
        byte[] whole = "text,label\na,caf\u00e9".getBytes(StandardCharsets.UTF_8);
        Files.write(file, java.util.Arrays.copyOf(whole, whole.length - 1));
        assertThatThrownBy(() -> Table.read(file)).hasMessageContainingAll("line 2", "not UTF-8");
    }

    @Test
    void file_tooLarge_isRefusedUnread() throws IOException {
        Path file = folder.resolve("huge.csv");
        try (var channel = Files.newByteChannel(
                file, java.nio.file.StandardOpenOption.CREATE, java.nio.file.StandardOpenOption.WRITE)) {
            channel.position(TextFile.MAX_BYTES);
            channel.write(java.nio.ByteBuffer.wrap(new byte[] {'a'}));
        }
        assertThatThrownBy(() -> Table.read(file)).hasMessageContainingAll("huge.csv", "take a sample");
    }

    @Test
    void file_missingOrFolder_isRefused() {
        assertThatThrownBy(() -> Table.read(folder.resolve("no.csv"))).hasMessageContaining("no such file");
        assertThatThrownBy(() -> Table.read(folder)).hasMessageContaining("expected a file, got a folder");
    }

    @Test
    void jsonLines_valuesOfAllKinds_becomeCells() {
        Table table = read(
                "a.jsonl",
                "{\"text\":\"a\\nb\",\"label\":1,\"ok\":true,\"nested\":{\"x\":[1]}}\n\n{\"label\":\"2\",\"more\":null}\n");
        assertThat(table.columns()).containsExactly("text", "label", "ok", "nested", "more");
        assertThat(table.rows())
                .containsExactly(
                        new Table.Row(1, List.of("a\nb", "1", "true", "{\"x\":[1]}", "")),
                        new Table.Row(3, List.of("", "2", "", "", "")));
    }

    @Test
    void jsonLines_brokenLine_isNamed() {
        String good = "{\"text\":\"a\",\"label\":\"b\"}\n";
        refuses("a.jsonl", good + "{\"text\": \n", "line 2", "not JSON");
        refuses("a.jsonl", good + "{'text': 'a'}\n", "line 2", "not JSON");
        refuses("a.jsonl", good + "[1]\n", "line 2", "expected a JSON object, got an array");
        refuses("a.jsonl", good + good.strip() + good, "line 2", "not JSON, near character 2");
        refuses("a.jsonl", good + "{\"a\":1,\"a\":2}\n", "line 2", "'a' stands twice");
        refuses("a.jsonl", good + "{\"a\":" + "[".repeat(100_000) + "\n", "line 2", "not JSON");
    }

    private Table read(String name, String text) {
        try {
            return Table.read(Files.writeString(folder.resolve(name), text));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private void refuses(String name, String text, String... parts) {
        assertThatThrownBy(() -> read(name, text))
                .isInstanceOf(TaskFileException.class)
                .hasMessageContainingAll(parts)
                .message()
                .doesNotContain("\n");
    }
}
