package dev.llmadapt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** The arguments that value types refuse, and the messages that name them. */
@SuppressWarnings("NullAway") // null is what is tried
class ArgumentsTest {
    @Test
    void nothing_isNamed() {
        names("userMessage", () -> Request.of((String) null));
        names("messages", () -> Request.of((Message[]) null));
        names("a message", () -> Request.of(Message.user("a"), null));
        names("content", () -> Message.user(null));
        names("role", () -> new Message(null, "a"));
        names("output", () -> new Example("1", "a", null));
        names("options", () -> Request.of("a").withOptions(null));
        names("constraint", () -> Request.of("a").withConstraint(null));
        names("name", () -> Request.of("a").withAdapter(null));
        names("labels", () -> Task.classification("t", "i", null, List.of()));
        names("metric", () -> Task.answering("t", "i", List.of()).withMetric(null));
        names("text", () -> new Query(null, 1));
        names("title", () -> new Passage("1", null, "a", 0));
        names("choices", () -> OutputConstraint.oneOf(null));
        names("schema", () -> OutputConstraint.json(null));
        names("value", () -> JsonSchema.property("a", null));
    }

    private static void names(String what, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOf(NullPointerException.class)
                .hasMessageStartingWith(what + " must not be null");
    }

    @Test
    void classification_withoutLabels_isRefused() {
        assertThatThrownBy(() -> Task.classification("t", "i", List.of(), List.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("at least two labels", "Task.answering");
    }

    @Test
    void tasks_withoutLabels_areMadeInOneCall() {
        Task answering = Task.answering("faq", "Answer.", List.of(new Example("1", "q", "a")));
        assertThat(answering.labels()).isEmpty();
        assertThat(answering.request("q").constraint()).isEqualTo(OutputConstraint.none());
        JsonSchema.ObjectOf invoice = JsonSchema.object(
                JsonSchema.property("merchant", JsonSchema.text()),
                JsonSchema.property("amount", JsonSchema.number()),
                JsonSchema.property("items", JsonSchema.list(JsonSchema.integer())),
                JsonSchema.property("paid", JsonSchema.bool().orNull()));
        Task extraction = Task.extraction("invoices", "Extract.", invoice, List.of());
        assertThat(extraction.schema()).isEqualTo(Optional.of(invoice));
        assertThat(invoice.describe())
                .isEqualTo("{\"merchant\": text, \"amount\": number, \"items\": [whole number, ...],"
                        + " \"paid\": true or false or null}");
    }

    @Test
    void properties_withoutOrder_areRefused() {
        assertThatThrownBy(() -> JsonSchema.object(Map.of("a", JsonSchema.text(), "b", JsonSchema.number())))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("[a, b]", "object(property(...), property(...))");
        assertThat(JsonSchema.object(Map.of("a", JsonSchema.text())).properties())
                .hasSize(1);
        Map<String, JsonSchema> ordered = new LinkedHashMap<>();
        ordered.put("b", JsonSchema.text());
        ordered.put("a", JsonSchema.text());
        assertThat(JsonSchema.object(ordered).properties().keySet()).containsExactly("b", "a");
        assertThatThrownBy(() -> JsonSchema.object(
                        JsonSchema.property("a", JsonSchema.text()), JsonSchema.property("a", JsonSchema.text())))
                .hasMessageContaining("two properties are called 'a'");
    }
}
