package dev.llmadapt.spring.ai;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llmadapt.Passage;
import dev.llmadapt.Query;
import dev.llmadapt.rag.embedding.Embedder;
import dev.llmadapt.rag.index.IndexOptions;
import dev.llmadapt.rag.index.PassageIndex;
import io.micrometer.observation.tck.TestObservationRegistry;
import io.micrometer.observation.tck.TestObservationRegistryAssert;
import java.math.BigInteger;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.ai.document.Document;
import org.springframework.ai.test.vectorstore.BaseVectorStoreTests;
import org.springframework.ai.vectorstore.SearchRequest;
import org.springframework.ai.vectorstore.VectorStore;

/** Spring AI's own tests of stores, and what they do not test. */
final class PassageVectorStoreTest extends BaseVectorStoreTests {
    private final ToyEmbedder embedder = new ToyEmbedder();

    @Override
    protected void executeTest(Consumer<VectorStore> test) {
        try (PassageIndex index = PassageIndex.inMemory(embedder, IndexOptions.defaults())) {
            test.accept(PassageVectorStore.builder(index, embedder).build());
        }
    }

    private static Document document(String id, Map<String, Object> metadata) {
        return new Document(id, "text of " + id, metadata);
    }

    private static double score(Document document) {
        return Objects.requireNonNull(document.getScore());
    }

    private static List<String> ids(VectorStore store, String filter) {
        List<String> ids = new ArrayList<>();
        store.similaritySearch(SearchRequest.builder()
                        .query("text")
                        .topK(50)
                        .similarityThresholdAll()
                        .filterExpression(filter)
                        .build())
                .forEach(document -> ids.add(document.getId()));
        ids.sort(null);
        return ids;
    }

    @Test
    void metadata_comeBackWithTheirTypes() {
        Map<String, Object> metadata =
                Map.of("text", "a", "int", 3, "long", 1L << 40, "float", 0.5f, "double", -2.25, "bool", true);
        executeTest(store -> {
            store.add(List.of(document("d", metadata)));
            Document found = store.similaritySearch("text").get(0);
            assertThat(found.getMetadata()).isEqualTo(metadata);
            assertThat(found.getText()).isEqualTo("text of d");
            assertThat(found.getScore()).isBetween(-1.0, 1.0);
        });
    }

    @Test
    void filters_meanWhatTheySay() {
        executeTest(store -> {
            store.add(List.of(
                    document("a", Map.of("year", 9, "country", "BG", "open", true)),
                    document("b", Map.of("year", 10, "country", "NL", "price", -1.5)),
                    document("c", Map.of("year", 2020L, "country", "NL", "price", 0.0)),
                    document("d", Map.of("country", "CH", "open", false))));
            Map<String, List<String>> expected = Map.ofEntries(
                    Map.entry("year == 10", List.of("b")),
                    Map.entry("year > 9", List.of("b", "c")),
                    Map.entry("year >= 10 && year <= 2020", List.of("b", "c")),
                    Map.entry("year < 10", List.of("a")),
                    Map.entry("price < 0", List.of("b")),
                    Map.entry("price == 0", List.of("c")),
                    Map.entry("country == 'NL' && year > 10", List.of("c")),
                    Map.entry("country in ['NL', 'CH']", List.of("b", "c", "d")),
                    Map.entry("country nin ['NL', 'CH']", List.of("a")),
                    Map.entry("country != 'NL'", List.of("a", "d")),
                    Map.entry("country > 'BG' && country < 'NL'", List.of("d")),
                    Map.entry("open == true", List.of("a")),
                    Map.entry("NOT (country == 'NL' || year == 9)", List.of("d")),
                    Map.entry("year IS NULL", List.of("d")),
                    Map.entry("price IS NOT NULL", List.of("b", "c")));
            expected.forEach(
                    (filter, ids) -> assertThat(ids(store, filter)).as(filter).isEqualTo(ids));
            store.delete("year >= 10");
            assertThat(ids(store, "country != ''")).containsExactly("a", "d");
        });
    }

