package dev.llmadapt.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.llmadapt.FinishReason;
import dev.llmadapt.Generation;
import dev.llmadapt.GenerationOptions;
import dev.llmadapt.JsonSchema;
import dev.llmadapt.OutputConstraint;
import dev.llmadapt.Request;
import dev.llmadapt.Token;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Answers under constraints, from models with random weights, which would write anything. */
class ConstrainedAnswerTest {
    private static final OutputConstraint SCHEMA = OutputConstraint.json(JsonSchema.parse("""
            {"type": "object", "additionalProperties": false, "required": ["kind", "tags"],
             "properties": {"kind": {"enum": ["lost", "stolen"]}, "note": {"type": "string", "maxLength": 8},
              "tags": {"type": "array", "items": {"type": "integer", "minimum": 10, "maximum": 99}, "maxItems": 2}}}"""));

    private static GenerationOptions options(long seed) {
        return GenerationOptions.defaults()
                .withMaxTokens(400)
                .withTemperature(seed == 0 ? 0 : 1.5)
                .withSeed(seed);
    }

    private static LocalModel open(String checkpoint) {
        return LocalModel.open(Golden.folder(checkpoint), ModelOptions.defaults());
    }

    @ParameterizedTest
    @ValueSource(strings = {"tiny-llama", "tiny-ascii"})
    void generate_parsedSchema_fitsWhateverTheModelPrefers(String checkpoint) {
        try (LocalModel model = open(checkpoint)) {
            for (long seed = 0; seed < 8; seed++) {
                Generation answer = model.generate(
                        Request.of("where is my card?").withConstraint(SCHEMA).withOptions(options(seed)));
                assertThat(answer.finishReason()).as("seed " + seed).isEqualTo(FinishReason.STOP);
                assertThat(answer.tokens().stream().map(Token::text).collect(Collectors.joining()))
                        .isEqualTo(answer.text());
                JsonObject json = JsonParser.parseString(answer.text()).getAsJsonObject();
                assertThat(json.get("kind").getAsString()).isIn("lost", "stolen");
                JsonArray tags = json.getAsJsonArray("tags");
                assertThat(tags.size()).isLessThanOrEqualTo(2);
                tags.forEach(tag -> assertThat(tag.getAsInt()).isBetween(10, 99));
            }
        }
    }

    @Test
    void generate_regexAndGrammar_fit() {
        OutputConstraint grammar = OutputConstraint.grammar("root ::= \"(\" root \")\" | [0-9]");
        try (LocalModel model = open("tiny-llama")) {
            for (long seed = 0; seed < 8; seed++) {
                Request request = Request.of("when?").withOptions(options(seed));
                Generation month =
                        model.generate(request.withConstraint(OutputConstraint.regex("\\d{4}-(0[1-9]|1[0-2])")));
                assertThat(month.text()).matches("\\d{4}-(0[1-9]|1[0-2])");
                assertThat(month.finishReason()).isEqualTo(FinishReason.STOP);
                Generation nested = model.generate(request.withConstraint(grammar));
                if (nested.finishReason() == FinishReason.STOP) {
                    assertThat(nested.text()).matches("\\(*[0-9]\\)*");
                }
            }
        }
    }

    /** Where a text may end the model decides, and the limit of tokens is told. */
    @Test
    void generate_textThatMayGoOn_endsByTheModelOrTheLimit() {
        try (LocalModel model = open("tiny-llama")) {
            Generation answer = model.generate(Request.of("count")
                    .withConstraint(OutputConstraint.regex("[ab]{3,}"))
                    .withOptions(options(0).withMaxTokens(5)));
            assertThat(answer.text()).matches("[ab]*");
            if (answer.finishReason() == FinishReason.STOP) {
                assertThat(answer.text()).matches("[ab]{3,}");
            } else {
                assertThat(answer.finishReason()).isEqualTo(FinishReason.LENGTH);
                assertThat(answer.tokens()).hasSize(5);
            }
        }
    }

    @Test
    void generate_batchOfConstraints_isThatOfEachAlone() {
        try (LocalModel model = open("tiny-llama")) {
            List<Request> requests = new ArrayList<>();
            for (long seed = 1; seed < 4; seed++) {
                requests.add(Request.of("a card").withConstraint(SCHEMA).withOptions(options(seed)));
                requests.add(Request.of("a day")
                        .withConstraint(OutputConstraint.regex("(mon|tues)day"))
                        .withOptions(options(seed)));
            }
            List<Generation> together = model.generate(requests);
            for (int i = 0; i < requests.size(); i++) {
                assertThat(together.get(i).text())
                        .isEqualTo(model.generate(requests.get(i)).text());
            }
        }
    }

    @Test
    void generate_constraintThatIsNotKept_isRefusedByName() {
        try (LocalModel model = open("tiny-llama")) {
            Request request = Request.of("x");
            assertThatThrownBy(() -> model.generate(request.withConstraint(OutputConstraint.json(
                            JsonSchema.parse("{\"properties\": {\"a\": {\"$dynamicRef\": \"#x\"}}}")))))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("$dynamicRef")
                    .hasMessageContaining("#/properties/a");
            assertThatThrownBy(() -> model.generate(request.withConstraint(OutputConstraint.regex("(?=a)b"))))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("look-ahead");
            assertThatThrownBy(() -> model.generate(request.withConstraint(OutputConstraint.grammar("a ::= \"b\""))))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("root");
        }
    }
}
