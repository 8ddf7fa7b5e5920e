package dev.llmadapt.langchain4j.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.langchain4j.data.document.Metadata;
import dev.langchain4j.data.embedding.Embedding;
import dev.langchain4j.data.segment.TextSegment;
import dev.langchain4j.store.embedding.EmbeddingMatch;
import dev.langchain4j.store.embedding.EmbeddingSearchRequest;
import dev.langchain4j.store.embedding.EmbeddingStore;
import dev.langchain4j.store.embedding.filter.Filter;
import dev.langchain4j.store.embedding.filter.MetadataFilterBuilder;
import dev.langchain4j.store.embedding.inmemory.InMemoryEmbeddingStore;
import dev.llmadapt.LlmAdaptException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.apache.lucene.document.Document;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.store.FSDirectory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LuceneEmbeddingStoreTest {
    @TempDir
    Path folder;

    private static Embedding vector(float... numbers) {
        return Embedding.from(numbers);
    }

    private static EmbeddingSearchRequest near(Embedding vector, int maxResults) {
        return EmbeddingSearchRequest.builder()
                .queryEmbedding(vector)
                .maxResults(maxResults)
                .build();
    }

    @Test
    void open_again_hasWhatWasAdded() {
        UUID uuid = UUID.randomUUID();
        Metadata metadata = new Metadata()
                .put("kind", "note")
                .put("uuid", uuid)
                .put("year", 2026)
                .put("bytes", 1L << 60)
                .put("weight", 0.1f)
                .put("score", 0.1);
        String id;
        try (LuceneEmbeddingStore store = LuceneEmbeddingStore.open(folder)) {
            id = store.add(vector(1, 2), TextSegment.from("hello", metadata));
        }
        try (LuceneEmbeddingStore store = LuceneEmbeddingStore.open(folder)) {
            EmbeddingMatch<TextSegment> match =
                    store.search(near(vector(2, 4), 3)).matches().get(0);

            assertThat(match.embeddingId()).isEqualTo(id);
            assertThat(match.score()).isCloseTo(1, within(1e-9));
            assertThat(match.embedding()).isEqualTo(vector(1, 2));
            assertThat(match.embedded()).isEqualTo(TextSegment.from("hello", metadata));
            assertThatThrownBy(() -> store.add(vector(1, 2, 3)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("2 numbers, got one of 3");
        }
    }

    @Test
    void open_elsewhereOrAnotherIndex_isRefused() throws Exception {
        LuceneEmbeddingStore store = LuceneEmbeddingStore.open(folder);
        assertThatThrownBy(() -> LuceneEmbeddingStore.open(folder))
                .isInstanceOf(LlmAdaptException.class)
                .hasMessageContaining("open elsewhere");
        store.close();
        store.close();
        assertThatThrownBy(() -> store.add(vector(1))).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> store.search(near(vector(1), 1))).isInstanceOf(IllegalStateException.class);

        Path other = folder.resolve("other");
        try (IndexWriter writer = new IndexWriter(FSDirectory.open(other), new IndexWriterConfig())) {
            writer.addDocument(new Document());
        }
        assertThatThrownBy(() -> LuceneEmbeddingStore.open(other))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("no embedding store");
    }

    @Test
    void add_theSameId_replaces() {
        try (LuceneEmbeddingStore store = LuceneEmbeddingStore.inMemory()) {
            store.add("a", vector(1, 0));
            store.addAll(List.of("a"), List.of(vector(0, 1)), List.of(TextSegment.from("new")));

            List<EmbeddingMatch<TextSegment>> matches =
                    store.search(near(vector(1, 0), 5)).matches();
            assertThat(matches).hasSize(1);
            assertThat(matches.get(0).score()).isCloseTo(0.5, within(1e-9));
            assertThat(matches.get(0).embedded().text()).isEqualTo("new");
        }
    }

    @Test
    void add_vectorsThatCannotBeCompared_areRefused() {
        try (LuceneEmbeddingStore store = LuceneEmbeddingStore.inMemory()) {
            assertThatThrownBy(() -> store.add(vector(0, 0)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("no direction");
            assertThatThrownBy(() -> store.add(vector(1, Float.NaN)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("finite");
            assertThatThrownBy(() -> store.addAll(List.of("a"), List.of(vector(1), vector(2)), null))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("as many");
            assertThat(store.search(near(vector(1, 0), 5)).matches()).isEmpty();
        }
    }

    @Test
    void removeAll_everything_letsVectorsHaveAnotherLength() {
        try (LuceneEmbeddingStore store = LuceneEmbeddingStore.open(folder)) {
            store.add(vector(1, 2));
            store.removeAll();
            store.add(vector(1, 2, 3));

            assertThat(store.search(near(vector(1, 2, 3), 5)).matches()).hasSize(1);
        }
    }

    @Test
    void add_longVectors_areFoundAgain() {
        float[] numbers = new float[3072];
        numbers[3071] = 1;
        try (LuceneEmbeddingStore store = LuceneEmbeddingStore.open(folder)) {
            store.add(Embedding.from(numbers));
        }
        try (LuceneEmbeddingStore store = LuceneEmbeddingStore.open(folder)) {
            assertThat(store.search(near(Embedding.from(numbers), 1))
                            .matches()
                            .get(0)
                            .score())
                    .isCloseTo(1, within(1e-9));
        }
    }

    /** Long texts with one beginning, upper case and none, so that what is looked up is not what is compared. */
    @Test
    void search_filtersOnTexts_meanWhatLangChain4jsOwnStoreMeans() {
        InMemoryEmbeddingStore<TextSegment> peer = new InMemoryEmbeddingStore<>();
        Random random = new Random(3);
        List<String> values = List.of("a", "A", "x".repeat(300), "x".repeat(300) + "y", "", " ");
        try (LuceneEmbeddingStore store = LuceneEmbeddingStore.inMemory()) {
            List<String> ids = new ArrayList<>();
            List<Embedding> vectors = new ArrayList<>();
            List<TextSegment> segments = new ArrayList<>();
            for (int i = 0; i < 300; i++) {
                ids.add("id" + i);
                vectors.add(vector(random.nextFloat(), random.nextFloat(), random.nextFloat()));
                Metadata metadata = new Metadata()
                        .put("kind", values.get(i % values.size()))
                        .put("n", i);
                segments.add(TextSegment.from("text " + i, i % 7 == 0 ? new Metadata() : metadata));
            }
            store.addAll(ids, vectors, segments);
            peer.addAll(ids, vectors, segments);
            var kind = MetadataFilterBuilder.metadataKey("kind");
            var number = MetadataFilterBuilder.metadataKey("n");
            for (EmbeddingStore<TextSegment> each : List.of(peer, store)) {
                assertThatThrownBy(() -> each.search(EmbeddingSearchRequest.builder()
                                .queryEmbedding(vector(1, 0, 0))
                                .filter(number.isEqualTo("7"))
                                .build()))
                        .as("a number compared with a text, %s", each)
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining("Type mismatch");
            }
            List<Filter> filters = List.of(
                    kind.isEqualTo("A"),
                    kind.isIn("a", "x".repeat(300)),
                    kind.isNotEqualTo("a"),
                    kind.isEqualTo("").or(number.isLessThan(20)),
                    kind.isEqualTo("a").and(number.isGreaterThanOrEqualTo(60)),
                    Filter.not(kind.isIn("a", "A")),
                    kind.containsString("xy"));
            for (Filter filter : filters) {
                EmbeddingSearchRequest request = EmbeddingSearchRequest.builder()
                        .queryEmbedding(vector(1, 0.5f, 0.2f))
                        .maxResults(400)
                        .filter(filter)
                        .build();
                assertThat(store.search(request).matches())
                        .as("%s", filter)
                        .isNotEmpty()
                        .extracting(EmbeddingMatch::embeddingId)
                        .containsExactlyInAnyOrderElementsOf(peer.search(request).matches().stream()
                                .map(EmbeddingMatch::embeddingId)
                                .toList());
            }
        }
    }
}
