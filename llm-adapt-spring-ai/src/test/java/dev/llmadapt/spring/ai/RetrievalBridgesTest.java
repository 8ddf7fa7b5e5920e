package dev.llmadapt.spring.ai;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llmadapt.MetadataFilter;
import dev.llmadapt.Passage;
import dev.llmadapt.Query;
import dev.llmadapt.Retriever;
import dev.llmadapt.ScriptedModel;
import io.micrometer.observation.tck.TestObservationRegistry;
import io.micrometer.observation.tck.TestObservationRegistryAssert;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.springframework.ai.chat.client.ChatClient;
import org.springframework.ai.document.Document;
import org.springframework.ai.embedding.EmbeddingOptions;
import org.springframework.ai.embedding.EmbeddingRequest;
import org.springframework.ai.rag.advisor.RetrievalAugmentationAdvisor;
import org.springframework.ai.vectorstore.SimpleVectorStore;

/** Retrievers and embedders in both directions. */
final class RetrievalBridgesTest {
    private static final List<Passage> PASSAGES = List.of(
            new Passage("p1", "Cats", "Cats sleep.", 0.9, Map.of("source", "a.txt"), Set.of()),
            new Passage("p2", "", "Salaries rise.", 0.8, Map.of("source", "b.txt"), Set.of("hr", "ann")));

    /** Finds everything that a query admits. */
    private static final Retriever ALL = query ->
            PASSAGES.stream().filter(query::admits).limit(query.limit()).toList();

    private static org.springframework.ai.rag.Query asking(String name, Object value) {
        return org.springframework.ai.rag.Query.builder()
                .text("what?")
                .context(Map.of(name, value))
                .build();
    }

    @Test
    void documents_keepMetadataTitleScoreAndId() {
        Document document = new LlmAdaptDocumentRetriever(ALL)
                .retrieve(new org.springframework.ai.rag.Query("what?"))
                .get(0);

        assertThat(document.getId()).isEqualTo("p1");
        assertThat(document.getText()).isEqualTo("Cats sleep.");
        assertThat(document.getScore()).isEqualTo(0.9);
        assertThat(document.getMetadata()).isEqualTo(Map.of("source", "a.txt", "title", "Cats"));
    }

    @Test
    void documents_accessListsAndFilters_areThoseOfTheQuery() {
        LlmAdaptDocumentRetriever retriever = new LlmAdaptDocumentRetriever(ALL);
        String who = DocumentOptions.PRINCIPALS;

        assertThat(retriever.retrieve(asking(who, "bob")))
                .extracting(Document::getId)
                .containsExactly("p1");
        assertThat(retriever.retrieve(asking(who, List.of("bob", "hr"))))
                .extracting(Document::getId)
                .containsExactly("p1", "p2");
        assertThatThrownBy(() -> retriever.retrieve(asking(who, 7))).hasMessageContaining(who);
        assertThat(retriever.retrieve(asking(DocumentOptions.FILTER, "source == 'b.txt'")))
                .isEmpty();
        assertThat(retriever.retrieve(asking(DocumentOptions.FILTER, "source != 'b.txt'")))
                .hasSize(1);
        assertThatThrownBy(() -> retriever.retrieve(asking(DocumentOptions.FILTER, 7)))
                .hasMessageContaining(DocumentOptions.FILTER);
        assertThat(org.springframework.ai.rag.retrieval.search.VectorStoreDocumentRetriever.FILTER_EXPRESSION)
                .isEqualTo(DocumentOptions.FILTER);
        assertThat(new LlmAdaptDocumentRetriever(
                                ALL,
                                DocumentOptions.defaults()
                                        .withPrincipals(query -> Set.of("hr"))
                                        .withMaxResults(2))
                        .retrieve(new org.springframework.ai.rag.Query("what?")))
                .hasSize(2);
    }

    @Test
    void client_readsWhatTheUserMayRead() {
        ScriptedModel model = ScriptedModel.saying("They rise.");
        ChatClient client = ChatClient.builder(new LlmAdaptChatModel(model))
                .defaultAdvisors(RetrievalAugmentationAdvisor.builder()
                        .documentRetriever(new LlmAdaptDocumentRetriever(ALL))
                        .build())
                .build();
        client.prompt("What of salaries?")
                .advisors(advisor -> advisor.param(DocumentOptions.PRINCIPALS, List.of("ann")))
                .call()
                .content();
        assertThat(model.request().last().content()).contains("Salaries rise.", "Cats sleep.", "What of salaries?");
        client.prompt("What of salaries?").call().content();
        assertThat(model.request().last().content()).contains("Cats sleep.").doesNotContain("Salaries rise.");
    }

