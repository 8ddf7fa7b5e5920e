package dev.llmadapt;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;

/**
 * The form of a JSON value, a small part of JSON Schema (draft 2020-12): every property is there, in the order given, and
 * may be {@link Nullable null} where that is said.
 */
public sealed interface JsonSchema {
    /**
     * An object; the properties in the order of the map.
     *
     * @throws IllegalArgumentException if there are several properties in a map without order, such as {@link Map#of}, whose
     *     order is another one in each run of a program
     */
    static ObjectOf object(Map<String, JsonSchema> properties) {
        boolean unordered = properties.getClass() == HashMap.class
                || properties.getClass().getName().startsWith("java.util.ImmutableCollections");
        if (unordered && properties.size() > 1) {
            throw new IllegalArgumentException("properties need an order, which Map.of and HashMap do not have: "
                    + new TreeSet<>(properties.keySet()) + "; use object(property(...), property(...))");
        }
        return new ObjectOf(properties);
    }

    /** An object; the properties in the order given, their names all different. */
    static ObjectOf object(Property first, Property... others) {
        Map<String, JsonSchema> properties = new LinkedHashMap<>();
        properties.put(first.name(), first.value());
        for (Property each : others) {
            if (properties.put(each.name(), each.value()) != null) {
                throw new IllegalArgumentException("two properties are called '" + each.name() + "'");
            }
        }
        return new ObjectOf(properties);
    }

    /** A property of an object. */
    static Property property(String name, JsonSchema value) {
        return new Property(name, value);
    }

    /** A number. */
    static Plain number() {
        return Plain.NUMBER;
    }

    /** A whole number. */
    static Plain integer() {
        return Plain.INTEGER;
    }

    /** True or false. */
    static Plain bool() {
        return Plain.BOOLEAN;
    }

    /** A text of at most 200 characters. */
    static Text text() {
        return new Text(200);
    }

    /** One of some texts. */
    static OneOf oneOf(String... values) {
        return new OneOf(List.of(values));
    }

    /** A list of at most 16. */
    static ListOf list(JsonSchema items) {
        return new ListOf(items, 16);
    }

    /** The same, or null. */
    default Nullable orNull() {
        return new Nullable(this);
    }

    /** The form in words that a model reads, such as <code>{"name": text, "kind": "a" or "b"}</code>. */
    String describe();

    /**
     * A property of an object.
     *
     * @param name its key
     * @param value what it is
     */
    record Property(String name, JsonSchema value) {
        /** Refuses components that are missing or out of their range. */
        public Property {
            Objects.requireNonNull(name, "name must not be null");
            Objects.requireNonNull(value, "value must not be null");
        }
    }

    /**
     * An object.
     *
     * @param properties at least one, in order
     */
    record ObjectOf(Map<String, JsonSchema> properties) implements JsonSchema {
        /** Checks and copies. */
        public ObjectOf {
            if (properties.isEmpty()) {
                throw new IllegalArgumentException("an object needs at least one property, got none");
            }
            properties = Collections.unmodifiableMap(new LinkedHashMap<>(properties));
        }

        @Override
        public String describe() {
            List<String> parts = new ArrayList<>();
            properties.forEach((name, value) -> parts.add(quoted(name) + ": " + value.describe()));
            return "{" + String.join(", ", parts) + "}";
        }
    }

    /**
     * A list.
     *
     * @param items what each is
     * @param maxItems the most, at least 1
     */
    record ListOf(JsonSchema items, int maxItems) implements JsonSchema {
        /** Refuses components that are missing or out of their range. */
        public ListOf {
            if (maxItems < 1) {
                throw new IllegalArgumentException("maxItems must be at least 1, maxItems: " + maxItems);
            }
        }

        @Override
        public String describe() {
            return "[" + items.describe() + ", ...]";
        }
    }

    /**
     * A text.
     *
     * @param maxLength the most characters, at least 1
     */
    record Text(int maxLength) implements JsonSchema {
        /** Refuses components that are missing or out of their range. */
        public Text {
            if (maxLength < 1) {
                throw new IllegalArgumentException("maxLength must be at least 1, maxLength: " + maxLength);
            }
        }

        @Override
        public String describe() {
            return "text";
        }
    }

    /**
     * One of some texts.
     *
     * @param values at least one, all different
     */
    record OneOf(List<String> values) implements JsonSchema {
        /** Checks and copies. */
        public OneOf {
            values = List.copyOf(values);
            if (values.isEmpty() || new LinkedHashSet<>(values).size() != values.size()) {
                throw new IllegalArgumentException("values must differ and be at least one, values: " + values);
            }
        }

        @Override
        public String describe() {
            return String.join(" or ", values.stream().map(JsonSchema::quoted).toList());
        }
    }

    /** What takes no settings. */
    enum Plain implements JsonSchema {
        /** A number. */
        NUMBER,
        /** A whole number. */
        INTEGER,
        /** True or false. */
        BOOLEAN;

        @Override
        public String describe() {
            return switch (this) {
                case NUMBER -> "number";
                case INTEGER -> "whole number";
                case BOOLEAN -> "true or false";
            };
        }
    }

    /**
     * A value or null.
     *
     * @param value what it is else; not itself nullable
     */
    record Nullable(JsonSchema value) implements JsonSchema {
        /** Refuses components that are missing or out of their range. */
        public Nullable {
            if (value instanceof Nullable) {
                throw new IllegalArgumentException("the value of a nullable must not be nullable, value: " + value);
            }
        }

        @Override
        public String describe() {
            return value.describe() + " or null";
        }
    }

    /** A text as JSON writes it: quotation marks, backslashes and control characters escaped, nothing else. */
    static String quoted(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"', '\\' -> quoted.append('\\').append(c);
                case '\b' -> quoted.append("\\b");
                case '\f' -> quoted.append("\\f");
                case '\n' -> quoted.append("\\n");
                case '\r' -> quoted.append("\\r");
                case '\t' -> quoted.append("\\t");
                default -> {
                    if (c < ' ') {
                        quoted.append(String.format(java.util.Locale.ROOT, "\\u%04x", (int) c));
                    } else {
                        quoted.append(c);
                    }
                }
            }
        }
        return quoted.append('"').toString();
    }
}
