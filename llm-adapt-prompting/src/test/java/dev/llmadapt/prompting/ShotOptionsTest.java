package dev.llmadapt.prompting;

import static dev.llmadapt.prompting.ZeroShotTest.prepared;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llmadapt.EmbeddingModel;
import dev.llmadapt.Example;
import dev.llmadapt.Message;
import dev.llmadapt.Passage;
import dev.llmadapt.Request;
import dev.llmadapt.Retriever;
import dev.llmadapt.Role;
import dev.llmadapt.Task;
import dev.llmadapt.ToyTask;
import dev.llmadapt.prompting.ShotOptions.Order;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The kinds of few-shot examples and their options. */
class ShotOptionsTest {
    /** Two near copies, which are most similar to "red apple pie", and two others that share a word each. */
    private static final Task FRUIT = Task.answering(
            "fruit",
            "",
            List.of(
                    new Example("a", "red apple pie one", "1"),
                    new Example("b", "red apple pie two", "2"),
                    new Example("c", "red boat", "3"),
                    new Example("d", "some pie", "4"),
                    new Example("e", "nothing", "5")));

    /** Counts the letters a to z. */
    private static final EmbeddingModel LETTERS = new EmbeddingModel() {
        @Override
        public String name() {
            return "letters";
        }

        @Override
        public int dimension() {
            return 26;
        }

        @Override
        public List<float[]> embed(List<String> texts) {
            return texts.stream()
                    .map(text -> {
                        float[] counts = new float[26];
                        text.chars().filter(c -> c >= 'a' && c <= 'z').forEach(c -> counts[c - 'a']++);
                        return counts;
                    })
                    .toList();
        }

        @Override
        public void close() {}
    };

    private static List<String> shown(FewShot strategy, Task task, String question) {
        return prepared(strategy, task, Request.of(question)).stream()
                .filter(message -> message.role() == Role.ASSISTANT)
                .map(Message::content)
                .toList();
    }

    @Test
    void nearest_lambda_takesWhatIsUnlikeTheChosen() {
        FewShot nearest = FewShot.nearest(2);
        String question = "red apple pie";

        assertThat(shown(nearest, FRUIT, question)).containsExactly("2", "1");
        assertThat(shown(nearest.withOptions(ShotOptions.defaults().withLambda(0.3)), FRUIT, question))
                .as("the near copy gives way")
                .hasSize(2)
                .endsWith("1")
                .doesNotContain("2");
        assertThat(shown(
                        FewShot.nearest(2, LETTERS)
                                .withOptions(ShotOptions.defaults().withLambda(0.3)),
                        FRUIT,
                        question))
                .doesNotContainSequence("2", "1")
                .doesNotContainSequence("1", "2");
    }

    @Test
    void nearest_lambdaOfOne_isSimilarityAlone() {
        for (FewShot strategy : List.of(FewShot.nearest(3), FewShot.nearest(3, LETTERS))) {
            assertThat(shown(strategy.withOptions(ShotOptions.defaults().withLambda(1)), FRUIT, "red pie"))
                    .isEqualTo(shown(strategy, FRUIT, "red pie"));
        }
    }

    @Test
    void nearest_embedder_isByCosine() {
        assertThat(shown(FewShot.nearest(2, LETTERS), FRUIT, "boat der"))
                .containsExactly("2", "3")
                .last()
                .isEqualTo("3");
        assertThat(shown(FewShot.nearest(5, LETTERS), FRUIT, "nothing"))
                .as("the question itself is not shown")
                .hasSize(4)
                .doesNotContain("5");
    }

