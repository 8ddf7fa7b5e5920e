package dev.llmadapt.rag;

import static org.assertj.core.api.Assertions.assertThat;

import dev.llmadapt.GuideExamples;
import dev.llmadapt.MetadataFilter;
import dev.llmadapt.Metric;
import dev.llmadapt.Model;
import dev.llmadapt.Progress;
import dev.llmadapt.Query;
import dev.llmadapt.Request;
import dev.llmadapt.Retriever;
import dev.llmadapt.Task;
import dev.llmadapt.rag.documents.DocumentSource;
import dev.llmadapt.rag.documents.UrlOptions;
import dev.llmadapt.rag.embedding.Embedder;
import dev.llmadapt.rag.embedding.Reranker;
import dev.llmadapt.rag.embedding.WordEmbedder;
import dev.llmadapt.rag.evaluation.QuestionSet;
import dev.llmadapt.rag.evaluation.RankingMetric;
import dev.llmadapt.rag.evaluation.RetrievalReport;
import dev.llmadapt.rag.index.IndexOptions;
import dev.llmadapt.rag.index.Indexing;
import dev.llmadapt.rag.index.PassageIndex;
import dev.llmadapt.rag.retrieval.Grounding;
import dev.llmadapt.rag.retrieval.Retrievers;
import dev.llmadapt.rag.splitting.PassageMetadata;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The examples of {@code docs/guides/retrieval.md}, line for line. */
final class RetrievalGuideTest {
    @TempDir
    private Path folder;

    private final Model base = new ScriptedModel(request -> "Two years [1].", (prompt, word) -> -prompt.length());
    private final Task task = new Task("free", "Answer.", List.of(), List.of(), List.of(), Metric.exactMatch());

    private Path articles() throws IOException {
        Path articles = Files.createDirectories(folder.resolve("articles"));
        Files.writeString(articles.resolve("warranty.md"), "# Warranty\n\nThe warranty lasts two years.");
        return articles;
    }

    @Test
    void examples_indexAndAsk_printTheSource() throws IOException {
        Path articles = articles();
        PrintStream console = System.out;
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
        try {
            // guide
            try (Embedder embedder = Embedder.miniLm();
                    PassageIndex index =
                            PassageIndex.open(folder.resolve("index"), embedder, IndexOptions.defaults())) {
                Indexing.Report report = Indexing.with(embedder)
                        .sync(DocumentSource.files(articles), MetadataFilter.all(), index, Progress.NONE);
                report.broken().forEach(System.err::println); // skipped, with reasons

                Retriever retriever = Retrievers.bySentences(Retrievers.hybrid(index), embedder, 20);
                Rag rag = Rag.over(
                        retriever,
                        RagOptions.defaults()
                                .withContextTokens(1000, embedder.tokens())
                                .withGrounding(Grounding.of(embedder)));
                try (RagModel model = rag.adapt(base, task, Progress.NONE)) {
                    CitedAnswer answer = model.ask(Request.of("How long is the warranty?"), Set.of("ann", "staff"));
                    System.out.println(answer.text() + (answer.refused() ? " (not in the sources)" : ""));
                    answer.citations()
                            .forEach(citation -> System.out.println(citation.number() + " "
                                    + citation.passage().metadata().get(PassageMetadata.SOURCE)));
                }
            }
            // end
        } finally {
            System.setOut(console);
        }
        assertThat(printed.toString(StandardCharsets.UTF_8).lines())
                .containsExactly("Two years [1].", "1 " + articles.resolve("warranty.md"));
    }

    /** What is asked of a database is in {@code IndexingTest}. */
    private interface Database {
        Connection getConnection() throws SQLException;
    }

    @Test
    void examples_sources_areRead() throws IOException {
        Path articles = articles();
        Database database = () -> {
            throw new SQLException("none here");
        };
        List<URI> addresses = List.of();
        // guide
        DocumentSource orders = DocumentSource.jdbc(
                database::getConnection, "select id, title, text, readers, updated from articles", "crm/articles");
        DocumentSource pages = DocumentSource.urls(addresses, folder.resolve("pages"), UrlOptions.defaults());
        DocumentSource all = DocumentSource.all(List.of(orders, pages, DocumentSource.files(articles)));
        // end
        List<String> read = new ArrayList<>();
        org.assertj.core.api.Assertions.assertThatThrownBy(
                        () -> all.read(document -> read.add(document.id()), broken -> {}))
                .hasMessageContaining("crm/articles");
        DocumentSource.all(List.of(pages, DocumentSource.files(articles)))
                .read(document -> read.add(document.id()), broken -> {});
        assertThat(read).containsExactly("warranty.md");
    }

    @Test
    void examples_retrieversAndReports_run() throws IOException {
        Path articles = articles();
        Embedder embedder = new WordEmbedder(32);
        QuestionSet questions = new QuestionSet(List.of(new QuestionSet.Question(
                "1", "How long is the warranty?", true, List.of("Two years"), List.of("warranty.md"))));
        Model judge = base;
        try (PassageIndex index = PassageIndex.inMemory(embedder, IndexOptions.defaults())) {
            Indexing.with(embedder).add(DocumentSource.files(articles), index, Progress.NONE);
            // guide
            Retriever words = index.lexical(); // BM25
            Retriever meaning = index.dense(); // cosine, by HNSW
            Retriever both = Retrievers.hybrid(index); // their scores; Retrievers.fused has their ranks
            Retriever sentences = Retrievers.bySentences(both, embedder, 20);
            Retriever varied = Retrievers.mmr(both, index, 0.7, 50);
            Retriever parents = Retrievers.parents(both, index, 50); // for Splitter.withParents
            Retriever reordered = Retrievers.reranked(both, Reranker.byQueryLikelihood(base), 10);
            Retriever worded = Retrievers.multiQuery(both, base, 3, 50);
            Retriever routed = Retrievers.routed(query -> query.text().matches("[A-Z]+-\\d+") ? words : sentences);
            System.out.println(sentences.explain(new Query("warranty", 3), "warranty.md#0"));
            // end
            for (Retriever each :
                    List.of(words, meaning, both, sentences, varied, parents, reordered, worded, routed)) {
                assertThat(each.retrieve(new Query("warranty", 3)))
                        .extracting(passage -> passage.id())
                        .containsExactly("warranty.md#0");
            }
            assertThat(sentences.explain(new Query("warranty", 3), "warranty.md#0"))
                    .isPresent();
            try (RagModel model = Rag.over(words, RagOptions.defaults()).adapt(base, task, Progress.NONE)) {
                // guide
                RetrievalReport found = RetrievalReport.of(sentences, questions, 20);
                System.out.println(found.interval(RankingMetric.hit(3), 1)); // mean and 95%
                AnswerReport answers = AnswerReport.of(questions, model::ask, Progress.NONE);
                answers.measures(1).forEach((name, measure) -> System.out.println(name + " " + measure.interval()));
                answers.judged(judge, 1, Progress.NONE); // faithfulness, context precision
                // end
                assertThat(found.mean(RankingMetric.hit(3))).isEqualTo(1);
                assertThat(Objects.requireNonNull(answers.measures(1).get("cited"))
                                .interval()
                                .mean())
                        .isEqualTo(1);
            }
        }
    }

    @Test
    void guide_examples_areTheOnesTested() {
        assertThat(GuideExamples.tested(RetrievalGuideTest.class))
                .isEqualTo(GuideExamples.shown("docs/guides/retrieval.md"))
                .hasSize(4);
    }
}
