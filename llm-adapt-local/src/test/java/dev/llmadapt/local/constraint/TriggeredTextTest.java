package dev.llmadapt.local.constraint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llmadapt.JsonSchema;
import dev.llmadapt.OutputConstraint;
import dev.llmadapt.OutputConstraint.Triggered;
import dev.llmadapt.OutputConstraint.Triggered.Notation;
import dev.llmadapt.OutputConstraint.Triggered.Tag;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Free text up to a trigger, then values of schemas. */
class TriggeredTextTest {
    private static final JsonSchema NUMBER = JsonSchema.parse("{\"type\": \"integer\", \"maximum\": 99}");

    private static Matcher matcher(OutputConstraint constraint) {
        byte[][] bytes = new byte[256][];
        for (int i = 0; i < 256; i++) {
            bytes[i] = new byte[] {(byte) i};
        }
        return CompiledConstraint.of(constraint, new Vocabulary(bytes)).matcher();
    }

    /** Returns the part of a text that may be written. */
    private static String accepted(Matcher matcher, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        int count = 0;
        while (count < bytes.length && matcher.accept(new byte[] {bytes[count]})) {
            count++;
        }
        return new String(bytes, 0, count, StandardCharsets.UTF_8);
    }

    private static void assertFits(OutputConstraint constraint, String text) {
        Matcher matcher = matcher(constraint);
        assertThat(accepted(matcher, text)).isEqualTo(text);
        assertThat(matcher.mayEnd()).as(text).isTrue();
    }

    private static void assertStops(OutputConstraint constraint, String text, String at) {
        assertThat(accepted(matcher(constraint), text)).isEqualTo(at);
    }

    @Test
    void triggered_textWithoutTrigger_isFree() {
        OutputConstraint constraint = OutputConstraint.triggered("<aab>", Tag.json("<aab>", NUMBER, "</a>"));
        for (String text : List.of("", "any text \n with {\"json\"} é", "<aa", "<a<aa<aab", "<aab <<")) {
            Matcher matcher = matcher(constraint);
            String end = text.equals("<aab <<") ? "<aab" : text; // the trigger needs its bracket
            assertThat(accepted(matcher, text)).startsWith(end);
            assertThat(matcher.mayEnd()).isTrue();
        }
    }

    @Test
    void triggered_trigger_beginsATag() {
        OutputConstraint constraint = OutputConstraint.triggered("<a>", Tag.json("<a>", NUMBER, "</a>"));
        assertFits(constraint, "It is <<a>42</a>");
        assertStops(constraint, "It is <a>x", "It is <a>");
        assertStops(constraint, "It is <a>420</a>", "It is <a>42");
        Matcher matcher = matcher(constraint);
        assertThat(accepted(matcher, "<a>42</a>")).isEqualTo("<a>42</a>");
        assertThat(matcher.mustEnd()).isTrue();
        Matcher half = matcher(constraint);
        accepted(half, "<a>42</");
        assertThat(half.mayEnd()).isFalse();
    }

    @Test
    void triggered_required_hasNoFreeText() {
        Triggered constraint = new Triggered(
                List.of("["), false, true, List.of("["), List.of(Tag.json("", NUMBER, "")), ", ", true, "]");
        assertFits(constraint, "[1]");
        assertFits(constraint, "[1, 2, 3]");
        assertStops(constraint, " [1]", "");
        assertStops(constraint, "[1, 2,]", "[1, 2,");
        assertThat(matcher(constraint).mayEnd()).isFalse();
    }

    @Test
    void triggered_atStart_isOnlyThere() {
        Triggered constraint = new Triggered(
                List.of("{\"n\":"),
                true,
                false,
                List.of(""),
                List.of(Tag.json("{\"n\": ", NUMBER, "}")),
                "",
                false,
                "");
        assertFits(constraint, "{\"n\": 7}");
        assertFits(constraint, "\n {\"n\": 7}");
        assertFits(constraint, "so {\"n\": true}");
        assertFits(constraint, "{\"m\": true}");
        assertFits(constraint, "{\"n");
        assertStops(constraint, "{\"n\": true}", "{\"n\": ");
        String blanks = " ".repeat(30);
        assertStops(constraint, blanks + "{\"n\": 7}", blanks + "{\"n\"");
    }

    @Test
    void triggered_pythonArguments_areKeywordsInOrder() {
        JsonSchema schema = JsonSchema.parse("{\"type\": \"object\", \"properties\": {\"a\": {\"type\": \"string\"},"
                + " \"b\": {\"type\": [\"boolean\", \"null\"]}, \"c-d\": {}, \"e\": {\"type\": \"array\", \"items\":"
                + " {\"type\": \"object\", \"properties\": {\"x\": {\"const\": true}}}}}, \"required\": [\"b\"]}");
        Triggered constraint = new Triggered(
                List.of("[f("),
                true,
                false,
                List.of("["),
                List.of(new Tag("f(", schema, ")", Notation.PYTHON_ARGUMENTS)),
                ", ",
                true,
                "]");
        assertFits(constraint, "[f(b=True)]");
        assertFits(constraint, "[f(a=\"x\", b=None), f(b=False, e=[{\"x\": True}, {}])]");
        assertStops(constraint, "[f()]", "[f(");
        assertStops(constraint, "[f(b=true)]", "[f(b=");
        assertStops(constraint, "[f(b=True, z=1)]", "[f(b=True, ");
        assertFits(constraint, "[see](f)");
    }

    @Test
    void triggered_schemaThatNothingFits_isRefusedByItsTag() {
        OutputConstraint constraint = OutputConstraint.triggered(
                "<", Tag.json("<a>", NUMBER, ""), Tag.json("<b>", JsonSchema.parse("false"), ""));
        assertThatThrownBy(() -> matcher(constraint))
                .isInstanceOf(ConstraintException.class)
                .hasMessageContaining("<b>");
        assertThatThrownBy(() -> OutputConstraint.triggered("<a>", Tag.json("<b>", NUMBER, "")))
                .hasMessageContaining("must begin with a trigger");
    }

    @Test
    void triggered_builtSchema_hasItsOneForm() {
        OutputConstraint constraint = OutputConstraint.triggered(
                "<", Tag.json("<", JsonSchema.object(JsonSchema.property("a", JsonSchema.integer())), ">"));
        assertFits(constraint, "b <{\"a\": 1}>");
    }
}
