package dev.llmadapt.langchain4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonParser;
import dev.langchain4j.model.chat.request.json.JsonAnyOfSchema;
import dev.langchain4j.model.chat.request.json.JsonArraySchema;
import dev.langchain4j.model.chat.request.json.JsonIntegerSchema;
import dev.langchain4j.model.chat.request.json.JsonNullSchema;
import dev.langchain4j.model.chat.request.json.JsonObjectSchema;
import dev.langchain4j.model.chat.request.json.JsonRawSchema;
import dev.langchain4j.model.chat.request.json.JsonReferenceSchema;
import dev.langchain4j.model.chat.request.json.JsonSchemaElement;
import dev.langchain4j.model.chat.request.json.JsonStringSchema;
import dev.llmadapt.JsonSchema;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class SchemasTest {
    private static final JsonObjectSchema EVERYTHING = JsonObjectSchema.builder()
            .description("A person.")
            .addStringProperty("name", "as written")
            .addIntegerProperty("age")
            .addNumberProperty("height")
            .addBooleanProperty("alive")
            .addEnumProperty("kind", List.of("a", "b"))
            .addProperty(
                    "scores",
                    JsonArraySchema.builder().items(new JsonIntegerSchema()).build())
            .addProperty(
                    "nick",
                    JsonAnyOfSchema.builder()
                            .anyOf(new JsonStringSchema(), new JsonNullSchema())
                            .build())
            .addProperty(
                    "mother", JsonReferenceSchema.builder().reference("person").build())
            .addProperty("born", JsonRawSchema.from("{\"type\":\"string\",\"format\":\"date\"}"))
            .required("name", "age")
            .additionalProperties(false)
            .definitions(Map.of(
                    "person",
                    JsonObjectSchema.builder()
                            .addStringProperty("name")
                            .additionalProperties(true)
                            .build()))
            .build();

    @Test
    void text_everyElement_isItsJsonSchema() {
        assertThat(SchemaText.of(EVERYTHING)).isEqualTo("""
                {"type":"object","properties":{"name":{"type":"string","description":"as written"},\
                "age":{"type":"integer"},"height":{"type":"number"},"alive":{"type":"boolean"},\
                "kind":{"type":"string","enum":["a","b"]},"scores":{"type":"array","items":{"type":"integer"}},\
                "nick":{"anyOf":[{"type":"string"},{"type":"null"}]},"mother":{"$ref":"#/$defs/person"},\
                "born":{"type":"string","format":"date"}},"required":["name","age"],"additionalProperties":false,\
                "$defs":{"person":{"type":"object","properties":{"name":{"type":"string"}},\
                "additionalProperties":true}},"description":"A person."}""");
    }

    @Test
    void text_anyElement_isParsedBackToTheSame() {
        JsonSchemaElement back = SchemaElements.of(JsonSchema.parse(SchemaText.of(EVERYTHING)));

        assertThat(back).isInstanceOf(JsonObjectSchema.class);
        assertThat(JsonParser.parseString(SchemaText.of(back)))
                .isEqualTo(JsonParser.parseString(SchemaText.of(EVERYTHING)));
    }

    @Test
    void text_brokenRawSchema_isRefused() {
        assertThatThrownBy(() -> SchemaText.of(JsonRawSchema.from("{\"type\": ")))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void elements_keywordsWithoutAnElement_stayInARawOne() {
        String text = "{\"type\":\"object\",\"properties\":{\"year\":{\"type\":\"integer\",\"minimum\":1900},"
                + "\"tags\":{\"type\":\"array\",\"items\":{\"type\":\"string\"},\"uniqueItems\":true}}}";
        JsonObjectSchema object = (JsonObjectSchema) SchemaElements.of(JsonSchema.parse(text));

        assertThat(object.properties().get("year")).isInstanceOf(JsonRawSchema.class);
        assertThat(object.properties().get("tags")).isInstanceOf(JsonRawSchema.class);
        assertThat(SchemaElements.of(JsonSchema.parse("{\"type\":\"object\",\"minProperties\":1}")))
                .isInstanceOf(JsonRawSchema.class);
        assertThat(SchemaElements.of(JsonSchema.parse("true"))).isInstanceOf(JsonRawSchema.class);
    }

    @Test
    void elements_builtSchema_leavesItsLengthsToTheCheck() {
        JsonSchema built = JsonSchema.object(
                JsonSchema.property("name", JsonSchema.text()),
                JsonSchema.property("kinds", JsonSchema.list(JsonSchema.oneOf("a", "b"))),
                JsonSchema.property("age", JsonSchema.integer().orNull()));

        assertThat(SchemaText.of(SchemaElements.of(built)))
                .isEqualTo("{\"type\":\"object\",\"properties\":{\"name\":{\"type\":\"string\"},\"kinds\":{\"type\":"
                        + "\"array\",\"items\":{\"type\":\"string\",\"enum\":[\"a\",\"b\"]}},\"age\":{\"anyOf\":"
                        + "[{\"type\":\"integer\"},{\"type\":\"null\"}]}},\"required\":[\"name\",\"kinds\",\"age\"],"
                        + "\"additionalProperties\":false}");
    }

    @Test
    void parameters_keywordsThatToolsCannotHave_areRefused() {
        assertThatThrownBy(() -> SchemaElements.parameters(
                        "find", JsonSchema.parse("{\"type\":\"object\",\"patternProperties\":{}}")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'find'")
                .hasMessageContaining("patternProperties");
    }
}
