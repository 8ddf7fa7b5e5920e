package dev.llmadapt.rag.retrieval;

import static org.assertj.core.api.Assertions.assertThat;

import dev.llmadapt.MetadataFilter;
import dev.llmadapt.Passage;
import dev.llmadapt.Query;
import dev.llmadapt.Retriever;
import dev.llmadapt.rag.embedding.WordEmbedder;
import dev.llmadapt.rag.index.IndexOptions;
import dev.llmadapt.rag.index.PassageIndex;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The laws of {@link Retriever}. A test of an implementation extends this class and says how to make one over an index.
 */
public abstract class RetrieverContract {
    private static final List<String> GROUPS = List.of("ann", "bob", "staff");

    /** Where the index is. */
    @TempDir
    protected Path folder;

    private PassageIndex index;
    private Retriever retriever;

    /** For subclasses. */
    protected RetrieverContract() {}

    /** The retriever under test, over an index that has some passages already. */
    protected abstract Retriever retriever(PassageIndex index);

    /** Opens or creates the index, by a {@link WordEmbedder} of 32 numbers. */
    protected PassageIndex open(Path folder) {
        return PassageIndex.open(folder, new WordEmbedder(32), IndexOptions.defaults());
    }

    /** The passages of the tests: of five kinds, some of them for some readers only. */
    static List<Passage> corpus() {
        Random random = new Random(7);
        List<String> words =
                List.of("river", "mountain", "engine", "contract", "teapot", "violin", "harbour", "glacier");
        List<Passage> corpus = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            StringBuilder text = new StringBuilder();
            for (int word = 0; word < 6; word++) {
                text.append(words.get(random.nextInt(words.size()))).append(' ');
            }
            Passage passage = new Passage(
                    "p" + i,
                    "",
                    text + "number" + i,
                    0,
                    Map.of("kind", "k" + i % 5, "year", "20" + (10 + i % 10)),
                    Set.of());
            corpus.add(i % 3 == 0 ? passage.withReaders(Set.of(GROUPS.get(i / 3 % 3))) : passage);
        }
        return corpus;
    }

    @BeforeEach
    final void openIndex() {
        index = open(folder.resolve("index"));
        index.upsert(corpus());
        retriever = retriever(index);
    }

    @AfterEach
    final void closeIndex() {
        index.close();
    }

    @Test
    void retrieve_anyLimit_isKeptAndBestFirst() {
        for (int limit : new int[] {1, 2, 5, 200}) {
            List<Passage> found = retriever.retrieve(new Query("the river and the mountain", limit));

            assertThat(found).isNotEmpty().hasSizeLessThanOrEqualTo(limit);
            assertThat(found).extracting(Passage::id).doesNotHaveDuplicates();
            assertThat(found)
                    .isSortedAccordingTo(
                            Comparator.comparingDouble(Passage::score).reversed());
        }
    }

    @Test
    void retrieve_accessLists_areKept() {
        Query query = new Query("river mountain engine contract teapot violin harbour glacier", 60);
        for (Set<String> principals : List.of(Set.<String>of(), Set.of("ann"), Set.of("bob", "staff"), Set.of("eve"))) {
            Query asked = query.withPrincipals(principals);
            List<Passage> found = retriever.retrieve(asked);

            assertThat(found)
                    .isNotEmpty()
                    .allMatch(passage -> passage.readableBy(principals), "readable by " + principals);
        }
    }

    @Test
    void retrieve_accessLists_doNotTakePlacesFromOthers() {
        // Filtering after the search would return fewer than there are
        Query query = new Query("river mountain engine contract teapot violin harbour glacier", 10);

        assertThat(retriever.retrieve(query)).hasSize(10);
    }

    @Test
    void retrieve_filters_areKept() {
        Query query = new Query("river mountain engine contract teapot violin harbour glacier", 60);
        for (MetadataFilter filter : List.of(
                MetadataFilter.equal("kind", "k1"),
                MetadataFilter.oneOf("kind", Set.of("k2", "k4")),
                MetadataFilter.between("year", "2013", "2015"),
                MetadataFilter.not(MetadataFilter.equal("kind", "k0")),
                MetadataFilter.and(MetadataFilter.equal("kind", "k3"), MetadataFilter.between("year", "2015", null)),
                MetadataFilter.or(MetadataFilter.equal("kind", "k3"), MetadataFilter.equal("year", "2011")))) {
            List<Passage> found = retriever.retrieve(query.withFilter(filter));

            assertThat(found).as(filter.toString()).isNotEmpty();
            assertThat(found).allMatch(passage -> filter.test(passage.metadata()), filter.toString());
        }
    }

    @Test
    void retrieve_filterThatNothingPasses_findsNothing() {
        assertThat(retriever.retrieve(new Query("river", 5).withFilter(MetadataFilter.equal("kind", "none"))))
                .isEmpty();
    }

    @Test
    void retrieve_oddTexts_areNoErrors() {
        String odd = "river AND ( \"unclosed +-*?:\\/ \uD83D\uDE00 \u0000";

        assertThat(retriever.retrieve(new Query(odd, 3))).hasSizeLessThanOrEqualTo(3);
        assertThat(retriever.retrieve(new Query("river ".repeat(3000), 3))).isNotEmpty();
        assertThat(retriever.retrieve(new Query("", 3))).isEmpty();
        assertThat(retriever.retrieve(new Query("river", Integer.MAX_VALUE))).isNotEmpty();
    }

    @Test
    void retrieve_twice_isTheSame() {
        Query query = new Query("engine of the harbour", 10);

        assertThat(retriever.retrieve(query)).isEqualTo(retriever.retrieve(query));
    }

    @Test
    void retrieve_passage_comesAsItWasStored() {
        Map<String, Passage> corpus =
                corpus().stream().collect(java.util.stream.Collectors.toMap(Passage::id, passage -> passage));

        for (Passage found : retriever.retrieve(new Query("violin", 10).withPrincipals(Set.of("ann")))) {
            assertThat(found.withScore(0)).isEqualTo(corpus.get(found.id()));
        }
    }

    @Test
    void explain_foundPassage_hasTheScoreAndOthersHaveNone() {
        Query query = new Query("glacier", 5);
        List<Passage> found = retriever.retrieve(query);

        for (Passage passage : found) {
            assertThat(retriever.explain(query, passage.id()).orElseThrow().value())
                    .isCloseTo(passage.score(), org.assertj.core.data.Offset.offset(1e-5));
        }
        assertThat(retriever.explain(query, "p0")).as("for ann only").isEmpty();
        assertThat(retriever.explain(query, "unknown")).isEmpty();
    }
}
