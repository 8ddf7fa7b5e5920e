package dev.llmadapt.rag.retrieval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.llmadapt.Passage;
import dev.llmadapt.Query;
import dev.llmadapt.Retriever;
import dev.llmadapt.ScoreExplanation;
import dev.llmadapt.rag.ScriptedModel;
import dev.llmadapt.rag.embedding.Embedder;
import dev.llmadapt.rag.embedding.Reranker;
import dev.llmadapt.rag.embedding.WordEmbedder;
import dev.llmadapt.rag.index.PassageIndex;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

final class CombinedRetrieverTest {
    private static final Query QUERY = new Query("x", 10);

    @Nested
    final class Hybrid extends RetrieverContract {
        @Override
        protected Retriever retriever(PassageIndex index) {
            return Retrievers.hybrid(index);
        }
    }

    @Nested
    final class WithFeedback extends RetrieverContract {
        @Override
        protected Retriever retriever(PassageIndex index) {
            return Retrievers.feedback(index.lexical(), RelevanceFeedback.defaults());
        }
    }

    @Nested
    final class RerankedByQueryLikelihood extends RetrieverContract {
        @Override
        protected Retriever retriever(PassageIndex index) {
            ScriptedModel model = new ScriptedModel(request -> "", (prompt, query) -> -prompt.length());
            return Retrievers.reranked(index.lexical(), Reranker.byQueryLikelihood(model), 20);
        }
    }

    @Nested
    final class BySentences extends RetrieverContract {
        @Override
        protected Retriever retriever(PassageIndex index) {
            return Retrievers.bySentences(index.lexical(), new WordEmbedder(32), 5);
        }
    }

    @Test
    void bySentences_oneSentenceOfMany_movesItsPassageUp() {
        String filler = "Whales swim in the cold sea. Ships sail to the harbour. ";
        List<Passage> found = List.of(
                new Passage("a", "", filler.repeat(3), 0.9),
                new Passage("b", "", filler + "Foxes eat red berries.", 0.8),
                new Passage("c", "", "", 0.5),
                new Passage("d", "", "Foxes eat red berries.", 0.4));
        Retriever retriever = Retrievers.bySentences(query -> found, new WordEmbedder(128), 3);
        Query query = new Query("foxes eat red berries", 4);

        List<Passage> sorted = retriever.retrieve(query);

        assertThat(sorted).extracting(Passage::id).as("d is no candidate").containsExactly("b", "a", "c", "d");
        assertThat(sorted.get(0).score()).isCloseTo((0.75 + 1) / 2, within(1e-6));
        assertThat(sorted.get(3).score()).isNegative();
        assertThat(retriever.explain(query, "b").orElseThrow().toString()).contains("Foxes eat red berries.", "scaled");
        assertThat(retriever.retrieve(query.withText(" "))).isEqualTo(found);
        assertThatThrownBy(() -> Retrievers.bySentences(query1 -> found, Embedder.none(), 3))
                .hasMessageContaining("vectors");
    }

    private static Retriever fixed(String... idsAndScores) {
        List<Passage> passages = Stream.of(idsAndScores)
                .map(each -> new Passage(each.substring(0, 1), "", "", Double.parseDouble(each.substring(1))))
                .toList();
        return query -> passages.subList(0, Math.min(query.limit(), passages.size()));
    }

    @Test
    void retrieve_scores_areScaledAndAveraged() {
        Retriever combined = Retrievers.combined(
                100, new Retrievers.Part(fixed("a20", "b15", "c10"), 1), new Retrievers.Part(fixed("b0.9", "d0.5"), 3));

        List<Passage> found = combined.retrieve(QUERY);

        // a: 1 * 1/4; b: .5 * 1/4 + 1 * 3/4; c: 0; d: 0
        assertThat(found).extracting(Passage::id).containsExactly("b", "a", "c", "d");
        assertThat(found.get(0).score()).isCloseTo(0.875, within(1e-12));
        assertThat(found.get(1).score()).isCloseTo(0.25, within(1e-12));
        ScoreExplanation explanation = combined.explain(QUERY, "b").orElseThrow();
        assertThat(explanation.value()).isCloseTo(0.875, within(1e-12));
        assertThat(explanation.parts()).hasSize(2);
        assertThat(combined.explain(QUERY, "z")).isEmpty();
    }

