package dev.llmadapt;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The values that a request gives to a chat template. */
final class TemplateValues {
    private static final int MAX_DEPTH = 32;

    private TemplateValues() {}

    /**
     * Copies arguments, so that nobody changes them later.
     *
     * @throws IllegalArgumentException if a value is of a type that templates do not have; names the argument
     */
    static Map<String, Object> copy(Map<String, Object> arguments) {
        Map<String, Object> copy = new LinkedHashMap<>();
        Objects.requireNonNull(arguments, "templateArguments must not be null").forEach((name, value) -> {
            if (Objects.requireNonNull(name, "the name of a template argument must not be null")
                    .isBlank()) {
                throw new IllegalArgumentException(
                        "the name of a template argument must not be blank, value: " + value);
            }
            copy.put(name, copy(value, "the template argument '" + name + "'", 0));
        });
        return Collections.unmodifiableMap(copy);
    }

    private static Object copy(@Nullable Object value, String what, int depth) {
        if (depth > MAX_DEPTH) {
            throw new IllegalArgumentException(what + " has more than " + MAX_DEPTH + " levels within each other");
        } else if (value instanceof String
                || value instanceof Boolean
                || value instanceof Integer
                || value instanceof Long
                || value instanceof Double) {
            return value;
        } else if (value instanceof List<?> list) {
            List<Object> items = new ArrayList<>();
            list.forEach(item -> items.add(copy(item, what, depth + 1)));
            return Collections.unmodifiableList(items);
        } else if (value instanceof Map<?, ?> map) {
            return copy(map, what, depth);
        }
        throw new IllegalArgumentException(what + " must be a String, Boolean, Integer, Long, Double, List or Map, got "
                + (value == null ? "null" : value.getClass().getName()));
    }

    private static Map<String, Object> copy(Map<?, ?> map, String what, int depth) {
        boolean unordered = map.getClass() == HashMap.class
                || map.getClass().getName().startsWith("java.util.ImmutableCollections");
        if (unordered && map.size() > 1) {
            throw new IllegalArgumentException(what + " needs an order of its keys, in which a template writes them,"
                    + " which Map.of and HashMap do not have: " + map.keySet() + "; use a LinkedHashMap");
        }
        Map<String, Object> entries = new LinkedHashMap<>();
        map.forEach((key, item) -> {
            if (!(key instanceof String name)) {
                throw new IllegalArgumentException(what + " must have String keys, got " + key);
            }
            entries.put(name, copy(item, what, depth + 1));
        });
        return Collections.unmodifiableMap(entries);
    }
}
