package dev.llmadapt.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llmadapt.Generation;
import dev.llmadapt.GuideExamples;
import dev.llmadapt.JsonSchema;
import dev.llmadapt.OutputConstraint;
import dev.llmadapt.Request;
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
    void guide_examples_areTheOnesTested() {
        assertThat(GuideExamples.tested(ConstraintsGuideTest.class))
                .isEqualTo(GuideExamples.shown("docs/guides/constraints.md"))
                .hasSize(1);
    }
}
