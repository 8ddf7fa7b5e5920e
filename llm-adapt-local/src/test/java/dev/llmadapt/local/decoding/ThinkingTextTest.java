package dev.llmadapt.local.decoding;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonParser;
import dev.llmadapt.GenerationOptions;
import dev.llmadapt.JsonSchema;
import dev.llmadapt.OutputConstraint;
import dev.llmadapt.ToolChoice;
import dev.llmadapt.ToolSpec;
import dev.llmadapt.local.Golden;
import dev.llmadapt.local.checkpoint.Checkpoint;
import dev.llmadapt.local.constraint.CompiledConstraint;
import dev.llmadapt.local.constraint.ThinkingMatcher;
import dev.llmadapt.prompting.tool.ToolFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Answers that begin with a thought and go on under a constraint, from a tokenizer and logits without a model. */
class ThinkingTextTest {
    private static final OutputConstraint NUMBER = OutputConstraint.json(JsonSchema.parse("{\"type\": \"integer\"}"));
    private static final OutputConstraint BUILT =
            OutputConstraint.json(JsonSchema.object(JsonSchema.property("a", JsonSchema.bool())));

    private record Written(String thought, String answer, boolean complete) {}

    @ParameterizedTest
    @ValueSource(strings = {"tiny-llama", "tiny-ascii", "tiny-llama3"})
    void chooser_whatTheModelPrefers_isWrittenWhereItFits(String checkpoint) {
        try (Checkpoint base = Checkpoint.open(Golden.folder(checkpoint));
                TextTokenizer tokenizer = new TextTokenizer(base.tokenizer())) {
            assertThat(written(tokenizer, NUMBER, true, "it is 7</think>\n\n42"))
                    .isEqualTo(new Written("it is 7", "42", false));
            assertThat(written(tokenizer, NUMBER, false, "<think>\nit is 7\n</think>\n42"))
                    .isEqualTo(new Written("it is 7", "42", false));
            assertThat(written(tokenizer, NUMBER, false, "42")).isEqualTo(new Written("", "42", false));
            assertThat(written(tokenizer, BUILT, true, "{\"a\": 1} </think>\n{\"a\": true}"))
                    .isEqualTo(new Written("{\"a\": 1}", "{\"a\": true}", true));
            assertThat(written(tokenizer, OutputConstraint.regex("(.|\n)*"), true, "a</think>\nb"))
                    .isEqualTo(new Written("a", "\nb", false));
            assertThat(written(tokenizer, OutputConstraint.grammar("root ::= \"x\""), false, "<think>y</think>x"))
                    .isEqualTo(new Written("y", "x", true));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void chooser_logitsByChance_answerFits(boolean opened) {
        int complete = 0;
        int thoughts = 0;
        for (String checkpoint : List.of("tiny-llama", "tiny-ascii", "tiny-llama3")) {
            try (Checkpoint base = Checkpoint.open(Golden.folder(checkpoint));
                    TextTokenizer tokenizer = new TextTokenizer(base.tokenizer())) {
                for (int seed = 0; seed < 30; seed++) {
                    // what is wanted fits nowhere in the answer, and is refused there
                    String wanted = (seed % 2 == 0 ? "<think>" : "") + "a b</think>\n\nno" + " </think>".repeat(4);
                    Written written = write(tokenizer, BUILT, opened, wanted, new Random(seed), 300);
                    if (written.complete()) {
                        complete++;
                        assertThat(JsonParser.parseString(written.answer())
                                        .getAsJsonObject()
                                        .get("a")
                                        .getAsBoolean())
                                .isIn(true, false);
                    }
                    thoughts += written.thought().isEmpty() ? 0 : 1;
                    assertThat(written.thought()).doesNotContain("</think>");
                    assertThat(written.answer()).doesNotContain("think");
                }
            }
        }
        assertThat(complete).isGreaterThan(40);
        assertThat(thoughts).isGreaterThan(20);
    }

    @Test
    void chooser_toolsAfterAThought_areCalled() {
        ToolSpec tool = ToolSpec.of(
                "f",
                "",
                JsonSchema.parse("{\"type\": \"object\", \"properties\": {\"n\": {\"type\":"
                        + " \"integer\"}}, \"required\": [\"n\"]}"));
        ToolFormat format = ToolFormat.HERMES;
        OutputConstraint.Triggered auto = format.constraint(List.of(tool), ToolChoice.auto());
        String call = "<tool_call>\n{\"name\": \"f\", \"arguments\": {\"n\": 7}}\n</tool_call>";
        try (Checkpoint base = Checkpoint.open(Golden.folder("tiny-ascii"));
                TextTokenizer tokenizer = new TextTokenizer(base.tokenizer())) {
            AnswerText text = text(
                    tokenizer,
                    auto,
                    false,
                    Optional.of(new AnswerText.Triggers(auto.triggers(), auto.atStart(), false, Map.of())));
            ConstraintChooser chooser = chooser(tokenizer, auto, false);
            StringBuilder thought = new StringBuilder();
            StringBuilder answer = new StringBuilder();
            // the marker of a call within the thought begins none
            String wanted = "<think>I call " + call + " now</think>\n\nWell: " + call;
            for (int id : tokenizer.encodePlain(wanted)) {
                float[] logits = new float[tokenizer.vocabulary().size() + 1];
                logits[id] = 100;
                assertThat(chooser.choose(logits)).isEqualTo(id);
                answer.append(text.add(id));
                thought.append(text.takeThought());
            }
            answer.append(text.finish());
            assertThat(thought).hasToString("I call " + call + " now");
            assertThat(answer.toString().strip()).isEqualTo("Well:");
            assertThat(format.parse(text.block()).calls())
                    .singleElement()
                    .satisfies(each -> assertThat(each.arguments()).isEqualTo("{\"n\": 7}"));
        }
    }

    private static Written written(
            TextTokenizer tokenizer, OutputConstraint constraint, boolean opened, String wanted) {
        return write(tokenizer, constraint, opened, wanted, new Random(0), wanted.length());
    }

    /** Writes what is wanted, where it may come; else what the random numbers prefer. */
    private static Written write(
            TextTokenizer tokenizer,
            OutputConstraint constraint,
            boolean opened,
            String wanted,
            Random random,
            int most) {
        ConstraintChooser chooser = chooser(tokenizer, constraint, opened);
        AnswerText text = text(tokenizer, constraint, opened, Optional.empty());
        StringBuilder thought = new StringBuilder();
        StringBuilder answer = new StringBuilder();
        int end = tokenizer.vocabulary().size();
        boolean over = false;
        for (int from = 0, n = 0; n < most && !over && (from < wanted.length() || most > wanted.length()); n++) {
            float[] logits = new float[end + 1];
            for (int id = 0; id < logits.length; id++) {
                logits[id] = (float) random.nextGaussian();
            }
            int want = from < wanted.length() ? tokenizer.encodePlain(wanted.substring(from, from + 1))[0] : -1;
            for (int id : from < wanted.length() ? tokenizer.encodePlain(wanted.substring(from)) : new int[0]) {
                want = id;
                break;
            }
            if (want >= 0) {
                logits[want] = 100;
            }
            int id = chooser.choose(logits);
            if (id == Chooser.END) {
                break;
            }
            if (id == want) {
                from += Math.max(
                        1,
                        tokenizer.decode(new int[] {id, id}, 0, 2).length()
                                - tokenizer.decode(new int[] {id}, 0, 1).length());
            } else {
                from++;
            }
            answer.append(text.add(id));
            thought.append(text.takeThought());
            over = chooser.complete();
        }
        answer.append(text.finish());
        thought.append(text.takeThought());
        return new Written(thought.toString(), answer.toString(), over);
    }

    private static ConstraintChooser chooser(TextTokenizer tokenizer, OutputConstraint constraint, boolean opened) {
        boolean exact = constraint instanceof OutputConstraint.Regex || constraint instanceof OutputConstraint.Grammar;
        ThinkingMatcher matcher = new ThinkingMatcher(
                ThinkingMatcher.Markers.of("<think>", "</think>", tokenizer.vocabulary()),
                CompiledConstraint.of(constraint, tokenizer.vocabulary()).matcher(),
                opened,
                !exact);
        return new ConstraintChooser(
                constraint,
                matcher,
                tokenizer.vocabulary(),
                tokenizer::encodePlain,
                new Sampler(GenerationOptions.defaults(), Set.of(), new int[0]),
                Set.of(tokenizer.vocabulary().size()));
    }

    private static AnswerText text(
            TextTokenizer tokenizer,
            OutputConstraint constraint,
            boolean opened,
            Optional<AnswerText.Triggers> triggers) {
        boolean exact = constraint instanceof OutputConstraint.Regex || constraint instanceof OutputConstraint.Grammar;
        return new AnswerText(
                tokenizer,
                List.of("7"), // a stop text, which does not count in thoughts
                triggers,
                Optional.of(new ThoughtSplit("<think>", "</think>", opened, !exact)),
                Map.of());
    }
}
