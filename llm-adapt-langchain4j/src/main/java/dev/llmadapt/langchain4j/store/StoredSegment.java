package dev.llmadapt.langchain4j.store;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.langchain4j.data.document.Metadata;
import dev.langchain4j.data.segment.TextSegment;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.apache.lucene.util.BytesRef;

/** A text segment as bytes: JSON with the text and the metadata, each value with its type. */
final class StoredSegment {
    private StoredSegment() {}

    static BytesRef write(TextSegment segment) {
        JsonObject metadata = new JsonObject();
        segment.metadata().toMap().forEach((name, value) -> {
            JsonArray typed = new JsonArray();
            typed.add(type(name, value));
            typed.add(value.toString());
            metadata.add(name, typed);
        });
        JsonObject json = new JsonObject();
        json.addProperty("text", segment.text());
        json.add("metadata", metadata);
        return new BytesRef(json.toString().getBytes(StandardCharsets.UTF_8));
    }

    private static String type(String name, Object value) {
        if (value instanceof String) {
            return "string";
        } else if (value instanceof UUID) {
            return "uuid";
        } else if (value instanceof Integer) {
            return "integer";
        } else if (value instanceof Long) {
            return "long";
        } else if (value instanceof Float) {
            return "float";
        } else if (value instanceof Double) {
            return "double";
        }
        throw new IllegalArgumentException("the metadata '" + name + "' has a value of the type "
                + value.getClass().getName() + "; a store keeps String, UUID, Integer, Long, Float and Double");
    }

    static TextSegment read(BytesRef bytes) {
        JsonObject json = json(bytes);
        return TextSegment.from(json.get("text").getAsString(), metadata(json));
    }

    static Metadata metadata(BytesRef bytes) {
        return metadata(json(bytes));
    }

    private static JsonObject json(BytesRef bytes) {
        return JsonParser.parseString(new String(bytes.bytes, bytes.offset, bytes.length, StandardCharsets.UTF_8))
                .getAsJsonObject();
    }

    private static Metadata metadata(JsonObject json) {
        Map<String, Object> values = new HashMap<>();
        json.getAsJsonObject("metadata").entrySet().forEach(each -> {
            JsonArray typed = each.getValue().getAsJsonArray();
            values.put(
                    each.getKey(),
                    value(typed.get(0).getAsString(), typed.get(1).getAsString()));
        });
        return new Metadata(values);
    }

    private static Object value(String type, String text) {
        return switch (type) {
            case "string" -> text;
            case "uuid" -> UUID.fromString(text);
            case "integer" -> Integer.valueOf(text);
            case "long" -> Long.valueOf(text);
            case "float" -> Float.valueOf(text);
            case "double" -> Double.valueOf(text);
            default -> throw new IllegalStateException("a stored value has the unknown type '" + type + "'");
        };
    }
}
