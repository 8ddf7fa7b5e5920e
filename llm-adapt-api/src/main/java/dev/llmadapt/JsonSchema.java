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
 * The schema of a JSON value: {@linkplain #parse parsed} from the text of a JSON Schema, or built of a small part of
 * it, in which every property is required, in the order given, and may be null where its schema is {@link Nullable}.
 *
 * <p>What is built has one form of text, on one line, and can be a task's; what is parsed constrains answers.
 */
public sealed interface JsonSchema {
    /**
     * Reads a JSON Schema: draft 2020-12, with the spellings of the drafts 4 to 7. Here only its syntax is read; the
     * model that keeps it refuses, by keyword and place, what it cannot keep.
     *
     * @param text JSON: an object, {@code true} or {@code false}
     * @throws IllegalArgumentException if it is not JSON, or no schema; says where
     */
    static Document parse(String text) {
        return new Document(text);
    }

    /**
     * The schema of a record: an object with a property for each component, in their order, and no others. Components
     * are of these types:
     *
     * <ul>
     *   <li>{@code String}, {@code boolean}; {@code byte}, {@code short}, {@code int} and {@code long}, within their
     *       range; {@code float}, {@code double}; their boxes; {@code BigInteger}, {@code BigDecimal}
     *   <li>{@code LocalDate}, {@code OffsetDateTime}, {@code UUID} and {@code URI}, as strings of the format
     *       {@code date}, {@code date-time}, {@code uuid} and {@code uri}; {@code LocalTime}, such as {@code 09:30} or
     *       {@code 09:30:15.5}
     *   <li>enums, by the names of their constants
     *   <li>records, also generic ones whose parameters are given, and ones that contain themselves
     *   <li>{@code List} and {@code Set} as arrays, {@code Map} with {@code String} keys as an object
     *   <li>{@code Optional} of any of these: the property may be missing. All others are required
     * </ul>
     *
     * <p>{@link Model#generate(Request, Class)} answers with such a record. {@link #jsonSchema()} is its text.
     *
     * @throws IllegalArgumentException if a component is of another type, names it; if a record always contains another
     *     of its kind; or if the record's module does not let it be read
     */
    static Document of(Class<? extends Record> type) {
        return new Document(RecordSchemas.text(RecordShape.of(type)));
    }

    /**
     * An object with these properties, in the order of the map.
     *
     * @throws IllegalArgumentException if there are several properties in a map without an order of its own, such as
     *     {@link Map#of}, whose order differs from one run of a program to the next
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

    /** An object with these properties, in the order given; their names all differ. */
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

    /** A string of at most 200 characters. */
    static Text text() {
        return new Text(200);
    }

    /** One of several strings. */
    static OneOf oneOf(String... values) {
        return new OneOf(List.of(values));
    }

    /** An array of at most 16 items. */
    static ListOf list(JsonSchema items) {
        return new ListOf(items, 16);
    }

    /** This schema, or null. */
    default Nullable orNull() {
        return new Nullable(this);
    }

    /** The schema in words that a model reads, such as <code>{"name": text, "kind": "a" or "b"}</code>. */
    String describe();

    /**
     * Writes a value in the one form that a constrained answer has, on one line: properties in the schema's order, a
     * blank after each comma and colon; what is missing and may be null is null.
     *
     * @param value a {@link Map} by texts, a {@link List}, a {@link String}, a {@link Number}, a {@link Boolean}, or
     *     null
     * @throws IllegalArgumentException if it does not fit this schema; names the place
     */
    default String canonical(@org.jspecify.annotations.Nullable Object value) {
        return JsonForm.of(value, this, "answer");
    }

    /** This schema as the text of a JSON Schema: the text itself of a parsed one. */
    default String jsonSchema() {
        return JsonSchemaText.of(this);
    }

    /** Refuses a parsed schema within a built one, which has a form of text that the parsed one does not have. */
    private static JsonSchema requireBuilt(JsonSchema schema) {
        if (schema instanceof Document) {
            throw new IllegalArgumentException(
                    "a parsed schema cannot be a part of a built one; parse the whole, or" + " build the part");
        }
        return schema;
    }

    /**
     * A schema as a text.
     *
     * @param text a JSON Schema
     */
    record Document(String text) implements JsonSchema {
        /** Refuses what is not JSON, or neither an object nor true nor false. */
        public Document {
            Objects.requireNonNull(text, "text must not be null");
            JsonValues.read(text);
            if (!text.strip().matches("(?s)\\{.*|true|false")) {
                throw new IllegalArgumentException("a JSON Schema must be an object, true or false, got "
                        + text.strip().substring(0, Math.min(60, text.strip().length())));
            }
        }

        /** Returns the text. */
        @Override
        public String describe() {
            return text;
        }

        /**
         * Refuses: a parsed schema allows texts of many forms.
         *
         * @throws IllegalArgumentException always
         */
        @Override
        public String canonical(@org.jspecify.annotations.Nullable Object value) {
            throw new IllegalArgumentException(
                    "a parsed schema has no one form of a value; build it with" + " JsonSchema.object and the like");
        }
    }

    /**
     * A property of an object.
     *
     * @param name its key
     * @param value the schema of its value
     */
    record Property(String name, JsonSchema value) {
        /** Refuses null. */
        public Property {
            Objects.requireNonNull(name, "name must not be null");
            Objects.requireNonNull(value, "value must not be null");
        }
    }

    /**
     * An object.
     *
     * @param properties the schemas by name, at least one, in order
     */
    record ObjectOf(Map<String, JsonSchema> properties) implements JsonSchema {
        /** Refuses an object without properties, and copies the map. */
        public ObjectOf {
            if (properties.isEmpty()) {
                throw new IllegalArgumentException("an object needs at least one property, got none");
            }
            properties = Collections.unmodifiableMap(new LinkedHashMap<>(properties));
            properties.values().forEach(JsonSchema::requireBuilt);
        }

        @Override
        public String describe() {
            List<String> parts = new ArrayList<>();
            properties.forEach((name, value) -> parts.add(quoted(name) + ": " + value.describe()));
            return "{" + String.join(", ", parts) + "}";
        }
    }

    /**
     * An array.
     *
     * @param items the schema of each item
     * @param maxItems the maximum number of items, at least 1
     */
    record ListOf(JsonSchema items, int maxItems) implements JsonSchema {
        /** Refuses a maximum below 1. */
        public ListOf {
            requireBuilt(items);
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
     * A string.
     *
     * @param maxLength the maximum number of characters, at least 1
     */
    record Text(int maxLength) implements JsonSchema {
        /** Refuses a maximum below 1. */
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
     * One of several strings.
     *
     * @param values the allowed strings, at least one, all different
     */
    record OneOf(List<String> values) implements JsonSchema {
        /** Refuses an empty list and equal strings, and copies the list. */
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

    /** A schema without settings. */
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
     * @param value the schema of the value where it is not null; not itself nullable
     */
    record Nullable(JsonSchema value) implements JsonSchema {
        /** Refuses a schema that is nullable already. */
        public Nullable {
            requireBuilt(value);
            if (value instanceof Nullable) {
                throw new IllegalArgumentException("the value of a nullable must not be nullable, value: " + value);
            }
        }

        @Override
        public String describe() {
            return value.describe() + " or null";
        }
    }

    /** Writes a text as a JSON string: quotation marks, backslashes and control characters escaped, nothing else. */
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
