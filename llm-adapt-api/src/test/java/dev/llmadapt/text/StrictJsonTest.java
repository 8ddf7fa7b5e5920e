package dev.llmadapt.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonPrimitive;
import java.math.BigDecimal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StrictJsonTest {
    @Test
    void object_everyKindOfValue_isReadExactly() throws BrokenRecord {
        String text = "{\"a\":[1,2.50,true,null,\"x\"],\"b\":{\"c\":123456789012345678901234567890}}";
        assertThat(StrictJson.object(text)).hasToString(text);
        assertThat(StrictJson.object(text).getAsJsonArray("a").get(1).getAsBigDecimal())
                .isEqualTo(new BigDecimal("2.50"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "[1]                  | expected a JSON object, got an array",
                "1                    | expected a JSON object, got a number",
                "{\"a\":1,\"a\":2}    | the key 'a' stands twice",
                "{\"b\":{\"a\":1,\"a\":2}} | the key 'a' stands twice",
                "{'a':1}              | not JSON, near character 3",
                "{\"a\":1}{}          | not JSON, near character",
                "{\"a\":1,}           | not JSON, near character",
                "{\"a\":NaN}          | not JSON",
                "{\"a\":1             | not JSON",
            })
    void object_anythingElse_isRefused(String text, String reason) {
        assertThatThrownBy(() -> StrictJson.object(text))
                .isInstanceOf(BrokenRecord.class)
                .hasMessageStartingWith(reason);
    }

    @Test
    void object_deeplyNested_isRefused() throws BrokenRecord {
        StrictJson.object("{\"a\":" + "[".repeat(60) + "]".repeat(60) + "}");
        assertThatThrownBy(() -> StrictJson.object("{\"a\":" + "[".repeat(100_000)))
                .isInstanceOf(BrokenRecord.class)
                .hasMessageStartingWith("not JSON");
    }

    @Test
    void array_onlyAnArray_isRead() throws BrokenRecord {
        assertThat(StrictJson.array("[\"a\", [1]]")).hasSize(2);
        assertThatThrownBy(() -> StrictJson.array("{}")).hasMessage("expected a JSON array, got an object");
    }

    @Test
    void document_broken_namesTheLine() throws BrokenRecord {
        assertThatThrownBy(() -> StrictJson.document("{\n  \"a\": 1,\n  b: 2\n}"))
                .hasMessageStartingWith("not JSON, near line 3, character ");
        assertThat(StrictJson.document("{\"a\": 1e2}", digits -> new JsonPrimitive(Double.parseDouble(digits)))
                        .get("a")
                        .getAsNumber())
                .isEqualTo(100.0);
    }
}
