package dev.llmadapt.rag.index;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llmadapt.MetadataFilter;
import dev.llmadapt.Passage;
import dev.llmadapt.Query;
import dev.llmadapt.rag.embedding.WordEmbedder;
import dev.llmadapt.rag.splitting.PassageMetadata;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The laws of {@link PassageIndex}. A test of an implementation extends this class and says how to open one. */
public abstract class IndexContract {
    /** Empty at the beginning of each test. */
    @TempDir
    protected Path temporary;

    /** For subclasses. */
    protected IndexContract() {}

    /** Opens or creates an index to write, in English, by a {@link WordEmbedder} of 32 numbers. */
    protected abstract PassageIndex open(Path folder);

    /** Opens an index to read. */
    protected abstract PassageIndex openToRead(Path folder);

    private Path folder() {
        return temporary.resolve("index");
    }

    static Passage passage(String id, String text) {
        return new Passage(id, "", text, 0, Map.of("kind", "x"), Set.of());
    }

    static List<String> ids(PassageIndex index, String words) {
        return index.lexical().retrieve(new Query(words, 1000)).stream()
                .map(Passage::id)
                .sorted()
                .toList();
    }

    @Test
    void upsert_passages_areSeenByTheNextSearch() {
        try (PassageIndex index = open(folder())) {
            index.upsert(List.of(passage("1", "red fox"), passage("2", "blue whale")));
            assertThat(ids(index, "fox")).containsExactly("1");

            index.upsert(List.of(passage("1", "green frog")));
            assertThat(ids(index, "fox")).isEmpty();
            assertThat(ids(index, "frog")).containsExactly("1");
            assertThat(index.dense().retrieve(new Query("green frog", 1)))
                    .extracting(Passage::id)
                    .containsExactly("1");

            index.delete(List.of("1", "unknown"));
            assertThat(ids(index, "frog")).isEmpty();
            assertThat(index.size()).isEqualTo(1);
        }
    }

    @Test
    void lexical_wordsThatOnlyLookDifferent_areFound() {
        try (PassageIndex index = open(folder())) {
            index.upsert(List.of(
                    passage("nfd", "cafe\u0301 menu"),
                    passage("ligature", "the o\ufb03ce"),
                    passage("soft", "R\u00fcck\u00adgabe"),
                    passage("wide", "\uff26\uff35\uff2c\uff2c"),
                    passage("apostrophe", "we don\u2019t won\u00b4t"),
                    passage("hyphen", "two years of warr-\nanty, well-\nknown"),
                    passage(
                            "thai",
                            "\u0e01\u0e32\u0e23\u0e23\u0e31\u0e1a\u0e1b\u0e23\u0e30\u0e01\u0e31\u0e19\u0e2a\u0e2d\u0e07\u0e1b\u0e35"),
                    passage(
                            "khmer",
                            "\u1780\u17b6\u179a\u1792\u17b6\u1793\u17b6\u179a\u17c9\u17b6\u1794\u17cb\u179a\u1784"),
                    passage("lao", "\u0e81\u0eb2\u0e99\u0eae\u0eb1\u0e9a\u0e9b\u0eb0\u0e81\u0eb1\u0e99"),
                    passage("chinese", "\u4fdd\u4fee\u671f\u4e3a\u4e24\u5e74"),
                    passage("katakana", "\u30ab\u30b9\u30bf\u30de\u30fc\u30b5\u30dd\u30fc\u30c8"),
                    passage("sign", "Foo\u2122 for all")));
            assertThat(ids(index, "caf\u00e9")).containsExactly("nfd");
            assertThat(ids(index, "CAFE\u0301")).containsExactly("nfd");
            assertThat(ids(index, "office")).containsExactly("ligature");
            assertThat(ids(index, "R\u00fcckgabe")).containsExactly("soft");
            assertThat(ids(index, "Ru\u0308ckgabe")).containsExactly("soft");
            assertThat(ids(index, "full")).containsExactly("wide");
            assertThat(ids(index, "don't")).containsExactly("apostrophe");
            assertThat(ids(index, "won\u2019t")).containsExactly("apostrophe");
            assertThat(ids(index, "warranty")).containsExactly("hyphen");
            assertThat(ids(index, "well-known")).containsExactly("hyphen");
            assertThat(ids(index, "\u0e1b\u0e23\u0e30\u0e01\u0e31\u0e19")).containsExactly("thai");
            assertThat(ids(index, "\u1792\u17b6\u1793\u17b6")).containsExactly("khmer");
            assertThat(ids(index, "\u0e9b\u0eb0\u0e81\u0eb1\u0e99")).containsExactly("lao");
            assertThat(ids(index, "\u4fdd\u4fee")).containsExactly("chinese");
            assertThat(ids(index, "\u30b5\u30dd\u30fc\u30c8")).containsExactly("katakana");
            assertThat(ids(index, "\uff7b\uff8e\uff9f\uff70\uff84")).containsExactly("katakana");
            assertThat(ids(index, "foo")).containsExactly("sign");
            assertThat(index.find(List.of("hyphen"), Set.of()).get(0).text()).contains("warr-\nanty");
        }
    }

