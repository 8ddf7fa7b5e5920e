package dev.llmadapt.rag.retrieval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.llmadapt.Passage;
import dev.llmadapt.Query;
import dev.llmadapt.Retriever;
import dev.llmadapt.rag.embedding.WordEmbedder;
import dev.llmadapt.rag.index.IndexOptions;
import dev.llmadapt.rag.index.PassageIndex;
import dev.llmadapt.rag.splitting.PassageMetadata;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RetrieversTest {
    @Nested
    final class Lexical extends RetrieverContract {
        @Override
        protected Retriever retriever(PassageIndex index) {
            return index.lexical();
        }
    }

    @Nested
    final class Dense extends RetrieverContract {
        @Override
        protected Retriever retriever(PassageIndex index) {
            return index.dense();
        }
    }

    @Nested
    final class Fused extends RetrieverContract {
        @Override
        protected Retriever retriever(PassageIndex index) {
            return Retrievers.fused(index.lexical(), index.dense());
        }
    }

    @Nested
    final class Mmr extends RetrieverContract {
        @Override
        protected Retriever retriever(PassageIndex index) {
            return Retrievers.mmr(index.dense(), index, 0.7, 30);
        }
    }

    @Nested
    final class Parents extends RetrieverContract {
        @Override
        protected Retriever retriever(PassageIndex index) {
            return Retrievers.parents(Retrievers.hybrid(index), index, 30);
        }
    }

    @Test
    void fused_ranks_addUpByTheFormula() {
        Retriever fused = Retrievers.fused(
                60, 10, new Retrievers.Part(fixed("a", "b", "c"), 1), new Retrievers.Part(fixed("c", "a"), 2));

        List<Passage> found = fused.retrieve(new Query("q", 3));

        assertThat(found).extracting(Passage::id).containsExactly("c", "a", "b");
        assertThat(found.get(0).score()).isCloseTo(1 / 63.0 + 2 / 61.0, within(1e-12));
        assertThat(found.get(1).score()).isCloseTo(1 / 61.0 + 2 / 62.0, within(1e-12));
        assertThat(found.get(2).score()).isCloseTo(1 / 62.0, within(1e-12));
        assertThat(fused.explain(new Query("q", 3), "c").orElseThrow().toString())
                .contains("rank 3", "rank 1", "weight 2.0");
    }

    @Test
    void fused_badNumbers_areRefused() {
        assertThatThrownBy(() -> Retrievers.fused(-1, 10, new Retrievers.Part(fixed(), 1)))
                .hasMessageContaining("k: -1");
        assertThatThrownBy(() -> Retrievers.fused(60, 0, new Retrievers.Part(fixed(), 1)))
                .hasMessageContaining("candidates: 0");
        assertThatThrownBy(() -> new Retrievers.Part(fixed(), Double.NaN)).hasMessageContaining("weight: NaN");
        assertThatThrownBy(() -> Retrievers.fused()).hasMessageContaining("at least one");
    }

    @Test
    void mmr_sameTextTwice_takesAnotherBeforeTheSecond(@TempDir Path folder) {
        try (PassageIndex index = PassageIndex.open(folder, new WordEmbedder(64), IndexOptions.defaults())) {
            index.upsert(List.of(
                    new Passage("1", "", "red fox jumps", 0),
                    new Passage("2", "", "red fox jumps", 0),
                    new Passage("3", "", "red wine tasting", 0)));
            Query query = new Query("red fox", 2);

            assertThat(index.dense().retrieve(query)).extracting(Passage::id).containsExactlyInAnyOrder("1", "2");
            assertThat(Retrievers.mmr(index.dense(), index, 0.3, 10).retrieve(query))
                    .extracting(Passage::id)
                    .contains("3");
            assertThat(Retrievers.mmr(index.dense(), index, 1, 10).retrieve(query))
                    .extracting(Passage::id)
                    .containsExactlyInAnyOrder("1", "2");
        }
    }

    @Test
    void parents_children_showTheirParentOnceUnlessItMayNotBeRead(@TempDir Path folder) {
        try (PassageIndex index = PassageIndex.open(folder, new WordEmbedder(64), IndexOptions.defaults())) {
            index.upsert(List.of(
                    parent("big", Set.of()),
                    parent("secret", Set.of("ann")),
                    child("c1", "fox one", "big"),
                    child("c2", "fox two", "big"),
                    child("c3", "fox three", "secret"),
                    child("c4", "fox four", "missing")));
            Retriever parents = Retrievers.parents(index.lexical(), index, 10);

            assertThat(parents.retrieve(new Query("fox", 10)))
                    .extracting(Passage::id)
                    .containsExactlyInAnyOrder("big", "c3", "c4");
            assertThat(parents.retrieve(new Query("fox", 10).withPrincipals(Set.of("ann"))))
                    .extracting(Passage::id)
                    .containsExactlyInAnyOrder("big", "secret", "c4");
            assertThat(index.lexical().retrieve(new Query("around", 10)))
                    .as("parents are not found by themselves")
                    .isEmpty();
        }
    }

    private static Passage parent(String id, Set<String> readers) {
        return new Passage(id, "", "all around", 0, Map.of(PassageMetadata.ROLE, "parent"), readers);
    }

    private static Passage child(String id, String text, String parent) {
        return new Passage(id, "", text, 0, Map.of(PassageMetadata.PARENT, parent), Set.of());
    }

    private static Retriever fixed(String... ids) {
        return query -> Arrays.stream(ids)
                .limit(query.limit())
                .map(id -> new Passage(id, "", "", 1))
                .toList();
    }
}
