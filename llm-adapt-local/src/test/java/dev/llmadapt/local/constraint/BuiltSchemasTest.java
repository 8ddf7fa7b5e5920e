package dev.llmadapt.local.constraint;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.llmadapt.JsonSchema;
import dev.llmadapt.OutputConstraint;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BuiltSchemasTest {
    private static final JsonSchema.ObjectOf SCHEMA = schema();

    private static JsonSchema.ObjectOf schema() {
        Map<String, JsonSchema> properties = new LinkedHashMap<>();
        properties.put("na\"me", new JsonSchema.Text(5));
        properties.put("n", JsonSchema.Plain.NUMBER);
        properties.put("i", JsonSchema.Plain.INTEGER.orNull());
        properties.put("b", JsonSchema.Plain.BOOLEAN);
        properties.put("k", JsonSchema.oneOf("a", "ab", "").orNull());
        properties.put("l", new JsonSchema.ListOf(JsonSchema.object(Map.of("x", JsonSchema.Plain.INTEGER)), 2));
        return JsonSchema.object(properties);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"na\\\"me\": \"\", \"n\": 0, \"i\": null, \"b\": true, \"k\": \"ab\", \"l\": []}",
                "{\"na\\\"me\": \"a\\n\\\\\u00e9\uD83D\uDE00\", \"n\": -10.25, \"i\": -7, \"b\": false, \"k\": null, \"l\": [{\"x\": 1}]}",
                "{\"na\\\"me\": \"12345\", \"n\": 0.5, \"i\": 0, \"b\": true, \"k\": \"\", \"l\": [{\"x\": 1}, {\"x\": 20}]}"
            })
    void accept_fits_mustEndWithTheLastByte(String json) {
        Matcher matcher = matcher();
        assertThat(matcher.accept(json.substring(0, json.length() - 1).getBytes(StandardCharsets.UTF_8)))
                .isTrue();
        assertThat(matcher.mayEnd()).isFalse();
        assertThat(matcher.accept(json.substring(json.length() - 1).getBytes(StandardCharsets.UTF_8)))
                .isTrue();
        assertThat(matcher.mayEnd()).isTrue();
        assertThat(matcher.mustEnd()).isTrue();
        assertThat(matcher.accept(new byte[] {' '})).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                " ",
                "{ ",
                "{\"n\"",
                "{\"na\\\"me\":\"",
                "{\"na\\\"me\": n",
                "{\"na\\\"me\": \"123456",
                "{\"na\\\"me\": \"\n",
                "{\"na\\\"me\": \"\\ux",
                "{\"na\\\"me\": \"\", \"n\": 00",
                "{\"na\\\"me\": \"\", \"n\": .",
                "{\"na\\\"me\": \"\", \"n\": 1.,",
                "{\"na\\\"me\": \"\", \"n\": 1.2.",
                "{\"na\\\"me\": \"\", \"n\": -,",
                "{\"na\\\"me\": \"\", \"n\": 1e",
                "{\"na\\\"me\": \"\", \"n\": 1234567890123456",
                "{\"na\\\"me\": \"\", \"n\": 1, \"i\": 1.",
                "{\"na\\\"me\": \"\", \"n\": 1, \"i\": nul,",
                "{\"na\\\"me\": \"\", \"n\": 1, \"i\": 1, \"b\": n",
                "{\"na\\\"me\": \"\", \"n\": 1, \"i\": 1, \"b\": true, \"k\": \"b",
                "{\"na\\\"me\": \"\", \"n\": 1, \"i\": 1, \"b\": true, \"k\": null, \"l\": [{\"x\": 1},]",
                "{\"na\\\"me\": \"\", \"n\": 1, \"i\": 1, \"b\": true, \"k\": null, \"l\": [{\"x\": 1}, {\"x\": 1},"
            })
    void accept_doesNotFit_isRefusedAtTheLastByte(String json) {
        Matcher matcher = matcher();
        assertThat(matcher.accept(json.substring(0, json.length() - 1).getBytes(StandardCharsets.UTF_8)))
                .isTrue();
        assertThat(matcher.accept(json.substring(json.length() - 1).getBytes(StandardCharsets.UTF_8)))
                .isFalse();
    }

    @Test
    void accept_brokenUtf8_isRefused() {
        Matcher matcher = matcher();
        assertThat(matcher.accept("{\"na\\\"me\": \"".getBytes(StandardCharsets.UTF_8)))
                .isTrue();
        assertThat(matcher.accept(new byte[] {(byte) 0x80}))
                .as("continuation first")
                .isFalse();
        assertThat(matcher.accept(new byte[] {(byte) 0xC0}))
                .as("too long a form")
                .isFalse();
        assertThat(matcher.accept(new byte[] {(byte) 0xF8}))
                .as("no such length")
                .isFalse();
        assertThat(matcher.accept(new byte[] {(byte) 0xC3})).isTrue();
        assertThat(matcher.accept(new byte[] {'"'})).as("character not over").isFalse();
    }

    @Test
    void mask_anyWayThrough_isJsonOfTheForm() {
        long[] mask = new long[Tokens.BYTES.words()];
        CompiledConstraint compiled = CompiledConstraint.of(OutputConstraint.json(SCHEMA), Tokens.BYTES);
        for (long seed = 0; seed < 300; seed++) {
            Random random = new Random(seed);
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            Matcher matcher = compiled.matcher();
            while (!matcher.mustEnd()) {
                matcher.mask(mask);
                List<Integer> allowed = new ArrayList<>();
                for (int value = 0; value < 0x80; value++) {
                    if ((mask[value >>> 6] >>> value & 1) != 0) {
                        allowed.add(value);
                    }
                }
                assertThat(allowed).as("seed " + seed + " after " + bytes).isNotEmpty();
                int value = allowed.get(random.nextInt(allowed.size()));
                bytes.write(value);
                assertThat(matcher.accept(value)).isTrue();
            }
            JsonObject json = JsonParser.parseString(bytes.toString(StandardCharsets.UTF_8))
                    .getAsJsonObject();
            assertThat(json.keySet())
                    .as("seed " + seed)
                    .containsExactlyElementsOf(SCHEMA.properties().keySet());
        }
    }

    private static Matcher matcher() {
        return CompiledConstraint.of(OutputConstraint.json(SCHEMA), Tokens.BYTES)
                .matcher();
    }
}
