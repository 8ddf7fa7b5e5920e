package dev.llmadapt.rag.opensearch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.llmadapt.MetadataFilter;
import dev.llmadapt.Passage;
import dev.llmadapt.Progress;
import dev.llmadapt.Query;
import dev.llmadapt.Retriever;
import dev.llmadapt.rag.documents.DocumentSource;
import dev.llmadapt.rag.embedding.Embedder;
import dev.llmadapt.rag.embedding.WordEmbedder;
import dev.llmadapt.rag.index.IndexContract;
import dev.llmadapt.rag.index.IndexException;
import dev.llmadapt.rag.index.IndexOptions;
import dev.llmadapt.rag.index.Indexing;
import dev.llmadapt.rag.index.Language;
import dev.llmadapt.rag.index.PassageIndex;
import dev.llmadapt.rag.retrieval.RetrieverContract;
import dev.llmadapt.rag.retrieval.Retrievers;
import dev.llmadapt.rag.splitting.PassageMetadata;
import dev.llmadapt.rag.splitting.Splitter;
import dev.llmadapt.rag.splitting.Tokens;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The index on a real cluster of two nodes. */
final class ClusterIndexTest {
    private static final Cluster CLUSTER = TestCluster.shared().cluster();
    private static final OpenSearchOptions TWO_SHARDS =
            OpenSearchOptions.defaults().withShards(2);

    private final String name = TestCluster.newName();

    private static String name(Path folder) {
        return "test-" + Integer.toHexString(folder.hashCode());
    }

    private PassageIndex open(OpenSearchOptions options) {
        return OpenSearch.open(CLUSTER, name, new WordEmbedder(32), options);
    }

    @Nested
    final class Laws extends IndexContract {
        @Override
        protected PassageIndex open(Path folder) {
            return OpenSearch.open(CLUSTER, name(folder), new WordEmbedder(32), OpenSearchOptions.defaults());
        }

        @Override
        protected PassageIndex openToRead(Path folder) {
            return OpenSearch.openToRead(CLUSTER, name(folder), new WordEmbedder(32), OpenSearchOptions.defaults());
        }
    }

    /** Retrievers over one index of two shards, which all tests fill with the same passages. */
    abstract static class Retrieving extends RetrieverContract {
        private static final String NAME = TestCluster.newName();

        @Override
        protected PassageIndex open(Path folder) {
            return OpenSearch.open(CLUSTER, NAME, new WordEmbedder(32), TWO_SHARDS);
        }
    }

    @Nested
    final class Lexical extends Retrieving {
        @Override
        protected Retriever retriever(PassageIndex index) {
            return index.lexical();
        }
    }

    @Nested
    final class Dense extends Retrieving {
        @Override
        protected Retriever retriever(PassageIndex index) {
            return index.dense();
        }
    }

    @Nested
    final class Hybrid extends Retrieving {
        @Override
        protected Retriever retriever(PassageIndex index) {
            return Retrievers.hybrid(index);
        }
    }

    @Nested
    final class Mmr extends Retrieving {
        @Override
        protected Retriever retriever(PassageIndex index) {
            return Retrievers.mmr(index.dense(), index, 0.7, 30);
        }
    }

    @Nested
    final class Parents extends Retrieving {
        @Override
        protected Retriever retriever(PassageIndex index) {
            return Retrievers.parents(Retrievers.hybrid(index), index, 30);
        }
    }

    @Nested
    final class Quantised extends RetrieverContract {
        private static final String NAME = TestCluster.newName();

        @Override
        protected PassageIndex open(Path folder) {
            return OpenSearch.open(
                    CLUSTER,
                    NAME,
                    new WordEmbedder(32),
                    TWO_SHARDS.withIndex(IndexOptions.defaults().withQuantised(true)));
        }

        @Override
        protected Retriever retriever(PassageIndex index) {
            return index.dense();
        }
    }

