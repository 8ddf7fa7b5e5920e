package dev.llmadapt.heads;

import static dev.llmadapt.JsonSchema.list;
import static dev.llmadapt.JsonSchema.object;
import static dev.llmadapt.JsonSchema.oneOf;
import static dev.llmadapt.JsonSchema.property;
import static dev.llmadapt.JsonSchema.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.llmadapt.Decision;
import dev.llmadapt.Example;
import dev.llmadapt.JsonSchema;
import dev.llmadapt.LlmAdaptException;
import dev.llmadapt.Model;
import dev.llmadapt.ModelContract;
import dev.llmadapt.OutputConstraint;
import dev.llmadapt.Progress;
import dev.llmadapt.Request;
import dev.llmadapt.Strategy;
import dev.llmadapt.StrategyContract;
import dev.llmadapt.Task;
import dev.llmadapt.ToyTask;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Heads that give a text any number of labels. */
class MultiLabelHeadTest {
    private static final List<String> TOPICS = List.of("card", "fee", "abroad");
    private static final JsonSchema.ObjectOf SCHEMA = object(property("topics", list(oneOf("card", "fee", "abroad"))));
    private static final List<List<String>> WORDS = List.of(
            List.of("my card", "this card", "a plastic card", "card"),
            List.of("a fee", "fees", "the fee was charged", "what fee"),
            List.of("abroad", "in france abroad", "travel abroad", "abroad on a trip"));
    private static final List<String> OTHERS = List.of("hello there", "please", "I wonder about", "tell me", "thanks");

    @TempDir
    private Path folder;

    static List<Example> examples(int count, long seed) {
        Random random = new Random(seed);
        return IntStream.range(0, count)
                .mapToObj(i -> {
                    StringBuilder text = new StringBuilder(OTHERS.get(random.nextInt(OTHERS.size())));
                    List<String> labels = new ArrayList<>();
                    for (int topic = 0; topic < TOPICS.size(); topic++) {
                        if (random.nextInt(3) == 0) {
                            labels.add("\"" + TOPICS.get(topic) + "\"");
                            text.append(' ').append(WORDS.get(topic).get(random.nextInt(4)));
                        }
                    }
                    return new Example("" + i, text.toString(), "{\"topics\": [" + String.join(", ", labels) + "]}");
                })
                .toList();
    }

    private static Task task(List<Example> examples) {
        return Task.extraction("messages", "Name the topics.", SCHEMA, examples);
    }

    enum Kind {
        WORDS,
        EMBEDDINGS,
        FEATURES;

        MultiLabelHead strategy() {
            return head().withSeveralLabels();
        }

        LinearHead head() {
            return switch (this) {
                case WORDS -> LinearHead.words();
                case EMBEDDINGS -> LinearHead.embeddings(new LetterEmbedder());
                case FEATURES -> LinearHead.features();
            };
        }

        MultiLabelModel learn(Task task) {
            return strategy().adapt(new LetterStates(), task, Progress.NONE);
        }

        MultiLabelModel load(Path folder) {
            return switch (this) {
                case WORDS -> MultiLabelModel.load(folder);
                case EMBEDDINGS -> MultiLabelModel.load(folder, new LetterEmbedder());
                case FEATURES -> MultiLabelModel.load(folder, (Model) new LetterStates());
            };
        }
    }

    @Nested
    final class AsModel extends ModelContract {
        @Override
        protected Model open() {
            return Kind.WORDS.learn(task(examples(40, 1)));
        }

        @Override
        protected List<String> choices() {
            return List.of("{\"topics\": []}", "{\"topics\": [\"card\"]}", "{\"topics\": [\"card\", \"fee\"]}");
        }

        @Override
        protected boolean writes() {
            return false;
        }
    }

    @Nested
    final class AsStrategy extends StrategyContract {
        @Override
        protected Strategy strategy() {
            return LinearHead.words().withSeveralLabels();
        }

        @Override
        protected Task task() {
            return MultiLabelHeadTest.task(examples(40, 1));
        }

        @Override
        protected List<String> labels() {
            return List.of("{\"topics\": []}", "{\"topics\": [\"card\"]}");
        }

        @Override
        protected boolean preparesAll() {
            return false;
        }

        @Override
        protected boolean asksTheBase() {
            return false;
        }
    }

