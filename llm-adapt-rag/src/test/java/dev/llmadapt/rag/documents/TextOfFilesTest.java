package dev.llmadapt.rag.documents;

import static org.assertj.core.api.Assertions.assertThat;

import dev.llmadapt.rag.splitting.Splitter;
import dev.llmadapt.rag.splitting.Tokens;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files are read in the encoding they say they are in, as browsers do, or are broken; a text never has holes. */
class TextOfFilesTest {
    @TempDir
    private Path folder;

    private final List<Document> documents = new ArrayList<>();
    private final List<DocumentSource.Broken> broken = new ArrayList<>();

    @ParameterizedTest
    @CsvSource({
        "iso-8859-1,windows-1252,\u201csmart\u201d \u2013 price 5 \u20ac M\u00fcller",
        "us-ascii,windows-1252,M\u00fcller\u2019s 5 \u20ac",
        "latin1,windows-1252,it\u2019s \u201cok\u201d",
        "gb2312,GBK,\u6731\u9555\u57fa \u56cd \u5bb6\u5c45",
        "Shift_JIS,windows-31j,\u4fa1\u683c\u2460\u9ad9\uff5e",
        "euc-kr,x-windows-949,\ud3b2\uc2dc\ub9e8 \ub620\ubc29\uac01\ud558",
        "big5,Big5-HKSCS,\u4e2d\u6587",
        "koi8-r,KOI8-R,\u0433\u0430\u0440\u0430\u043d\u0442\u0438\u044f",
        "windows-1251,windows-1251,\u0433\u0430\u0440\u0430\u043d\u0442\u0438\u044f",
        "euc-jp,x-eucJP-Open,\u2460\u8fd4\u54c1",
        "utf-16,UTF-8,\u00e9\u4e2d",
    })
    void html_ofALabel_isReadAsBrowsersDo(String label, String charset, String words) throws IOException {
        String other = "<!-- charset=koi8-r --><script>'<meta charset=\"koi8-r\">'</script>";
        for (String says : List.of(
                "<meta charset=\"" + label + "\">",
                "<META CHARSET= '" + label + "' />",
                "<meta name=x content='charset=utf-8'><meta http-equiv=\"Content-Type\" content=\"text/html; charset="
                        + label + "\">")) {
            String page = "<!DOCTYPE html><html><head>" + other + says + "<title>T</title></head><body><p>" + words
                    + "</p></body></html>";
            read("a.html", page.getBytes(Charset.forName(charset)));
            assertThat(broken).isEmpty();
            assertThat(documents).extracting(Document::text).containsExactly(words);
        }
        String xml = "<?xml version=\"1.0\" encoding=\"" + label + "\"?><html><body><p>" + words + "</p></body></html>";
        read("a.xhtml", xml.getBytes(Charset.forName(charset)));
        assertThat(documents).extracting(Document::text).containsExactly(words);
    }

    @Test
    void html_byteOrderMark_winsOverWhatItSays() throws IOException {
        for (String charset : List.of("UTF-8", "UTF-16LE", "UTF-16BE", "UTF-32LE")) {
            read("a.html", "\uFEFF<meta charset=\"gb2312\"><p>\u00e9\u4e2d</p>".getBytes(Charset.forName(charset)));
            assertThat(documents).as(charset).extracting(Document::text).containsExactly("\u00e9\u4e2d");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "<p>it\u0092s</p>",
                "<meta charset=\"utf-8\"><p>it\u0092s</p>",
                "<meta charset=\"iso-8859-1\"><p>hole \u0081</p>",
                "<meta charset=\"iso-8859-2\"><p>it\u0092s</p>",
                "<meta charset=\"klingon\"><p>words</p>",
                "<meta charset=\"iso-2022-kr\"><p>words</p>",
                "<meta charset=\"gb2312\"><p>\u0081 </p>",
                "<p>zero \0</p>"
            })
    void html_thatIsNotInItsEncoding_isBroken(String page) throws IOException {
        read("a.html", page.getBytes(StandardCharsets.ISO_8859_1));
        assertThat(documents).isEmpty();
        assertThat(broken).hasSize(1);
    }

