package dev.llmadapt.prompting.extraction;

import dev.llmadapt.JsonSchema;
import java.math.BigDecimal;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A reader of the values of one field, as they are written in texts.
 *
 * @param schema of the field, not nullable
 * @param form how a value is written in JSON
 * @param other whether the second of two ways to read it is taken: a decimal comma in numbers, the month first in dates
 */
record ValueReader(JsonSchema schema, Form form, boolean other) {
    private static final Pattern ISO = Pattern.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}");

    /** The form of a value. */
    enum Form {
        /** As it stands in the text. */
        AS_IS,
        /** A text in lower case. */
        LOWER,
        /** A text in capital letters. */
        UPPER,
        /** A date in ISO 8601. */
        DATE,
        /** A number. */
        NUMBER,
        /** One of several texts. */
        ONE_OF,
        /** Not to be read from a text: true or false, lists and the like. */
        NONE
    }

    /**
     * The reader that finds most values of examples.
     *
     * @param values the value of each text, empty for null
     */
    static ValueReader of(JsonSchema schema, List<Optional<Object>> values, List<TokenText> texts) {
        return candidates(schema, values)
                .max(Comparator.comparingLong(reader -> reader.found(values, texts)))
                .orElseThrow();
    }

    /** The possible readers, the most usual first, as the first of equals is taken. */
    private static Stream<ValueReader> candidates(JsonSchema schema, List<Optional<Object>> values) {
        if (schema == JsonSchema.Plain.NUMBER || schema == JsonSchema.Plain.INTEGER) {
            return Stream.of(new ValueReader(schema, Form.NUMBER, false), new ValueReader(schema, Form.NUMBER, true));
        } else if (schema instanceof JsonSchema.OneOf) {
            return Stream.of(new ValueReader(schema, Form.ONE_OF, false));
        } else if (!(schema instanceof JsonSchema.Text)) {
            return Stream.of(new ValueReader(schema, Form.NONE, false));
        }
        Predicate<Object> date = value -> ISO.matcher(value.toString()).matches();
        return values.stream().anyMatch(Optional::isPresent)
                        && values.stream().flatMap(Optional::stream).allMatch(date)
                ? Stream.of(new ValueReader(schema, Form.DATE, false), new ValueReader(schema, Form.DATE, true))
                : Stream.of(Form.AS_IS, Form.LOWER, Form.UPPER).map(form -> new ValueReader(schema, form, false));
    }

    private long found(List<Optional<Object>> values, List<TokenText> texts) {
        long found = 0;
        for (int i = 0; i < values.size(); i++) {
            TokenText text = texts.get(i);
            found += values.get(i).stream()
                    .filter(value -> !places(text, value).isEmpty())
                    .count();
        }
        return found;
    }

    /** The value that a text says, if the schema allows it. */
    Optional<Object> read(String text) {
        Optional<? extends Object> value = switch (form) {
            case AS_IS -> Optional.of(text);
            case LOWER -> Optional.of(text.toLowerCase(Locale.ROOT));
            case UPPER -> Optional.of(text.toUpperCase(Locale.ROOT));
            case DATE -> Dates.iso(text, other);
            case NUMBER -> Numbers.read(text, other);
            case ONE_OF ->
                ((JsonSchema.OneOf) schema)
                        .values().stream().filter(text::equalsIgnoreCase).findFirst();
            case NONE -> Optional.empty();
        };
        return value.filter(this::allowed).map(each -> each);
    }

    private boolean allowed(Object value) {
        try {
            schema.canonical(value);
            return true;
        } catch (IllegalArgumentException e) { // such as a text that is too long
            return false;
        }
    }

    /** The places where a value stands in a text, each a pair of token numbers: from, and before which. */
    List<Span> places(TokenText text, Object value) {
        int length = switch (form) {
            case DATE, NUMBER -> 1;
            case NONE -> 0;
            default -> TokenText.of(value.toString()).tokens().size() - 2;
        };
        int last = text.tokens().size() - 1 - length;
        return length < 1 || last < 1
                ? List.of()
                : Stream.iterate(1, from -> from <= last, from -> from + 1)
                        .map(from -> new Span(from, from + length))
                        .filter(span -> fits(text, span))
                        .filter(span -> read(text.span(span.from(), span.to())).equals(Optional.of(value)))
                        .toList();
    }

    /** Whether tokens can be a value: a number is no date. */
    boolean fits(TokenText text, Span span) {
        return switch (form) {
            case DATE -> span.size() == 1 && text.tokens().get(span.from()).kind() == Token.Kind.DATE;
            case NUMBER -> span.size() == 1 && text.tokens().get(span.from()).kind() == Token.Kind.NUMBER;
            default -> true;
        };
    }

    /** A value of an example as {@link #read} gives it: numbers without zeros at their end. */
    static Object normal(Object value) {
        return value instanceof Number number ? Numbers.normal(new BigDecimal(number.toString())) : value;
    }

    /** Tokens of a text, from one to before another. */
    record Span(int from, int to) {
        int size() {
            return to - from;
        }
    }
}