    @Test
    void generate_textsLikeTheExamples_hasHighF1() {
        List<Example> test = examples(100, 2);
        Task task = task(examples(120, 1));
        LabelSets sets = LabelSets.of(task);
        try (MultiLabelModel head = Kind.WORDS.learn(task)) {
            double[] both = new double[TOPICS.size()];
            double[] either = new double[TOPICS.size()];
            for (Example example : test) {
                double[] right = sets.of(example);
                double[] given = sets.read(
                        "the answer",
                        head.generate(task.request(example.input())).text());
                for (int label = 0; label < right.length; label++) {
                    both[label] += right[label] * given[label];
                    either[label] += right[label] + given[label];
                }
            }
            double macro = IntStream.range(0, both.length)
                    .mapToDouble(label -> 2 * both[label] / either[label])
                    .average()
                    .orElseThrow();
            double micro = 2 * (both[0] + both[1] + both[2]) / (either[0] + either[1] + either[2]);
            assertThat(micro).isGreaterThan(0.95);
            assertThat(macro).isGreaterThan(0.95);
            assertThat(head.crossValidation().trials())
                    .anySatisfy(trial -> assertThat(trial.accuracy()).isGreaterThan(0.9));
        }
    }

    @ParameterizedTest
    @EnumSource
    void load_savedHead_givesTheSameAnswers(Kind kind) {
        Task task = task(examples(60, 1));
        try (MultiLabelModel head = kind.learn(task)) {
            head.save(folder);
            try (MultiLabelModel loaded = kind.load(folder)) {
                assertThat(loaded.thresholds()).isEqualTo(head.thresholds());
                assertThat(loaded.info()).isEqualTo(head.info());
                for (Example example : examples(10, 3)) {
                    Request request = task.request(example.input());
                    assertThat(loaded.probabilities(request)).isEqualTo(head.probabilities(request));
                    assertThat(loaded.generate(request).text())
                            .isEqualTo(head.generate(request).text());
                }
            }
        }
    }

    @Test
    void load_headOfTheOtherKind_isRefusedAndSaysWhatToUse() {
        try (MultiLabelModel head = Kind.WORDS.learn(task(examples(40, 1)))) {
            head.save(folder);
        }
        assertThatThrownBy(() -> HeadModel.load(folder))
                .isInstanceOf(LlmAdaptException.class)
                .hasMessageContaining("load it with MultiLabelModel.load");
        try (HeadModel head = LinearHead.words().train(ToyTask.task(), Progress.NONE)) {
            head.save(folder);
        }
        assertThatThrownBy(() -> MultiLabelModel.load(folder))
                .isInstanceOf(LlmAdaptException.class)
                .hasMessageContaining("load it with HeadModel.load");
    }

    @Test
    void score_allSets_addUpToOneAndFollowTheProbabilities() {
        Task task = task(examples(60, 1));
        List<String> all =
                List.of("", "card", "fee", "abroad", "card,fee", "card,abroad", "fee,abroad", "card,fee,abroad")
                        .stream()
                        .map(set -> set.isEmpty()
                                ? "{\"topics\": []}"
                                : "{\"topics\": [\"" + set.replace(",", "\", \"") + "\"]}")
                        .toList();
        try (MultiLabelModel head = Kind.WORDS.learn(task)) {
            Request request = task.request("tell me about my card");
            double[] scores = head.score(request, all).entries().stream()
                    .mapToDouble(entry -> Math.exp(entry.logProbability()))
                    .toArray();
            assertThat(IntStream.range(0, 8).mapToDouble(i -> scores[i]).sum()).isCloseTo(1, within(1e-9));
            List<Decision.Choice> probabilities = head.probabilities(request);
            assertThat(scores[1] + scores[4] + scores[5] + scores[7])
                    .isCloseTo(probabilities.get(0).probability(), within(1e-9));
            assertThat(probabilities).extracting(Decision.Choice::label).isEqualTo(TOPICS);
            assertThat(head.generate(request).text()).isEqualTo("{\"topics\": [\"card\"]}");
        }
    }

    @Test
    void generate_atMostOneLabel_givesTheMostProbable() {
        JsonSchema.ObjectOf one = object(property("topics", new JsonSchema.ListOf(new JsonSchema.OneOf(TOPICS), 1)));
        List<Example> examples = examples(60, 1).stream()
                .filter(example -> !example.output().contains(","))
                .toList();
        try (MultiLabelModel head = Kind.WORDS.learn(Task.extraction("messages", "Name the topics.", one, examples))) {
            assertThat(head.generate(Request.of("my card abroad with a fee")).text())
                    .hasSizeLessThan("{\"topics\": [\"card\", ".length() + 4);
        }
    }

