package dev.llmadapt.local.decoding;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.llmadapt.GenerationOptions;
import dev.llmadapt.JsonSchema;
import dev.llmadapt.OutputConstraint;
import dev.llmadapt.ToolChoice;
import dev.llmadapt.ToolSpec;
import dev.llmadapt.local.Golden;
import dev.llmadapt.local.checkpoint.Checkpoint;
import dev.llmadapt.local.constraint.CompiledConstraint;
import dev.llmadapt.prompting.tool.ParsedCalls;
import dev.llmadapt.prompting.tool.ToolFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Tool calls that are written by chance: every one parses, and its arguments fit the schema. */
class ToolTextTest {
    private static final ToolSpec WEATHER = ToolSpec.of(
            "weather",
            "",
            JsonSchema.parse("{\"type\": \"object\", \"properties\": {\"city\": {\"type\": \"string\", \"maxLength\":"
                    + " 12}, \"days\": {\"type\": \"integer\", \"minimum\": 1, \"maximum\": 14}, \"rain\": {\"type\":"
                    + " \"boolean\"}}, \"required\": [\"city\", \"days\"]}"));
    private static final ToolSpec TIME =
            ToolSpec.of("time", "", JsonSchema.object(JsonSchema.property("zone", JsonSchema.oneOf("UTC", "CET"))));

    @ParameterizedTest
    @EnumSource(ToolFormat.class)
    void required_logitsByChance_callsFitTheirSchemas(ToolFormat format) {
        for (String checkpoint : List.of("tiny-llama", "tiny-ascii", "tiny-llama3")) {
            try (Checkpoint base = Checkpoint.open(Golden.folder(checkpoint));
                    TextTokenizer tokenizer = new TextTokenizer(base.tokenizer())) {
                for (int seed = 0; seed < 40; seed++) {
                    String answer = chance(tokenizer, format, ToolChoice.required(), seed);
                    ParsedCalls parsed = format.parse(answer);
                    assertThat(parsed.rest()).as(answer).isEmpty();
                    assertThat(parsed.text()).as(answer).isEmpty();
                    assertThat(parsed.calls()).as(answer).isNotEmpty().allSatisfy(call -> {
                        JsonObject arguments =
                                JsonParser.parseString(call.arguments()).getAsJsonObject();
                        if (call.name().equals("time")) {
                            assertThat(arguments.get("zone").getAsString()).isIn("UTC", "CET");
                        } else {
                            assertThat(call.name()).isEqualTo("weather");
                            assertThat(arguments.get("days").getAsInt()).isBetween(1, 14);
                            String city = arguments.get("city").getAsString();
                            assertThat(city.codePointCount(0, city.length())).isLessThanOrEqualTo(12);
                            assertThat(Set.of("city", "days", "rain")).containsAll(arguments.keySet());
                        }
                    });
                }
            }
        }
    }

    @Test
    void named_logitsByChance_isOneCallOfThatTool() {
        try (Checkpoint base = Checkpoint.open(Golden.folder("tiny-ascii"));
                TextTokenizer tokenizer = new TextTokenizer(base.tokenizer())) {
            for (int seed = 0; seed < 20; seed++) {
                String answer = chance(tokenizer, ToolFormat.HERMES, ToolChoice.named("time"), seed);
                assertThat(ToolFormat.HERMES.parse(answer).calls())
                        .singleElement()
                        .satisfies(call -> assertThat(call.name()).isEqualTo("time"));
            }
        }
    }

