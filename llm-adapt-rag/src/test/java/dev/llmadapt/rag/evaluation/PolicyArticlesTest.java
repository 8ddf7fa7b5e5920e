package dev.llmadapt.rag.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.llmadapt.Progress;
import dev.llmadapt.Retriever;
import dev.llmadapt.rag.documents.DocumentSource;
import dev.llmadapt.rag.embedding.Embedder;
import dev.llmadapt.rag.index.IndexOptions;
import dev.llmadapt.rag.index.Indexing;
import dev.llmadapt.rag.index.PassageIndex;
import dev.llmadapt.rag.retrieval.Retrievers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * The policy articles that come along, and their questions. What it bounds is what is reached, not what is hoped for.
 */
final class PolicyArticlesTest {
    private static final Path TASK = Path.of("llm-adapt-pilot/tasks/pennywell");

    @Test
    void calibration_questions_areOthersThanThoseOfTheTest() {
        QuestionSet test = QuestionSet.read(task().resolve("questions.jsonl"));
        QuestionSet calibration = QuestionSet.read(task().resolve("calibration.jsonl"));

        assertThat(test.answerable().questions()).hasSize(120);
        assertThat(test.unanswerable().questions()).hasSize(30);
        assertThat(calibration.answerable().questions()).hasSize(50);
        assertThat(calibration.unanswerable().questions()).hasSize(28);
        for (QuestionSet.Question each : calibration.questions()) {
            assertThat(test.questions())
                    .extracting(QuestionSet.Question::text)
                    .allMatch(other -> AnswerMetrics.f1().score(other, each.text()) < 0.6);
        }
    }

    @Test
    void questions_byTheDefaultPipeline_findTheirArticles() {
        assumeTrue(Boolean.getBoolean("quality"), "needs -Dquality=true, takes a minute");
        assertThat(hits(Embedder.miniLm())).as("MiniLM").isGreaterThan(0.74);
        assertThat(hits(Embedder.bgeSmall())).as("BGE").isGreaterThan(0.74);
    }

    /**
     * Prints hit rates, on the questions to calibrate with and on those to report, and returns hit@3 of the best on
     * these.
     */
    private static double hits(Embedder opened) {
        try (Embedder embedder = opened;
                PassageIndex index = PassageIndex.inMemory(embedder, IndexOptions.defaults())) {
            Indexing.with(embedder).add(DocumentSource.files(task().resolve("articles.jsonl")), index, Progress.NONE);
            Map<String, Retriever> retrievers = new LinkedHashMap<>();
            retrievers.put("BM25", index.lexical());
            retrievers.put("dense", index.dense());
            retrievers.put("hybrid", Retrievers.hybrid(index));
            retrievers.put("hybrid with sentences", Retrievers.bySentences(Retrievers.hybrid(index), embedder, 20));
            double last = 0;
            for (String file : List.of("calibration", "questions")) {
                QuestionSet questions = QuestionSet.read(task().resolve(file + ".jsonl"));
                for (Map.Entry<String, Retriever> each : retrievers.entrySet()) {
                    RetrievalReport report = RetrievalReport.of(each.getValue(), questions, 20);
                    last = report.mean(RankingMetric.hit(3));
                    MeanInterval third = report.interval(RankingMetric.hit(3), 1);
                    System.out.printf(
                            Locale.ROOT,
                            "| %s | %s | %s | hit@1 %.3f | hit@3 %.3f [%.3f, %.3f] | hit@10 %.3f |%n",
                            file,
                            embedder.name(),
                            each.getKey(),
                            report.mean(RankingMetric.hit(1)),
                            last,
                            third.low(),
                            third.high(),
                            report.mean(RankingMetric.hit(10)));
                }
            }
            return last;
        }
    }

    private static Path task() {
        for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
            if (Files.isDirectory(at.resolve(TASK))) {
                return at.resolve(TASK);
            }
        }
        throw new AssertionError("no " + TASK + " above the working directory");
    }
}
