package dev.llmadapt.benchmarks;

import dev.langchain4j.data.embedding.Embedding;
import dev.langchain4j.store.embedding.EmbeddingSearchRequest;
import dev.langchain4j.store.embedding.inmemory.InMemoryEmbeddingStore;
import dev.llmadapt.Passage;
import dev.llmadapt.Query;
import dev.llmadapt.rag.index.IndexOptions;
import dev.llmadapt.rag.index.PassageIndex;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * A search for the ten nearest of 100,000 passages. The indexes, of exact and of 8-bit vectors, are built once, in
 * folders whose names begin with the system property {@code index}; their build time, size and recall against exact
 * search are printed.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 3)
@Measurement(iterations = 5, time = 4)
@SuppressWarnings("NullAway.Init")
public class RetrievalBenchmark {
    private static final int FOUND = 10;
    private static final int QUERIES = 200;

    /** The number of passages. */
    @Param("100000")
    public int passages;

    /**
     * The search engine: {@code lucene-N} is the index with N candidates, {@code int8-N} one with 8-bit vectors,
     * {@code exact} dot products with all vectors in memory, {@code langchain4j} its in-memory store.
     */
    @Param({"lucene-50", "lucene-100", "lucene-200", "int8-50", "int8-100", "int8-200", "bm25", "exact", "langchain4j"})
    public String engine;

    private final SyntheticPassages synthetic = new SyntheticPassages();
    private PassageIndex index;
    private float[][] vectors;
    private InMemoryEmbeddingStore<String> store;
    private int next;

    /** Builds or opens the search engine, and measures its recall. */
    @Setup
    public void open() {
        vectors = IntStream.range(0, passages)
                .mapToObj(number -> synthetic.vector("p" + number))
                .toArray(float[][]::new);
        if (engine.equals("langchain4j")) {
            store = new InMemoryEmbeddingStore<>();
            long start = System.nanoTime();
            for (int i = 0; i < passages; i++) {
                store.add("p" + i, Embedding.from(vectors[i]), "p" + i);
            }
            System.out.printf(Locale.ROOT, "%nlangchain4j filled in %.1f s%n", (System.nanoTime() - start) / 1e9);
        } else if (!engine.equals("exact")) {
            index = PassageIndex.open(indexed(), synthetic, options());
        }
        if (!engine.equals("bm25")) {
            System.out.printf(Locale.ROOT, "%nrecall@10 of %s: %.4f%n", engine, recall());
        }
    }

    private IndexOptions options() {
        int dash = engine.indexOf('-');
        return IndexOptions.defaults()
                .withQuantised(engine.startsWith("int8"))
                .withCandidates(dash < 0 ? 100 : Integer.parseInt(engine.substring(dash + 1)));
    }

    private Path indexed() {
        String kind = options().quantised() ? "-int8" : "";
        Path folder = Path.of(System.getProperty("index", "target/retrieval-" + passages) + kind);
        if (Files.isDirectory(folder)) {
            return folder;
        }
        long start = System.nanoTime();
        try (PassageIndex made = PassageIndex.open(folder, synthetic, options())) {
            for (int from = 0; from < passages; from += 1000) {
                made.upsert(IntStream.range(from, Math.min(passages, from + 1000))
                        .mapToObj(SyntheticPassages::passage)
                        .toList());
            }
        }
        System.out.printf(
                Locale.ROOT,
                "%n%s indexed in %.1f s, %.1f MB%n",
                folder.getFileName(),
                (System.nanoTime() - start) / 1e9,
                size(folder) / 1e6);
        return folder;
    }

    private static long size(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.mapToLong(file -> file.toFile().length()).sum();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private double recall() {
        int found = 0;
        for (int i = 0; i < QUERIES; i++) {
            Set<String> right = new HashSet<>(exact(synthetic.vector("q" + i)));
            found += (int) search("q" + i).stream().filter(right::contains).count();
        }
        return (double) found / (QUERIES * FOUND);
    }

    private List<String> search(String query) {
        if (engine.equals("exact")) {
            return exact(synthetic.vector(query));
        }
        if (engine.equals("langchain4j")) {
            return store
                    .search(EmbeddingSearchRequest.builder()
                            .queryEmbedding(Embedding.from(synthetic.vector(query)))
                            .maxResults(FOUND)
                            .build())
                    .matches()
                    .stream()
                    .map(match -> match.embeddingId())
                    .toList();
        }
        Query asked = engine.equals("bm25")
                ? new Query(
                        SyntheticPassages.passage(query.hashCode() & 0xFFFF)
                                .text()
                                .substring(0, 40),
                        FOUND)
                : new Query(query, FOUND);
        return (engine.equals("bm25") ? index.lexical() : index.dense())
                .retrieve(asked).stream().map(Passage::id).toList();
    }

    private List<String> exact(float[] query) {
        record Hit(int number, float score) {}
        PriorityQueue<Hit> best = new PriorityQueue<>(Comparator.comparingDouble(Hit::score));
        for (int i = 0; i < vectors.length; i++) {
            float dot = 0;
            float[] vector = vectors[i];
            for (int j = 0; j < vector.length; j++) {
                dot += query[j] * vector[j];
            }
            if (best.size() < FOUND || dot > best.element().score()) {
                best.add(new Hit(i, dot));
                if (best.size() > FOUND) {
                    best.poll();
                }
            }
        }
        List<String> ids = new ArrayList<>();
        best.forEach(hit -> ids.add("p" + hit.number()));
        return ids;
    }

    /** Answers one query, from its text to its passages. */
    @Benchmark
    public List<String> query() {
        next = (next + 1) % QUERIES;
        return search("q" + next);
    }

    /** Closes the index. */
    @TearDown
    public void close() {
        if (index != null) {
            index.close();
        }
    }
}
