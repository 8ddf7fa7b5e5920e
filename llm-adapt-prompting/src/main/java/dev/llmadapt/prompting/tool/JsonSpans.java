package dev.llmadapt.prompting.tool;

import dev.llmadapt.JsonSchema;
import dev.llmadapt.text.BrokenRecord;
import dev.llmadapt.text.StrictJson;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The extents of JSON values within a longer text, which may be cut off or go on with something else. */
final class JsonSpans {
    private JsonSpans() {}

    /** Returns the index of the next character from an index on that is no white space, or the length. */
    static int skip(String text, int from) {
        int at = from;
        while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
        return at;
    }

    /** Returns the index after the value that begins at an index, or -1 if it is not whole. Brackets must match. */
    static int end(String text, int from) {
        if (from >= text.length()) {
            return -1;
        }
        char first = text.charAt(from);
        if (first == '"') {
            return string(text, from);
        } else if (first != '{' && first != '[') {
            int at = from;
            while (at < text.length() && ",]} \t\r\n".indexOf(text.charAt(at)) < 0) {
                at++;
            }
            return at == from || at == text.length() ? -1 : at;
        }
        int depth = 0;
        for (int at = from; at < text.length(); at++) {
            char c = text.charAt(at);
            if (c == '"') {
                int end = string(text, at);
                if (end < 0) {
                    return -1;
                }
                at = end - 1;
            } else if (c == '{' || c == '[') {
                depth++;
            } else if ((c == '}' || c == ']') && --depth == 0) {
                return at + 1;
            }
        }
        return -1;
    }

    private static int string(String text, int from) {
        for (int at = from + 1; at < text.length(); at++) {
            if (text.charAt(at) == '\\') {
                at++;
            } else if (text.charAt(at) == '"') {
                return at + 1;
            }
        }
        return -1;
    }

    /** Returns the members of an object as they are written, by their names, or null if it is none. */
    static @Nullable Map<String, String> members(String object) {
        try {
            StrictJson.map(object);
        } catch (BrokenRecord e) {
            return null;
        }
        Map<String, String> members = new LinkedHashMap<>();
        int at = skip(object, object.indexOf('{') + 1);
        while (object.charAt(at) == '"') {
            int nameEnd = string(object, at);
            int value = skip(object, object.indexOf(':', nameEnd) + 1);
            int valueEnd = end(object, value);
            members.put(text(object.substring(at, nameEnd)), object.substring(value, valueEnd));
            at = skip(object, valueEnd);
            if (object.charAt(at) == '}') {
                return members;
            }
            at = skip(object, at + 1);
        }
        return members;
    }

    /** Returns the text of a JSON string. */
    static String text(String quoted) {
        try {
            if (StrictJson.map("{\"text\": " + quoted + "}").get("text") instanceof String text) {
                return text;
            }
            throw new IllegalArgumentException("not a string of JSON: " + quoted);
        } catch (BrokenRecord e) {
            throw new IllegalArgumentException("not a string of JSON: " + quoted, e);
        }
    }

    /** Returns an object on one line, a blank after each comma and colon, as Python writes it. */
    static String onOneLine(String object) {
        try {
            return written(StrictJson.map(object));
        } catch (BrokenRecord e) {
            throw new IllegalArgumentException("not a JSON object: " + e.getMessage(), e);
        }
    }

    private static String written(@Nullable Object value) {
        if (value instanceof Map<?, ?> map) {
            List<String> parts = map.entrySet().stream()
                    .map(entry -> JsonSchema.quoted((String) entry.getKey()) + ": " + written(entry.getValue()))
                    .toList();
            return "{" + String.join(", ", parts) + "}";
        } else if (value instanceof List<?> list) {
            return "[" + String.join(", ", list.stream().map(JsonSpans::written).toList()) + "]";
        }
        return value instanceof String text ? JsonSchema.quoted(text) : String.valueOf(value);
    }
}
