package dev.llmadapt.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TextEncodingTest {
    @ParameterizedTest
    @CsvSource({
        "iso-8859-1,windows-1252",
        "latin1,windows-1252",
        "us-ascii,windows-1252",
        "ASCII,windows-1252",
        "gb2312,GB18030",
        "' GBK ',GB18030",
        "gb_2312-80,GB18030",
        "Shift_JIS,windows-31j",
        "sjis,windows-31j",
        "x-sjis,windows-31j",
        "euc-kr,x-windows-949",
        "ks_c_5601-1987,x-windows-949",
        "korean,x-windows-949",
        "big5,Big5-HKSCS",
        "utf-16,UTF-16LE",
        "unicode,UTF-16LE",
        "iso-8859-9,windows-1254",
        "tis-620,x-windows-874",
        "koi8-ru,KOI8-U",
        "l2,ISO-8859-2",
        "utf8,UTF-8",
        "iso-8859-8-i,ISO-8859-8",
        "x-mac-roman,x-MacRoman"
    })
    void label_isReadAsBrowsersDo(String label, String charset) {
        assertThat(TextEncoding.named(label).charset()).isEqualTo(Charset.forName(charset));
    }

    @Test
    void everyLabelOfTheTable_hasACharset() {
        assertThat(TextEncoding.labels())
                .hasSizeGreaterThan(190)
                .allSatisfy(
                        label -> assertThat(TextEncoding.named(label).charset().canEncode())
                                .isTrue());
    }

    @ParameterizedTest
    @CsvSource({"utf-7", "ebcdic", "''", "iso-2022-kr", "hz-gb-2312", "iso-8859-10", "x-user-defined", "utf-32"})
    void label_unknownOrNotReadable_isRefusedByName(String label) {
        assertThatThrownBy(() -> TextEncoding.named(label))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'" + label + "'");
    }

    @Test
    void decode_byteOrderMark_winsOverWhatIsDeclared() throws Exception {
        for (String name : List.of("UTF-8", "UTF-16LE", "UTF-16BE", "UTF-32LE", "UTF-32BE")) {
            byte[] bytes = "\uFEFFa\u00e9\uD83D\uDE00\n".getBytes(Charset.forName(name));
            assertThat(TextEncoding.decode(bytes, TextEncoding.named("latin1")))
                    .as(name)
                    .isEqualTo("a\u00e9\uD83D\uDE00\n");
        }
    }

    @Test
    void decode_bytesThatStandForNothing_nameTheirLine() {
        refuses(latin1("a\r\nb\rcaf\u00e9 x"), null, 3, "not UTF-8, got byte 0xE9 at offset 8");
        refuses(latin1("a\n\u0081"), TextEncoding.named("latin1"), 2, "not windows-1252, got byte 0x81");
        refuses(latin1("a\n\n\u0093x"), TextEncoding.named("iso-8859-2"), 3, "not ISO-8859-2, got byte 0x93");
        refuses(latin1("\u0081"), TextEncoding.named("gbk"), 1, "not GBK");
        refuses("ab".getBytes(StandardCharsets.UTF_16LE), null, 1, "zero byte");
        refuses(new byte[] {(byte) 0xFF, (byte) 0xFE, 'a', 0, 0, (byte) 0xD8, 'b', 0}, null, 1, "not UTF-16LE");
    }

    private static void refuses(byte[] bytes, @Nullable TextEncoding declared, long line, String reason) {
        assertThatThrownBy(() -> TextEncoding.decode(bytes, declared))
                .isInstanceOfSatisfying(
                        MalformedText.class, e -> assertThat(e.line()).isEqualTo(line))
                .hasMessageContaining(reason);
    }

    private static byte[] latin1(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    @Test
    void stream_ofAnyEncoding_isTheTextOfTheWhole() throws Exception {
        List<String> labels =
                List.of("utf-8", "windows-1251", "shift_jis", "gb18030", "euc-kr", "iso-2022-jp", "utf-16be");
        for (int seed = 0; seed < 60; seed++) {
            Random random = new Random(seed);
            TextEncoding encoding = TextEncoding.named(labels.get(seed % labels.size()));
            StringBuilder text = new StringBuilder();
            while (text.length() < random.nextInt(40_000)) {
                String some = "ab,\u0416\u3042\u4e2d\ud55c\n";
                char c = some.charAt(random.nextInt(some.length()));
                text.append(encoding.charset().newEncoder().canEncode(c) ? c : 'x');
            }
            byte[] bytes = text.toString().getBytes(encoding.charset());
            try (Utf8Input in = Utf8Input.of(new ByteArrayInputStream(bytes), encoding)) {
                assertThat(new String(in.readAllBytes(), StandardCharsets.UTF_8))
                        .as("seed " + seed)
                        .isEqualTo(text.toString());
            }
        }
    }

    @Test
    void stream_malformedBytes_breakTheirRecordAlone() throws Exception {
        byte[] bytes = latin1("a\n\u0081 \nb\r\n\u0093 in iso-8859-2\rlast");
        assertThat(lines(bytes, TextEncoding.named("shift_jis")).get(1)).startsWith("! not Shift_JIS");
        assertThat(lines(bytes, TextEncoding.named("iso-8859-2")))
                .satisfiesExactly(
                        line -> assertThat(line).isEqualTo("a"),
                        line -> assertThat(line).startsWith("! not ISO-8859-2"),
                        line -> assertThat(line).isEqualTo("b"),
                        line -> assertThat(line).startsWith("! not ISO-8859-2"),
                        line -> assertThat(line).isEqualTo("last"));
        assertThat(lines("a\nb".getBytes(StandardCharsets.UTF_16BE), null))
                .allMatch(line -> line.contains("zero byte"));
    }

    private static List<String> lines(byte[] bytes, @Nullable TextEncoding declared) throws IOException {
        List<String> result = new ArrayList<>();
        Lines lines = new Lines(Utf8Input.of(new ByteArrayInputStream(bytes), declared), 1000);
        while (lines.advance()) {
            try {
                result.add(lines.text());
            } catch (BrokenRecord e) {
                result.add("! " + e.reason());
            }
        }
        return result;
    }
}
