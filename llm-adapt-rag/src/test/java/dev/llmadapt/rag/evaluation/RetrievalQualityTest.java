package dev.llmadapt.rag.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.llmadapt.Query;
import dev.llmadapt.Retriever;
import dev.llmadapt.rag.embedding.Embedder;
import dev.llmadapt.rag.index.IndexOptions;
import dev.llmadapt.rag.index.PassageIndex;
import dev.llmadapt.rag.retrieval.RelevanceFeedback;
import dev.llmadapt.rag.retrieval.Retrievers;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Quality of the retrievers on public collections, untuned. The whole table, with BGE and Cranfield's vectors, which
 * take minutes: {@code mvn -pl llm-adapt-rag -am test -Dtest=RetrievalQualityTest -Dquality=true
 * -Dsurefire.failIfNoSpecifiedTests=false}.
 */
final class RetrievalQualityTest {
    private static final RankingMetric NDCG = RankingMetric.ndcg(10);

    @TempDir
    private Path folder;

    @Test
    void cranfield_words_asReference() throws IOException {
        TestCollection cranfield = SharedCollections.cranfield();
        assertThat(cranfield.passages()).hasSize(1400);
        assertThat(cranfield.queries()).hasSize(225);
        try (PassageIndex index = PassageIndex.open(folder, Embedder.none(), IndexOptions.defaults())) {
            index.upsert(cranfield.passages());

            assertThat(print("cranfield", "BM25", index.lexical(), cranfield)).isGreaterThan(0.346);
        }
    }

    @Test
    void xquad_wordsVectorsAndBoth_asReference() throws IOException {
        checkAll("xquad-en", SharedCollections.xquad("en"), Embedder::miniLm, 0.964, 0.944, 0.967);
    }

    @Test
    void cranfield_wordsVectorsAndBoth_asReference() throws IOException {
        assumeTrue(Boolean.getBoolean("quality"), "needs -Dquality=true, takes a minute");
        checkAll("cranfield", SharedCollections.cranfield(), Embedder::miniLm, 0.356, 0.355, 0.396);
    }

    @Test
    void bge_wordsVectorsAndBoth_asReference() throws IOException {
        assumeTrue(Boolean.getBoolean("quality"), "needs -Dquality=true, takes minutes");
        checkAll("cranfield", SharedCollections.cranfield(), Embedder::bgeSmall, 0.356, 0.355, 0.411);
        checkAll("xquad-en", SharedCollections.xquad("en"), Embedder::bgeSmall, 0.964, 0.944, 0.967);
    }

    private void checkAll(
            String name,
            TestCollection collection,
            Supplier<Embedder> opened,
            double words,
            double vectors,
            double both) {
        try (Embedder embedder = opened.get();
                PassageIndex index =
                        PassageIndex.open(folder.resolve(name + embedder.name()), embedder, IndexOptions.defaults())) {
            long start = System.nanoTime();
            index.upsert(collection.passages());
            System.out.printf(
                    Locale.ROOT,
                    "%s by %s: %.1f passages/s%n",
                    name,
                    embedder.name(),
                    collection.passages().size() / ((System.nanoTime() - start) / 1e9));
            Retriever dense = remembering(index.dense());
            double lexicalQuality = print(name, "BM25", index.lexical(), collection);
            double denseQuality = print(name, embedder.name(), dense, collection);
            double fusedQuality = print(name, "fused", Retrievers.fused(index.lexical(), dense), collection);
            Retriever feedback = Retrievers.feedback(index.lexical(), RelevanceFeedback.defaults());
            print(name, "BM25 with feedback", feedback, collection);
            Retriever hybrid = Retrievers.combined(index.lexical(), dense);
            double hybridQuality = print(name, "hybrid", hybrid, collection);
            if (Boolean.getBoolean("quality")) { // embeds every sentence
                print(name, "hybrid with sentences", Retrievers.bySentences(hybrid, embedder, 20), collection);
            }
            double bestQuality = print(name, "hybrid with feedback", Retrievers.combined(feedback, dense), collection);
            assertThat(hybridQuality).isGreaterThan(both - 0.01);
            if (name.equals("cranfield") && embedder.name().startsWith("bge")) {
                assertThat(bestQuality).isGreaterThan(0.43);
            }
            if (name.equals("cranfield")) {
                tune(index.lexical(), dense, collection);
            }
            assertThat(lexicalQuality).isGreaterThan(words - 0.01);
            assertThat(denseQuality).isGreaterThan(vectors - 0.01);
            assertThat(fusedQuality).isGreaterThan(both - 0.01);
            if (name.equals("cranfield")) {
                assertThat(fusedQuality).isGreaterThan(Math.max(lexicalQuality, denseQuality));
            }
        }
    }

