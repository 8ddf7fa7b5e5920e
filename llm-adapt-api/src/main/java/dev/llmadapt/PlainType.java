package dev.llmadapt;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A Java type whose values are a JSON string, number or truth value.
 *
 * @param type the type
 * @param described what a value must be, in words
 * @param schema the JSON Schema of its values
 * @param built the built schema of its values, null if there is none
 * @param json the Java type of the JSON value
 * @param read makes the value; throws {@link RuntimeException} if it is none of the type
 * @param write makes the JSON value
 */
record PlainType(
        Class<?> type,
        String described,
        String schema,
        @Nullable JsonSchema built,
        Class<?> json,
        Function<Object, Object> read,
        Function<Object, Object> write) {
    private static final String LOCAL_TIME = "^([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\\.[0-9]{1,9})?)?$";
    private static final Pattern UUID_TEXT = Pattern.compile("[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}");
    private static final int MAX_DIGITS = 10_000;

    private static final Map<Class<?>, PlainType> TYPES = table(
            new PlainType(
                    String.class, "a text", "{\"type\": \"string\"}", JsonSchema.text(), String.class, v -> v, v -> v),
            new PlainType(
                    Boolean.class,
                    "true or false",
                    "{\"type\": \"boolean\"}",
                    JsonSchema.bool(),
                    Boolean.class,
                    v -> v,
                    v -> v),
            whole(Byte.class, Byte.MIN_VALUE, Byte.MAX_VALUE, BigDecimal::byteValueExact),
            whole(Short.class, Short.MIN_VALUE, Short.MAX_VALUE, BigDecimal::shortValueExact),
            whole(Integer.class, Integer.MIN_VALUE, Integer.MAX_VALUE, BigDecimal::intValueExact),
            whole(Long.class, Long.MIN_VALUE, Long.MAX_VALUE, BigDecimal::longValueExact),
            new PlainType(
                    BigInteger.class,
                    "a whole number of at most " + MAX_DIGITS + " digits",
                    "{\"type\": \"integer\"}",
                    JsonSchema.integer(),
                    BigDecimal.class,
                    v -> bigInteger((BigDecimal) v),
                    v -> new BigDecimal((BigInteger) v)),
            number(Float.class, "a number within the range of float", v -> finite(v.floatValue())),
            number(Double.class, "a number within the range of double", v -> finite(v.doubleValue())),
            number(BigDecimal.class, "a number", v -> v),
            text(
                    LocalDate.class,
                    "a date, such as 2024-02-29",
                    "{\"type\": \"string\", \"format\": \"date\"}",
                    LocalDate::parse),
            text(
                    LocalTime.class,
                    "a time, such as 09:30 or 09:30:15",
                    "{\"type\": \"string\", \"pattern\": " + JsonSchema.quoted(LOCAL_TIME) + "}",
                    LocalTime::parse),
            text(
                    OffsetDateTime.class,
                    "a date and time with an offset, such as 2024-02-29T09:30:15Z",
                    "{\"type\": \"string\", \"format\": \"date-time\"}",
                    OffsetDateTime::parse),
            text(
                    UUID.class,
                    "a UUID of 36 characters",
                    "{\"type\": \"string\", \"format\": \"uuid\"}",
                    PlainType::uuid),
            text(URI.class, "a URI", "{\"type\": \"string\", \"format\": \"uri\"}", PlainType::uri));

    private static final Map<Class<?>, Class<?>> BOXES = Map.of(
            boolean.class, Boolean.class,
            byte.class, Byte.class,
            short.class, Short.class,
            int.class, Integer.class,
            long.class, Long.class,
            float.class, Float.class,
            double.class, Double.class);

    /** The row of a type, primitive or not; null if there is none. */
    static @Nullable PlainType find(Class<?> type) {
        return TYPES.get(BOXES.getOrDefault(type, type));
    }

    private static Map<Class<?>, PlainType> table(PlainType... rows) {
        Map<Class<?>, PlainType> table = new LinkedHashMap<>();
        Stream.of(rows).forEach(row -> table.put(row.type(), row));
        return table;
    }

    private static PlainType whole(Class<?> type, long minimum, long maximum, Function<BigDecimal, Object> read) {
        return new PlainType(
                type,
                "a whole number from " + minimum + " to " + maximum,
                "{\"type\": \"integer\", \"minimum\": " + minimum + ", \"maximum\": " + maximum + "}",
                JsonSchema.integer(),
                BigDecimal.class,
                v -> read.apply((BigDecimal) v),
                v -> BigDecimal.valueOf(((Number) v).longValue()));
    }

    private static PlainType number(Class<?> type, String described, Function<BigDecimal, Object> read) {
        return new PlainType(
                type,
                described,
                "{\"type\": \"number\"}",
                JsonSchema.number(),
                BigDecimal.class,
                v -> read.apply((BigDecimal) v),
                v -> new BigDecimal(v.toString())); // of NaN and the infinities there is none
    }

    private static PlainType text(Class<?> type, String described, String schema, Function<String, Object> read) {
        return new PlainType(
                type, described, schema, null, String.class, v -> read.apply((String) v), PlainType::written);
    }

    private static Object written(Object value) {
        int year = value instanceof LocalDate date
                ? date.getYear()
                : value instanceof OffsetDateTime time ? time.getYear() : 0;
        if (year < 0 || year > 9999) {
            throw new IllegalArgumentException("the year must be in [0, 9999]");
        }
        if (value instanceof OffsetDateTime time && time.getOffset().getTotalSeconds() % 60 != 0) {
            throw new IllegalArgumentException("the offset must be of whole minutes");
        }
        if (value instanceof OffsetDateTime time) { // toString leaves seconds of 0 out, which RFC 3339 does not
            String text = time.toString();
            return text.charAt(16) == ':' ? text : text.substring(0, 16) + ":00" + text.substring(16);
        }
        return value.toString();
    }

    private static Object finite(float value) {
        if (Float.isInfinite(value)) {
            throw new ArithmeticException("beyond float");
        }
        return value;
    }

    private static Object finite(double value) {
        if (Double.isInfinite(value)) {
            throw new ArithmeticException("beyond double");
        }
        return value;
    }

    private static BigInteger bigInteger(BigDecimal value) {
        if ((long) value.precision() - value.scale() > MAX_DIGITS || value.scale() > MAX_DIGITS) {
            throw new ArithmeticException("too many digits");
        }
        return value.toBigIntegerExact();
    }

    private static UUID uuid(String text) {
        if (!UUID_TEXT.matcher(text).matches()) { // the JDK takes others, too
            throw new IllegalArgumentException("not a UUID");
        }
        return UUID.fromString(text);
    }

    private static URI uri(String text) {
        URI uri = URI.create(text);
        if (!uri.isAbsolute()) {
            throw new IllegalArgumentException("a URI reference");
        }
        return uri;
    }
}