    @Test
    void retrieve_oneOrEqualScores_countFully() {
        assertThat(Retrievers.combined(fixed("a7"), fixed())
                        .retrieve(QUERY)
                        .get(0)
                        .score())
                .isEqualTo(0.5);
        assertThat(Retrievers.combined(fixed("a7", "b7")).retrieve(QUERY))
                .extracting(Passage::score)
                .containsExactly(1.0, 1.0);
    }

    @Test
    void combined_badParts_areRefused() {
        assertThatThrownBy(() -> Retrievers.combined(5)).hasMessageContaining("at least one");
        assertThatThrownBy(() -> Retrievers.combined(5, new Retrievers.Part(fixed(), 0)))
                .hasMessageContaining("weight above 0");
    }

    @Test
    void feedback_query_gainsWordsOfTheFirstPassages() {
        List<Query> asked = new ArrayList<>();
        Retriever lexical = query -> {
            asked.add(query);
            return List.of(
                    new Passage("1", "Wings", "Lift of swept wings", 3), new Passage("2", "", "Swept wings again", 1));
        };
        Query query = new Query("wing drag", 7).withPrincipals(Set.of("ann"));

        Retrievers.feedback(lexical, RelevanceFeedback.defaults().withSize(2, 2))
                .retrieve(query);

        assertThat(asked.get(0)).isEqualTo(query.withLimit(2));
        assertThat(asked.get(1).limit()).isEqualTo(7);
        assertThat(asked.get(1).principals()).containsExactly("ann");
        List<String> words = List.of(asked.get(1).text().split(" "));
        assertThat(words).contains("drag", "wing", "swept").doesNotContain("of", "again", "Lift");
        assertThat(words.stream().filter("drag"::equals).count())
                .as("a quarter of 400")
                .isEqualTo(100);
        assertThat(words.stream().filter("wing"::equals).count())
                .as("its own share, and most of what is added")
                .isGreaterThan(200);
    }

    @Test
    void feedback_options_areChecked() {
        assertThatThrownBy(() -> RelevanceFeedback.defaults().withOriginal(0)).hasMessageContaining("original: 0");
        assertThatThrownBy(() -> RelevanceFeedback.defaults().withSize(0, 5)).hasMessageContaining("passages: 0");
        assertThatThrownBy(() -> RelevanceFeedback.defaults().withSize(5, 101)).hasMessageContaining("words: 101");
    }

    @Test
    void queryLikelihood_likelierPassage_isFirst() {
        ScriptedModel model =
                new ScriptedModel(request -> "", (prompt, query) -> prompt.contains("warranty") ? -1 : -2);
        try (Reranker reranker = Reranker.byQueryLikelihood(model)) {
            assertThat(reranker.score("How long?", List.of("about cats", "the warranty")))
                    .containsExactly(-2, -1);
            assertThat(reranker.score(" ", List.of("a", "b"))).containsExactly(0, 0);
        }
        assertThat(model.asked).hasSize(2);
    }

    @Test
    void verdict_yes_isAboveNo() {
        ScriptedModel model = new ScriptedModel(
                request -> "", (prompt, word) -> prompt.contains("Passage: good") == word.equals("Yes") ? -0.1 : -3);
        Reranker reranker = Reranker.byVerdict(model);
        double[] scores = reranker.score("q", List.of("bad", "good"));

        assertThat(scores[0]).isCloseTo(-2.9, within(1e-12));
        assertThat(scores[1]).isCloseTo(2.9, within(1e-12));
        reranker.close();
        reranker.close();
        assertThatThrownBy(() -> reranker.score("q", List.of("x"))).isInstanceOf(IllegalStateException.class);
    }
}
