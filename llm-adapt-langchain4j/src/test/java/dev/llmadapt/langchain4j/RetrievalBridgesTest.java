package dev.llmadapt.langchain4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.langchain4j.data.document.Metadata;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.data.segment.TextSegment;
import dev.langchain4j.invocation.InvocationContext;
import dev.langchain4j.invocation.InvocationParameters;
import dev.langchain4j.model.embedding.request.EmbeddingInputType;
import dev.langchain4j.model.embedding.request.EmbeddingRequest;
import dev.langchain4j.rag.content.Content;
import dev.langchain4j.rag.content.ContentMetadata;
import dev.langchain4j.store.embedding.inmemory.InMemoryEmbeddingStore;
import dev.llmadapt.EmbeddingModel;
import dev.llmadapt.MetadataFilter;
import dev.llmadapt.Passage;
import dev.llmadapt.Query;
import dev.llmadapt.Retriever;
import dev.llmadapt.rag.embedding.Embedder;
import dev.llmadapt.rag.embedding.Reranker;
import dev.llmadapt.rag.splitting.Tokens;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Retrievers, embedders and rerankers in both directions. */
final class RetrievalBridgesTest {
    private static final List<Passage> PASSAGES = List.of(
            new Passage("p1", "Cats", "Cats sleep.", 0.9, Map.of("source", "a.txt"), Set.of()),
            new Passage("p2", "", "Salaries rise.", 0.8, Map.of("source", "b.txt"), Set.of("hr", "ann")));

    /** Finds everything that a query admits. */
    private static final Retriever ALL = query ->
            PASSAGES.stream().filter(query::admits).limit(query.limit()).toList();

    private static dev.langchain4j.rag.query.Query asking(Object principals) {
        InvocationParameters parameters = new InvocationParameters();
        parameters.put(ContentOptions.PRINCIPALS, principals);
        return dev.langchain4j.rag.query.Query.from(
                "what?",
                dev.langchain4j.rag.query.Metadata.builder()
                        .chatMessage(UserMessage.from("what?"))
                        .invocationContext(InvocationContext.builder()
                                .invocationParameters(parameters)
                                .build())
                        .build());
    }

    private static List<Object> ids(List<Content> contents) {
        return contents.stream()
                .map(content -> content.metadata().get(ContentMetadata.EMBEDDING_ID))
                .toList();
    }

    @Test
    void contents_keepMetadataTitleScoreAndId() {
        Content content = new LlmAdaptContentRetriever(ALL)
                .retrieve(dev.langchain4j.rag.query.Query.from("what?"))
                .get(0);

        assertThat(content.textSegment())
                .isEqualTo(TextSegment.from("Cats sleep.", Metadata.from(Map.of("source", "a.txt", "title", "Cats"))));
        assertThat(content.metadata())
                .isEqualTo(Map.of(ContentMetadata.SCORE, 0.9, ContentMetadata.EMBEDDING_ID, "p1"));
    }

    @Test
    void contents_accessLists_areThoseOfWhoAsks() {
        LlmAdaptContentRetriever retriever = new LlmAdaptContentRetriever(ALL);

        assertThat(ids(retriever.retrieve(dev.langchain4j.rag.query.Query.from("what?"))))
                .containsExactly("p1");
        assertThat(ids(retriever.retrieve(asking("bob")))).containsExactly("p1");
        assertThat(ids(retriever.retrieve(asking("ann")))).containsExactly("p1", "p2");
        assertThat(ids(retriever.retrieve(asking(List.of("bob", "hr"))))).containsExactly("p1", "p2");
        assertThatThrownBy(() -> retriever.retrieve(asking(7)))
                .isInstanceOf(RuntimeException.class)
                .hasMessageContaining(ContentOptions.PRINCIPALS);
        assertThat(ids(new LlmAdaptContentRetriever(
                                ALL, ContentOptions.defaults().withPrincipals(query -> Set.of("hr")))
                        .retrieve(dev.langchain4j.rag.query.Query.from("what?"))))
                .containsExactly("p1", "p2");
    }