    @ParameterizedTest
    @EnumSource
    void learn_labelWithoutExample_isRefusedOrLeftOut(Kind kind) {
        Task task = task(examples(40, 1).stream()
                .filter(example -> !example.output().contains("fee"))
                .toList());
        refuses(() -> kind.learn(task), "3 labels and", "none of [fee]", "leavingOutLabelsWithoutExamples");
        LinearHead head = kind.head();
        MultiLabelHead leaving = head.withOptions(head.options().leavingOutLabelsWithoutExamples())
                .withSeveralLabels();
        try (MultiLabelModel model = leaving.adapt(new LetterStates(), task, Progress.NONE)) {
            assertThat(model.leftOut()).containsExactly("fee");
            assertThat(model.labels()).isEqualTo(TOPICS);
            assertThat(model.thresholds().get(1)).isInfinite();
            assertThat(model.probabilities(Request.of("what fee")).get(1).probability())
                    .isZero();
            model.save(folder);
            try (MultiLabelModel loaded = kind.load(folder)) {
                assertThat(loaded.thresholds()).isEqualTo(model.thresholds());
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void learn_labelWithOneExample_works(Kind kind) {
        List<Example> examples = new ArrayList<>(examples(40, 1).stream()
                .filter(example -> !example.output().contains("fee"))
                .toList());
        examples.add(new Example("fee", "what fee", "{\"topics\": [\"fee\"]}"));
        try (MultiLabelModel head = kind.learn(task(examples))) {
            assertThat(head.probabilities(Request.of("what fee"))).hasSize(3);
        }
    }

    @Test
    void learn_badTasks_areRefusedByWhatTheyLack() {
        refuses(() -> Kind.WORDS.learn(ToyTask.task()), "a text has one", "leave out withSeveralLabels");
        refuses(
                () -> Kind.WORDS.learn(Task.extraction("other", "", object(property("a", text())), List.of())),
                "a list of choices, such as JsonSchema.object(",
                "that of the task 'other' is {\"a\": text}");
        refuses(() -> Kind.WORDS.learn(task(List.of())), "learns from examples, the task 'messages' has none");
        refuses(
                () -> Kind.WORDS.learn(task(List.of(new Example("1", "hello", "{\"topics\": []}")))),
                "examples of at least one label, those of the task 'messages' have none");
        for (String output : List.of("card", "{\"topics\": [\"cards\"]}", "{\"topics\": \"card\"}", "{\"a\": []}")) {
            refuses(
                    () -> Kind.WORDS.learn(task(List.of(new Example("bad", "hello", output)))),
                    "the output of example 'bad' must be {\"topics\": [...]}",
                    "different labels of [card, fee, abroad]");
        }
        refuses(
                () -> Kind.WORDS.learn(task(List.of(new Example("blank", " ", "{\"topics\": []}")))),
                "cannot learn from empty texts");
        refuses(
                () -> LinearHead.words().train(task(examples(10, 1)), Progress.NONE),
                "chooses among labels, the task 'messages' has none",
                "withSeveralLabels()");
    }

    @Test
    void request_thatTheHeadCannotAnswer_isRefused() {
        try (MultiLabelModel head = Kind.WORDS.learn(task(examples(40, 1)))) {
            Request request = Request.of("my card");
            refuses(
                    () -> head.generate(request.withConstraint(
                            OutputConstraint.json(object(property("topics", list(oneOf("x", "y"))))))),
                    "cannot write JSON of",
                    "train one for this task");
            refuses(
                    () -> head.generate(request.withConstraint(OutputConstraint.oneOf(List.of("card", "fee")))),
                    "a choice for this head must be {\"topics\": [...]}");
            refuses(() -> head.score(request, List.of("card")), "an answer of this head must be");
            refuses(() -> head.generate(request.withRaw(true)), "raw text");
            refuses(() -> head.probabilities(Request.of(" ")), "needs a text to answer");
        }
    }

    @Test
    void thresholds_areThoseOfTheHighestF1() {
        assertThat(Thresholds.best(new double[] {0.9, 0.4, 0.3, 0.1}, new double[] {1, 1, 0, 0}))
                .isCloseTo(0.35, within(1e-12));
        assertThat(Thresholds.best(new double[] {0.9, 0.4}, new double[] {0, 0}))
                .isEqualTo(0.5);
        assertThat(Thresholds.best(new double[] {0.2, 0.2, 0.2}, new double[] {1, 0, 1}))
                .as("equal ones are not divided")
                .isCloseTo(0.1, within(1e-12));
    }

    private static void refuses(ThrowingCallable call, String... messages) {
        assertThatThrownBy(call).isInstanceOf(IllegalArgumentException.class).hasMessageContainingAll(messages);
    }
}