    @Test
    void embeddings_areTheModels() {
        TestObservationRegistry registry = TestObservationRegistry.create();
        LlmAdaptEmbeddingModel model = new LlmAdaptEmbeddingModel(new ToyEmbedder(), registry);

        assertThat(model.embed("abc")).containsExactly(3, 8);
        assertThat(model.embed(List.of("a", "ab"))).hasSize(2);
        assertThat(model.embed(new Document("abcd"))).containsExactly(4, 8);
        assertThat(model.dimensions()).isEqualTo(2);
        assertThatThrownBy(() -> model.call(new EmbeddingRequest(
                        List.of("a"), EmbeddingOptions.builder().dimensions(1).build())))
                .hasMessageContaining("dimensions 1");
        assertThatThrownBy(() -> model.call(new EmbeddingRequest(
                        List.of("a"), EmbeddingOptions.builder().model("other").build())))
                .hasMessageContaining("'other'");
        TestObservationRegistryAssert.assertThat(registry)
                .hasObservationWithNameEqualTo("gen_ai.client.operation")
                .that()
                .hasLowCardinalityKeyValue("gen_ai.operation.name", "embedding")
                .hasLowCardinalityKeyValue("gen_ai.request.model", "toy")
                .hasBeenStopped();
    }

    private static SpringAiRetriever overStore(StoreOptions options) {
        SimpleVectorStore store = SimpleVectorStore.builder(new LlmAdaptEmbeddingModel(new ToyEmbedder()))
                .build();
        List<Document> documents = new ArrayList<>();
        for (int i = 1; i <= 40; i++) {
            Map<String, Object> metadata = new HashMap<>(Map.of("title", "Title " + i, "kind", "k" + i % 2, "page", i));
            if (i > 5) {
                metadata.put("readers", i == 40 ? " , " : i % 10 == 0 ? "ann, hr" : "hr");
            }
            documents.add(new Document("s" + i, "x".repeat(i), metadata));
        }
        store.add(documents);
        return new SpringAiRetriever(store, options);
    }

    @Test
    void store_passages_keepIdScoreAndMetadata() {
        Passage passage = overStore(StoreOptions.defaults())
                .retrieve(new Query("x".repeat(80), 1))
                .get(0);

        assertThat(passage.id()).isEqualTo("s40");
        assertThat(passage.title()).isEqualTo("Title 40");
        assertThat(passage.text()).isEqualTo("x".repeat(40));
        assertThat(passage.score()).isBetween(0.99, 1.0);
        assertThat(passage.metadata()).containsEntry("kind", "k0").containsEntry("page", "40");
    }

    @Test
    void store_filters_meanWhatTheyMeanHere() {
        SpringAiRetriever retriever = overStore(StoreOptions.defaults());
        MetadataFilter kind = MetadataFilter.equal("kind", "k1");
        List<MetadataFilter> filters = List.of(
                MetadataFilter.all(),
                kind,
                MetadataFilter.equal("page", "7"),
                MetadataFilter.oneOf("page", Set.of("7", "8")),
                MetadataFilter.not(kind),
                MetadataFilter.not(MetadataFilter.between("title", "Title 2", null)),
                MetadataFilter.and(kind, MetadataFilter.between("title", "Title 2", "Title 3")),
                MetadataFilter.or(kind, MetadataFilter.equal("title", "Title 8")),
                MetadataFilter.or(),
                MetadataFilter.oneOf("kind", Set.of()));
        for (MetadataFilter filter : filters) {
            List<String> expected = new ArrayList<>();
            for (Passage passage : retriever.retrieve(new Query("x", 40))) {
                if (filter.test(passage.metadata())) {
                    expected.add(passage.id());
                }
            }
            assertThat(retriever.retrieve(new Query("x", 40).withFilter(filter)))
                    .as("%s", filter)
                    .extracting(Passage::id)
                    .isEqualTo(expected);
        }
    }

    @Test
    void store_accessLists_areKeptWhereTheyAreNamed() {
        SpringAiRetriever retriever = overStore(StoreOptions.defaults().withReaders("readers"));
        Query far = new Query("x".repeat(80), 4);

        assertThat(retriever.retrieve(far)).extracting(Passage::id).containsExactly("s5", "s4", "s3", "s2");
        assertThat(retriever.retrieve(far.withPrincipals(Set.of("ann"))))
                .extracting(Passage::id)
                .containsExactly("s30", "s20", "s10", "s5");
        assertThat(retriever.retrieve(far.withPrincipals(Set.of("hr"))))
                .as("a blank list names nobody")
                .extracting(Passage::id)
                .containsExactly("s39", "s38", "s37", "s36");
        assertThat(retriever.retrieve(far).get(0).metadata()).doesNotContainKey("readers");
    }
}
