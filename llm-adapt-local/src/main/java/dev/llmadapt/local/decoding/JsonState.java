package dev.llmadapt.local.decoding;

import dev.llmadapt.JsonSchema;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A state of the automaton that reads JSON of a schema (RFC 8259, in UTF-8): which bytes may come next. Immutable. Each
 * state knows the one that follows when its value is over, so that a byte needs no more than the state itself.
 */
sealed interface JsonState {
    /** Returns the state after a byte, or null if the byte may not stand here. */
    @Nullable
    JsonState next(int unsigned);

    /** Whether the value is whole. */
    default boolean end() {
        return false;
    }

    /** Characters that may stand here if none is a quotation mark, a backslash or a control character. */
    default int plainCharacters() {
        return 0;
    }

    /** Returns the state at the beginning of a value. */
    static JsonState of(JsonSchema schema) {
        return value(schema, End.WHOLE);
    }

    private static JsonState value(JsonSchema schema, JsonState after) {
        if (schema instanceof JsonSchema.ObjectOf object) {
            Iterator<Map.Entry<String, JsonSchema>> entries =
                    object.properties().entrySet().iterator();
            List<Map.Entry<String, JsonSchema>> reversed = new ArrayList<>();
            entries.forEachRemaining(entry -> reversed.add(0, entry));
            JsonState rest = new Literal("}".getBytes(StandardCharsets.UTF_8), 0, after);
            for (int i = 0; i < reversed.size(); i++) {
                String before = (i == reversed.size() - 1 ? "{" : ", ")
                        + JsonSchema.quoted(reversed.get(i).getKey()) + ": ";
                rest = new Literal(
                        before.getBytes(StandardCharsets.UTF_8),
                        0,
                        value(reversed.get(i).getValue(), rest));
            }
            return rest;
        } else if (schema instanceof JsonSchema.ListOf list) {
            return new ListStart(list, after);
        } else if (schema instanceof JsonSchema.Text text) {
            return new Literal(new byte[] {'"'}, 0, new Text(text.maxLength(), StringState.CHARACTER, after));
        } else if (schema instanceof JsonSchema.OneOf oneOf) {
            return choices(oneOf.values().stream().map(JsonSchema::quoted).toList(), after);
        } else if (schema instanceof JsonSchema.Nullable nullable) {
            return new OrNull(value(nullable.value(), after), after);
        }
        return switch ((JsonSchema.Plain) schema) {
            case NUMBER -> new Numeral(Numeral.Part.START, 0, true, after);
            case INTEGER -> new Numeral(Numeral.Part.START, 0, false, after);
            case BOOLEAN -> choices(List.of("true", "false"), after);
        };
    }

    private static JsonState choices(List<String> choices, JsonState after) {
        return new Choices(
                choices.stream()
                        .map(choice -> choice.getBytes(StandardCharsets.UTF_8))
                        .toList(),
                0,
                after);
    }

    /** The end: nothing more comes. */
    enum End implements JsonState {
        /** The only end. */
        WHOLE;

        @Override
        public @Nullable JsonState next(int unsigned) {
            return null;
        }

        @Override
        public boolean end() {
            return true;
        }
    }

    /** Fixed bytes, of which some stand already. */
    @SuppressWarnings("ArrayRecordComponent")
    record Literal(byte[] text, int at, JsonState after) implements JsonState {
        @Override
        public @Nullable JsonState next(int unsigned) {
            if (unsigned != Byte.toUnsignedInt(text[at])) {
                return null;
            }
            return at + 1 == text.length ? after : new Literal(text, at + 1, after);
        }
    }

    /** One of some choices, none of which begins with another, whose first bytes stand already. */
    record Choices(List<byte[]> choices, int at, JsonState after) implements JsonState {
        @Override
        public @Nullable JsonState next(int unsigned) {
            List<byte[]> left = choices.stream()
                    .filter(choice -> Byte.toUnsignedInt(choice[at]) == unsigned)
                    .toList();
            if (left.isEmpty()) {
                return null;
            }
            return left.size() == 1 && left.get(0).length == at + 1 ? after : new Choices(left, at + 1, after);
        }
    }

    /** A value, or null. */
    record OrNull(JsonState value, JsonState after) implements JsonState {
        @Override
        public @Nullable JsonState next(int unsigned) {
            return unsigned == 'n'
                    ? new Literal("ull".getBytes(StandardCharsets.UTF_8), 0, after)
                    : value.next(unsigned);
        }
    }

    /** Before a list. */
    record ListStart(JsonSchema.ListOf list, JsonState after) implements JsonState {
        @Override
        public @Nullable JsonState next(int unsigned) {
            return unsigned == '[' ? new ListItem(list, 0, after) : null;
        }
    }

    /** Before the first item of a list, or its end. */
    record ListItem(JsonSchema.ListOf list, int items, JsonState after) implements JsonState {
        @Override
        public @Nullable JsonState next(int unsigned) {
            return unsigned == ']'
                    ? after
                    : value(list.items(), new ListRest(list, items + 1, after)).next(unsigned);
        }
    }

    /** After an item of a list. */
    record ListRest(JsonSchema.ListOf list, int items, JsonState after) implements JsonState {
        @Override
        public @Nullable JsonState next(int unsigned) {
            if (unsigned == ']') {
                return after;
            }
            return unsigned == ',' && items < list.maxItems()
                    ? new Literal(new byte[] {' '}, 0, value(list.items(), new ListRest(list, items + 1, after)))
                    : null;
        }
    }

    /**
     * Inside a string.
     *
     * @param left characters that may still come: Unicode's code points, as JSON Schema counts them
     * @param character the state inside the character that comes
     */
    record Text(int left, StringState character, JsonState after) implements JsonState {
        @Override
        public @Nullable JsonState next(int unsigned) {
            boolean begins = character == StringState.CHARACTER;
            if (begins && unsigned == '"') {
                return after;
            }
            StringState next = begins && left == 0 ? null : character.next(unsigned);
            return next == null ? null : new Text(begins ? left - 1 : left, next, after);
        }

        @Override
        public int plainCharacters() {
            return character == StringState.CHARACTER ? left : 0;
        }
    }

    /**
     * Inside a number.
     *
     * @param digits so far
     * @param fraction whether a point may come
     */
    record Numeral(Part part, int digits, boolean fraction, JsonState after) implements JsonState {
        private static final int MAX_DIGITS = 15; // what a double holds

        /** The part of a number that comes. */
        enum Part {
            START,
            MINUS,
            ZERO,
            WHOLE,
            POINT,
            FRACTION
        }

        @Override
        public @Nullable JsonState next(int unsigned) {
            boolean digit = unsigned >= '0' && unsigned <= '9';
            return switch (part) {
                case START, MINUS -> {
                    if (unsigned == '-' && part == Part.START) {
                        yield in(Part.MINUS);
                    }
                    yield digit ? in(unsigned == '0' ? Part.ZERO : Part.WHOLE) : null;
                }
                case POINT -> digit ? in(Part.FRACTION) : null;
                default -> {
                    if (digit && part != Part.ZERO) {
                        yield digits < MAX_DIGITS ? in(part) : null;
                    }
                    boolean point = unsigned == '.' && fraction && part != Part.FRACTION && digits < MAX_DIGITS;
                    yield point ? in(Part.POINT) : digit ? null : after.next(unsigned);
                }
            };
        }

        private Numeral in(Part next) {
            boolean digit = next != Part.MINUS && next != Part.POINT;
            return new Numeral(next, digits + (digit ? 1 : 0), fraction, after);
        }
    }
}
