package dev.llmadapt.rag.index;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llmadapt.MetadataFilter;
import dev.llmadapt.Passage;
import dev.llmadapt.Progress;
import dev.llmadapt.Query;
import dev.llmadapt.rag.documents.Document;
import dev.llmadapt.rag.documents.DocumentException;
import dev.llmadapt.rag.documents.DocumentSource;
import dev.llmadapt.rag.embedding.WordEmbedder;
import dev.llmadapt.rag.splitting.PassageMetadata;
import dev.llmadapt.rag.splitting.Splitter;
import dev.llmadapt.rag.splitting.Tokens;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.pdmodel.PDPage;
import org.apache.pdfbox.pdmodel.PDPageContentStream;
import org.apache.pdfbox.pdmodel.font.PDType1Font;
import org.apache.pdfbox.pdmodel.font.Standard14Fonts;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class IndexingTest {
    private static final Indexing INDEXING = new Indexing(Splitter.sentences(Tokens.words(), 50, 0), 2);

    @TempDir
    private Path folder;

    private final List<Document> documents = new ArrayList<>();
    private final List<DocumentSource.Broken> broken = new ArrayList<>();

    private void read(DocumentSource source) {
        documents.clear();
        broken.clear();
        source.read(documents::add, broken::add);
    }

    private Path write(String name, String text) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(Objects.requireNonNull(file.getParent()));
        return Files.writeString(file, text);
    }

    @Test
    void files_folder_readsEachKindAndLeavesOthers() throws IOException {
        write("a.txt", "\uFEFFplain\r\nwords");
        write("sub/b.md", "text\n# A heading\nmore");
        write(
                "c.html",
                "<html><head><title>Page</title><script>bad()</script></head><body><nav>menu</nav>"
                        + "<h2>Part</h2><p>One <b>bold</b> word.</p><ul><li>first</li><li>second</li></ul>"
                        + "<table><tr><td>x</td><td>y</td></tr></table><pre>a\n  b</pre></body></html>");
        write("d.csv", "id,title,text,kind\n7,Seven,\"a, b\",odd\n8,Eight,,even\n");
        write("e.jsonl", "{\"_id\": 1, \"content\": \"json words\", \"n\": 3}\nnot json\n[1]\n");
        write("ignored.bin", "x");
        write(".hidden/f.txt", "x");
        pdf(folder.resolve("g.pdf"), "words in a PDF");

        read(DocumentSource.files(folder));

        assertThat(documents)
                .extracting(Document::id)
                .containsExactly("a.txt", "c.html", "d.csv#7", "e.jsonl#1", "g.pdf", "sub/b.md");
        assertThat(documents.get(0).text()).isEqualTo("plain\nwords");
        assertThat(documents.get(1).title()).isEqualTo("Page");
        assertThat(documents.get(1).text())
                .isEqualTo("## Part\n\nOne bold word.\n\n- first\n- second\n\nx y\n\na\n  b");
        assertThat(documents.get(2).title()).isEqualTo("Seven");
        assertThat(documents.get(2).text()).isEqualTo("a, b");
        assertThat(documents.get(2).metadata()).containsEntry("kind", "odd").hasSize(1);
        assertThat(documents.get(3).metadata()).containsEntry("n", "3");
        assertThat(documents.get(4).text()).contains("words in a PDF");
        assertThat(documents.get(5).title()).isEqualTo("A heading");
        assertThat(broken)
                .extracting(DocumentSource.Broken::place)
                .satisfiesExactly(
                        source -> assertThat(source).endsWith("d.csv, line 3"),
                        source -> assertThat(source).endsWith("e.jsonl, line 2"),
                        source -> assertThat(source).endsWith("e.jsonl, line 3"));
    }

    private static void pdf(Path file, String... pages) throws IOException {
        try (PDDocument pdf = new PDDocument()) {
            for (String words : pages) {
                PDPage page = new PDPage();
                pdf.addPage(page);
                try (PDPageContentStream content = new PDPageContentStream(pdf, page)) {
                    content.beginText();
                    content.setFont(new PDType1Font(Standard14Fonts.FontName.HELVETICA), 12);
                    content.newLineAtOffset(50, 700);
                    content.showText(words);
                    content.endText();
                }
            }
            pdf.save(file.toFile());
        }
    }

    @Test
    void pdf_passages_knowTheirPages() throws IOException {
        pdf(folder.resolve("two.pdf"), "The red fox runs.", "A whale swims.");
        pdf(folder.resolve("one.pdf"), "The frog sits.");
        try (PassageIndex index = PassageIndex.inMemory(new WordEmbedder(16), IndexOptions.defaults())) {
            new Indexing(Splitter.sentences(Tokens.words(), 5, 0), 1)
                    .add(DocumentSource.files(folder), index, Progress.NONE);

            Passage whale = index.lexical().retrieve(new Query("whale", 1)).get(0);
            Passage frog = index.lexical().retrieve(new Query("frog", 1)).get(0);
            assertThat(whale.text()).isEqualTo("A whale swims.");
            assertThat(whale.metadata()).containsEntry(PassageMetadata.PAGE, "2");
            assertThat(frog.metadata()).containsEntry(PassageMetadata.PAGE, "1");
        }
    }

    @Test
    void files_brokenOnes_areReportedAndOthersRead() throws IOException {
        Files.write(folder.resolve("a.txt"), new byte[] {'x', (byte) 0xff});
        Files.write(folder.resolve("b.txt"), new byte[] {'x', 0});
        Files.write(folder.resolve("c.pdf"), "%PDF-1.4 broken".getBytes(StandardCharsets.US_ASCII));
        write("d.html", "<div>".repeat(20_000) + "deep");
        write("e.csv", "text\n\"unclosed");
        write("z.txt", "good");

        read(DocumentSource.files(folder));

        assertThat(documents).extracting(Document::id).contains("z.txt");
        assertThat(broken)
                .extracting(each -> Path.of(each.source()).getFileName().toString())
                .contains("a.txt", "b.txt", "c.pdf");
        assertThat(broken).allMatch(each -> !each.reason().isBlank());
    }

    @Test
    void files_missing_isAnError() {
        assertThatThrownBy(() -> read(DocumentSource.files(folder.resolve("missing"))))
                .isInstanceOf(DocumentException.class)
                .hasMessageContaining("missing");
    }

    @Test
    void files_receiverThrows_comesThrough() throws IOException {
        write("a.txt", "x");

        assertThatThrownBy(() -> DocumentSource.files(folder)
                        .read(
                                document -> {
                                    throw new IllegalStateException("mine");
                                },
                                broken::add))
                .hasMessage("mine");
    }

    @Test
    void jdbc_rows_areDocumentsAndEverythingIsClosed() {
        FakeDatabase database = new FakeDatabase(
                List.of("ID", "TITLE", "TEXT", "KIND"),
                List.of(
                        java.util.Arrays.asList("1", "One", "first words", "a"),
                        java.util.Arrays.asList("2", "Two", null, "b"),
                        java.util.Arrays.asList(null, "Three", "third", null)));

        read(DocumentSource.jdbc(database::connect, "select", "crm"));

        assertThat(documents).extracting(Document::id).containsExactly("crm#1", "crm#3");
        assertThat(documents.get(0).metadata()).containsEntry("KIND", "a");
        assertThat(broken).extracting(DocumentSource.Broken::place).containsExactly("crm, row 2");
        assertThat(database.open).isZero();
    }

    @Test
    void rows_readersAndTimes_areThoseOfTheirFields() throws IOException {
        write("rows.jsonl", """
                {"id": "1", "text": "for two", "readers": ["ann", " bob "], "updated": "2026-02-11"}
                {"id": "2", "text": "for one", "Readers": "ann,", "time": "2026-02-11 10:30:00.5"}
                {"id": "3", "text": "for all", "readers": "*", "modified": "2026-02-11T10:30+02:00"}
                {"id": "4", "text": "for all", "updated": "2026-06-31"}
                {"id": "5", "text": "lost", "readers": " , "}
                {"id": "6", "text": "lost", "readers": [["ann"], {}]}
                """);
        Files.setLastModifiedTime(folder.resolve("rows.jsonl"), FileTime.from(Instant.parse("2030-01-01T00:00:00Z")));

        read(DocumentSource.files(folder));

        assertThat(documents)
                .extracting(Document::id)
                .containsExactly("rows.jsonl#1", "rows.jsonl#2", "rows.jsonl#3", "rows.jsonl#4");
        assertThat(documents)
                .extracting(Document::readers)
                .containsExactly(Set.of("ann", "bob"), Set.of("ann"), Set.of(), Set.of());
        assertThat(documents)
                .extracting(document -> document.time().toString())
                .containsExactly(
                        "2026-02-11T00:00:00Z",
                        "2026-02-11T10:30:00.500Z",
                        "2026-02-11T08:30:00Z",
                        "2030-01-01T00:00:00Z");
        assertThat(documents.get(0).metadata()).containsEntry("updated", "2026-02-11");
        assertThat(broken).hasSize(2).allMatch(each -> each.reason().contains("readers"));
    }

    @Test
    void sync_rows_areEmbeddedAgainOnlyWhereTheyChanged() {
        List<List<String>> rows = new ArrayList<>(List.of(List.of("1", "first words"), List.of("2", "second words")));
        FakeDatabase database = new FakeDatabase(List.of("ID", "TEXT"), rows);
        DocumentSource source = DocumentSource.jdbc(database::connect, "select", "crm");
        try (PassageIndex index = PassageIndex.inMemory(new WordEmbedder(16), IndexOptions.defaults())) {
            assertThat(INDEXING.add(source, index, Progress.NONE).documents()).isEqualTo(2);
            String time =
                    index.find(List.of("crm#1#0"), Set.of()).get(0).metadata().get(PassageMetadata.TIME);
            rows.set(1, List.of("2", "other words"));

            Indexing.Report report = INDEXING.sync(source, MetadataFilter.all(), index, Progress.NONE);

            assertThat(report.documents()).isEqualTo(1);
            assertThat(report.unchanged()).isEqualTo(1);
            assertThat(index.find(List.of("crm#2#0"), Set.of()))
                    .extracting(Passage::text)
                    .containsExactly("other words");
            assertThat(index.find(List.of("crm#1#0"), Set.of()).get(0).metadata())
                    .containsEntry(PassageMetadata.TIME, time);
        }
    }

    @Test
    void sync_readersChange_isAChange() {
        Document document = new Document("d", "", "words", "s", Instant.EPOCH);
        try (PassageIndex index = PassageIndex.inMemory(new WordEmbedder(16), IndexOptions.defaults())) {
            INDEXING.add(DocumentSource.of(List.of(document)), index, Progress.NONE);
            DocumentSource now = DocumentSource.of(List.of(document.withReaders(Set.of("ann"))));

            assertThat(INDEXING.sync(now, MetadataFilter.all(), index, Progress.NONE)
                            .documents())
                    .isEqualTo(1);
            assertThat(index.find(List.of("d#0"), Set.of())).isEmpty();
        }
    }

    @Test
    void jdbc_noConnection_isOneClearError() {
        assertThatThrownBy(() -> read(DocumentSource.jdbc(
                        () -> {
                            throw new SQLException("refused");
                        },
                        "select",
                        "crm")))
                .isInstanceOf(DocumentException.class)
                .hasMessageContaining("crm")
                .hasMessageContaining("refused");
    }

    @Test
    void add_documents_areFoundAndBrokenOnesCounted() throws IOException {
        write("fox.txt", "The red fox. " + "It runs far away today. ".repeat(20));
        write("bad.jsonl", "{\"text\": \"\"}");
        try (PassageIndex index = PassageIndex.inMemory(new WordEmbedder(16), IndexOptions.defaults())) {
            Indexing.Report report = INDEXING.add(DocumentSource.files(folder), index, Progress.NONE);

            assertThat(report.documents()).isEqualTo(1);
            assertThat(report.broken()).hasSize(1);
            assertThat(report.passages()).isGreaterThan(1).isEqualTo((int) index.size());
            assertThat(index.lexical().retrieve(new Query("fox", 1)))
                    .extracting(Passage::id)
                    .containsExactly("fox.txt#0");
        }
    }

    @Test
    void sync_changedFolder_followsIt() throws IOException {
        Path stays = write("stays.txt", "whale");
        Path changes = write("changes.txt", "fox one. " + "And more words here. ".repeat(30));
        Path goes = write("goes.txt", "frog");
        Path breaks = write("breaks.txt", "owl");
        try (PassageIndex index = PassageIndex.inMemory(new WordEmbedder(16), IndexOptions.defaults())) {
            DocumentSource source = DocumentSource.files(folder);
            assertThat(INDEXING.sync(source, MetadataFilter.all(), index, Progress.NONE)
                            .documents())
                    .isEqualTo(4);
            long before = index.size();

            Files.writeString(changes, "wolf");
            Files.setLastModifiedTime(changes, FileTime.from(Instant.parse("2030-01-01T00:00:00Z")));
            Files.delete(goes);
            Files.write(breaks, new byte[] {(byte) 0xff});
            Indexing.Report report = INDEXING.sync(source, MetadataFilter.all(), index, Progress.NONE);

            assertThat(report.documents()).isEqualTo(1);
            assertThat(report.unchanged()).isEqualTo(1);
            assertThat(report.deleted()).isEqualTo(1);
            assertThat(report.broken()).hasSize(1);
            assertThat(index.size()).isLessThan(before);
            List<String> found = new ArrayList<>();
            index.forEach(MetadataFilter.all(), passage -> found.add(passage.text()));
            assertThat(found)
                    .as("a document that broke keeps what it had")
                    .containsExactlyInAnyOrder("whale", "wolf", "owl");
            assertThat(stays).exists();
        }
    }

    @Test
    void sync_documentReplacedHalfway_isDoneAgain() throws IOException {
        write("cut.txt", "fox one. " + "And more words here. ".repeat(30));
        try (PassageIndex index = PassageIndex.inMemory(new WordEmbedder(16), IndexOptions.defaults())) {
            DocumentSource source = DocumentSource.files(folder);
            INDEXING.sync(source, MetadataFilter.all(), index, Progress.NONE);
            assertThat(index.size()).isGreaterThan(1);
            Passage first = index.find(List.of("cut.txt#0"), Set.of()).get(0);
            Map<String, String> without = new HashMap<>(first.metadata());
            without.remove(PassageMetadata.TIME);
            index.upsert(List.of(first.withMetadata(without)));

            assertThat(INDEXING.sync(source, MetadataFilter.all(), index, Progress.NONE)
                            .documents())
                    .isEqualTo(1);
            assertThat(INDEXING.sync(source, MetadataFilter.all(), index, Progress.NONE)
                            .unchanged())
                    .isEqualTo(1);
        }
    }

    /** Just enough of JDBC. */
    private static final class FakeDatabase {
        private final List<String> columns;
        private final List<List<String>> rows;
        private int open;
        private int row = -1;

        FakeDatabase(List<String> columns, List<List<String>> rows) {
            this.columns = columns;
            this.rows = rows;
        }

        Connection connect() {
            return fake(Connection.class);
        }

        private <T> T fake(Class<T> type) {
            if (type != ResultSetMetaData.class) {
                open++;
            }
            return type.cast(Proxy.newProxyInstance(
                    type.getClassLoader(),
                    new Class<?>[] {type},
                    (proxy, method, arguments) -> switch (method.getName()) {
                        case "createStatement" -> fake(Statement.class);
                        case "executeQuery" -> {
                            row = -1;
                            yield fake(ResultSet.class);
                        }
                        case "getMetaData" -> fake(ResultSetMetaData.class);
                        case "getColumnCount" -> columns.size();
                        case "getColumnLabel" -> columns.get((int) arguments[0] - 1);
                        case "next" -> ++row < rows.size();
                        case "getString" -> rows.get(row).get((int) arguments[0] - 1);
                        case "close" -> {
                            open--;
                            yield null;
                        }
                        default -> throw new UnsupportedOperationException(method.getName());
                    }));
        }
    }
}
