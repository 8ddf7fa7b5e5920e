package dev.llmadapt.prompting.extraction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llmadapt.Example;
import dev.llmadapt.InferenceException;
import dev.llmadapt.JsonSchema;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ExtractionRulesTest {
    private static final JsonSchema.ObjectOf PAYMENT = JsonSchema.object(
            JsonSchema.property("to", JsonSchema.text()),
            JsonSchema.property("amount", JsonSchema.number()),
            JsonSchema.property("day", JsonSchema.text().orNull()),
            JsonSchema.property("currency", JsonSchema.oneOf("EUR", "GBP")),
            JsonSchema.property("monthly", JsonSchema.bool()));

    private static final List<Example> EXAMPLES = List.of(
            example("Pay Ann Lee €20 on 3 May 2026.", "Ann Lee", "20", "\"2026-05-03\"", "EUR", false),
            example("I have £90. Pay Bob £1,200.50 every month", "Bob", "1200.50", "null", "GBP", true),
            example("Pay Carla Diaz £35 on 4/6/2026, thanks", "Carla Diaz", "35", "\"2026-06-04\"", "GBP", false),
            example("Pay Dan Ek €7", "Dan Ek", "7", "null", "EUR", false),
            example("I have €3,000. Pay Eve €44.10 every month", "Eve", "44.10", "null", "EUR", true),
            example("Hello! Pay Fay Wu £62 on 2026-01-09", "Fay Wu", "62", "\"2026-01-09\"", "GBP", false));

    @Test
    void answer_newTexts_findsValuesByTheWordsAround() {
        ExtractionRules rules = ExtractionRules.learn(PAYMENT, EXAMPLES, Map.of());
        assertThat(rules.answer("I have £11. Pay Guy Ott £2,500 every month"))
                .isEqualTo("{\"to\": \"Guy Ott\", \"amount\": 2500, \"day\": null, \"currency\": \"GBP\","
                        + " \"monthly\": true}");
        assertThat(rules.answer("Pay Hal Fox €5.5 on December 24, 2026"))
                .isEqualTo("{\"to\": \"Hal Fox\", \"amount\": 5.5, \"day\": \"2026-12-24\", \"currency\": \"EUR\","
                        + " \"monthly\": false}");
    }

    @Test
    void answer_anyText_isJsonOfTheSchema() {
        ExtractionRules rules = ExtractionRules.learn(PAYMENT, EXAMPLES, Map.of());
        String pieces = "Pay€£1,.0 9-/aZé\"\\\n\u0001every month on\uD83D\uDE00";
        for (long seed = 0; seed < 300; seed++) {
            Random random = new Random(seed);
            StringBuilder text = new StringBuilder(seed % 2 == 0 ? "Pay " : "");
            random.ints(random.nextInt(60), 0, pieces.length()).forEach(i -> text.append(pieces.charAt(i)));
            String answer = rules.answer(text.toString());
            assertThat(answer)
                    .as("seed %s: %s", seed, text)
                    .startsWith("{\"to\": ")
                    .endsWith("}");
        }
        assertThat(rules.answer("")).contains("\"day\": null");
    }

    @Test
    void answer_fieldOfAnObjectAndAList_areFoundAndTheMostFrequent() {
        JsonSchema.ObjectOf schema = JsonSchema.object(
                JsonSchema.property("order", JsonSchema.object(JsonSchema.property("number", JsonSchema.integer()))),
                JsonSchema.property("tags", JsonSchema.list(JsonSchema.text())));
        List<Example> examples = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            examples.add(new Example(
                    "e" + i,
                    "It is " + i + " o'clock, order no " + (100 + i),
                    "{\"order\": {\"number\": " + (100 + i) + "}, \"tags\": [\"x\"]}"));
        }
        ExtractionRules rules = ExtractionRules.learn(schema, examples, Map.of());
        assertThat(rules.answer("3 more, and order no 77"))
                .isEqualTo("{\"order\": {\"number\": 77}, \"tags\": [\"x\"]}");
    }

    @Test
    void learn_givenPattern_comesBeforeWhatIsLearned() {
        ExtractionRules rules = ExtractionRules.learn(PAYMENT, EXAMPLES, Map.of("amount", "I have .([0-9,]+)"));
        assertThat(rules.answer("I have £1,100. Pay Guy £2 every month")).contains("\"amount\": 1100,");
        assertThat(rules.answer("Pay Guy £2 every month")).contains("\"amount\": 2,");
    }

    @Test
    void learn_patternOfAnUnknownFieldOrNone_isRefusedByName() {
        assertThatThrownBy(() -> ExtractionRules.learn(PAYMENT, EXAMPLES, Map.of("amuont", "(x)")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'amuont'")
                .hasMessageContaining("[to, amount, day, currency, monthly]");
        assertThatThrownBy(() -> ExtractionRules.requireValid(Map.of("amount", "([0-9]+")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("field 'amount' is no regular expression");
        assertThatThrownBy(() -> ExtractionRules.requireValid(Map.of("amount", "[0-9]+")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("must have one group");
        assertThatThrownBy(() -> ExtractionRules.requireValid(Map.of("amount", "(".repeat(1_999))))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void answer_patternThatBacktracks_isAnErrorWithinItsSteps() {
        ExtractionRules rules = ExtractionRules.learn(PAYMENT, EXAMPLES, Map.of("to", "((?:a+)+)\\1b"));
        long start = System.nanoTime();
        assertThatThrownBy(() -> rules.answer("a".repeat(60)))
                .isInstanceOf(InferenceException.class)
                .hasMessageContaining("field 'to'")
                .hasMessageContaining("steps");
        assertThat(System.nanoTime() - start).isLessThan(20_000_000_000L);
        ExtractionRules deep = ExtractionRules.learn(PAYMENT, EXAMPLES, Map.of("to", "((?:a|b)*)c"));
        assertThatThrownBy(() -> deep.answer("ab".repeat(200_000))).isInstanceOf(InferenceException.class);
    }

    @Test
    void learn_answerThatDoesNotFit_namesTheExample() {
        assertThatThrownBy(
                        () -> ExtractionRules.learn(PAYMENT, List.of(new Example("e7", "x", "{\"to\": 3}")), Map.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("example 'e7'");
        assertThatThrownBy(() -> ExtractionRules.learn(PAYMENT, List.of(new Example("e8", "x", "Ann")), Map.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("example 'e8' is no JSON object");
    }

    @Test
    void read_numbersAndDates_asPeopleWriteThem() {
        assertThat(Numbers.read("1,200.50", false)).hasToString("Optional[1200.5]");
        assertThat(Numbers.read("1.200,50", false)).hasToString("Optional[1200.5]");
        assertThat(Numbers.read("1 200,50", false)).hasToString("Optional[1200.5]");
        assertThat(Numbers.read("1'000'000", false)).hasToString("Optional[1000000]");
        assertThat(Numbers.read("1,200", false)).hasToString("Optional[1200]");
        assertThat(Numbers.read("1,200", true)).hasToString("Optional[1.2]");
        assertThat(Numbers.read("1.200", true)).hasToString("Optional[1200]");
        assertThat(Numbers.read("-3.10", false)).hasToString("Optional[-3.1]");
        assertThat(Numbers.read("x", false)).isEmpty();
        assertThat(Dates.iso("3rd of May, 2026", false)).contains("2026-05-03");
        assertThat(Dates.iso("Sept. 3, 2026", false)).contains("2026-09-03");
        assertThat(Dates.iso("3/4/26", false)).contains("2026-04-03");
        assertThat(Dates.iso("3/4/2026", true)).contains("2026-03-04");
        assertThat(Dates.iso("13/4/2026", true)).contains("2026-04-13");
        assertThat(Dates.iso("4/13/2026", false)).contains("2026-04-13");
        assertThat(Dates.iso("31/2/2026", false)).isEmpty();
    }

    private static Example example(
            String text, String to, String amount, String day, String currency, boolean monthly) {
        return new Example(
                text,
                text,
                "{\"to\": \"" + to + "\", \"amount\": " + amount + ", \"day\": " + day + ", \"currency\": \"" + currency
                        + "\", \"monthly\": " + monthly + "}");
    }
}
