package dev.llmadapt.rag.index;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llmadapt.LlmAdaptException;
import dev.llmadapt.MetadataFilter;
import dev.llmadapt.Passage;
import dev.llmadapt.Query;
import dev.llmadapt.rag.documents.DocumentException;
import dev.llmadapt.rag.documents.DocumentSource;
import dev.llmadapt.rag.embedding.Embedder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SourceWatcherTest {
    @TempDir
    private Path folder;

    private final BlockingQueue<Object> heard = new LinkedBlockingQueue<>();
    private final SourceWatcher.Listener listener = new SourceWatcher.Listener() {
        @Override
        public void synced(Indexing.Report report) {
            heard.add(report);
        }

        @Override
        public void failed(LlmAdaptException problem) {
            heard.add(problem);
        }
    };

    @Test
    void watch_folder_followsNewChangedAndDeletedFiles() throws Exception {
        // An hour: only what the file system tells can pass this test
        follows(Duration.ofHours(1), true);
    }

    @Test
    void watch_interval_followsWithoutBeingTold() throws Exception {
        follows(Duration.ofMillis(20), false);
    }

    private void follows(Duration interval, boolean told) throws Exception {
        Files.writeString(folder.resolve("a.txt"), "apple");
        Indexing indexing = Indexing.with(Embedder.none());
        DocumentSource source = DocumentSource.files(folder);
        try (PassageIndex index = PassageIndex.inMemory(Embedder.none(), IndexOptions.defaults());
                SourceWatcher watch = told
                        ? indexing.watch(source, folder, MetadataFilter.all(), index, interval, listener)
                        : indexing.watch(source, MetadataFilter.all(), index, interval, listener)) {
            assertThat(watch.isEventDriven()).isEqualTo(told);
            until(report -> report.documents() == 1);

            Files.createDirectories(folder.resolve("deep/er"));
            Files.writeString(folder.resolve("deep/er/b.txt"), "banana");
            until(report -> report.documents() == 1);
            assertThat(texts(index)).containsExactlyInAnyOrder("apple", "banana");

            Files.writeString(folder.resolve("deep/er/b.txt"), "blueberry");
            Files.setLastModifiedTime(
                    folder.resolve("deep/er/b.txt"), java.nio.file.attribute.FileTime.fromMillis(1_000_000));
            until(report -> texts(index).contains("blueberry"));

            Files.delete(folder.resolve("a.txt"));
            until(report -> report.deleted() == 1);
            assertThat(texts(index)).containsExactly("blueberry");
        }
    }

    @Test
    void watch_sourceAway_isToldAndTriedAgain() throws Exception {
        AtomicBoolean away = new AtomicBoolean(true);
        DocumentSource source = (documents, broken) -> {
            if (away.get()) {
                throw new DocumentException("the disk is away", null);
            }
        };
        try (PassageIndex index = PassageIndex.inMemory(Embedder.none(), IndexOptions.defaults())) {
            SourceWatcher watch = Indexing.with(Embedder.none())
                    .watch(source, MetadataFilter.all(), index, Duration.ofMillis(10), listener);
            assertThat(next()).isInstanceOf(DocumentException.class);
            away.set(false);
            until(report -> true);
            watch.close();
            heard.clear();
            watch.close();
            assertThat(heard).isEmpty();
        }
    }

    @Test
    void watch_tooOften_isRefused() throws IOException {
        try (PassageIndex index = PassageIndex.inMemory(Embedder.none(), IndexOptions.defaults())) {
            assertThatThrownBy(() -> Indexing.with(Embedder.none())
                            .watch(DocumentSource.of(List.of()), MetadataFilter.all(), index, Duration.ZERO, listener))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("PT0S");
        }
    }

    private void until(Predicate<Indexing.Report> test) throws InterruptedException {
        while (true) {
            if (next() instanceof Indexing.Report report && test.test(report)) {
                return;
            }
        }
    }

    private Object next() throws InterruptedException {
        return Objects.requireNonNull(heard.poll(60, TimeUnit.SECONDS), "nothing was heard for a minute");
    }

    private static List<String> texts(PassageIndex index) {
        return index.lexical().retrieve(new Query("apple banana blueberry", 9)).stream()
                .map(Passage::text)
                .toList();
    }
}
