package dev.llmadapt.pilot.strategy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llmadapt.AdapterUse;
import dev.llmadapt.JsonSchema;
import dev.llmadapt.Message;
import dev.llmadapt.Model;
import dev.llmadapt.Progress;
import dev.llmadapt.Request;
import dev.llmadapt.Strategy;
import dev.llmadapt.Task;
import dev.llmadapt.ToyModel;
import dev.llmadapt.ToyTask;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class WordingTest {
    private static final Task FREE = Task.answering("free", "Say {what} it is.", List.of());
    private static final Task JSON = FREE.withSchema(JsonSchema.object(Map.of("kind", JsonSchema.oneOf("a", "b"))));

    /** A saved strategy holds the name alone: whoever changes a text changes what was chosen. */
    @Test
    void adapt_eachWording_staysWordForWord() {
        Task labels = ToyTask.task();
        String line = "Answer with one of: animal, plant, tool.";
        assertThat(prompt("zero-shot", labels)).containsExactly("Say what kind of thing it is.\n" + line, "my dog");
        assertThat(prompt("zero-shot(exact)", labels))
                .containsExactly(
                        "Say what kind of thing it is.\nAnswer with exactly one of these, and nothing else:\n"
                                + "- animal\n- plant\n- tool",
                        "my dog");
        assertThat(prompt("zero-shot(framed)", labels))
                .containsExactly("Say what kind of thing it is.\n" + line, "Input: my dog\nAnswer:");
        assertThat(prompt("zero-shot(repeated)", labels))
                .containsExactly("Say what kind of thing it is.\n" + line, "my dog\n\nSay what kind of thing it is.");
        assertThat(prompt("zero-shot(exact)", FREE))
                .containsExactly("Say {what} it is.\nGive the answer alone, without an explanation.", "my dog");
        assertThat(prompt("zero-shot(exact)", JSON).get(0))
                .startsWith("Say {what} it is.\nAnswer with nothing but JSON of exactly this form: ");
    }

    @Test
    void adapt_labelsWithBraces_areToldAsTheyAre() {
        Task braces = Task.classification("braces", "Choose.", List.of("{a}", "b}"), List.of());
        assertThat(prompt("zero-shot(exact)", braces).get(0)).endsWith("\n- {a}\n- b}");
    }

    @Test
    void adapt_withShots_repeatsTheInstructionAfterTheQuestionAlone() {
        List<String> told = prompt("zero-shot(repeated)+few-shot(3)", ToyTask.task());
        assertThat(told).hasSize(1 + 2 * 3 + 1);
        assertThat(told.subList(1, 7)).noneMatch(text -> text.contains("Say what kind"));
        assertThat(told.get(7)).endsWith("Say what kind of thing it is.");
    }

    @Test
    void named_unknown_namesThoseKnown() {
        assertThatThrownBy(() -> StrategyCatalog.parse("zero-shot(short)", 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("one of exact, framed, repeated, got 'short'");
    }

    @Test
    void wordings_ofAPrompt_standWhereItsInstructionDoes() {
        assertThat(variants("zero-shot"))
                .containsExactly("zero-shot(exact)", "zero-shot(framed)", "zero-shot(repeated)");
        assertThat(variants("few-shot(3)/scored")).startsWith("zero-shot(exact)+few-shot(3)/scored");
        assertThat(variants("role(You, too.)+rag")).startsWith("role(You, too.)+zero-shot(exact)+rag");
        assertThat(variants("few-shot + zero-shot/constrained")).startsWith("few-shot+zero-shot(exact)/constrained");
        for (String strategy : List.of("role", "few-shot(3)", "chain-of-thought", "role(A.)+few-shot(2)")) {
            for (String variant : variants(strategy)) {
                List<String> told = prompt(variant, ToyTask.task());
                assertThat(told).as(variant).isNotEqualTo(prompt(strategy, ToyTask.task()));
                assertThat(told.get(0).split("animal", -1))
                        .as("labels once in " + variant)
                        .hasSize(2);
            }
        }
    }

    @Test
    void wordings_ofWhatTrainsAnswersByItselfOrHasOne_areNone() {
        for (String strategy : List.of(
                "words",
                "majority",
                "features",
                "lora",
                "instruction",
                "instruction+lora",
                "zero-shot(exact)",
                "zero-shot(exact)+few-shot",
                "lora-head",
                "distil(zero-shot>words)")) {
            assertThat(variants(strategy)).as(strategy).isEmpty();
        }
    }

    @Test
    void wordings_onAnotherModelOrWithAdapters_areOnItToo() {
        List<Strategy> plain = StrategyCatalog.parse("zero-shot", 0);
        try (Model small = new ToyModel()) {
            Strategy onSmall = CandidateModel.candidates(plain, List.of(CandidateModel.of("small", "", small)))
                    .get(0);
            assertThat(Variants.wordings().of(Candidate.of(onSmall), FREE))
                    .extracting(Candidate::name)
                    .startsWith("zero-shot(exact) @ small");
            assertThat(Variants.wordings()
                            .of(Candidate.of(onSmall), FREE)
                            .get(0)
                            .ownModel())
                    .contains(small);
        }
        Strategy adapted = StrategyCatalog.besideAdapters(plain, "a", "77ff", List.of(new AdapterUse("1:a", 1)))
                .get(1);
        assertThat(Variants.wordings().of(Candidate.of(adapted), FREE))
                .extracting(Candidate::name)
                .startsWith("zero-shot(exact) [a]");
    }

    private static List<String> variants(String strategy) {
        Candidate candidate = Candidate.of(StrategyCatalog.parse(strategy, 0).get(0));
        return Variants.wordings().of(candidate, ToyTask.task()).stream()
                .map(Candidate::name)
                .toList();
    }

    /** The contents of the messages that the model inside reads. */
    private static List<String> prompt(String strategy, Task task) {
        String choice = strategy.contains("/") || task.labels().isEmpty() ? strategy : strategy + "/constrained";
        try (Model toy = new ToyModel();
                Model adapted = StrategyCatalog.parse(choice, 0).get(0).adapt(toy, task, Progress.NONE)) {
            Request seen = adapted.prepare(task.request("my dog"));
            return seen.messages().stream().map(Message::content).toList();
        }
    }
}