    @Test
    void rows_thatAreNotInTheEncoding_areBrokenAlone() throws IOException {
        byte[] bytes = bytes("id,text\n1,good\n", "2,it\u0092s\n", "3,\u00e9\n4,fine\n");
        read("a.csv", bytes);
        assertThat(documents).extracting(Document::id).containsExactly("a.csv#1", "a.csv#4");
        assertThat(broken)
                .extracting(DocumentSource.Broken::place)
                .satisfiesExactly(
                        source -> assertThat(source).endsWith("a.csv, line 3"),
                        source -> assertThat(source).endsWith("a.csv, line 4"));
        read("a.jsonl", bytes("{\"text\":\"good\"}\n{\"text\":\"\u00e9\"}\n{\"text\":\"fine\"}\n"));
        assertThat(documents).extracting(Document::text).containsExactly("good", "fine");
        read("a.txt", bytes("one\ntwo \u00e9"));
        assertThat(broken).hasSize(1).allMatch(each -> each.reason().startsWith("line 2: not UTF-8, got byte 0xE9"));
    }

    @Test
    void files_ofUtf16_areReadByTheirMark() throws IOException {
        Charset utf16 = StandardCharsets.UTF_16BE;
        read("a.txt", "\uFEFFw\u00f6rter\r\nhere".getBytes(utf16));
        assertThat(documents).extracting(Document::text).containsExactly("w\u00f6rter\nhere");
        read("a.md", "\uFEFF# C#\r\rold".getBytes(utf16));
        assertThat(documents).extracting(Document::title).containsExactly("C#");
        read("a.jsonl", "\uFEFF{\"text\":\"w\u00f6rter\"}\n".getBytes(utf16));
        assertThat(documents).extracting(Document::text).containsExactly("w\u00f6rter");
        read("a.csv", "\uFEFFid\ttext\r\n1\tw\u00f6rter\r\n".getBytes(utf16));
        assertThat(documents).extracting(Document::text).containsExactly("w\u00f6rter");
        read("a.tsv", "id\ttext, more\n1\tx\n".getBytes(StandardCharsets.UTF_8));
        assertThat(broken).hasSize(1).allMatch(each -> each.reason().contains("no column 'text'"));
    }

    @Test
    void unclosedQuote_costsItsLineAlone() throws IOException {
        read("a.csv", bytes("id,text\n1,\"multi\nline\"\n2,un\"quoted\" ok\n3,\"unterminated\n4,lost?\n"));
        assertThat(documents).extracting(Document::id).containsExactly("a.csv#1", "a.csv#2", "a.csv#4");
        assertThat(broken)
                .extracting(DocumentSource.Broken::place)
                .satisfiesExactly(source -> assertThat(source).endsWith("a.csv, line 5"));
    }

    @Test
    void html_codeWithSigns_isNoHeading() throws IOException {
        read("a.html", bytes("<h1>Real</h1><pre># install it\npip</pre><p>more</p>"));
        assertThat(Splitter.headings(Tokens.words(), 50, 0).split(documents.get(0)))
                .extracting(dev.llmadapt.Passage::title)
                .containsExactly("Real");
    }

    @Test
    void files_ofNoKnownKind_areCountedByTheirEndings() throws IOException {
        for (String name :
                List.of("a.docx", "b.DOCX", "c.json", "Makefile", "sub.d/LICENSE", "d.txt", ".hidden.rst", "e.mdx")) {
            Path file = folder.resolve(name);
            Files.createDirectories(file.toAbsolutePath().getParent());
            Files.writeString(file, "words");
        }
        assertThat(DocumentSource.all(List.of(DocumentSource.files(folder), DocumentSource.of(List.of())))
                        .passedOver())
                .hasToString("{.docx=2, .json=1, .mdx=1, no ending=2}");
    }

    private static byte[] bytes(String... latin1) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (String part : latin1) {
            bytes.write(part.getBytes(StandardCharsets.ISO_8859_1));
        }
        return bytes.toByteArray();
    }

    private void read(String name, byte[] bytes) throws IOException {
        documents.clear();
        broken.clear();
        DocumentSource.files(Files.write(folder.resolve(name), bytes)).read(documents::add, broken::add);
    }
}
