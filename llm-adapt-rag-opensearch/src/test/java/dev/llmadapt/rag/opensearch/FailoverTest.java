package dev.llmadapt.rag.opensearch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.llmadapt.MetadataFilter;
import dev.llmadapt.Passage;
import dev.llmadapt.Query;
import dev.llmadapt.Retriever;
import dev.llmadapt.rag.embedding.WordEmbedder;
import dev.llmadapt.rag.index.PassageIndex;
import dev.llmadapt.rag.retrieval.Retrievers;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** A node of a real cluster stops while it is searched and written. */
final class FailoverTest {
    private static final int WRITERS = 2;
    private static final int BATCHES = 40; // of each writer; the node stops at a quarter, and comes back at the half

    private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
    private final Map<String, String> acknowledged = new ConcurrentHashMap<>(); // text by id

    @Test
    void nodeStops_whileSearchedAndWritten_nothingFailsAndNothingIsLost() throws Exception {
        TestCluster servers = TestCluster.shared();
        OpenSearchOptions options = OpenSearchOptions.defaults().withShards(2);
        try (PassageIndex index =
                OpenSearch.open(servers.cluster(), TestCluster.newName(), new WordEmbedder(16), options)) {
            index.upsert(List.of(new Passage("stays", "", "steady fox", 0)));
            servers.waitFor("wait_for_status=green");
            CountDownLatch quarter = new CountDownLatch(WRITERS * BATCHES / 4);
            CountDownLatch half = new CountDownLatch(WRITERS * BATCHES / 2);
            AtomicBoolean done = new AtomicBoolean();

            List<Thread> writers = new ArrayList<>();
            for (int writer = 0; writer < WRITERS; writer++) {
                int number = writer;
                writers.add(start(() -> write(index, number, quarter, half)));
            }
            List<Thread> searchers = List.of(
                    start(() -> search(index.lexical(), done)), start(() -> search(Retrievers.hybrid(index), done)));

            quarter.await();
            int stopped = servers.stopOne();
            half.await();
            for (Thread writer : writers) {
                writer.join();
            }
            done.set(true);
            for (Thread searcher : searchers) {
                searcher.join();
            }
            assertThat(failures).isEmpty();
            assertThat(contents(index)).as("on the node that is left").containsExactlyInAnyOrderEntriesOf(acknowledged);

            servers.start(stopped);
            assertThat(contents(index)).as("on both again").containsExactlyInAnyOrderEntriesOf(acknowledged);
        }
    }

    private Thread start(Work work) {
        Thread thread = new Thread(() -> {
            try {
                work.run();
            } catch (Throwable e) {
                failures.add(e);
            }
        });
        thread.start();
        return thread;
    }

    private void write(PassageIndex index, int writer, CountDownLatch... latches) {
        try {
            for (int batch = 0; batch < BATCHES; batch++) {
                List<Passage> passages = new ArrayList<>();
                for (int i = 0; i < 5; i++) {
                    String id = "w" + writer + "-" + (batch * 5 + i) % 60; // comes round: replaced later
                    passages.add(new Passage(id, "", "wolf of batch" + batch, 0));
                }
                index.upsert(passages);
                passages.forEach(passage -> acknowledged.put(passage.id(), passage.text()));
                if (batch % 5 == 4) {
                    String gone = passages.get(0).id();
                    index.delete(List.of(gone));
                    acknowledged.remove(gone);
                }
                assertThat(index.find(List.of(passages.get(4).id()), Set.of()))
                        .as("what was just written")
                        .extracting(Passage::text)
                        .containsExactly(passages.get(4).text());
                for (CountDownLatch latch : latches) {
                    latch.countDown();
                }
            }
        } finally {
            for (CountDownLatch latch : latches) {
                while (latch.getCount() > 0) { // a writer that failed must not leave the test waiting
                    latch.countDown();
                }
            }
        }
    }

    private static void search(Retriever retriever, AtomicBoolean done) {
        while (!done.get()) {
            assertThat(retriever.retrieve(new Query("steady fox", 3)))
                    .extracting(Passage::id)
                    .contains("stays");
        }
    }

    private static Map<String, String> contents(PassageIndex index) {
        Map<String, String> contents = new HashMap<>();
        index.forEach(MetadataFilter.all(), passage -> contents.put(passage.id(), passage.text()));
        contents.remove("stays");
        return contents;
    }

    private interface Work {
        void run() throws IOException;
    }
}
