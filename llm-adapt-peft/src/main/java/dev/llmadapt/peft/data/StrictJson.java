package dev.llmadapt.peft.data;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import com.google.gson.stream.MalformedJsonException;
import dev.llmadapt.text.BrokenRecord;
import java.io.EOFException;
import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.util.Locale;

/** Parses one JSON object as RFC 8259 has it: no comments, no second value after it, no key twice, not nested deeper than 32. */
public final class StrictJson {
    private static final int MAX_DEPTH = 32;

    private StrictJson() {}

    /**
     * Parses.
     *
     * @throws BrokenRecord if the text is no such object
     */
    public static JsonObject object(String text) throws BrokenRecord {
        try (JsonReader reader = new JsonReader(new StringReader(text))) {
            reader.setStrictness(Strictness.STRICT);
            reader.setNestingLimit(MAX_DEPTH);
            if (reader.peek() != JsonToken.BEGIN_OBJECT) {
                throw new BrokenRecord("expected a JSON object, got " + words(reader.peek()));
            }
            JsonObject object = objectAt(reader);
            if (reader.peek() != JsonToken.END_DOCUMENT) {
                throw new BrokenRecord("expected one JSON object, got more after it");
            }
            return object;
        } catch (MalformedJsonException | EOFException | NumberFormatException e) {
            throw new BrokenRecord(MalformedJson.inLine(e));
        } catch (IOException e) {
            throw new UncheckedIOException(e); // a text in memory can be read
        }
    }

    private static JsonObject objectAt(JsonReader reader) throws IOException, BrokenRecord {
        JsonObject object = new JsonObject();
        reader.beginObject();
        while (reader.hasNext()) {
            String key = reader.nextName();
            if (object.has(key)) {
                throw new BrokenRecord("the key '" + BrokenRecord.brief(key) + "' stands twice");
            }
            object.add(key, valueAt(reader));
        }
        reader.endObject();
        return object;
    }

    private static JsonElement valueAt(JsonReader reader) throws IOException, BrokenRecord {
        return switch (reader.peek()) {
            case BEGIN_OBJECT -> objectAt(reader);
            case BEGIN_ARRAY -> {
                JsonArray array = new JsonArray();
                reader.beginArray();
                while (reader.hasNext()) {
                    array.add(valueAt(reader));
                }
                reader.endArray();
                yield array;
            }
            case NUMBER -> new JsonPrimitive(new BigDecimal(reader.nextString()));
            case BOOLEAN -> new JsonPrimitive(reader.nextBoolean());
            case NULL -> {
                reader.nextNull();
                yield JsonNull.INSTANCE;
            }
            default -> new JsonPrimitive(reader.nextString());
        };
    }

    private static String words(JsonToken token) {
        return switch (token) {
            case BEGIN_ARRAY -> "an array";
            case STRING -> "a text";
            case NUMBER -> "a number";
            default -> token.name().toLowerCase(Locale.ROOT);
        };
    }
}