    @Test
    void upsert_sameIdTwice_lastCounts() {
        try (PassageIndex index = open(folder())) {
            index.upsert(List.of(passage("1", "first"), passage("1", "last")));

            assertThat(index.size()).isEqualTo(1);
            assertThat(ids(index, "last")).containsExactly("1");
        }
    }

    @Test
    void upsert_badPassage_isRefusedAndNothingAdded() {
        try (PassageIndex index = open(folder())) {
            assertThatThrownBy(() -> index.upsert(List.of(passage("1", "good"), passage("", "bad"))))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("id");
            Passage large = passage("2", "bad").withMetadata(Map.of("note", "x".repeat(40_000)));
            assertThatThrownBy(() -> index.upsert(List.of(passage("1", "good"), large)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("'note'")
                    .hasMessageContaining("'2'");
            assertThat(index.size()).isZero();
        }
    }

    @Test
    void replace_document_swapsItsPassages() {
        try (PassageIndex index = open(folder())) {
            MetadataFilter document = MetadataFilter.equal(PassageMetadata.DOCUMENT, "d");
            index.upsert(List.of(of("d", "d1", "old one"), of("d", "d2", "old two"), of("e", "e1", "old other")));

            index.replace(document, List.of(of("d", "d1", "new one")));
            assertThat(ids(index, "old new")).containsExactly("d1", "e1");
            assertThat(ids(index, "new")).containsExactly("d1");

            index.replace(document, List.of());
            assertThat(ids(index, "old new")).containsExactly("e1");
            index.delete(MetadataFilter.equal(PassageMetadata.DOCUMENT, "e"));
            assertThat(index.size()).isZero();
        }
    }

    private static Passage of(String document, String id, String text) {
        return passage(id, text).withMetadata(Map.of(PassageMetadata.DOCUMENT, document));
    }

    @Test
    void close_thenOpen_hasAllAndDeletesToo() {
        try (PassageIndex index = open(folder())) {
            index.upsert(List.of(passage("1", "red fox"), passage("2", "blue whale")));
            index.commit();
            index.delete(List.of("2"));
        }
        try (PassageIndex index = open(folder())) {
            assertThat(ids(index, "fox whale")).containsExactly("1");
            assertThat(index.dense().retrieve(new Query("red fox", 5)))
                    .extracting(Passage::id)
                    .containsExactly("1");
        }
    }

    @Test
    void openToRead_besideTheWriter_seesCommitsOnly() {
        try (PassageIndex writer = open(folder())) {
            writer.upsert(List.of(passage("1", "red fox")));
            writer.commit();
            try (PassageIndex reader = openToRead(folder())) {
                writer.upsert(List.of(passage("2", "grey fox")));
                assertThat(ids(reader, "fox")).containsExactly("1");
                writer.commit();
                assertThat(ids(reader, "fox")).containsExactly("1", "2");
                assertThatThrownBy(() -> reader.upsert(List.of()))
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("read");
            }
        }
    }

    @Test
    void openToRead_noIndex_isRefused() {
        assertThatThrownBy(() -> openToRead(folder()))
                .isInstanceOf(IndexException.class)
                .hasMessageContaining("no index");
    }

    @Test
    void close_twice_andEveryUseAfterIsRefused() {
        PassageIndex index = open(folder());
        var lexical = index.lexical();
        index.close();
        index.close();

        assertThatThrownBy(index::size)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("closed");
        assertThatThrownBy(() -> index.upsert(List.of())).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> lexical.retrieve(new Query("x", 1))).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void snapshot_whileWritten_isAnIndexOfThatMoment() {
        Path copy = temporary.resolve("copy");
        try (PassageIndex index = open(folder())) {
            index.upsert(List.of(passage("1", "red fox")));
            index.snapshot(copy);
            index.upsert(List.of(passage("2", "grey fox")));
            index.commit();
            assertThatThrownBy(() -> index.snapshot(copy))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("empty");
        }
        try (PassageIndex index = PassageIndex.open(copy, new WordEmbedder(32), IndexOptions.defaults())) {
            assertThat(ids(index, "fox")).containsExactly("1");
            index.upsert(List.of(passage("3", "new fox")));
            assertThat(ids(index, "fox")).containsExactly("1", "3");
        }
    }

    @Test
    void find_ids_inTheirOrderAndReadable() {
        try (PassageIndex index = open(folder())) {
            index.upsert(List.of(passage("1", "a"), passage("2", "b").withReaders(Set.of("ann")), passage("3", "c")));

            assertThat(index.find(List.of("3", "2", "0", "1"), Set.of()))
                    .extracting(Passage::id)
                    .containsExactly("3", "1");
            assertThat(index.find(List.of("3", "2"), Set.of("ann")))
                    .extracting(Passage::id)
                    .containsExactly("3", "2");
        }
    }

    @Test
    void vectors_ids_areOfLengthOne() {
        try (PassageIndex index = open(folder())) {
            index.upsert(List.of(passage("1", "some words"), passage("2", "others")));

            Map<String, float[]> vectors = index.vectors(List.of("2", "1", "0"));

            assertThat(vectors).containsOnlyKeys("1", "2");
            double squares = 0;
            for (float value : Objects.requireNonNull(vectors.get("1"))) {
                squares += (double) value * value;
            }
            assertThat(squares).isCloseTo(1, org.assertj.core.data.Offset.offset(1e-5));
        }
    }

    /** A model of the index, a map, stays equal to it through random operations and reopenings. */
    @Test
    void operations_random_agreeWithAMap() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        Map<String, String> expected = new HashMap<>();
        PassageIndex index = open(folder());
        try {
            for (int step = 0; step < 120; step++) {
                String id = "p" + random.nextInt(20);
                switch (random.nextInt(6)) {
                    case 0, 1, 2 -> {
                        String text = "word" + random.nextInt(5);
                        index.upsert(List.of(passage(id, text)));
                        expected.put(id, text);
                    }
                    case 3 -> {
                        index.delete(List.of(id));
                        expected.remove(id);
                    }
                    case 4 -> index.commit();
                    default -> {
                        index.close();
                        index = open(folder());
                    }
                }
                Map<String, String> found = new HashMap<>();
                index.forEach(MetadataFilter.equal("kind", "x"), passage -> found.put(passage.id(), passage.text()));
                assertThat(found).as("seed %d, step %d", seed, step).isEqualTo(expected);
                assertThat(index.size()).isEqualTo(expected.size());
            }
        } finally {
            index.close();
        }
    }

    @Test
    void search_whileWritten_seesWholeDocuments() throws InterruptedException {
        List<Throwable> failures = Collections.synchronizedList(new ArrayList<>());
        try (PassageIndex index = open(folder())) {
            MetadataFilter document = MetadataFilter.equal(PassageMetadata.DOCUMENT, "d");
            index.replace(document, List.of(of("d", "0-a", "fox"), of("d", "0-b", "fox")));
            CountDownLatch done = new CountDownLatch(1);
            Thread reader = new Thread(() -> {
                try {
                    while (done.getCount() > 0) {
                        List<String> found = ids(index, "fox");
                        assertThat(found).hasSize(2);
                        assertThat(found.get(0).replace("-a", "-b")).isEqualTo(found.get(1));
                    }
                } catch (Throwable e) {
                    failures.add(e);
                }
            });
            reader.start();
            for (int i = 1; i <= 100; i++) {
                index.replace(document, List.of(of("d", i + "-a", "fox"), of("d", i + "-b", "fox")));
            }
            done.countDown();
            reader.join();
        }
        assertThat(failures).isEmpty();
    }
}
