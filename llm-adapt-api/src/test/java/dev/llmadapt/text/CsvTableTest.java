package dev.llmadapt.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CsvTableTest {
    @Test
    void header_marksAndWhiteSpace_areNoPartOfNames() throws Exception {
        assertThat(open("\uFEFF\uFEFFreaders,\u00a0id\u200b ,\" text \"\n").columns())
                .containsExactly("readers", "id", "text");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "id,text,Text|two columns are called 'Text'",
                "id,text,ID\u200b|two columns are called 'ID'",
                "id,,text|column 2 has no name",
                "id,text,|column 3 has no name",
                "\"id,text|a quote is opened and never closed",
                "a,b;c|as many commas as semicolons"
            })
    void header_thatCannotBeTrusted_isRefused(String header, String reason) {
        assertThatThrownBy(() -> open(header + "\n1,2,3\n"))
                .isInstanceOf(BrokenRecord.class)
                .hasMessageContaining("the header cannot be read")
                .hasMessageContaining(reason);
    }

    @Test
    void separator_isSeenInTheHeader() throws Exception {
        assertThat(rows("a;b\n\"1;2\";3,4\n")).containsExactly("2 [1;2, 3,4]");
        assertThat(rows("a\tb\n1,2\t3\n")).containsExactly("2 [1,2, 3]");
        assertThat(rows("\"a;b;c\",d\n1,2\n")).containsExactly("2 [1, 2]");
        assertThat(rows("sep=;\r\na;b,c\r\n1;2\r\n")).containsExactly("3 [1, 2]");
        assertThat(rows("one\nx\n")).containsExactly("2 [x]");
        assertThat(rows("")).isEmpty();
    }

    @Test
    void rowsOfAnotherWidth_areReportedAndTheRestIsRead() throws Exception {
        String expected = ", expected 2 as in the header [a, b]; a text with a comma in it must stand in quotes";
        assertThat(rows("a,b\n1\n2,3,4\n5,6\n"))
                .containsExactly("2 ! got 1 fields" + expected, "3 ! got 3 fields" + expected, "4 [5, 6]");
    }

    @Test
    void unclosedQuote_swallowsNothing() throws Exception {
        assertThat(rows("a,b\n1,\"x\n2,y\n3,z\n"))
                .satisfiesExactly(
                        row -> assertThat(row).startsWith("2 ! a quote is opened and never closed"),
                        row -> assertThat(row).isEqualTo("3 [2, y]"),
                        row -> assertThat(row).isEqualTo("4 [3, z]"));
        // The next quoted field closes it, and the width tells
        assertThat(rows("a,b,c\n1,\"x,u\n2,\",y\",v\n3,z,w\n"))
                .as("a quote that opens in one row and ends in another")
                .endsWith("4 [3, z, w]")
                .anyMatch(row -> row.startsWith("2 !"));
    }

    @Test
    void lineBreaksInFields_areLineFeeds() throws Exception {
        assertThat(rows("a,b\r\n\"1\r\n2\",3\r\n\"4\r5\",6\r\n")).containsExactly("2 [1\n2, 3]", "4 [4\n5, 6]");
        assertThat(rows("a,b\r1,2\r3,4\r")).containsExactly("2 [1, 2]", "3 [3, 4]");
    }

    private static CsvTable open(String text) throws Exception {
        Utf8Input in = Utf8Input.of(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)), null);
        return CsvTable.open(new Lines(in, 1 << 20), CsvTable.DETECTED, 1 << 20);
    }

    private static List<String> rows(String text) throws Exception {
        CsvTable table = open(text);
        List<String> rows = new ArrayList<>();
        while (table.advance()) {
            try {
                rows.add(table.line() + " " + table.cells());
            } catch (BrokenRecord e) {
                rows.add(table.line() + " ! " + e.reason());
            }
        }
        return rows;
    }
}
