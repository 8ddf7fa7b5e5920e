package dev.llmadapt.local.decoding;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.llmadapt.JsonSchema;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonStateTest {
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
    void next_fits_endsWithTheLastByte(String json) {
        JsonState end = after(json);
        assertThat(end).isNotNull().satisfies(state -> assertThat(state.end()).isTrue());
        JsonState before = after(json.substring(0, json.length() - 1));
        assertThat(before)
                .isNotNull()
                .satisfies(state -> assertThat(state.end()).isFalse());
        assertThat(after(json + " ")).isNull();
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
    void next_doesNotFit_isRefusedAtTheLastByte(String json) {
        assertThat(after(json.substring(0, json.length() - 1))).isNotNull();
        assertThat(after(json)).isNull();
    }

    @Test
    void next_brokenUtf8_isRefused() {
        JsonState text = Objects.requireNonNull(after("{\"na\\\"me\": \""));
        assertThat(text.next(0x80)).as("continuation first").isNull();
        assertThat(text.next(0xC0)).as("too long a form").isNull();
        assertThat(text.next(0xF8)).as("no such length").isNull();
        JsonState begun = Objects.requireNonNull(text.next(0xC3));
        assertThat(begun.next('"')).as("character not over").isNull();
    }

    @Test
    void next_anyWayThrough_isJsonOfTheForm() {
        for (long seed = 0; seed < 300; seed++) {
            Random random = new Random(seed);
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            JsonState state = JsonState.of(SCHEMA);
            while (!state.end()) {
                List<Integer> allowed = new ArrayList<>();
                for (int value = 0; value < 0x80; value++) {
                    if (state.next(value) != null) {
                        allowed.add(value);
                    }
                }
                assertThat(allowed).as("seed " + seed + " after " + bytes).isNotEmpty();
                int value = allowed.get(random.nextInt(allowed.size()));
                bytes.write(value);
                state = Objects.requireNonNull(state.next(value));
            }
            JsonObject json = JsonParser.parseString(bytes.toString(StandardCharsets.UTF_8))
                    .getAsJsonObject();
            assertThat(json.keySet())
                    .as("seed " + seed)
                    .containsExactlyElementsOf(SCHEMA.properties().keySet());
        }
    }

    private static @Nullable JsonState after(String json) {
        JsonState state = JsonState.of(SCHEMA);
        for (byte each : json.getBytes(StandardCharsets.UTF_8)) {
            if (state == null) {
                return null;
            }
            state = state.next(Byte.toUnsignedInt(each));
        }
        return state;
    }
}
