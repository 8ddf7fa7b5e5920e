package dev.llmadapt.rag.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.llmadapt.rag.embedding.Embedder;
import dev.llmadapt.rag.index.IndexException;
import dev.llmadapt.rag.index.IndexOptions;
import dev.llmadapt.rag.index.PassageIndex;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RankingMetricTest {
    private static final Map<String, Integer> GAINS = Map.of("a", 3, "b", 1, "c", 0, "d", 2);
    private static final List<String> RANKING = List.of("c", "a", "x", "b");

    @TempDir
    private Path folder;

    @Test
    void score_byHand_agrees() {
        double dcg = 3 / Math.log(3) * Math.log(2) + 1 / Math.log(5) * Math.log(2);
        double ideal = 3 + 2 / Math.log(3) * Math.log(2) + 1.0 / 2;
        assertThat(RankingMetric.ndcg(10).score(RANKING, GAINS)).isCloseTo(dcg / ideal, within(1e-12));
        assertThat(RankingMetric.ndcg(1).score(RANKING, GAINS)).isZero();
        assertThat(RankingMetric.recall(2).score(RANKING, GAINS)).isCloseTo(1 / 3.0, within(1e-12));
        assertThat(RankingMetric.recall(10).score(RANKING, GAINS)).isCloseTo(2 / 3.0, within(1e-12));
        assertThat(RankingMetric.reciprocalRank(10).score(RANKING, GAINS)).isEqualTo(0.5);
        assertThat(RankingMetric.reciprocalRank(1).score(RANKING, GAINS)).isZero();
        assertThat(RankingMetric.averagePrecision(10).score(RANKING, GAINS))
                .isCloseTo((1 / 2.0 + 2 / 4.0) / 3, within(1e-12));
    }

    @Test
    void score_bestRankingAndNone_areOneAndZero() {
        for (RankingMetric metric : List.of(
                RankingMetric.ndcg(3),
                RankingMetric.recall(3),
                RankingMetric.reciprocalRank(3),
                RankingMetric.averagePrecision(3))) {
            assertThat(metric.score(List.of("a", "d", "b"), GAINS))
                    .as(metric.name())
                    .isCloseTo(1, within(1e-12));
            assertThat(metric.score(List.of(), GAINS)).as(metric.name()).isZero();
            assertThat(metric.score(RANKING, Map.of())).as(metric.name()).isZero();
        }
        assertThatThrownBy(() -> RankingMetric.ndcg(0)).hasMessageContaining("k: 0");
    }

    @Test
    void readJudgements_bothForms_areTheSame() throws IOException {
        Path trec = Files.writeString(folder.resolve("trec"), "1 0 a 2\n1 0 b 0\n\n2 0 a 1\n");
        Path beir =
                Files.writeString(folder.resolve("beir"), "query-id\tcorpus-id\tscore\n1\ta\t2\n1\tb\t0\n2\ta\t1\n");

        assertThat(TestCollection.readJudgements(trec))
                .isEqualTo(TestCollection.readJudgements(beir))
                .isEqualTo(Map.of("1", Map.of("a", 2, "b", 0), "2", Map.of("a", 1)));
        Path bad = Files.writeString(folder.resolve("bad"), "1 0 a 2\n1 0 b x\n");
        assertThatThrownBy(() -> TestCollection.readJudgements(bad))
                .isInstanceOf(IndexException.class)
                .hasMessageContaining("line 2");
    }

    @Test
    void beir_folder_loadsAndKeepsJudgedQueries() throws IOException {
        Files.createDirectories(folder.resolve("qrels"));
        Files.writeString(folder.resolve("qrels/test.tsv"), "query-id\tcorpus-id\tscore\nq1\td1\t1\n");
        Files.writeString(folder.resolve("corpus.jsonl"), """
                {"_id": "d1", "title": "T", "text": "red fox", "metadata": {}}
                {"_id": "d2", "text": "blue whale"}
                """);
        Files.writeString(
                folder.resolve("queries.jsonl"),
                "{\"_id\": \"q1\", \"text\": \"fox\"}\n{\"_id\": \"q2\", \"text\": \"unjudged\"}\n");
        TestCollection collection = TestCollection.beir(folder, "test");

        assertThat(collection.passages()).extracting(passage -> passage.title()).containsExactly("T", "");
        assertThat(collection.queries()).containsExactly(Map.entry("q1", "fox"));
        try (PassageIndex index = PassageIndex.inMemory(Embedder.none(), IndexOptions.defaults())) {
            index.upsert(collection.passages());
            RetrievalReport report = RetrievalReport.of(index.lexical(), collection, 10);
            assertThat(report.mean(RankingMetric.ndcg(10))).isEqualTo(1);
            assertThat(report.interval(RankingMetric.ndcg(10), 1)).isEqualTo(new MeanInterval(1, 1, 1));
        }
    }

    @Test
    void interval_spreadScores_holdsTheMeanAndIsFixedBySeed() {
        Map<String, List<String>> rankings = new java.util.HashMap<>();
        Map<String, Map<String, Integer>> judgements = new java.util.HashMap<>();
        for (int i = 0; i < 50; i++) {
            rankings.put("q" + i, List.of(i % 2 == 0 ? "a" : "b"));
            judgements.put("q" + i, Map.of("a", 1));
        }
        RetrievalReport report = new RetrievalReport(rankings, judgements);
        MeanInterval interval = report.interval(RankingMetric.recall(1), 7);

        assertThat(interval.mean()).isEqualTo(0.5);
        // the standard error of a share of 0.5 over 50 is 0.07
        assertThat(interval.low()).isBetween(0.3, 0.42);
        assertThat(interval.high()).isBetween(0.58, 0.7);
        assertThat(report.interval(RankingMetric.recall(1), 7)).isEqualTo(interval);
    }
}
