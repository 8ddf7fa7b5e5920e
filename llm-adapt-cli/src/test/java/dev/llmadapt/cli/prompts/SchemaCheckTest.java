package dev.llmadapt.cli.prompts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonParser;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SchemaCheckTest {
    private static Optional<String> violation(String schema, String value) {
        return SchemaCheck.of(JsonParser.parseString(schema)).violation(JsonParser.parseString(value));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '~',
            quoteCharacter = '`',
            value = {
                "{\"type\": \"integer\"} ~ 2.0 ~ 2.5",
                "{\"type\": [\"string\", \"null\"]} ~ null ~ 1",
                "{\"const\": {\"a\": 1}} ~ {\"a\": 1.0} ~ {\"a\": true}",
                "{\"enum\": [1, \"x\"]} ~ \"x\" ~ \"y\"",
                "{\"minimum\": 1, \"exclusiveMaximum\": 3} ~ 1 ~ 3",
                "{\"multipleOf\": 0.1} ~ 0.3 ~ 0.35",
                "{\"minLength\": 2, \"maxLength\": 2} ~ \"😀😀\" ~ \"😀\"",
                "{\"pattern\": \"^a\"} ~ \"ab\" ~ \"ba\"",
                "{\"format\": \"date\"} ~ \"2024-02-29\" ~ \"2023-02-29\"",
                "{\"format\": \"email\"} ~ \"a@b.c\" ~ \"a b@c\"",
                "{\"format\": \"ipv4\"} ~ \"10.0.0.255\" ~ \"10.0.0.256\"",
                "{\"format\": \"uuid\"} ~ \"123e4567-e89b-12d3-a456-426614174000\" ~ \"123e4567\"",
                "{\"required\": [\"a\"]} ~ {\"a\": null} ~ {}",
                "{\"properties\": {\"a\": {\"type\": \"string\"}}, \"additionalProperties\": false} ~ {\"a\": \"x\"} ~ {\"b\": 1}",
                "{\"patternProperties\": {\"^n\": {\"type\": \"number\"}}} ~ {\"n1\": 1, \"s\": \"x\"} ~ {\"n1\": \"x\"}",
                "{\"propertyNames\": {\"maxLength\": 1}} ~ {\"a\": 1} ~ {\"ab\": 1}",
                "{\"dependentRequired\": {\"a\": [\"b\"]}} ~ {\"b\": 1} ~ {\"a\": 1}",
                "{\"items\": {\"type\": \"number\"}, \"minItems\": 1} ~ [1] ~ [\"x\"]",
                "{\"prefixItems\": [{\"const\": 1}], \"items\": false} ~ [1] ~ [1, 2]",
                "{\"contains\": {\"const\": 1}, \"maxContains\": 1} ~ [1, 2] ~ [1, 1]",
                "{\"uniqueItems\": true} ~ [1, 2] ~ [1, 1.0]",
                "{\"anyOf\": [{\"const\": 1}, {\"const\": 2}]} ~ 2 ~ 3",
                "{\"oneOf\": [{\"minimum\": 1}, {\"maximum\": 5}]} ~ 0 ~ 3",
                "{\"allOf\": [{\"minimum\": 1}, {\"maximum\": 5}]} ~ 3 ~ 6",
                "{\"not\": {\"const\": 1}} ~ 2 ~ 1",
                "{\"if\": {\"minimum\": 5}, \"then\": {\"multipleOf\": 5}, \"else\": {\"const\": 1}} ~ 10 ~ 7",
                "{\"$ref\": \"#/$defs/t\", \"$defs\": {\"t\": {\"items\": {\"$ref\": \"#\"}, \"type\": \"array\"}}} ~ [[]] ~ [1]"
            })
    void violation_isOfValuesThatDoNotKeepARule(String schema, String keeping, String breaking) {
        assertThat(violation(schema, keeping)).isEmpty();
        assertThat(violation(schema, breaking)).isPresent();
    }

    @Test
    void violation_namesThePlace() {
        assertThat(violation("{\"properties\": {\"a\": {\"items\": {\"type\": \"string\"}}}}", "{\"a\": [\"x\", 1]}"))
                .contains("answer.a[1] must be of type string, got 1");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '~',
            quoteCharacter = '`',
            value = {
                "{\"unevaluatedProperties\": false} ~ schema.unevaluatedProperties is not supported",
                "{\"properties\": {\"a\": {\"typ\": \"x\"}}} ~ schema.properties.a.typ is not supported",
                "{\"type\": \"text\"} ~ has the unknown type 'text'",
                "{\"format\": \"duration\"} ~ schema.format 'duration' is not supported",
                "{\"$ref\": \"other.json\"} ~ must refer to a part of the schema",
                "{\"$ref\": \"#/$defs/x\"} ~ which is not there",
                "{\"pattern\": \"(\"} ~ which is none",
                "{\"multipleOf\": 0} ~ must be above 0",
                "{\"$schema\": \"http://localhost/meta\"} ~ schema.$schema is not supported",
                "[1] ~ must be a schema"
            })
    void of_whatIsNotLookedAt_isRefused(String schema, String message) {
        assertThatThrownBy(() -> SchemaCheck.of(JsonParser.parseString(schema)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message);
    }
}