    @Test
    void searches_sameCorpus_agreeWithLucene() {
        Random random = new Random(11);
        List<Passage> passages = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            passages.add(new Passage(
                    "p" + i,
                    i % 2 == 0 ? "Title of word" + random.nextInt(40) : "",
                    words(random, 12),
                    0,
                    Map.of("n", "" + i % 7),
                    i % 5 == 0 ? Set.of("ann") : Set.of()));
        }
        IndexOptions scoring = IndexOptions.defaults().withBm25(0.9, 0.4);
        try (PassageIndex local = PassageIndex.inMemory(new WordEmbedder(32), scoring);
                PassageIndex remote = open(TWO_SHARDS.withIndex(scoring))) {
            local.upsert(passages);
            remote.upsert(passages);
            for (int i = 0; i < 20; i++) {
                Query query = new Query(words(random, 3), 20)
                        .withPrincipals(i % 2 == 0 ? Set.of() : Set.of("ann", "bob"))
                        .withFilter(
                                i % 3 == 0
                                        ? MetadataFilter.all()
                                        : MetadataFilter.not(MetadataFilter.equal("n", "" + i % 7)));
                agree(local.lexical(), remote.lexical(), query);
                agree(local.dense(), remote.dense(), query);
            }
        }
    }

    private static void agree(Retriever local, Retriever remote, Query query) {
        List<Passage> expected = local.retrieve(query);
        List<Passage> found = remote.retrieve(query);
        assertThat(found).as(query.toString()).hasSameSizeAs(expected);
        Map<String, Double> scores = new HashMap<>();
        expected.forEach(passage -> scores.put(passage.id(), passage.score()));
        for (int i = 0; i < found.size(); i++) {
            // Equal scores may stand in either order, and the last of them be left out
            assertThat(found.get(i).score())
                    .as(query.toString())
                    .isCloseTo(expected.get(i).score(), within(1e-5));
            Double same = scores.get(found.get(i).id());
            if (same != null) {
                assertThat(found.get(i).score()).isCloseTo(same, within(1e-5));
            }
        }
    }

    private static String words(Random random, int count) {
        StringBuilder words = new StringBuilder();
        for (int i = 0; i < count; i++) {
            words.append("word").append(random.nextInt(40)).append(' ');
        }
        return words.toString();
    }

    @Test
    void filters_oddKeysAndValues_passWhatTheyShould() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        List<String> keys = List.of("", "a", "a.b", "1:a", "a=", "=", "#", "k\u0000", "\uD83D\uDE00", "x".repeat(300));
        List<String> values = List.of("", "a", "=b", "b", "2020-01-01", "\u00e9", "\uFFFD", "\uD83D\uDE00", "\u0000");
        Map<String, Passage> passages = new HashMap<>();
        for (int i = 0; i < 120; i++) {
            Map<String, String> metadata = new HashMap<>();
            for (int n = random.nextInt(4); n > 0; n--) {
                metadata.put(any(keys, random), any(values, random));
            }
            passages.put("p" + i, new Passage("p" + i, "", "fox", 0, metadata, Set.of()));
        }
        try (PassageIndex index = open(OpenSearchOptions.defaults())) {
            index.upsert(passages.values());
            for (int i = 0; i < 60; i++) {
                MetadataFilter filter = filter(keys, values, random, 3);
                Set<String> expected = new TreeSet<>();
                passages.values().stream()
                        .filter(passage -> filter.test(passage.metadata()))
                        .forEach(passage -> expected.add(passage.id()));
                Set<String> found = new TreeSet<>();
                index.forEach(filter, passage -> {
                    found.add(passage.id());
                    assertThat(passage).isEqualTo(passages.get(passage.id()));
                });
                assertThat(found).as("seed %d, %s", seed, filter).isEqualTo(expected);
            }
        }
    }

    private static <T> T any(List<T> list, Random random) {
        return list.get(random.nextInt(list.size()));
    }

    private static MetadataFilter filter(List<String> keys, List<String> values, Random random, int depth) {
        return switch (random.nextInt(depth == 0 ? 3 : 6)) {
            case 0 -> MetadataFilter.equal(any(keys, random), any(values, random));
            case 1 -> MetadataFilter.oneOf(any(keys, random), new HashSet<>(values.subList(0, random.nextInt(4))));
            case 2 -> {
                String from = random.nextInt(3) == 0 ? null : any(values, random);
                String to = random.nextInt(3) == 0 ? null : any(values, random);
                yield MetadataFilter.between(any(keys, random), from, to);
            }
            case 3 -> MetadataFilter.not(filter(keys, values, random, depth - 1));
            case 4 ->
                MetadataFilter.and(filter(keys, values, random, depth - 1), filter(keys, values, random, depth - 1));
            default ->
                MetadataFilter.or(filter(keys, values, random, depth - 1), filter(keys, values, random, depth - 1));
        };
    }

    @Test
    void upsert_longestIdsAndValues_areKept() {
        String id = "i".repeat(32_000);
        try (PassageIndex index = open(OpenSearchOptions.defaults())) {
            List<Passage> passages = List.of(
                    new Passage(
                            id, "", "fox", 0, Map.of("note", "v".repeat(32_000)), Set.of("ann", "r".repeat(32_000))),
                    new Passage("\uD83D\uDE00/ ?&#\"", "", "fox", 0),
                    new Passage(ClusterDocument.clusterId(id), "", "fox", 0),
                    new Passage("_all", "", "fox", 0));
            index.upsert(passages);

            assertThat(index.size()).isEqualTo(4);
            assertThat(index.find(List.of(id, "_all", "\uD83D\uDE00/ ?&#\""), Set.of("ann")))
                    .extracting(Passage::id)
                    .containsExactly(id, "_all", "\uD83D\uDE00/ ?&#\"");
            index.delete(passages.stream().map(Passage::id).toList());
            assertThat(index.size()).isZero();
        }
    }

    @Test
    void open_madeOtherwise_isRefused() {
        open(TWO_SHARDS).close();

        open(TWO_SHARDS.withReplicas(0).withIndex(IndexOptions.defaults().withCandidates(7)))
                .close();
        refused(TWO_SHARDS, new WordEmbedder(16), "embedder", "words-32", "words-16");
        refused(
                TWO_SHARDS.withIndex(IndexOptions.defaults().withLanguage(Language.GERMAN)),
                new WordEmbedder(32),
                "language",
                "ENGLISH",
                "GERMAN");
        refused(OpenSearchOptions.defaults(), new WordEmbedder(32), "shards", "'2'", "'1'");
        refused(
                TWO_SHARDS.withIndex(IndexOptions.defaults().withGraph(8, 100)),
                new WordEmbedder(32),
                "connections",
                "'16'",
                "'8'");
    }

    private void refused(OpenSearchOptions options, Embedder embedder, String... words) {
        assertThatThrownBy(() -> OpenSearch.open(CLUSTER, name, embedder, options))
                .isInstanceOf(IndexException.class)
                .hasMessageContainingAll(words)
                .hasMessageContaining("another name");
        assertThatThrownBy(() -> OpenSearch.openToRead(CLUSTER, name, embedder, options))
                .isInstanceOf(IndexException.class)
                .hasMessageContainingAll(words);
    }

    @Test
    void open_someoneElsesIndex_isRefused() {
        TestCluster.shared().client().send("PUT", "/" + name, "{}");

        assertThatThrownBy(() -> open(OpenSearchOptions.defaults()))
                .isInstanceOf(IndexException.class)
                .hasMessageContaining("not made by this library");
        assertThatThrownBy(() ->
                        OpenSearch.open(CLUSTER, "Upper/Case", new WordEmbedder(32), OpenSearchOptions.defaults()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("Upper/Case");
    }

    @Test
    void open_alias_isTheIndexBehindIt() {
        try (PassageIndex index = open(OpenSearchOptions.defaults())) {
            String alias = TestCluster.newName();
            TestCluster.shared().client().send("PUT", "/" + name + "/_alias/" + alias, null);
            try (PassageIndex same =
                    OpenSearch.open(CLUSTER, alias, new WordEmbedder(32), OpenSearchOptions.defaults())) {
                same.upsert(List.of(new Passage("1", "", "fox", 0)));
            }
            assertThat(index.size()).isEqualTo(1);
        }
    }

    @Test
    void dense_noEmbedder_isRefusedAndWordsStillWork() {
        try (PassageIndex index = OpenSearch.open(CLUSTER, name, Embedder.none(), OpenSearchOptions.defaults())) {
            index.upsert(List.of(new Passage("1", "A title", "running foxes", 0)));

            assertThatThrownBy(index::dense)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("no vectors");
            assertThat(index.lexical().retrieve(new Query("fox runs", 1))).hasSize(1);
            assertThat(index.lexical().retrieve(new Query("title", 1))).hasSize(1);
        }
    }

    @Test
    void lexical_veryLongQueries_areNoErrors() {
        try (PassageIndex index = open(OpenSearchOptions.defaults())) {
            index.upsert(List.of(new Passage("1", "", "fox \u72d0", 0)));
            StringBuilder distinct = new StringBuilder("fox ");
            for (int i = 0; i < 5_000; i++) {
                distinct.append("w").append(i).append(i % 2 == 0 ? ' ' : '.');
            }
            for (String text : List.of(
                    distinct.toString(),
                    "\u72d0".repeat(5_000),
                    "fox " + "x".repeat(300_000),
                    "fox " + "\uD83E\uDD8A".repeat(5_000),
                    "fox " + "\u0e2a\u0e38\u0e19".repeat(3_000))) {
                assertThat(index.lexical().retrieve(new Query(text, 3))).hasSize(1);
            }
        }
    }

    @Test
    void replace_severalShards_leavesTheNewOnes() {
        try (PassageIndex index = open(OpenSearchOptions.defaults().withShards(3))) {
            MetadataFilter document = MetadataFilter.equal(PassageMetadata.DOCUMENT, "d");
            for (int count : new int[] {7, 1, 12, 0, 3, 1}) {
                List<Passage> passages = new ArrayList<>();
                for (int i = 0; i < count; i++) {
                    passages.add(new Passage(
                            "d" + i,
                            "",
                            "fox of " + count,
                            0,
                            Map.of(PassageMetadata.DOCUMENT, "d", PassageMetadata.TIME, "t" + count),
                            Set.of()));
                }
                index.replace(document, passages);

                List<Passage> found = new ArrayList<>();
                index.forEach(document, found::add);
                assertThat(found).containsExactlyInAnyOrderElementsOf(passages);
                assertThat(index.lexical().retrieve(new Query("fox", 100))).hasSize(count);
            }
        }
    }

    @Test
    void snapshot_parentsAndVectors_comeAsTheyAre(@TempDir Path folder) {
        List<Passage> passages = new ArrayList<>();
        for (int i = 0; i < 1_100; i++) {
            passages.add(new Passage(
                    "p" + i,
                    "",
                    i % 10 == 9 ? "\u2014" : "fox number" + i,
                    0,
                    i % 7 == 0 ? Map.of(PassageMetadata.ROLE, "parent") : Map.of("n", "" + i),
                    i % 3 == 0 ? Set.of("ann") : Set.of()));
        }
        try (PassageIndex index = open(TWO_SHARDS)) {
            index.upsert(passages);
            index.snapshot(folder.resolve("copy"));
            try (PassageIndex copy =
                    PassageIndex.open(folder.resolve("copy"), new WordEmbedder(32), IndexOptions.defaults())) {
                List<Passage> found = new ArrayList<>();
                copy.forEach(MetadataFilter.all(), found::add);
                assertThat(found).containsExactlyInAnyOrderElementsOf(passages);
                List<String> ids = passages.stream().map(Passage::id).toList();
                Map<String, float[]> vectors = copy.vectors(ids);
                Map<String, float[]> originals = index.vectors(ids);
                assertThat(vectors.keySet()).isEqualTo(originals.keySet());
                vectors.forEach((id, vector) ->
                        assertThat(vector).containsExactly(originals.getOrDefault(id, new float[0]), within(1e-6f)));
            }
        }
        assertThat(folder.resolve("copy.part")).doesNotExist();
    }

    @Test
    void copy_fromAFolder_embedsNothingAgain() {
        List<Passage> passages = new ArrayList<>();
        for (int i = 0; i < 1_100; i++) {
            passages.add(new Passage(
                    "p" + i,
                    "",
                    "fox number" + i,
                    0,
                    i % 7 == 0 ? Map.of(PassageMetadata.ROLE, "parent") : Map.of("n", "" + i),
                    i % 3 == 0 ? Set.of("ann") : Set.of()));
        }
        try (PassageIndex local = PassageIndex.inMemory(new WordEmbedder(32), IndexOptions.defaults())) {
            local.upsert(passages);
            try (PassageIndex copy = OpenSearch.copy(local, CLUSTER, name, new WordEmbedder(32), TWO_SHARDS)) {
                List<Passage> found = new ArrayList<>();
                copy.forEach(MetadataFilter.all(), found::add);
                assertThat(found).containsExactlyInAnyOrderElementsOf(passages);
                agree(local.dense(), copy.dense(), new Query("fox number18", 5));
            }
            assertThatThrownBy(() ->
                            OpenSearch.copy(local, CLUSTER, TestCluster.newName(), new WordEmbedder(16), TWO_SHARDS))
                    .isInstanceOf(IndexException.class)
                    .hasMessageContainingAll("not made by embedder", "words-16");
        }
    }

    @Test
    void sync_folder_fillsAndFollows(@TempDir Path folder) throws IOException {
        Files.writeString(folder.resolve("fox.txt"), "The red fox. " + "It runs far away today. ".repeat(40));
        Files.writeString(folder.resolve("owl.txt"), "The owl sees at night.");
        Indexing indexing = new Indexing(Splitter.sentences(Tokens.words(), 50, 0), 1);
        try (PassageIndex index = open(OpenSearchOptions.defaults())) {
            DocumentSource source = DocumentSource.files(folder);
            assertThat(indexing.sync(source, MetadataFilter.all(), index, Progress.NONE)
                            .documents())
                    .isEqualTo(2);
            Files.delete(folder.resolve("owl.txt"));
            Indexing.Report second = indexing.sync(source, MetadataFilter.all(), index, Progress.NONE);

            assertThat(second.unchanged()).isEqualTo(1);
            assertThat(second.deleted()).isEqualTo(1);
            assertThat(Retrievers.hybrid(index).retrieve(new Query("red fox", 1)))
                    .extracting(Passage::id)
                    .containsExactly("fox.txt#0");
        }
    }
}
