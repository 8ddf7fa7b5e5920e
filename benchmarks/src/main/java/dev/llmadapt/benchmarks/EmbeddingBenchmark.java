package dev.llmadapt.benchmarks;

import dev.llmadapt.rag.embedding.Embedder;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** The embedding of passages of 100 words of English prose, which is most of the work of indexing documents. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 3)
@Measurement(iterations = 5, time = 4)
@SuppressWarnings("NullAway.Init")
public class EmbeddingBenchmark {
    private static final int PASSAGES = 32;
    private static final int WORDS = 100;

    /** The name of the embedder. */
    @Param({"minilm", "bge-small"})
    public String embedder;

    private Embedder opened;
    private List<String> texts;

    /** Opens the embedder. */
    @Setup
    public void open() throws IOException {
        opened = embedder.equals("minilm") ? Embedder.miniLm() : Embedder.bgeSmall();
        try (InputStream prose =
                Objects.requireNonNull(EmbeddingBenchmark.class.getResourceAsStream("public-domain.txt"))) {
            String[] words = new String(prose.readAllBytes(), StandardCharsets.UTF_8).split("\\s+", -1);
            int step = (words.length - WORDS) / PASSAGES;
            texts = IntStream.range(0, PASSAGES)
                    .mapToObj(i -> String.join(" ", List.of(words).subList(i * step, i * step + WORDS)))
                    .toList();
        }
    }

    /** Embeds all passages in one call, as an index does. */
    @Benchmark
    @OperationsPerInvocation(PASSAGES)
    public List<float[]> passages() {
        return opened.embedPassages(texts);
    }

    /** Closes the embedder. */
    @TearDown
    public void close() {
        opened.close();
    }
}
