package dev.llmadapt.rag.index;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llmadapt.Passage;
import dev.llmadapt.Query;
import dev.llmadapt.rag.embedding.Embedder;
import dev.llmadapt.rag.embedding.WordEmbedder;
import dev.llmadapt.rag.splitting.Tokens;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LuceneIndexTest {
    @TempDir
    private Path folder;

    @Nested
    final class Exact extends IndexContract {
        @Override
        protected PassageIndex open(Path folder) {
            return PassageIndex.open(folder, new WordEmbedder(32), IndexOptions.defaults());
        }

        @Override
        protected PassageIndex openToRead(Path folder) {
            return PassageIndex.openToRead(folder, new WordEmbedder(32), IndexOptions.defaults());
        }
    }

    @Nested
    final class Quantised extends IndexContract {
        @Override
        protected PassageIndex open(Path folder) {
            return PassageIndex.open(
                    folder, new WordEmbedder(32), IndexOptions.defaults().withQuantised(true));
        }

        @Override
        protected PassageIndex openToRead(Path folder) {
            return PassageIndex.openToRead(
                    folder, new WordEmbedder(32), IndexOptions.defaults().withQuantised(true));
        }
    }

    @Test
    void open_otherEmbedderOrLanguage_isRefused() {
        PassageIndex.open(folder, new WordEmbedder(32), IndexOptions.defaults()).close();

        assertThatThrownBy(() -> PassageIndex.open(folder, new WordEmbedder(16), IndexOptions.defaults()))
                .isInstanceOf(IndexException.class)
                .hasMessageContaining("words-32")
                .hasMessageContaining("words-16");
        assertThatThrownBy(() -> PassageIndex.open(
                        folder, new WordEmbedder(32), IndexOptions.defaults().withLanguage(Language.GERMAN)))
                .isInstanceOf(IndexException.class)
                .hasMessageContaining("language");
        PassageIndex.open(folder, new WordEmbedder(32), IndexOptions.defaults().withQuantised(true))
                .close();
    }

    @Test
    void open_indexOfAnotherFormat_isRefusedWithTheWayOut() throws IOException {
        PassageIndex.open(folder, new WordEmbedder(32), IndexOptions.defaults()).close();
        try (var files = org.apache.lucene.store.FSDirectory.open(folder);
                var writer = new org.apache.lucene.index.IndexWriter(
                        files, new org.apache.lucene.index.IndexWriterConfig())) {
            java.util.Map<String, String> before = new java.util.HashMap<>();
            writer.getLiveCommitData().forEach(entry -> before.put(entry.getKey(), entry.getValue()));
            before.put("format", "1");
            writer.setLiveCommitData(before.entrySet());
            writer.commit();
        }
        assertThatThrownBy(() -> PassageIndex.openToRead(folder, new WordEmbedder(32), IndexOptions.defaults()))
                .isInstanceOf(IndexException.class)
                .hasMessageContaining("has the format '1', expected '2'")
                .hasMessageContaining("index the documents again into a new folder");
    }

    @Test
    void lexical_wordsThatOnlyLookDifferent_areFoundInEveryLanguage() {
        for (Language language : Language.values()) {
            try (PassageIndex index = PassageIndex.inMemory(
                    Embedder.none(), IndexOptions.defaults().withLanguage(language))) {
                index.upsert(List.of(new Passage(
                        "1",
                        "",
                        "cafe\u0301 o\ufb03ce R\u00fcck\u00adgabe \uff26\uff35\uff2c\uff2c don\u2019t warr-\nanty "
                                + "\u0e01\u0e32\u0e23\u0e23\u0e31\u0e1a\u0e1b\u0e23\u0e30\u0e01\u0e31\u0e19 "
                                + "\u30ab\u30b9\u30bf\u30de\u30fc\u30b5\u30dd\u30fc\u30c8 \u8fd4\u54c1",
                        0)));
                for (String words : List.of(
                        "caf\u00e9",
                        "office",
                        "R\u00fcckgabe",
                        "full",
                        "don't",
                        "warranty",
                        "\u0e1b\u0e23\u0e30\u0e01\u0e31\u0e19",
                        "\u30b5\u30dd\u30fc\u30c8",
                        "\u8fd4\u54c1")) {
                    assertThat(index.lexical().retrieve(new Query(words, 1)))
                            .as(language + " " + words)
                            .hasSize(1);
                }
            }
        }
    }

    @Test
    void open_twice_isRefused() {
        try (PassageIndex first = PassageIndex.open(folder, new WordEmbedder(32), IndexOptions.defaults())) {
            assertThatThrownBy(() -> PassageIndex.open(folder, new WordEmbedder(32), IndexOptions.defaults()))
                    .isInstanceOf(IndexException.class)
                    .hasMessageContaining("being written");
            assertThat(first.size()).isZero();
        }
        PassageIndex.open(folder, new WordEmbedder(32), IndexOptions.defaults()).close();
    }

    @Test
    void open_damagedFiles_isOneClearError() throws IOException {
        try (PassageIndex index = PassageIndex.open(folder, new WordEmbedder(32), IndexOptions.defaults())) {
            index.upsert(List.of(new Passage("1", "", "fox", 0)));
        }
        List<Path> files;
        try (Stream<Path> all = Files.list(folder)) {
            files = all.filter(file -> !file.endsWith("write.lock")).toList();
        }
        for (Path file : files) {
            byte[] good = Files.readAllBytes(file);
            Files.write(file, java.util.Arrays.copyOf(good, good.length / 2));
            assertThatThrownBy(() -> {
                        try (PassageIndex index =
                                PassageIndex.open(folder, new WordEmbedder(32), IndexOptions.defaults())) {
                            index.lexical().retrieve(new Query("fox", 1));
                        }
                    })
                    .as(file.toString())
                    .isInstanceOf(IndexException.class)
                    .hasMessageContaining(folder.toString());
            Files.write(file, good);
        }
        PassageIndex.open(folder, new WordEmbedder(32), IndexOptions.defaults()).close();
    }

    @Test
    void dense_noEmbedder_isRefusedAndWordsStillWork() {
        try (PassageIndex index = PassageIndex.open(folder, Embedder.none(), IndexOptions.defaults())) {
            index.upsert(List.of(new Passage("1", "A title", "running foxes", 0)));

            assertThatThrownBy(index::dense)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("no vectors");
            assertThat(index.lexical().retrieve(new Query("fox runs", 1))).hasSize(1);
            assertThat(index.lexical().retrieve(new Query("title", 1))).hasSize(1);
        }
    }

    @Test
    void upsert_vectorThatIsNotFinite_isRefused() {
        Embedder broken = new Fixed(new float[] {1, Float.NaN});
        try (PassageIndex index = PassageIndex.open(folder, broken, IndexOptions.defaults())) {
            assertThatThrownBy(() -> index.upsert(List.of(new Passage("1", "", "x", 0))))
                    .isInstanceOf(IndexException.class)
                    .hasMessageContaining("not finite");
            assertThat(index.size()).isZero();
        }
    }

    @Test
    void upsert_vectorWithoutDirection_isFoundByWordsOnly() {
        try (PassageIndex index = PassageIndex.open(folder, new Fixed(new float[2]), IndexOptions.defaults())) {
            index.upsert(List.of(new Passage("1", "", "fox", 0)));

            assertThat(index.lexical().retrieve(new Query("fox", 1))).hasSize(1);
            assertThat(index.dense().retrieve(new Query("fox", 1))).isEmpty();
        }
    }

    @Test
    void dense_manyVectors_findsWhatExactSearchFinds() {
        for (boolean quantised : new boolean[] {false, true}) {
            Random random = new Random(3);
            WordEmbedder embedder = new WordEmbedder(48);
            List<Passage> passages = new ArrayList<>();
            for (int i = 0; i < 1500; i++) {
                StringBuilder text = new StringBuilder();
                for (int word = 0; word < 8; word++) {
                    text.append("w").append(random.nextInt(300)).append(' ');
                }
                passages.add(new Passage("p" + i, "", text.toString(), 0));
            }
            try (PassageIndex index = PassageIndex.open(
                    folder.resolve("q" + quantised),
                    embedder,
                    IndexOptions.defaults().withQuantised(quantised))) {
                index.upsert(passages);
                Map<String, float[]> vectors = passages.stream()
                        .collect(Collectors.toMap(
                                Passage::id, passage -> Vectors.unit(embedder.embedQuery(passage.text()))));
                int found = 0;
                for (int i = 0; i < 40; i++) {
                    String query = "w" + random.nextInt(300) + " w" + random.nextInt(300);
                    float[] vector = Vectors.unit(embedder.embedQuery(query));
                    Map<String, Double> scores = new HashMap<>();
                    vectors.forEach((id, each) -> scores.put(id, Vectors.dot(vector, each)));
                    Set<String> exact = passages.stream()
                            .map(Passage::id)
                            .sorted(Comparator.comparingDouble(id -> -scores.getOrDefault(id, 0.0)))
                            .limit(10)
                            .collect(Collectors.toCollection(HashSet::new));
                    exact.retainAll(index.dense().retrieve(new Query(query, 10)).stream()
                            .map(Passage::id)
                            .toList());
                    found += exact.size();
                }
                assertThat(found / 400.0)
                        .as("recall@10, quantised %s", quantised)
                        .isGreaterThan(0.95);
            }
        }
    }

    /** The same vector for every text. */
    private record Fixed(float[] vector) implements Embedder {
        @Override
        public String name() {
            return "fixed";
        }

        @Override
        public int dimension() {
            return vector.length;
        }

        @Override
        public List<float[]> embedPassages(List<String> texts) {
            return texts.stream().map(text -> vector).toList();
        }

        @Override
        public float[] embedQuery(String text) {
            return vector;
        }

        @Override
        public Tokens tokens() {
            return Tokens.words();
        }

        @Override
        public void close() {}
    }
}
