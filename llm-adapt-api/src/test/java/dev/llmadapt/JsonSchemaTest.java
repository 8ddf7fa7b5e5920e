package dev.llmadapt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class JsonSchemaTest {
    private static final JsonSchema SCHEMA = JsonSchema.object(
            JsonSchema.property("name", new JsonSchema.Text(3)),
            JsonSchema.property("amount", JsonSchema.number().orNull()),
            JsonSchema.property(
                    "tags", JsonSchema.list(JsonSchema.oneOf("a", "b").orNull())),
            JsonSchema.property("whole", JsonSchema.bool()));

    @Test
    void canonical_valueOfTheSchema_isOneLineInItsOrder() {
        Map<String, Object> value = new LinkedHashMap<>();
        value.put("whole", true);
        value.put("tags", Arrays.asList("a", null));
        value.put("name", "\"\ud83d\ude00b");
        assertThat(SCHEMA.canonical(value))
                .isEqualTo(
                        "{\"name\": \"\\\"\ud83d\ude00b\", \"amount\": null, \"tags\": [\"a\", null], \"whole\": true}");
        value.put("amount", new BigDecimal("12.50"));
        assertThat(SCHEMA.canonical(value)).contains("\"amount\": 12.50,");
    }

    @Test
    void canonical_doesNotFit_saysWhere() {
        assertRefused("answer has 'other', which the schema does not have; known: [name", "other", 1);
        assertRefused("answer.name must be text, got \"long\"", "name", "long");
        assertRefused("answer.name must be text, got null", "name", null);
        assertRefused("answer.amount must be number, got 1E+3", "amount", new BigDecimal("1E+3"));
        assertRefused("answer.amount must be number, got \"1\"", "amount", "1");
        assertRefused("answer.tags[1] must be \"a\" or \"b\", got \"c\"", "tags", List.of("a", "c"));
        assertRefused("answer.whole must be true or false, got {}", "whole", Map.of());
    }

    private static void assertRefused(String why, String name, @Nullable Object wrong) {
        Map<String, Object> value = new LinkedHashMap<>(Map.of("name", "x", "tags", List.of(), "whole", false));
        value.put(name, wrong);
        assertThatThrownBy(() -> SCHEMA.canonical(value))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(why);
    }
}
