package dev.llmadapt.pilot.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonParser;
import dev.llmadapt.JsonSchema;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SchemaJsonTest {
    private static final String TEXT = """
            {"type": "object", "required": ["name", "kind", "amount", "tags"], "additionalProperties": false, "properties": {
              "name": {"type": "string", "maxLength": 40, "description": "of the sender"},
              "kind": {"enum": ["in", "out"]},
              "amount": {"type": ["number", "null"]},
              "tags": {"type": "array", "maxItems": 3, "items": {"type": "object", "properties": {"id": {"type": "integer"}}}},
              "ok": {"type": "boolean"}}}
            """.replace("\"tags\"], ", "\"tags\", \"ok\"], ");
    private static final JsonSchema.ObjectOf SCHEMA = SchemaJson.read(JsonParser.parseString(TEXT));

    @Test
    void read_allKinds_describesThem() {
        assertThat(SCHEMA.describe())
                .isEqualTo("{\"name\": text, \"kind\": \"in\" or \"out\", \"amount\": number or null,"
                        + " \"tags\": [{\"id\": whole number}, ...], \"ok\": true or false}");
    }

    @Test
    void read_schemaOfPydantic_isUnderstood() {
        JsonSchema.ObjectOf schema = SchemaJson.read(JsonParser.parseString("""
                {"$defs": {"Item": {"properties": {"name": {"title": "Name", "type": "string"}, "count": {"default": 1,
                  "title": "Count", "type": "integer"}}, "required": ["name"], "title": "Item", "type": "object"},
                  "Kind": {"enum": ["in", "out"], "title": "Kind", "type": "string"}},
                 "properties": {"kind": {"$ref": "#/$defs/Kind"}, "again": {"allOf": [{"$ref": "#/$defs/Kind"}], "default": "in"},
                  "items": {"items": {"$ref": "#/$defs/Item"}, "title": "Items", "type": "array"},
                  "note": {"anyOf": [{"type": "string"}, {"type": "null"}], "default": null, "title": "Note"},
                  "first": {"anyOf": [{"$ref": "#/$defs/Item"}, {"type": "null"}], "default": null},
                  "version": {"const": "1", "title": "Version", "type": "string"}},
                 "required": ["kind", "items", "version"], "title": "Order", "type": "object"}
                """));
        assertThat(schema.describe())
                .isEqualTo("{\"kind\": \"in\" or \"out\", \"again\": \"in\" or \"out\","
                        + " \"items\": [{\"name\": text, \"count\": whole number}, ...], \"note\": text or null,"
                        + " \"first\": {\"name\": text, \"count\": whole number} or null, \"version\": \"1\"}");
    }

    @Test
    void write_schema_readsTheSame() {
        assertThat(SchemaJson.read(SchemaJson.write(SCHEMA))).isEqualTo(SCHEMA);
    }

    @Test
    void canonical_otherOrderAndSpaces_isTheOneForm() {
        String given = "{\"ok\":true,\"tags\":[{\"id\":1},{\"id\":2}],\"kind\":\"in\",\"name\":\"a \\u00e9\"}";
        assertThat(SchemaJson.canonical(JsonParser.parseString(given), SCHEMA))
                .isEqualTo("{\"name\": \"a \u00e9\", \"kind\": \"in\", \"amount\": null,"
                        + " \"tags\": [{\"id\": 1}, {\"id\": 2}], \"ok\": true}");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\'',
            value = {
                "{\"name\": 1, \"kind\": \"in\", \"tags\": [], \"ok\": true}                 | answer.name must be text",
                "{\"name\": \"\", \"kind\": \"up\", \"tags\": [], \"ok\": true}              | answer.kind must be",
                "{\"name\": \"\", \"kind\": \"in\", \"tags\": [{\"id\": 1.5}], \"ok\": true} | answer.tags[0].id must be",
                "{\"name\": \"\", \"kind\": \"in\", \"tags\": [], \"ok\": true, \"x\": 1}    | answer has 'x'",
                "{\"name\": \"\", \"kind\": \"in\", \"tags\": []}                            | answer.ok must be",
                "[]                                                                          | answer must be",
            })
    void canonical_doesNotFit_saysWhere(String given, String message) {
        assertThatThrownBy(() -> SchemaJson.canonical(JsonParser.parseString(given), SCHEMA))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\'',
            value = {
                "{\"type\": \"string\"}                                              | schema must be of type object",
                "{\"type\": \"object\", \"properties\": {}}                          | schema.properties must be",
                "{\"type\": \"object\", \"properties\": {\"a\": {\"type\": \"date\"}}} | schema.a.type must be",
                "{\"type\": \"object\", \"properties\": {\"a\": {\"type\": \"string\", \"pattern\": \"x\"}}} | schema.a says 'pattern'",
                "{\"type\": \"object\", \"required\": [], \"properties\": {\"a\": {\"type\": \"string\"}}} | schema.required leaves out [a]",
                "{\"type\": \"object\", \"properties\": {\"a\": {\"type\": \"array\"}}} | schema.a.items is missing",
                "{\"type\": \"object\", \"properties\": {\"a\": {\"$ref\": \"#/$defs/B\"}}} | schema.a.$ref must name a definition",
                "{\"$defs\": {\"B\": {\"$ref\": \"#/$defs/B\"}}, \"type\": \"object\", \"properties\": {\"a\": {\"$ref\": \"#/$defs/B\"}}} | at most 16 within",
                "{\"type\": \"object\", \"properties\": {\"a\": {\"anyOf\": [{\"type\": \"string\"}, {\"type\": \"integer\"}]}}} | schema.a.anyOf must be one schema",
                "3                                                                   | schema must be an object",
            })
    void read_unsupported_saysWhere(String given, String message) {
        assertThatThrownBy(() -> SchemaJson.read(JsonParser.parseString(given)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message);
    }
}