    @Test
    void nearest_retriever_isInItsOrder() {
        Retriever fixed = query -> List.of("d", "a", "c").stream()
                .map(id -> new Passage(id, "", "text", 0))
                .limit(query.limit())
                .toList();

        assertThat(shown(FewShot.nearest(2, fixed), FRUIT, "any")).containsExactly("1", "4");
        assertThat(shown(FewShot.nearest(2, fixed), FRUIT, "some pie"))
                .as("the question itself is passed over")
                .containsExactly("3", "1");
        assertThat(shown(FewShot.nearest(5, fixed), FRUIT, "any"))
                .as("no more than are found")
                .hasSize(3);
        Retriever other = query -> List.of(new Passage("p9", "", "text", 0));
        assertThatThrownBy(() -> shown(FewShot.nearest(1, other), FRUIT, "any"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("p9");
    }

    @Test
    void order_firstAndRandom() {
        FewShot nearest = FewShot.nearest(3);
        String question = "red apple pie one";
        List<String> last = shown(nearest, FRUIT, "red apple pie");
        List<String> first = shown(
                nearest.withOptions(ShotOptions.defaults().withOrder(Order.MOST_SIMILAR_FIRST)),
                FRUIT,
                "red apple pie");

        assertThat(first).containsExactly(last.get(2), last.get(1), last.get(0));
        Set<List<String>> orders = new HashSet<>();
        for (int seed = 0; seed < 20; seed++) {
            FewShot random = nearest.withOptions(ShotOptions.defaults().withRandomOrder(seed));
            List<String> drawn = shown(random, FRUIT, question);
            assertThat(drawn).isEqualTo(shown(random, FRUIT, question));
            orders.add(drawn);
        }
        assertThat(orders).hasSizeGreaterThan(2);
    }

    @Test
    void maxCharacters_whatDoesNotFit_isLeftOut() {
        FewShot nearest = FewShot.nearest(3);

        for (int most : List.of(1, 9, 10, 18, 27, 28, 60)) {
            List<Message> messages = prepared(
                    nearest.withOptions(ShotOptions.defaults().withMaxCharacters(most)),
                    FRUIT,
                    Request.of("red apple pie"));
            int characters = messages.subList(0, messages.size() - 1).stream()
                    .mapToInt(message -> message.content().length())
                    .sum();
            assertThat(characters).as("bound %d", most).isLessThanOrEqualTo(most);
        }
        assertThat(shown(nearest.withOptions(ShotOptions.defaults().withMaxCharacters(9)), FRUIT, "red apple pie"))
                .as("shorter ones that are less similar fit")
                .containsExactly("3");
        assertThat(shown(FewShot.fixed(4, 0).withOptions(ShotOptions.defaults().withMaxCharacters(20)), FRUIT, "x"))
                .hasSizeBetween(1, 2);
    }

    @Test
    void random_seed_isTheSameForEveryQuestionWithoutRegardToLabels() {
        Task task = ToyTask.task();
        Set<List<String>> drawn = new HashSet<>();
        int unbalanced = 0;
        for (int seed = 0; seed < 20; seed++) {
            List<String> labels = shown(FewShot.random(3, seed), task, "one");
            assertThat(shown(FewShot.random(3, seed), task, "other")).isEqualTo(labels);
            drawn.add(labels);
            unbalanced += new HashSet<>(labels).size() < 3 ? 1 : 0;
        }
        assertThat(drawn).hasSizeGreaterThan(5);
        assertThat(unbalanced).isPositive();
    }

    @Test
    void given_ids_areShownInTheirOrder() {
        assertThat(shown(FewShot.given(List.of("d", "a")), FRUIT, "x")).containsExactly("4", "1");
        assertThat(shown(FewShot.given(List.of("d", "a")), FRUIT, "some pie")).containsExactly("1");
        assertThatThrownBy(() -> shown(FewShot.given(List.of("z")), FRUIT, "x"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("no example 'z'");
        for (List<String> broken : List.of(List.<String>of(), List.of("a", "a"))) {
            assertThatThrownBy(() -> FewShot.given(broken)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void given_idThatStandsTwice_isRefused() {
        Task twice = FRUIT.withExamples(List.of(new Example("a", "x", "1"), new Example("a", "y", "2")));

        assertThatThrownBy(() -> shown(FewShot.given(List.of("a")), twice, "q"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("stands twice");
    }

    @Test
    void withOptions_thatMeanNothing_areRefused() {
        ShotOptions first = ShotOptions.defaults().withOrder(Order.MOST_SIMILAR_FIRST);
        ShotOptions diverse = ShotOptions.defaults().withLambda(0.5);
        for (FewShot fixed : List.of(FewShot.fixed(2, 0), FewShot.random(2, 0), FewShot.given(List.of("a")))) {
            assertThatThrownBy(() -> fixed.withOptions(first)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> fixed.withOptions(diverse)).isInstanceOf(IllegalArgumentException.class);
        }
        assertThatThrownBy(() -> FewShot.nearest(2, query -> List.of()).withOptions(diverse))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("retriever");
        assertThatThrownBy(() -> ShotOptions.defaults().withLambda(1.5)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> ShotOptions.defaults().withMaxCharacters(0))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void similarity_ofWords_isBoundedByItsOwn() {
        Similarity words = Similarity.byWords(FRUIT.examples().stream()
                .sorted(Comparator.comparing(Example::id))
                .map(Example::input)
                .toList());

        double[] others = words.between(0);
        assertThat(others[0]).isEqualTo(1);
        assertThat(others[1]).isBetween(0.3, 0.99);
        assertThat(others[4]).isZero();
        assertThat(words.scaled("nobody knows")).containsOnly(0);
    }
}