    @Test
    void specialTokens_thatAreMarkers_areTextOfAnswersWithTools() {
        try (Checkpoint base = Checkpoint.open(Golden.folder("tiny-llama"));
                TextTokenizer tokenizer = new TextTokenizer(base.tokenizer())) {
            int id = Objects.requireNonNull(base.tokenizer().specialTokens().get("<|im_end|>"));
            Map<Integer, String> shown = tokenizer.special(List.of("<|im_end|>", "[TOOL_CALLS]"));
            assertThat(shown).containsExactly(Map.entry(id, "<|im_end|>"));
            OutputConstraint constraint = OutputConstraint.triggered(
                    "<|im_end|>", OutputConstraint.Triggered.Tag.json("<|im_end|>", JsonSchema.integer(), ""));
            int[] ids = tokenizer.encodePlain("is");
            int[] marked = {ids[0], id, tokenizer.encodePlain("7")[0]};
            assertThat(tokenizer.decode(marked, 0, 3)).doesNotContain("<|im_end|>");
            assertThat(tokenizer.decode(marked, 0, 3, shown)).contains("<|im_end|>");
            long[] mask = new long[tokenizer.vocabulary().words()];
            CompiledConstraint.of(constraint, tokenizer.vocabulary(shown))
                    .matcher()
                    .mask(mask);
            assertThat(mask[id >>> 6] >>> id & 1).isEqualTo(1);
            CompiledConstraint.of(constraint, tokenizer.vocabulary()).matcher().mask(mask);
            assertThat(mask[id >>> 6] >>> id & 1).isZero();
            AnswerText text = new AnswerText(
                    tokenizer,
                    List.of(),
                    Optional.of(new AnswerText.Triggers(List.of("<|im_end|>"), false, false, shown)));
            StringBuilder before = new StringBuilder();
            for (int each : marked) {
                before.append(text.add(each));
            }
            before.append(text.finish());
            assertThat(before.toString().strip())
                    .isEqualTo(tokenizer.decode(ids, 0, 1).strip());
            assertThat(text.block()).startsWith("<|im_end|>").contains("7");
        }
    }

    @Test
    void text_thatOnlyBeginsLikeATrigger_isShown() {
        try (Checkpoint base = Checkpoint.open(Golden.folder("tiny-llama"));
                TextTokenizer tokenizer = new TextTokenizer(base.tokenizer())) {
            for (boolean atStart : List.of(true, false)) {
                for (String answer : List.of("{\"nam", "{\"name\"", " {\"x\": 1}", "\n", "a {\"name\"")) {
                    AnswerText text = new AnswerText(
                            tokenizer,
                            List.of(),
                            Optional.of(new AnswerText.Triggers(List.of("{\"name\":"), atStart, false, Map.of())));
                    AnswerText plain = new AnswerText(tokenizer, List.of());
                    StringBuilder shown = new StringBuilder();
                    StringBuilder expected = new StringBuilder();
                    for (int each : tokenizer.encodePlain(answer)) {
                        shown.append(text.add(each));
                        expected.append(plain.add(each));
                    }
                    shown.append(text.finish());
                    expected.append(plain.finish());
                    assertThat(shown).hasToString(expected.toString());
                    assertThat(text.block()).isEmpty();
                }
            }
        }
    }

    private static String chance(TextTokenizer tokenizer, ToolFormat format, ToolChoice choice, int seed) {
        OutputConstraint constraint = format.constraint(List.of(WEATHER, TIME), choice);
        CompiledConstraint compiled = CompiledConstraint.of(constraint, tokenizer.vocabulary());
        Random random = new Random(seed);
        int end = tokenizer.vocabulary().size(); // an id of no token, which ends an answer where it may end
        ConstraintChooser chooser = new ConstraintChooser(
                constraint,
                compiled.matcher(),
                tokenizer.vocabulary(),
                tokenizer::encodePlain,
                new Sampler(GenerationOptions.defaults().withTemperature(1.5).withSeed(seed), Set.of(), new int[0]),
                Set.of(end));
        AnswerText text = new AnswerText(
                tokenizer,
                List.of("a"), // a stop text, which does not cut calls
                Optional.of(new AnswerText.Triggers(
                        format.triggers(List.of(WEATHER, TIME)), format.atStart(), seed % 2 == 0, Map.of())));
        float[] logits = new float[end + 1];
        while (!chooser.complete()) {
            for (int id = 0; id < logits.length; id++) {
                logits[id] = (float) (3 * random.nextGaussian());
            }
            logits[end] = 8; // so that few calls come after each other
            int id = chooser.choose(logits);
            if (id == Chooser.END) {
                break;
            }
            assertThat(text.add(id)).as("nothing of a call is shown").isEmpty();
        }
        assertThat(text.finish()).isEmpty();
        return text.block();
    }
}
