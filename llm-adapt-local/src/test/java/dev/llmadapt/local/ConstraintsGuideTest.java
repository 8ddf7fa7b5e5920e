package dev.llmadapt.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llmadapt.Example;
import dev.llmadapt.Generation;
import dev.llmadapt.GuideExamples;
import dev.llmadapt.JsonSchema;
import dev.llmadapt.OutputConstraint;
import dev.llmadapt.Request;
import dev.llmadapt.Task;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** The examples of {@code docs/guides/constraints.md}, line for line. */
class ConstraintsGuideTest {
    @Test
    void examples_ofConstraints_areKept() {
        try (LocalModel model = LocalModel.open(
                Golden.folder("tiny-ascii"), ModelOptions.defaults().withThreads(2))) {
            // guide
            JsonSchema schema = JsonSchema.parse("""
                    {"type": "object",
                     "properties": {"name": {"type": "string", "minLength": 1}, "age": {"type": "integer", "minimum": 0}},
                     "required": ["name"], "additionalProperties": false}""");
            Generation person =
                    model.generate(Request.of("Who are you?").withConstraint(OutputConstraint.json(schema)));
            Generation month = model.generate(
                    Request.of("When?").withConstraint(OutputConstraint.regex("\\d{4}-(0[1-9]|1[0-2])")));
            Generation sum = model.generate(Request.of("2 and 2?").withConstraint(OutputConstraint.grammar("""
                    root   ::= number ("+" number)*
                    number ::= [0-9]+ | "(" root ")"
                    """)));
            // end
            assertThat(person.text()).matches("(?s)\\s*\\{.*");
            assertThat(month.text()).matches("\\d{4}-(0[1-9]|1[0-2])");
            assertThat(sum.text()).matches("[0-9+()]+");
        }
    }

    enum Currency {
        EUR,
        USD
    }

    @Test
    void examples_ofRecords_areKept() {
        try (LocalModel model = LocalModel.open(
                Golden.folder("tiny-ascii"), ModelOptions.defaults().withThreads(2))) {
            // guide
            record Invoice(LocalDate date, BigDecimal total, Currency currency, Optional<UUID> order) {}

            Invoice invoice = model.generate(Request.of("Read this invoice: 7.90 euros, 3 May"), Invoice.class);

            record Price(BigDecimal amount, Currency currency) {}

            Task prices = Task.extracting(
                    Price.class,
                    "prices",
                    "Extract the price.",
                    List.of(Example.of(
                            "1", "two cups for 7.90 euros", new Price(new BigDecimal("7.90"), Currency.EUR))));
            Price price = model.generate(prices.request("a pot, 12 dollars"), Price.class);
            // end
            assertThat(invoice.date()).isNotNull();
            assertThat(price.amount()).isNotNull();
            // guide
            String schema = JsonSchema.of(Invoice.class).jsonSchema();
            System.out.println(
                    schema); // {"type": "object", "properties": {"date": {"type": "string", "format": "date"}, ...
            // end
            assertThat(schema)
                    .startsWith(
                            "{\"type\": \"object\", \"properties\": {\"date\": {\"type\": \"string\", \"format\": \"date\"}, ");
            assertThat(JsonSchema.parse(schema).jsonSchema()).isEqualTo(schema);
        }
    }

    @Test
    void refusal_inTheGuide_isWhatIsSaid() {
        JsonSchema schema =
                JsonSchema.parse("{\"properties\": {\"tags\": {\"type\": \"array\", \"uniqueItems\": true}}}");
        try (LocalModel model = LocalModel.open(
                Golden.folder("tiny-ascii"), ModelOptions.defaults().withThreads(2))) {
            Request request = Request.of("Which?").withConstraint(OutputConstraint.json(schema));
            assertThatThrownBy(() -> model.generate(request))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("keyword 'uniqueItems' at #/properties/tags: is only kept where there is at most one"
                            + " item; leave it out and check the answer");
        }
    }

    @Test
    void refusalOfContradiction_inTheGuide_isWhatIsSaid() throws IOException {
        JsonSchema schema = JsonSchema.parse("{\"type\": \"object\", \"required\": [\"age\"], \"properties\":"
                + " {\"age\": {\"type\": \"integer\", \"minimum\": 5, \"maximum\": 3}}}");
        try (LocalModel model = LocalModel.open(
                Golden.folder("tiny-ascii"), ModelOptions.defaults().withThreads(2))) {
            Request request = Request.of("How old?").withConstraint(OutputConstraint.json(schema));
            assertThatThrownBy(() -> model.generate(request))
                    .satisfies(refusal -> assertThat(
                                    Files.readString(GuideExamples.root().resolve("docs/guides/constraints.md")))
                            .contains("\n" + refusal.getMessage() + "\n"));
        }
    }

    @Test
    void guide_examples_areTheOnesTested() {
        assertThat(GuideExamples.tested(ConstraintsGuideTest.class))
                .isEqualTo(GuideExamples.shown("docs/guides/constraints.md"))
                .hasSize(3);
    }
}
