package dev.llmadapt;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Records from JSON, and back. */
final class RecordValues {
    private static final int MOST_SHOWN = 100;

    private RecordValues() {}

    /**
     * Reads a record.
     *
     * @throws IllegalArgumentException if the text is not JSON, or does not fit the record; names the place
     */
    static <T extends Record> T read(String text, Class<T> type) {
        RecordShape.Fields shape = RecordShape.of(type);
        return type.cast(read(JsonValues.read(text), shape, "answer"));
    }

    /** A record as maps, lists, texts, numbers and truth values; what is empty is left out. */
    static Map<String, Object> write(Record value) {
        return object(value, RecordShape.of(value.getClass()), value.getClass().getSimpleName());
    }

    private static Object read(@Nullable Object value, RecordShape shape, String place) {
        if (shape instanceof RecordShape.Plain plain) {
            return plain(value, plain.type(), place);
        } else if (shape instanceof RecordShape.Constant constant) {
            return constant(value, constant, place);
        } else if (shape instanceof RecordShape.Items items) {
            return items(value, items, place);
        } else if (shape instanceof RecordShape.Entries entries) {
            Map<String, Object> read = new LinkedHashMap<>();
            object(value, "an object", place)
                    .forEach((name, each) -> read.put((String) name, read(each, entries.value(), place + "." + name)));
            return Collections.unmodifiableMap(read);
        } else if (shape instanceof RecordShape.Maybe maybe) {
            return value == null ? Optional.empty() : Optional.of(read(value, maybe.value(), place));
        }
        return fields(value, (RecordShape.Fields) shape, place);
    }

    private static Object plain(@Nullable Object value, PlainType type, String place) {
        if (type.json().isInstance(value)) {
            try {
                return type.read().apply(value);
            } catch (RuntimeException e) { // the JDK's parsers have several
                throw unfit(place, type.described(), value, e);
            }
        }
        throw unfit(place, type.described(), value, null);
    }

    private static Object constant(@Nullable Object value, RecordShape.Constant constant, String place) {
        int index = value instanceof String name ? constant.names().indexOf(name) : -1;
        if (index < 0) {
            throw unfit(place, "one of " + constant.names(), value, null);
        }
        return constant.type().getEnumConstants()[index];
    }

    private static Object items(@Nullable Object value, RecordShape.Items items, String place) {
        if (!(value instanceof List<?> given)) {
            throw unfit(place, "an array", value, null);
        }
        List<Object> read = new ArrayList<>();
        given.forEach(each -> read.add(read(each, items.item(), place + "[" + read.size() + "]")));
        return items.distinct()
                ? Collections.unmodifiableSet(new LinkedHashSet<>(read))
                : Collections.unmodifiableList(read);
    }

    private static Map<?, ?> object(@Nullable Object value, String expected, String place) {
        if (value instanceof Map<?, ?> given) {
            return given;
        }
        throw unfit(place, expected, value, null);
    }

    private static Object fields(@Nullable Object value, RecordShape.Fields shape, String place) {
        Map<?, ?> given = object(value, "an object with " + shape.names(), place);
        for (Object name : given.keySet()) {
            if (!shape.names().contains(name)) {
                throw new IllegalArgumentException(place + " has '" + name + "', which the record "
                        + shape.type().getSimpleName() + " does not have; known: " + shape.names());
            }
        }
        List<Object> arguments = new ArrayList<>();
        for (RecordShape.Field field : shape.fields()) {
            if (!given.containsKey(field.name()) && !(field.shape() instanceof RecordShape.Maybe)) {
                throw new IllegalArgumentException(place + " must have '" + field.name() + "', which the record "
                        + shape.type().getSimpleName() + " needs; got " + given.keySet());
            }
            arguments.add(read(given.get(field.name()), field.shape(), place + "." + field.name()));
        }
        try {
            return shape.constructor().invokeWithArguments(arguments);
        } catch (Error e) {
            throw e;
        } catch (Throwable e) { // what the record's constructor throws
            throw new IllegalArgumentException(
                    place + " is refused by the record " + shape.type().getSimpleName() + ": " + e.getMessage(), e);
        }
    }

    private static IllegalArgumentException unfit(
            String place, String expected, @Nullable Object got, @Nullable Throwable cause) {
        String text = got instanceof String given
                ? JsonSchema.quoted(given)
                : got instanceof Map ? "an object" : got instanceof List ? "an array" : String.valueOf(got);
        String shown = text.length() > MOST_SHOWN ? text.substring(0, MOST_SHOWN) + "..." : text;
        return new IllegalArgumentException(place + " must be " + expected + ", got " + shown, cause);
    }

    private static Map<String, Object> object(Object record, RecordShape.Fields shape, String place) {
        Map<String, Object> members = new LinkedHashMap<>();
        for (RecordShape.Field field : shape.fields()) {
            String where = place + "." + field.name();
            Object value = component(record, field);
            if (field.shape() instanceof RecordShape.Maybe maybe) {
                if (value instanceof Optional<?> given && given.isPresent()) {
                    members.put(field.name(), write(given.get(), maybe.value(), where));
                } else if (value == null) {
                    throw missing(where);
                }
            } else {
                members.put(field.name(), write(value, field.shape(), where));
            }
        }
        return members;
    }

    private static @Nullable Object component(Object record, RecordShape.Field field) {
        try {
            return field.accessor().invoke(record);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) { // an accessor of a record has no checked exception
            throw new IllegalStateException(e);
        }
    }

    private static IllegalArgumentException missing(String place) {
        return new IllegalArgumentException(place + " must not be null; what may be missing is an Optional");
    }

    private static Object write(@Nullable Object value, RecordShape shape, String place) {
        if (value == null) {
            throw missing(place);
        } else if (shape instanceof RecordShape.Plain plain) {
            try {
                return plain.type().write().apply(value);
            } catch (RuntimeException e) { // NaN and the like
                throw unfit(place, plain.type().described(), value, e);
            }
        } else if (shape instanceof RecordShape.Constant) {
            return ((Enum<?>) value).name();
        } else if (shape instanceof RecordShape.Items items) {
            Function<Object, Object> write = each -> write(each, items.item(), place + "[]");
            return value instanceof Set<?> set
                    ? set.stream().map(write).toList()
                    : ((List<?>) value).stream().map(write).toList();
        } else if (shape instanceof RecordShape.Entries entries) {
            Map<String, Object> members = new LinkedHashMap<>();
            ((Map<?, ?>) value)
                    .forEach((name, each) ->
                            members.put((String) name, write(each, entries.value(), place + "." + name)));
            return members;
        }
        return object(value, (RecordShape.Fields) shape, place);
    }
}