    @Test
    void search_thresholdAndLimit_areKept() {
        executeTest(store -> {
            store.add(List.of(document("a", Map.of()), document("bbbbbbbbbb", Map.of())));
            List<Document> all = store.similaritySearch(
                    SearchRequest.builder().query("text of a").topK(5).build());
            double least = (score(all.get(0)) + score(all.get(1))) / 2;

            assertThat(all).hasSize(2);
            assertThat(store.similaritySearch(SearchRequest.builder()
                            .query("text of a")
                            .topK(5)
                            .similarityThreshold(least)
                            .build()))
                    .containsExactly(all.get(0));
            assertThat(store.similaritySearch(
                            SearchRequest.builder().query("text of a").topK(1).build()))
                    .hasSize(1);
        });
    }

    @Test
    void add_whatIsNotKept_isRefusedByName() {
        executeTest(store -> {
            Map<String, Map<String, Object>> refused = Map.of(
                    "java.util", Map.of("list", List.of(1)),
                    "BigInteger", Map.of("big", BigInteger.TEN),
                    "does not hold", Map.of("huge", (1L << 53) + 1),
                    "store itself uses", Map.of("spring.ai.types", "x"));
            refused.forEach((message, metadata) -> assertThatThrownBy(() -> store.add(List.of(document("d", metadata))))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(message));
            assertThat(store.similaritySearch("text")).isEmpty();
        });
    }

    @Test
    void accessLists_areKeptInSearchAndForOtherRetrievers(@TempDir Path folder) {
        try (PassageIndex index = PassageIndex.open(folder, embedder, IndexOptions.defaults())) {
            Set<String> asking = new java.util.HashSet<>();
            PassageVectorStore store = PassageVectorStore.builder(index, embedder)
                    .readers("readers", () -> asking)
                    .build();
            store.add(List.of(
                    document("all", Map.of()),
                    document("hr", Map.of("readers", List.of("hr", "ann"))),
                    document("text", Map.of("readers", "hr, bob")),
                    document("nobody", Map.of("readers", " "))));

            assertThat(store.similaritySearch("text"))
                    .extracting(Document::getId)
                    .containsExactly("all");
            asking.add("bob");
            assertThat(store.similaritySearch("text"))
                    .extracting(Document::getId)
                    .containsExactlyInAnyOrder("all", "text");
            assertThat(store.similaritySearch("text").get(0).getMetadata()).doesNotContainKey("readers");
            assertThat(index.lexical().retrieve(new Query("text", 9).withPrincipals(Set.of("hr"))))
                    .extracting(Passage::id)
                    .containsExactlyInAnyOrder("all", "hr", "text");
            assertThatThrownBy(() -> store.add(List.of(document("x", Map.of("readers", 7)))))
                    .hasMessageContaining("access list 'readers'");
        }
    }

    @Test
    void calls_areObserved() {
        try (PassageIndex index = PassageIndex.inMemory(embedder, IndexOptions.defaults())) {
            TestObservationRegistry registry = TestObservationRegistry.create();
            VectorStore store = PassageVectorStore.builder(index, embedder)
                    .observationRegistry(registry)
                    .build();
            store.add(List.of(document("a", Map.of())));
            store.similaritySearch("text");
            TestObservationRegistryAssert.assertThat(registry)
                    .hasObservationWithNameEqualTo("db.vector.client.operation")
                    .that()
                    .hasLowCardinalityKeyValue("db.system", "llm-adapt")
                    .hasBeenStopped();
            assertThat(store.<PassageIndex>getNativeClient()).contains(index);
            assertThatThrownBy(() -> PassageVectorStore.builder(index, embedder)
                            .batchingStrategy(documents -> List.of(documents)))
                    .hasMessageContaining("batching strategy");
        }
    }

    @Test
    void index_overAnEmbeddingModelOfSpringAi_isAStore() {
        Embedder spring = new SpringAiEmbedder("toy", new LlmAdaptEmbeddingModel(embedder));
        try (PassageIndex index = PassageIndex.inMemory(spring, IndexOptions.defaults())) {
            VectorStore store = PassageVectorStore.builder(index, spring).build();
            store.add(List.of(document("a", Map.of())));
            assertThat(store.similaritySearch("text")).hasSize(1);
        }
        spring.close();
        assertThatThrownBy(() -> spring.embedQuery("x")).isInstanceOf(IllegalStateException.class);
    }
}
