package dev.llmadapt.spring.ai;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;

/**
 * Metadata of Spring AI's documents as the texts that a passage keeps. Beside each number stands, under another name, a
 * text whose order is that of numbers; the types of values that are no texts stand together under a name of their own.
 */
final class StoredMetadata {
    private static final String TYPES = "spring.ai.types";
    private static final String NUMBER = "spring.ai.number.";

    private StoredMetadata() {}

    /** The name under which the sortable text of a number stands. */
    static String numberName(String name) {
        return NUMBER + name;
    }

    /**
     * A text of a number; the order of such texts is the order of the numbers.
     *
     * @throws IllegalArgumentException if a double does not hold it exactly
     */
    static String sortable(String name, Number number) {
        double value = number.doubleValue();
        boolean exact = Double.isFinite(value)
                && (number instanceof Float || number instanceof Double || (long) value == number.longValue());
        if (!exact || (Math.abs(value) > 1L << 53 && !(number instanceof Double || number instanceof Float))) {
            throw new IllegalArgumentException("the metadata '" + name
                    + "' is compared as a double, which does not hold " + number + "; write it as a text");
        }
        long bits = Double.doubleToLongBits(value + 0.0); // -0.0 is 0.0
        return HexFormat.of().toHexDigits(bits ^ (bits >> 63 | Long.MIN_VALUE));
    }

    /**
     * The texts of metadata.
     *
     * @throws IllegalArgumentException if a value is no text, number or truth value, or a name is taken
     */
    static Map<String, String> write(Map<String, Object> metadata) {
        Map<String, String> texts = new HashMap<>();
        JsonObject types = new JsonObject();
        metadata.forEach((name, value) -> {
            if (name.equals(TYPES) || name.startsWith(NUMBER)) {
                throw new IllegalArgumentException("metadata '" + name + "' has a name that the store itself uses");
            }
            texts.put(name, value.toString());
            if (!(value instanceof String)) {
                types.addProperty(name, type(name, value));
                if (value instanceof Number number) {
                    texts.put(numberName(name), sortable(name, number));
                }
            }
        });
        if (!types.isEmpty()) {
            texts.put(TYPES, types.toString());
        }
        return texts;
    }

    private static String type(String name, Object value) {
        if (value instanceof Integer
                || value instanceof Long
                || value instanceof Float
                || value instanceof Double
                || value instanceof Boolean) {
            return value.getClass().getSimpleName();
        }
        throw new IllegalArgumentException("the metadata '" + name + "' has a value of the type "
                + value.getClass().getName() + "; a store keeps String, Integer, Long, Float, Double and Boolean");
    }

    /** The metadata of which these are the texts; texts that were never written here stay as they are. */
    static Map<String, Object> read(Map<String, String> texts) {
        Map<String, Object> metadata = new HashMap<>(texts);
        metadata.remove(TYPES);
        metadata.keySet().removeIf(name -> name.startsWith(NUMBER));
        String types = texts.get(TYPES);
        if (types != null) {
            JsonParser.parseString(types)
                    .getAsJsonObject()
                    .entrySet()
                    .forEach(type -> metadata.computeIfPresent(
                            type.getKey(), (name, text) -> value(type.getValue().getAsString(), text.toString())));
        }
        return metadata;
    }

    private static Object value(String type, String text) {
        return switch (type) {
            case "Integer" -> Integer.valueOf(text);
            case "Long" -> Long.valueOf(text);
            case "Float" -> Float.valueOf(text);
            case "Double" -> Double.valueOf(text);
            case "Boolean" -> Boolean.valueOf(text);
            default -> throw new IllegalStateException("a stored value has the unknown type '" + type + "'");
        };
    }
}
