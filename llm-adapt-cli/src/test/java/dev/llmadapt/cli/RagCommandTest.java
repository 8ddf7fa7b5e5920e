package dev.llmadapt.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.llmadapt.ToyModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RagCommandTest extends CommandLineTest {
    @TempDir
    Path folder;

    private final AtomicInteger opened = new AtomicInteger();

    {
        models = (choice, progress) -> {
            opened.incrementAndGet();
            return new ToyModel();
        };
    }

    private Path documents = Path.of("");
    private Path index = Path.of("");

    @BeforeEach
    void write() throws IOException {
        documents = Files.createDirectory(folder.resolve("documents"));
        index = folder.resolve("index");
        Files.writeString(documents.resolve("warranty.md"), "# Warranty\n\nThe warranty lasts two years.");
        Files.writeString(documents.resolve("delivery.txt"), "Delivery takes three days.");
    }

    @Test
    void index_folder_isKeptInStep() throws IOException {
        assertThat(index()).isZero();
        assertThat(text(out)).contains("2 documents indexed (2 passages), 0 unchanged, 0 deleted, 0 skipped");
        Files.delete(documents.resolve("delivery.txt"));
        Files.writeString(documents.resolve("warranty.md"), "# Warranty\n\nIt lasts three years now.");
        Files.setLastModifiedTime(documents.resolve("warranty.md"), FileTime.fromMillis(1_000_000));
        Files.write(documents.resolve("bad.txt"), new byte[] {(byte) 0xff, 0});
        assertThat(index()).isZero();
        assertThat(text(out))
                .contains("1 documents indexed (1 passages), 0 unchanged, 1 deleted, 1 skipped; 1 passages");
        assertThat(text(err)).contains("skipped", "bad.txt");
    }

    @Test
    void index_kindsThatAreNotRead_areCountedAndNothingAtAllIsAFailure() throws IOException {
        Files.writeString(documents.resolve("a.docx"), "x");
        Files.writeString(documents.resolve("b.docx"), "x");
        Files.writeString(documents.resolve("Makefile"), "x");
        assertThat(index()).isZero();
        assertThat(text(err)).contains("passed over 3 files of no kind that is read: 2 .docx, 1 no ending");

        Files.delete(documents.resolve("warranty.md"));
        Files.delete(documents.resolve("delivery.txt"));
        assertThat(index()).isEqualTo(1);
        assertThat(text(err)).contains("nothing was indexed");
    }

    @Test
    void ask_rowsWithReaders_areForThemAlone() throws IOException {
        Files.writeString(documents.resolve("rows.csv"), "\uFEFFreaders,id,text\r\nhr,S-1,salary of Ann\r\n");
        index();
        run("rag", "ask", "--index", index.toString(), "--search-only", "salary of Ann");
        assertThat(text(out)).doesNotContain("salary");
        run("rag", "ask", "--index", index.toString(), "--search-only", "--as", "hr", "salary of Ann");
        assertThat(text(out)).contains("salary of Ann");
    }

    @Test
    void ask_question_isAnsweredWithSources() throws IOException {
        index();
        Path json = folder.resolve("answer.json");
        assertThat(run(
                        "rag",
                        "ask",
                        "--index",
                        index.toString(),
                        "--explain",
                        "--max-tokens",
                        "8",
                        "--json",
                        json.toString(),
                        "How long is the warranty?"))
                .isZero();
        assertThat(opened).hasValue(1);
        assertThat(text(out)).contains("[1]", "Warranty", "warranty.md", "lasts two years", "weight(words:");
        JsonObject written = JsonParser.parseString(Files.readString(json)).getAsJsonObject();
        assertThat(written.getAsJsonArray("sources")
                        .get(0)
                        .getAsJsonObject()
                        .get("id")
                        .getAsString())
                .isEqualTo("warranty.md#0");
        assertThat(written.has("answer")).isTrue();
    }

    @Test
    void ask_searchOnly_opensNoModel() {
        index();
        assertThat(run("rag", "ask", "--index", index.toString(), "--search-only", "delivery"))
                .isZero();
        assertThat(text(out)).contains("[1]", "three days").doesNotContain("Warranty");
        assertThat(opened).hasValue(0);
    }

    @Test
    void ask_nothingFound_isRefused() {
        index();
        assertThat(run("rag", "ask", "--index", index.toString(), "zebra")).isZero();
        assertThat(text(out)).contains("The sources do not answer this question.", "(refused)");
    }

    @Test
    void eval_beirFolder_printsATableAndWritesJson() throws IOException {
        Path beir = folder.resolve("beir");
        Files.createDirectories(beir.resolve("qrels"));
        Files.writeString(beir.resolve("corpus.jsonl"), """
                {"_id": "d1", "title": "Cats", "text": "cats purr", "metadata": {}}
                {"_id": "d2", "title": "", "text": "dogs bark"}
                """);
        Files.writeString(beir.resolve("queries.jsonl"), """
                {"_id": "q1", "text": "what do cats do", "metadata": {}}
                {"_id": "q2", "text": "who does bark"}
                {"_id": "q3", "text": "not judged"}
                """);
        Files.writeString(beir.resolve("qrels/test.tsv"), "query-id\tcorpus-id\tscore\nq1\td1\t1\nq2\td1\t1\n");
        Path json = folder.resolve("report.json");
        assertThat(run("rag", "eval", beir.toString(), "--embedder", "none", "--json", json.toString()))
                .isZero();
        assertThat(text(out)).contains("nDCG@10", "bm25", "0.500").doesNotContain("dense");
        JsonObject row = JsonParser.parseString(Files.readString(json))
                .getAsJsonObject()
                .getAsJsonArray("retrieval")
                .get(0)
                .getAsJsonObject();
        assertThat(row.get("queries").getAsInt()).isEqualTo(2);
        assertThat(row.getAsJsonObject("nDCG@10").get("mean").getAsDouble()).isEqualTo(0.5);
    }

    @Test
    void eval_trecJudgements_areOfDocuments() throws IOException {
        index();
        Path questions = Files.writeString(
                folder.resolve("q.jsonl"),
                "{\"id\":\"1\",\"question\":\"warranty\"}\n{\"id\":\"2\",\"question\":\"delivery\"}\n");
        Path qrels = Files.writeString(folder.resolve("qrels"), "1 0 warranty.md 2\n2 0 warranty.md 1\n");
        assertThat(run("rag", "eval", questions.toString(), "--index", index.toString(), "--qrels", qrels.toString()))
                .isZero();
        assertThat(text(out)).contains("bm25", "0.500");
    }

    @Test
    void eval_questions_areAnsweredAndMeasured() throws IOException {
        Path task = Files.createDirectory(folder.resolve("task"));
        Files.writeString(task.resolve("articles.jsonl"), """
                {"id": "a1", "title": "Warranty", "text": "The warranty lasts two years."}
                {"id": "a2", "title": "Delivery", "text": "Delivery takes three days."}
                """);
        Files.writeString(task.resolve("questions.jsonl"), """
                {"id": "q1", "question": "How long is the warranty?", "answerable": true, "answer": "Two years.", "articles": ["a1"]}
                {"id": "q2", "question": "Do you sell zebras?", "answerable": false, "answer": "", "articles": []}
                """);
        Path json = folder.resolve("report.json");
        assertThat(run(
                        "rag",
                        "eval",
                        task.toString(),
                        "--embedder",
                        "none",
                        "--answer",
                        "--unsupported",
                        "kept",
                        "--judge",
                        "same",
                        "--max-tokens",
                        "8",
                        "--json",
                        json.toString()))
                .isZero();
        assertThat(text(out))
                .contains("hit@3", "1.000", "retrieved", "refused rightly", "F1", "faithfulness", "context precision");
        assertThat(opened).as("the judge is the model that answers").hasValue(1);
        JsonObject answers =
                JsonParser.parseString(Files.readString(json)).getAsJsonObject().getAsJsonObject("answers");
        assertThat(answers.getAsJsonObject("retrieved").get("mean").getAsDouble())
                .isEqualTo(1);
        assertThat(answers.getAsJsonObject("refused rightly").get("mean").getAsDouble())
                .as("no passage has a word of it")
                .isEqualTo(1);
    }

    @Test
    void eval_unknownDocuments_areNamed() throws IOException {
        index();
        Path questions = folder.resolve("named.jsonl");
        Files.writeString(questions, """
                {"question": "warranty", "documents": ["warranty.html"]}
                {"question": "delivery", "documents": ["delivery.html"]}
                """);
        refuses(
                "2 of 2 named documents are not in the index, such as 'warranty.html', 'delivery.html'; ids look like"
                        + " 'delivery.txt', 'warranty.md'",
                "rag",
                "eval",
                questions.toString(),
                "--index",
                index.toString());
        Files.writeString(questions, """
                {"question": "warranty", "documents": ["documents/warranty.md"]}
                {"question": "delivery", "documents": ["%s", "gone.md"]}
                """.formatted(documents.resolve("delivery.txt")));
        assertThat(run("rag", "eval", questions.toString(), "--index", index.toString()))
                .isZero();
        assertThat(text(err)).contains("warning: 1 of 3 named documents are not in the index, such as 'gone.md'");
        assertThat(text(out)).contains("1.000");
    }

    @Test
    void mistakes_areOneLine() throws IOException {
        assertThat(run("rag")).isEqualTo(2); // shows its usage, too
        assertThat(text(err))
                .startsWith("llm-adapt: ")
                .contains("expected a command: index, ask, eval, injections")
                .hasLineCount(1);
        refuses("--index", "rag", "index", documents.toString());
        refuses("no file or folder", "rag", "index", "--index", index.toString(), "nowhere");
        refuses("expected files, folders or addresses", "rag", "index", "--index", index.toString());
        refuses(
                "unknown embedder 'magic'",
                "rag",
                "index",
                "--index",
                index.toString(),
                "--embedder",
                "magic",
                documents.toString());
        refuses(
                "unknown language",
                "rag",
                "index",
                "--index",
                index.toString(),
                "--language",
                "klingon",
                documents.toString());
        refuses("there is no index", "rag", "ask", "--index", index.toString(), "x");
        refuses("no file or folder", "rag", "eval", "nowhere");
        refuses("no corpus.jsonl", "rag", "eval", documents.toString());
        refuses(
                "needs --index",
                "rag",
                "eval",
                documents.resolve("delivery.txt").toString());
        refuses("give --answer too", "rag", "eval", documents.toString(), "--judge", "same");
        refuses("unknown retriever 'x'", "rag", "eval", documents.toString(), "--retrievers", "x");
        index();
        refuses(
                "was made with --embedder none",
                "rag",
                "index",
                "--index",
                index.toString(),
                "--embedder",
                "minilm",
                documents.toString());
        refuses("overlap", "rag", "index", "--index", index.toString(), "--size", "5", documents.toString());
        refuses("the question is empty", "rag", "ask", "--index", index.toString(), " ");
        Files.writeString(index.resolve("llm-adapt-rag.json"), "[");
        refuses("cannot be read", "rag", "ask", "--index", index.toString(), "x");
        assertThat(opened).hasValue(0);
    }

    private int index() {
        return run("rag", "index", "--index", index.toString(), "--embedder", "none", documents.toString());
    }
}
