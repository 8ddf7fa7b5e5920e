package dev.llmadapt.local.constraint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which texts a schema allows: a table of schemas, texts and whether they fit. */
class SchemaCompilerTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '`',
            value = {
                // types
                "{'type': 'null'}; null; true",
                "{'type': 'null'}; false; false",
                "{'type': ['string', 'integer']}; 12; true",
                "{'type': ['string', 'integer']}; 1.5; false",
                "{'type': ['integer', 'number']}; 1.5; true",
                "{'type': 'number'}; -1.5e+3; true",
                "{'type': 'integer'}; 01; false",
                "true; {'a': [1, {}]}; true",
                "{}; [ ]; true",
                "{}; []; true",
                // enum and const
                "{'enum': ['a', 1, null, [1, {'b': 2}]]}; [1, {'b': 2}]; true",
                "{'enum': ['a', 1, null, [1, {'b': 2}]]}; [1, {'b': 3}]; false",
                "{'const': 1}; 1; true",
                "{'const': 1}; 1.0; false", // the same value, which not all validators know
                "{'const': 1e2}; 100.0; true",
                "{'const': 'a\\nb'}; 'a\\nb'; true",
                "{'const': false}; 0; false",
                "{'not': {'const': 1}}; 1.00; false",
                "{'not': {'enum': ['a', 1]}}; 'b'; true",
                "{'not': {'enum': ['a', 1]}}; 'a'; false",
                // numbers
                "{'minimum': 0}; 'x'; true",
                "{'type': 'integer', 'minimum': 5, 'maximum': 12}; 13; false",
                "{'type': 'integer', 'minimum': 5, 'maximum': 12}; 12; true",
                "{'type': 'number', 'exclusiveMinimum': 1.5}; 1.50; false",
                "{'type': 'number', 'exclusiveMinimum': 1.5}; 1.51; true",
                "{'type': 'number', 'minimum': 5, 'exclusiveMinimum': true}; 5; false",
                "{'type': 'integer', 'multipleOf': 3}; 9; true",
                "{'type': 'integer', 'multipleOf': 3}; 10; false",
                "{'type': 'integer', 'format': 'int32'}; 2147483648; false",
                "{'type': 'number', 'not': {'multipleOf': 2}}; 4; false",
                // strings
                "{'type': 'string', 'minLength': 2, 'maxLength': 3}; 'ab'; true",
                "{'type': 'string', 'minLength': 2, 'maxLength': 3}; 'a'; false",
                "{'type': 'string', 'minLength': 2, 'maxLength': 3}; 'abcd'; false",
                "{'type': 'string', 'pattern': '^[a-c]+$'}; 'abc'; true",
                "{'type': 'string', 'pattern': 'b'}; 'abc'; true",
                "{'type': 'string', 'pattern': 'b', 'maxLength': 2}; 'abc'; false",
                "{'type': 'string', 'not': {'pattern': 'b'}}; 'abc'; false",
                "{'type': 'string', 'format': 'date'}; '2023-02-29'; false",
                "{'type': 'string', 'format': 'date'}; '2024-02-29'; true",
                "{'type': 'string', 'format': 'date-time'}; '2024-02-28T23:59:59.5+01:00'; true",
                "{'type': 'string', 'format': 'uuid'}; '123e4567-e89b-12d3-a456-426614174000'; true",
                "{'type': 'string', 'format': 'email'}; 'a.b@example.com'; true",
                "{'type': 'string', 'format': 'email'}; 'a b@example.com'; false",
                "{'type': 'string', 'format': 'ipv4'}; '256.1.1.1'; false",
                "{'type': 'string', 'format': 'ipv6'}; '2001:db8::1'; true",
                "{'type': 'string', 'format': 'uri'}; 'https://example.com/a?b=c#d'; true",
                "{'type': 'string', 'format': 'uri'}; 'no uri'; false",
                // objects
                "{'type': 'object', 'properties': {'a': {'type': 'integer'}, 'b': {}}, 'required': ['b']}; {'b': 1}; true",
                "{'type': 'object', 'properties': {'a': {'type': 'integer'}, 'b': {}}, 'required': ['b']}; {'a': 1}; false",
                "{'type': 'object', 'properties': {'a': {'type': 'integer'}}}; {'a': 1, 'x': []}; true",
                "{'type': 'object', 'properties': {'a': {'type': 'integer'}}}; {'a': 'x'}; false",
                "{'type': 'object', 'properties': {'a': {}}, 'additionalProperties': false}; {'x': 1}; false",
                "{'type': 'object', 'additionalProperties': {'type': 'null'}}; {'x': null}; true",
                "{'type': 'object', 'additionalProperties': {'type': 'null'}}; {'x': 1}; false",
                "{'type': 'object', 'patternProperties': {'^n': {'type': 'null'}}}; {'n1': 1}; false",
                "{'type': 'object', 'patternProperties': {'^n': {'type': 'null'}}}; {'m': 1}; true",
                "{'type': 'object', 'patternProperties': {'a': {'minimum': 3}, 'b': {'maximum': 5}}}; {'ab': 6}; false",
                "{'type': 'object', 'patternProperties': {'a': {'minimum': 3}, 'b': {'maximum': 5}}}; {'ab': 4}; true",
                "{'type': 'object', 'propertyNames': {'maxLength': 2}}; {'abc': 1}; false",
                "{'type': 'object', 'propertyNames': {'maxLength': 2}}; {'ab': 1}; true",
                "{'type': 'object', 'minProperties': 1}; {}; false",
                "{'type': 'object', 'maxProperties': 1}; {'a': 1, 'b': 2}; false",
                "{'type': 'object', 'properties': {'a': {}, 'b': {}, 'c': {}}, 'maxProperties': 2}; {'a': 1, 'c': 2}; true",
                "{'type': 'object', 'properties': {'a': {}, 'b': {}, 'c': {}}, 'maxProperties': 2}; {'a': 1, 'b': 1, 'c': 2}; false",
                "{'type': 'object', 'dependentRequired': {'a': ['b']}}; {'a': 1}; false",
                "{'type': 'object', 'dependentRequired': {'a': ['b']}}; {'a': 1, 'b': 1}; true",
                "{'type': 'object', 'dependencies': {'a': {'properties': {'b': {'const': 1}}}}}; {'a': 1, 'b': 2}; false",
                "{'type': 'object', 'not': {'required': ['a']}}; {'a': 1}; false",
                "{'type': 'object', 'not': {'required': ['a']}}; {'b': 1}; true",
                "{'type': 'object', 'not': {'properties': {'a': {'type': 'integer'}}}}; {'a': 'x'}; true",
                "{'type': 'object', 'not': {'additionalProperties': {'type': 'integer'}}}; {'a': 1, 'b': 'x'}; true",
                "{'type': 'object', 'not': {'additionalProperties': {'type': 'integer'}}}; {'a': 1, 'b': 2}; false",
                "{'properties': {'a': {}}, 'unevaluatedProperties': false}; {'b': 1}; false",
                "{'allOf': [{'properties': {'a': {}}}], 'properties': {'b': {}}, 'unevaluatedProperties': false}; {'b': 1, 'a': 2}; true",
                // arrays
                "{'type': 'array', 'items': {'type': 'integer'}, 'minItems': 1, 'maxItems': 2}; [1, 2]; true",
                "{'type': 'array', 'items': {'type': 'integer'}, 'minItems': 1, 'maxItems': 2}; []; false",
                "{'type': 'array', 'items': {'type': 'integer'}, 'minItems': 1, 'maxItems': 2}; [1, 2, 3]; false",
                "{'type': 'array', 'prefixItems': [{'type': 'null'}], 'items': {'type': 'integer'}}; [null, 1, 2]; true",
                "{'type': 'array', 'prefixItems': [{'type': 'null'}], 'items': false}; [null, 1]; false",
                "{'type': 'array', 'items': [{'type': 'null'}], 'additionalItems': {'type': 'string'}}; [null, 1]; false",
                "{'type': 'array', 'contains': {'minimum': 5}}; [1, 6, 2]; true",
                "{'type': 'array', 'contains': {'minimum': 5}}; [1, 2]; false",
                "{'type': 'array', 'contains': {'minimum': 5}, 'minContains': 2, 'maxContains': 2}; [6, 1, 7]; true",
                "{'type': 'array', 'contains': {'minimum': 5}, 'minContains': 2, 'maxContains': 2}; [6, 8, 7]; false",
                "{'type': 'array', 'not': {'items': {'type': 'integer'}}}; [1, 'x']; true",
                "{'type': 'array', 'not': {'items': {'type': 'integer'}}}; [1, 2]; false",
                "{'type': 'array', 'uniqueItems': true, 'maxItems': 1}; [1]; true",
                // combinations
                "{'anyOf': [{'type': 'integer'}, {'minimum': 2}]}; 1.5; false",
                "{'anyOf': [{'type': 'integer'}, {'minimum': 2}]}; 2.5; true",
                "{'oneOf': [{'type': 'integer'}, {'minimum': 2}]}; 3; false",
                "{'oneOf': [{'type': 'integer'}, {'minimum': 2}]}; 2.5; true",
                "{'oneOf': [{'required': ['a']}, {'required': ['b']}]}; {'a': 1, 'b': 2}; false",
                "{'oneOf': [{'required': ['a']}, {'required': ['b']}]}; {'b': 2}; true",
                "{'allOf': [{'properties': {'a': {'minimum': 1}}}, {'properties': {'a': {'maximum': 2}}}]}; {'a': 3}; false",
                "{'if': {'properties': {'a': {'const': 1}}, 'required': ['a']}, 'then': {'required': ['b']}}; {'a': 1}; false",
                "{'if': {'properties': {'a': {'const': 1}}, 'required': ['a']}, 'then': {'required': ['b']}}; {'a': 2}; true",
                "{'if': {'type': 'integer'}, 'then': {'minimum': 3}, 'else': {'type': 'string'}}; null; false",
                // references
                "{'$ref': '#/$defs/a', '$defs': {'a': {'type': 'array', 'items': {'$ref': '#/$defs/a'}}}}; [[], [[]]]; true",
                "{'$ref': '#/$defs/a', '$defs': {'a': {'type': 'array', 'items': {'$ref': '#/$defs/a'}}}}; [[1]]; false",
                "{'$ref': '#x', '$defs': {'a': {'$anchor': 'x', 'type': 'null'}}}; null; true",
                "{'$ref': '#/$defs/a~1b%25', '$defs': {'a/b%': {'type': 'null'}}}; null; true",
                "{'$id': 'http://x.y/root.json', '$ref': 'b.json', '$defs': {'a': {'$id': 'b.json', 'type': 'null'}}}; null; true",
                // annotations
                "{'type': 'null', 'title': 't', 'description': 'd', 'default': 1, 'x-own': {'type': 'bad'}}; null; true"
            })
    void accept_aText_isWhatTheSchemaSays(String schema, String text, boolean fits) {
        assertThat(Tokens.fits(schema.replace('\'', '"').replace("\\n", "\\n"), text.replace('\'', '"')))
                .isEqualTo(fits);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '`',
            value = {
                "{'properties': {'a': {'$ref': 'http://elsewhere/x.json'}}}; $ref; #/properties/a",
                "{'$ref': '#'}; $ref; #",
                "{'$dynamicRef': '#a'}; $dynamicRef; #",
                "{'type': 'array', 'items': {'type': 'array', 'uniqueItems': true}}; uniqueItems; #/items",
                "{'items': {'pattern': '(?=a)b'}}; pattern; #/items",
                "{'items': {'format': 'regex'}}; format; #/items",
                "{'patternProperties': {'(': {}}}; patternProperties; #",
                "{'allOf': [{'type': 'any'}]}; type; #/allOf/0",
                "{'minLength': 'x'}; minLength; #",
                "{'maxItems': -1}; maxItems; #",
                "{'minimum': '1'}; minimum; #",
                "{'multipleOf': 0}; multipleOf; #",
                "{'required': true}; required; #",
                "{'enum': 1}; enum; #",
                "{'anyOf': {}}; anyOf; #",
                "{'anyOf': [{'properties': {'a': {}}}, {}], 'unevaluatedProperties': false}; unevaluatedProperties; #",
                "{'$schema': 'http://json-schema.org/draft-03/schema#'}; $schema; #",
                "{'type': 'object', 'properties': {'a': {'type': 'array', 'maxItems': 30000}}}; maxItems; #/properties/a",
                "{'properties': {'a': {'type': 'object', 'minProperties': 30000}}}; minProperties; #/properties/a:"
            })
    void json_notKept_isRefusedByKeywordAndPlace(String schema, String keyword, String place) {
        assertThatThrownBy(() -> Tokens.schema(schema.replace('\'', '"')))
                .isInstanceOfSatisfying(
                        ConstraintException.class, e -> assertThat(e.keyword()).isEqualTo(keyword))
                .hasMessageContaining("'" + keyword + "'")
                .hasMessageContaining(place);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '`',
            value = {
                "{'type': 'integer', 'minimum': 5, 'maximum': 3}; minimum; #; maximum",
                "{'type': 'number', 'minimum': 5, 'exclusiveMaximum': 5}; minimum; #; exclusiveMaximum",
                "{'type': 'integer', 'exclusiveMinimum': 4, 'exclusiveMaximum': 5}; exclusiveMinimum; #; exclusiveMaximum",
                "{'type': 'string', 'title': 't', 'minLength': 5, 'maxLength': 3}; minLength; #; maxLength",
                "{'type': 'array', 'items': {}, 'minItems': 5, 'maxItems': 3}; minItems; #; maxItems",
                "{'type': 'object', 'minProperties': 5, 'maxProperties': 3}; minProperties; #; maxProperties",
                "{'type': 'object', 'required': ['a', 'b'], 'maxProperties': 1}; required; #; maxProperties",
                "{'type': 'object', 'required': ['a'], 'properties': {'a': false}}; required; #; properties",
                "{'type': 'array', 'contains': {}, 'minContains': 2, 'maxItems': 1}; contains; #; minContains",
                "{'type': 'integer', 'const': 'a'}; const; #; type",
                "{'enum': []}; enum; #; {\"enum\":[]}",
                "{'type': []}; type; #; {\"type\":[]}",
                "{'type': 'integer', 'allOf': [{'minimum': 5}, {'maximum': 3}]}; allOf; #; type",
                "{'type': 'object', 'properties': {'x': {}, 'a/b': {'type': 'integer', 'minimum': 5, 'maximum': 3}}, 'required': ['x', 'a/b']}; minimum; #/properties/a~1b; maximum",
                "{'type': 'array', 'minItems': 1, 'items': {'$ref': '#/$defs/n'}, '$defs': {'n': {'type': 'integer', 'minimum': 5, 'maximum': 3}}}; minimum; #/$defs/n; maximum",
                "{'allOf': [{}, {'type': 'string', 'minLength': 5, 'maxLength': 3}]}; minLength; #/allOf/1; maxLength"
            })
    void json_keywordsThatExcludeEachOther_areRefusedByKeywordAndPlace(
            String schema, String keyword, String place, String other) {
        assertThatThrownBy(() -> Tokens.schema(schema.replace('\'', '"')))
                .isInstanceOfSatisfying(
                        ConstraintException.class, e -> assertThat(e.keyword()).isEqualTo(keyword))
                .hasMessageStartingWith("keyword '" + keyword + "' at " + place + ": no value fits it")
                .hasMessageContaining(other)
                .hasMessageEndingWith("; change one of them");
    }

    @Test
    void json_keywordsThatExcludeEachOtherWhereNoValueNeedBe_areKept() {
        String bounds = "{\"type\": \"integer\", \"minimum\": 5, \"maximum\": 3}";
        assertThat(Tokens.fits("{\"type\": \"object\", \"properties\": {\"a\": " + bounds + "}}", "{}"))
                .isTrue();
        assertThat(Tokens.fits("{\"anyOf\": [{\"type\": \"null\"}, " + bounds + "]}", "null"))
                .isTrue();
        assertThat(Tokens.fits("{\"type\": \"integer\", \"not\": " + bounds + "}", "4"))
                .isTrue();
    }

    @Test
    void json_compactForm_isOnOneLine() {
        CompiledConstraint compact = CompiledConstraint.json(
                com.google.gson.JsonParser.parseString("{\"properties\": {\"a\": {}}, \"type\": \"object\"}"),
                false,
                Tokens.BYTES);
        assertThat(Tokens.fits(compact, "{\"a\": [1, 2]}")).isTrue();
        assertThat(Tokens.fits(compact, "{\"a\":[1,2]}")).isFalse();
        assertThat(Tokens.fits("{}", "{\n  \"a\" : [1,2]\n}")).isTrue();
        assertThat(Tokens.fits("{}", "[1," + " ".repeat(JsonText.MAX_WHITESPACE + 1) + "2]"))
                .isFalse();
    }

    @Test
    void json_propertiesOfAllOf_comeInTheOrderOfTheSchema() {
        String schema =
                "{\"required\": [\"z\"], \"allOf\": [{\"properties\": {\"b\": {}}}], \"properties\": {\"a\": {}}}";
        assertThat(Tokens.fits(schema, "{\"a\": 1, \"b\": 2, \"z\": 3, \"x\": 4}"))
                .isTrue();
        assertThat(Tokens.fits(schema, "{\"b\": 1, \"a\": 2, \"z\": 3}")).isFalse();
    }

    @Test
    void json_hostileSchemas_areRefused() {
        String deep = "{\"not\":".repeat(230) + "{}" + "}".repeat(230);
        assertThatThrownBy(() -> Tokens.schema(deep))
                .isInstanceOf(ConstraintException.class)
                .hasMessageContaining("levels");
        StringBuilder many = new StringBuilder("{\"type\": \"object\", \"allOf\": [");
        for (int i = 0; i < 30; i++) {
            many.append(i == 0 ? "" : ", ")
                    .append("{\"anyOf\": [{\"required\": [\"a" + i + "\"]}, {\"required\": [\"b" + i + "\"]}]}");
        }
        assertThatThrownBy(() -> Tokens.schema(many + "]}"))
                .isInstanceOf(ConstraintException.class)
                .hasMessageStartingWith("the schema at #: ")
                .hasMessageContaining("cases");
        assertThatThrownBy(() -> Tokens.schema("{\"properties\": {\"p\": " + many + "]}}}"))
                .isInstanceOf(ConstraintException.class)
                .hasMessageStartingWith("the schema at #/properties/p: ")
                .hasMessageContaining("cases");
        assertThatThrownBy(() -> Tokens.schema("{\"type\": \"array\", \"minItems\": 2000000}"))
                .isInstanceOf(ConstraintException.class)
                .hasMessageContaining("minItems");
        assertThatThrownBy(() -> Tokens.schema("{\"minimum\": 1e400000}"))
                .isInstanceOf(ConstraintException.class)
                .hasMessageContaining("digits");
        String doubling = "{\"$defs\": {\"a0\": {\"type\": \"null\"}";
        for (int i = 1; i < 60; i++) {
            doubling += ", \"a" + i + "\": {\"oneOf\": [{\"$ref\": \"#/$defs/a" + (i - 1)
                    + "\"}, {\"items\": {\"$ref\":" + " \"#/$defs/a" + (i - 1) + "\"}}]}";
        }
        String all = doubling + "}, \"$ref\": \"#/$defs/a59\"}";
        assertThat(org.junit.jupiter.api.Assertions.assertTimeoutPreemptively(java.time.Duration.ofSeconds(60), () -> {
                    try {
                        Tokens.schema(all);
                        return "kept";
                    } catch (ConstraintException e) {
                        return "refused";
                    }
                }))
                .isIn("kept", "refused");
    }
}
