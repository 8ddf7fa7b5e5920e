package dev.llmadapt.rag.documents;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import dev.llmadapt.text.BrokenRecord;
import java.io.IOException;
import java.io.StringReader;
import java.math.BigDecimal;

/**
 * One JSON value as RFC 8259 has it, with no key twice: of a list of readers that stands twice in a row nobody could
 * say which one holds.
 */
final class StrictJson {
    private static final int MAX_DEPTH = 64;

    private StrictJson() {}

    static JsonObject object(String text) throws BrokenRecord {
        if (value(text) instanceof JsonObject object) {
            return object;
        }
        throw new BrokenRecord("expected a JSON object, got '" + BrokenRecord.brief(text) + "'");
    }

    static JsonArray array(String text) throws BrokenRecord {
        if (value(text) instanceof JsonArray array) {
            return array;
        }
        throw new BrokenRecord("expected a JSON array, got '" + BrokenRecord.brief(text) + "'");
    }

    private static JsonElement value(String text) throws BrokenRecord {
        try (JsonReader reader = new JsonReader(new StringReader(text))) {
            reader.setStrictness(Strictness.STRICT);
            reader.setNestingLimit(MAX_DEPTH);
            JsonElement value = at(reader);
            if (reader.peek() != JsonToken.END_DOCUMENT) {
                throw new BrokenRecord("expected one JSON value, got more after it");
            }
            return value;
        } catch (IOException | NumberFormatException e) {
            String where = String.valueOf(e.getMessage()).replaceAll("(?s)\\R.*| See http.*", "");
            throw new BrokenRecord("it is not JSON: " + BrokenRecord.brief(where));
        }
    }

    private static JsonElement at(JsonReader reader) throws IOException, BrokenRecord {
        return switch (reader.peek()) {
            case BEGIN_OBJECT -> object(reader);
            case BEGIN_ARRAY -> {
                JsonArray array = new JsonArray();
                reader.beginArray();
                while (reader.hasNext()) {
                    array.add(at(reader));
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

    private static JsonObject object(JsonReader reader) throws IOException, BrokenRecord {
        JsonObject object = new JsonObject();
        reader.beginObject();
        while (reader.hasNext()) {
            String key = reader.nextName();
            if (object.has(key)) {
                throw new BrokenRecord("the key '" + BrokenRecord.brief(key) + "' stands twice");
            }
            object.add(key, at(reader));
        }
        reader.endObject();
        return object;
    }
}
