package dev.llmadapt.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.llmadapt.FinishReason;
import dev.llmadapt.Generation;
import dev.llmadapt.GenerationOptions;
import dev.llmadapt.JsonSchema;
import dev.llmadapt.OutputConstraint;
import dev.llmadapt.Request;
import dev.llmadapt.Token;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Answers that must be JSON, from models with random weights, which would write anything. */
class JsonAnswerTest {
    @ParameterizedTest
    @ValueSource(strings = {"tiny-llama", "tiny-ascii"})
    void generate_json_fitsTheSchemaWhateverTheModelPrefers(String checkpoint) {
        Map<String, JsonSchema> properties = new LinkedHashMap<>();
        properties.put("name", new JsonSchema.Text(12));
        properties.put("amount", JsonSchema.Plain.NUMBER);
        properties.put("kind", JsonSchema.oneOf("lost", "stolen").orNull());
        properties.put("items", new JsonSchema.ListOf(new JsonSchema.Text(6), 3));
        Request request =
                Request.of("where is my card?").withConstraint(OutputConstraint.json(JsonSchema.object(properties)));
        try (LocalModel model = LocalModel.open(Golden.folder(checkpoint), ModelOptions.defaults())) {
            for (long seed = 0; seed < 12; seed++) {
                Generation answer = model.generate(request.withOptions(GenerationOptions.defaults()
                        .withMaxTokens(400)
                        .withTemperature(seed == 0 ? 0 : 1.5)
                        .withSeed(seed)));
                assertThat(answer.finishReason()).as("seed " + seed).isEqualTo(FinishReason.STOP);
                assertThat(answer.tokens().stream().map(Token::text).collect(Collectors.joining()))
                        .isEqualTo(answer.text());
                JsonObject json = JsonParser.parseString(answer.text()).getAsJsonObject();
                assertThat(json.keySet()).as(answer.text()).containsExactly("name", "amount", "kind", "items");
                assertThat(json.get("name").getAsString().length()).isLessThanOrEqualTo(24);
                assertThat(json.get("kind").isJsonNull()
                                || List.of("lost", "stolen")
                                        .contains(json.get("kind").getAsString()))
                        .isTrue();
                assertThat(json.getAsJsonArray("items").size()).isLessThanOrEqualTo(3);
            }
        }
    }
}
