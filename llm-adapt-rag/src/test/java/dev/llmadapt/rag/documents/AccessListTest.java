package dev.llmadapt.rag.documents;

import static org.assertj.core.api.Assertions.assertThat;

import dev.llmadapt.MetadataFilter;
import dev.llmadapt.Passage;
import dev.llmadapt.Progress;
import dev.llmadapt.Query;
import dev.llmadapt.rag.embedding.WordEmbedder;
import dev.llmadapt.rag.index.IndexOptions;
import dev.llmadapt.rag.index.Indexing;
import dev.llmadapt.rag.index.PassageIndex;
import dev.llmadapt.rag.splitting.Splitter;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** However an access list is lost on its way, what it was to guard becomes public in no case. */
class AccessListTest {
    private static final Indexing INDEXING = new Indexing(Splitter.none(), 10);

    @TempDir
    private Path folder;

    private final List<Document> documents = new ArrayList<>();
    private final List<DocumentSource.Broken> broken = new ArrayList<>();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\uFEFFreaders,id,text\nhr,1,secret\n",
                "\uFEFF\uFEFFreaders,id,text\nhr,1,secret\n",
                "\uFEFF\"readers\",text\r\nhr,secret\r\n",
                "text, Readers \nsecret,hr\n",
                "text,READERS\u00a0\nsecret,hr\n",
                "text,re\u200baders\nsecret,\u200bhr\n",
                "text,\uff52\uff45\uff41\uff44\uff45\uff52\uff53\nsecret,hr\n",
                "text;readers\nsecret, with comma;hr\n",
                "text\treaders\nsecret\t\"hr\"\n",
                "sep=;\ntext;readers\nsecret;hr\n",
                "text,readers\nsecret,\"[\"\"hr\"\"]\"\n",
                "text,readers\rsecret,hr\r",
            })
    void csv_listHoweverSpelled_isTaken(String text) throws IOException {
        for (Charset charset : List.of(StandardCharsets.UTF_8, StandardCharsets.UTF_16LE)) {
            if (charset.equals(StandardCharsets.UTF_8) || text.startsWith("\uFEFF")) {
                read("a.csv", text.getBytes(charset));
                assertThat(broken).isEmpty();
                assertThat(documents).extracting(Document::readers).containsExactly(Set.of("hr"));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "id,text,readers\n1,secret\n",
                "id,text,readers\n1,secret,hr,legal\n",
                "id,text,readers\n1,secret,\n",
                "id,text,readers\n1,secret,\"\"\n",
                "id,text,readers\n1,secret,\" , \"\n",
                "id,text,readers\n1,secret,[]\n",
                "id,text,readers\n1,secret,['hr']\n",
                "id,text,readers\n1,secret,[hr]\n",
                "id,text,readers\n1,secret,[1]\n",
                "id,text,readers\n1,secret,\"[\"\"hr\"\"\"\n",
                "id,text,readers\n1,secret,{hr}\n",
                "id,text,readers\n1,secret,hr;legal\n",
                "id,text,readers\n1,secret,\"*,hr\"\n",
                "id,text,readers\n1,secret,\"hr\n",
                "id,text,readers\n1,\"secret,hr\n",
                "id,text,readers,Readers\n1,secret,,hr\n",
                "id,text,readers,\n1,secret,hr,\n",
                "id,text,\"readers;x\"\n1,secret,hr\n",
                "id,text,meta\n1,secret,\"{\"\"readers\"\": [\"\"hr\"\"]}\"\n",
                "id,text,\"readers\n1,secret,hr\n",
                "x,text;y,readers\n1,secret;2,hr\n",
            })
    void csv_listThatCannotBeRead_refusesTheRow(String text) throws IOException {
        read("a.csv", text.getBytes(StandardCharsets.UTF_8));
        assertThat(documents).isEmpty();
        assertThat(broken).isNotEmpty().allMatch(DocumentSource.Broken::gone);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "null",
                "\"\"",
                "\" \"",
                "[]",
                "[\"\"]",
                "[null]",
                "42",
                "[42]",
                "true",
                "{}",
                "{\"hr\":true}",
                "[[\"hr\"]]",
                "[{\"name\":\"hr\"}]",
                "\"['hr']\"",
                "\"hr|legal\"",
                "[\"*\",\"hr\"]",
                "\"hr\", \"readers\": []",
                "\"hr\", \"Readers\": \"*\"",
            })
    void jsonLines_listThatCannotBeRead_refusesTheRow(String list) throws IOException {
        read(
                "a.jsonl",
                ("{\"text\":\"secret\",\"readers\":" + list + "}\n{\"text\":\"open\"}\n")
                        .getBytes(StandardCharsets.UTF_8));
        assertThat(documents).extracting(Document::text).containsExactly("open");
        assertThat(broken).hasSize(1).allMatch(DocumentSource.Broken::gone);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"text\":\"secret\",\"metadata\":{\"readers\":[\"hr\"]}}",
                "{\"text\":\"secret\",\"metadata\":[{\"Readers\":\"hr\"}]}",
                "{\"text\":\"secret\",\"metadata\":\"{\\\"readers\\\":[\\\"hr\\\"]}\"}",
                "{\"text\":\"secret\",\"id,readers\":\"hr\"}",
                "{\"text\":{\"readers\":[\"hr\"],\"body\":\"secret\"}}",
                "{'text':'secret','readers':['hr']}",
                "{\"text\":\"secret\" \"readers\":[\"hr\"]}",
            })
    void jsonLines_listInAnotherPlace_refusesTheRow(String line) throws IOException {
        read("a.jsonl", line.getBytes(StandardCharsets.UTF_8));
        assertThat(documents).isEmpty();
        assertThat(broken).hasSize(1);
    }

    @Test
    void star_letsEveryoneRead() throws IOException {
        read("a.jsonl", """
                {"text": "a", "readers": "*"}
                {"text": "b", "readers": ["*"]}
                {"text": "c", "readers": ["CN=ann, OU=hr"]}
                """.getBytes(StandardCharsets.UTF_8));
        assertThat(documents)
                .extracting(Document::readers)
                .containsExactly(Set.of(), Set.of(), Set.of("CN=ann, OU=hr"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "---\nreaders: hr\n---\n",
                "---\r\ntitle: x\r\nReaders: [hr]\r\n---\r\n",
                "---\nreaders:\n  - hr # them\ntags: [a]\n---\n",
                "---\nreaders:\n- \"hr\"\n---\n",
                "\uFEFF---\n\"readers\": 'hr'\n...\n",
                "\n\n---\nreaders: hr # only\n---\n",
                "+++\nreaders = [\"hr\"]\n+++\n",
                "---\nreaders: hr\n"
            })
    void markdown_listInFrontMatter_isTaken(String frontMatter) throws IOException {
        read("a.md", (frontMatter + "\n# Title\n\nsecret").getBytes(StandardCharsets.UTF_8));
        assertThat(documents).extracting(Document::readers).containsExactly(Set.of("hr"));
        assertThat(documents).extracting(Document::title).containsExactly("Title");
    }

    @ParameterizedTest
    @CsvSource(textBlock = """
                    '---~readers: hr~---~',            ''
                    '---~readers:~- hr~- legal~---~',  ''
                    '+++~readers = "hr"~+++~',         ''
                    '---~title: x~readers: [hr, it]~tags: a~---~', '---~title: x~tags: a~---~'
                    """)
    void markdown_accessList_isNoTextOfTheDocument(String frontMatter, String kept) throws IOException {
        read("a.md", (frontMatter + "# Title~~body").replace('~', '\n').getBytes(StandardCharsets.UTF_8));
        assertThat(documents).extracting(Document::text).containsExactly((kept + "# Title~~body").replace('~', '\n'));
        assertThat(documents).allSatisfy(each -> assertThat(each.readers()).contains("hr"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "readers:",
                "readers: []",
                "readers: ~",
                "readers: |\n  hr",
                "readers: {hr: true}",
                "readers: *team",
                "readers: hr\nreaders: legal",
                "access:\n  readers: hr",
                "access: {readers: [hr]}",
                "readers: \"hr",
                "readers:\n  hr: true",
                "readers: [[hr]]"
            })
    void markdown_listThatCannotBeRead_refusesTheDocument(String setting) throws IOException {
        read("a.md", ("---\n" + setting + "\n---\n# Title\n\nsecret").getBytes(StandardCharsets.UTF_8));
        assertThat(documents).isEmpty();
        assertThat(broken).hasSize(1).allMatch(DocumentSource.Broken::gone);
    }

    @Test
    void index_rowWhoseListIsLost_losesWhatItHad() throws IOException {
        String good = "id,text,readers\n1,open words,*\n2,secret words,hr\n3,third words,*\n";
        for (String lost : List.of(
                "id,text,readers\n1,open words\n2,secret words,hr\n3,third words,*\n",
                "id,text,readers\n1,open words,\n2,secret words,hr\n3,third words,*\n",
                "id,text,readers\n1,\"open words,*\n2,secret words,hr\n3,third words,*\n")) {
            for (boolean sync : new boolean[] {true, false}) {
                try (PassageIndex index = PassageIndex.inMemory(new WordEmbedder(16), IndexOptions.defaults())) {
                    Path file = Files.writeString(folder.resolve("rows.csv"), good);
                    INDEXING.add(DocumentSource.files(file), index, Progress.NONE);
                    assertThat(found(index, Set.of())).containsExactlyInAnyOrder("rows.csv#1#0", "rows.csv#3#0");
                    Files.writeString(file, lost);
                    Indexing.Report report = sync
                            ? INDEXING.sync(DocumentSource.files(file), MetadataFilter.all(), index, Progress.NONE)
                            : INDEXING.add(DocumentSource.files(file), index, Progress.NONE);
                    assertThat(found(index, Set.of())).containsExactly("rows.csv#3#0");
                    assertThat(found(index, Set.of("hr"))).contains("rows.csv#2#0");
                    assertThat(report.broken()).hasSize(1);
                    assertThat(report.deleted()).isEqualTo(1);
                }
            }
        }
    }

    @Test
    void index_documentThatCannotBeIndexedUnderItsNewList_losesWhatItHad() {
        Document open = new Document("d", "", "words", "s", Instant.EPOCH);
        try (PassageIndex index = PassageIndex.inMemory(new WordEmbedder(16), IndexOptions.defaults())) {
            INDEXING.add(DocumentSource.of(List.of(open)), index, Progress.NONE);
            Document closed = open.withReaders(Set.of("hr")).withMetadata(Map.of("k", "x".repeat(40_000)));
            assertThat(INDEXING.sync(DocumentSource.of(List.of(closed)), MetadataFilter.all(), index, Progress.NONE)
                            .broken())
                    .hasSize(1);
            assertThat(found(index, Set.of())).isEmpty();
        }
    }

    @Test
    void index_sameIdTwice_keepsTheFirstAndReportsTheOthers() throws IOException {
        Files.writeString(folder.resolve("a.csv"), "id,text,readers\n1,first words,hr\n1,second words,*\n");
        Files.writeString(folder.resolve("b.jsonl"), """
                {"id": 1, "text": "int words"}
                {"id": "1", "text": "text words"}
                {"text": "no id words"}
                """);
        Path other = Files.createDirectory(folder.resolve("other"));
        Files.writeString(other.resolve("a.csv"), "id,text\n1,other words\n");
        DocumentSource source = DocumentSource.all(List.of(DocumentSource.files(folder), DocumentSource.files(other)));
        try (PassageIndex index = PassageIndex.inMemory(new WordEmbedder(16), IndexOptions.defaults())) {
            Indexing.Report report = INDEXING.sync(source, MetadataFilter.all(), index, Progress.NONE);
            assertThat(report.documents()).isEqualTo(4).isEqualTo((int) index.size());
            assertThat(report.broken())
                    .hasSize(3)
                    .allMatch(each -> each.reason().contains("#1' is that of a document before it"));
            assertThat(found(index, Set.of())).doesNotContain("a.csv#1#0").contains("other/a.csv#1#0");
            assertThat(found(index, Set.of("hr"))).contains("a.csv#1#0");

            Indexing.Report again = INDEXING.sync(source, MetadataFilter.all(), index, Progress.NONE);
            assertThat(again.unchanged()).isEqualTo(4);
            assertThat(again.deleted()).isZero();
        }
    }

    private static List<String> found(PassageIndex index, Set<String> principals) {
        return index.lexical().retrieve(new Query("words", 50).withPrincipals(principals)).stream()
                .map(Passage::id)
                .toList();
    }

    private void read(String name, byte[] bytes) throws IOException {
        documents.clear();
        broken.clear();
        DocumentSource.files(Files.write(folder.resolve(name), bytes)).read(documents::add, broken::add);
    }
}
