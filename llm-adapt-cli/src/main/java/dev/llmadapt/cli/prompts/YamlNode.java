package dev.llmadapt.cli.prompts;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A value of a YAML file, with its place.
 *
 * @param file the file, for messages
 * @param line its first line, from 1
 * @param value a String, Long, Double, Boolean, null, a list of nodes or a map of nodes by name
 * @param text a scalar as it is written, without its quotes; empty for lists and maps
 */
record YamlNode(String file, int line, @Nullable Object value, String text) {
    SuiteException error(String trouble) {
        return new SuiteException(place() + ": " + trouble);
    }

    /** The place, such as {@code tests.yaml line 3}. */
    String place() {
        return file + " line " + line;
    }

    boolean isMap() {
        return value instanceof Map;
    }

    boolean isList() {
        return value instanceof List;
    }

    boolean isScalar() {
        return !isMap() && !isList();
    }

    @SuppressWarnings("unchecked") // only the reader makes nodes
    Map<String, YamlNode> map(String what) {
        if (!isMap()) {
            throw error(what + " must be a mapping, got " + kind());
        }
        return (Map<String, YamlNode>) java.util.Objects.requireNonNull(value);
    }

    /** A mapping with no other keys than these. */
    Map<String, YamlNode> map(String what, List<String> known) {
        Map<String, YamlNode> map = map(what);
        map.forEach((key, node) -> {
            if (!known.contains(key)) {
                throw node.error(
                        "'" + key + "' of " + what + " is not supported, expected " + String.join(", ", known));
            }
        });
        return map;
    }

    @SuppressWarnings("unchecked") // only the reader makes nodes
    List<YamlNode> list(String what) {
        if (!isList()) {
            throw error(what + " must be a list, got " + kind());
        }
        return (List<YamlNode>) java.util.Objects.requireNonNull(value);
    }

    /** A scalar as text, numbers and booleans as they are written. */
    String text(String what) {
        if (!isScalar() || value == null) {
            throw error(what + " must be a text, got " + kind());
        }
        return text;
    }

    double number(String what) {
        if (value instanceof Number number) {
            return number.doubleValue();
        }
        throw error(what + " must be a number, got " + kind());
    }

    boolean flag(String what) {
        if (value instanceof Boolean flag) {
            return flag;
        }
        throw error(what + " must be true or false, got " + kind());
    }

    String kind() {
        return value == null ? "nothing" : isMap() ? "a mapping" : isList() ? "a list" : "'" + text + "'";
    }

    JsonElement json() {
        if (isMap()) {
            JsonObject object = new JsonObject();
            map("").forEach((key, node) -> object.add(key, node.json()));
            return object;
        } else if (isList()) {
            JsonArray array = new JsonArray();
            list("").forEach(node -> array.add(node.json()));
            return array;
        } else if (value instanceof Number) {
            return new JsonPrimitive(new BigDecimal(value.toString()));
        } else if (value instanceof Boolean flag) {
            return new JsonPrimitive(flag);
        }
        return value == null ? JsonNull.INSTANCE : new JsonPrimitive(text);
    }
}