    /** Chooses weight and feedback by the queries of even numbers, and prints what that reaches on the others. */
    private static void tune(Retriever words, Retriever dense, TestCollection collection) {
        List<RelevanceFeedback> feedbacks = List.of(
                RelevanceFeedback.defaults(),
                RelevanceFeedback.defaults().withSize(5, 10),
                RelevanceFeedback.defaults().withSize(10, 20),
                RelevanceFeedback.defaults().withSize(10, 30).withOriginal(0.3),
                RelevanceFeedback.defaults().withSize(10, 20).withOriginal(0.7));
        double[] best = {-1, 0};
        double untuned = 0;
        String chosen = "";
        for (int each = -1; each < feedbacks.size(); each++) {
            Retriever lexical = remembering(each < 0 ? words : Retrievers.feedback(words, feedbacks.get(each)));
            for (double weight : new double[] {0.3, 0.4, 0.5, 0.6}) {
                Retriever both = Retrievers.combined(
                        100, new Retrievers.Part(lexical, weight), new Retrievers.Part(dense, 1 - weight));
                Map<String, Double> scores =
                        RetrievalReport.of(both, collection, 100).scores(NDCG);
                double even = mean(scores, 0);
                untuned = each == 0 && weight == 0.5 ? mean(scores, 1) : untuned;
                if (even > best[0]) {
                    best = new double[] {even, mean(scores, 1)};
                    chosen = (each < 0 ? "no feedback" : feedbacks.get(each).toString()) + ", words weigh " + weight;
                }
            }
        }
        System.out.printf(
                Locale.ROOT,
                "cranfield, tuned on even queries: nDCG@10 %.3f there, %.3f on odd ones (defaults %.3f), by %s%n",
                best[0],
                best[1],
                untuned,
                chosen);
        assertThat(best[1]).as("tuning must not be a trap").isGreaterThan(untuned - 0.02);
    }

    private static double mean(Map<String, Double> scores, int rest) {
        return scores.entrySet().stream()
                .filter(entry -> Integer.parseInt(entry.getKey()) % 2 == rest)
                .mapToDouble(Map.Entry::getValue)
                .average()
                .orElseThrow();
    }

    /** The same retriever, asked each query once. */
    private static Retriever remembering(Retriever retriever) {
        var found = new ConcurrentHashMap<Query, List<dev.llmadapt.Passage>>();
        return query -> found.computeIfAbsent(query, retriever::retrieve);
    }

    private static double print(String name, String method, Retriever retriever, TestCollection collection) {
        RetrievalReport report = RetrievalReport.of(retriever, collection, 100);
        MeanInterval ndcg = report.interval(NDCG, 1);
        System.out.printf(
                Locale.ROOT,
                "| %s | %s | nDCG@10 %.3f [%.3f, %.3f] | R@10 %.3f | MRR@10 %.3f | MAP@100 %.3f |%n",
                name,
                method,
                ndcg.mean(),
                ndcg.low(),
                ndcg.high(),
                report.mean(RankingMetric.recall(10)),
                report.mean(RankingMetric.reciprocalRank(10)),
                report.mean(RankingMetric.averagePrecision(100)));
        assertThat(ndcg.mean()).isCloseTo(report.mean(NDCG), within(1e-12));
        return ndcg.mean();
    }
}