    @Test
    void contents_limitAndFilter_areTheOptions() {
        List<Query> asked = new ArrayList<>();
        Retriever retriever = query -> {
            asked.add(query);
            return List.of();
        };
        MetadataFilter filter = MetadataFilter.equal("source", "a.txt");
        new LlmAdaptContentRetriever(
                        retriever, ContentOptions.defaults().withMaxResults(3).withFilter(query -> filter))
                .retrieve(dev.langchain4j.rag.query.Query.from("what?"));

        assertThat(asked).containsExactly(new Query("what?", 3, Set.of(), filter));
    }

    /** Vectors of two numbers, that tell queries from passages. */
    private static final class ToyEmbedder implements Embedder {
        @Override
        public String name() {
            return "toy";
        }

        @Override
        public int dimension() {
            return 2;
        }

        @Override
        public List<float[]> embedPassages(List<String> texts) {
            return texts.stream().map(text -> new float[] {text.length(), 1}).toList();
        }

        @Override
        public float[] embedQuery(String text) {
            return new float[] {text.length(), 2};
        }

        @Override
        public Tokens tokens() {
            throw new UnsupportedOperationException();
        }

        @Override
        public void close() {}
    }

    @Test
    void embeddings_queriesAndPassages_areToldApart() {
        LlmAdaptEmbeddingModel model = new LlmAdaptEmbeddingModel(new ToyEmbedder());
        EmbeddingRequest.Builder request = EmbeddingRequest.builder().inputs("ab", "abc");

        assertThat(model.embed("abc").content().vector()).containsExactly(3, 1);
        assertThat(model.embed(request.inputType(EmbeddingInputType.QUERY).build())
                        .embeddings()
                        .get(1)
                        .vector())
                .containsExactly(3, 2);
        assertThat(model.embed(request.inputType(EmbeddingInputType.DOCUMENT).build())
                        .embeddings()
                        .get(1)
                        .vector())
                .containsExactly(3, 1);
        assertThat(model.dimension()).isEqualTo(2);
        assertThat(model.modelName()).isEqualTo("toy");
        assertThatThrownBy(() -> model.embed(
                        EmbeddingRequest.builder().inputs("a").dimensions(1).build()))
                .hasMessageContaining("dimensions");
    }

    @Test
    void scores_areTheRerankers() {
        Reranker reranker = new Reranker() {
            @Override
            public double[] score(String query, List<String> passages) {
                return passages.stream()
                        .mapToDouble(passage -> passage.length() - query.length())
                        .toArray();
            }

            @Override
            public void close() {}
        };

        assertThat(new LlmAdaptScoringModel(reranker)
                        .scoreAll(List.of(TextSegment.from("abc"), TextSegment.from("abcde")), "ab")
                        .content())
                .containsExactly(1.0, 3.0);
    }

    private static LangChain4jRetriever overStore(StoreOptions options) {
        InMemoryEmbeddingStore<TextSegment> store = new InMemoryEmbeddingStore<>();
        LlmAdaptEmbeddingModel model = new LlmAdaptEmbeddingModel(new ToyEmbedder());
        List<String> ids = new ArrayList<>();
        List<TextSegment> segments = new ArrayList<>();
        for (int i = 1; i <= 40; i++) {
            ids.add("s" + i);
            Metadata metadata = new Metadata()
                    .put("title", "Title " + i)
                    .put("kind", "k" + i % 2)
                    .put("page", i);
            if (i > 5) {
                metadata.put("readers", i == 40 ? " , " : i % 10 == 0 ? "ann, hr" : "hr");
            }
            segments.add(TextSegment.from("x".repeat(i), metadata));
        }
        store.addAll(ids, model.embedAll(segments).content(), segments);
        return new LangChain4jRetriever(store, model, options);
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
        LangChain4jRetriever retriever = overStore(StoreOptions.defaults());
        MetadataFilter kind = MetadataFilter.equal("kind", "k1");
        List<MetadataFilter> filters = List.of(
                MetadataFilter.all(),
                kind,
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
        LangChain4jRetriever retriever = overStore(StoreOptions.defaults().withReaders("readers"));
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

    @Test
    void store_leastScore_leavesTheRestOut() {
        EmbeddingModel toy = new ToyEmbedder();
        double score = (1 + EmbeddingModel.cosine(toy.embed(List.of("xxxx")).get(0), new float[] {1, 2})) / 2;

        assertThat(overStore(StoreOptions.defaults().withMinScore(score - 1e-6)).retrieve(new Query("x", 40)))
                .extracting(Passage::id)
                .containsExactly("s1", "s2", "s3", "s4");
    }
}
