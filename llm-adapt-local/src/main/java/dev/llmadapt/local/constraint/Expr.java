package dev.llmadapt.local.constraint;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An expression of a JSON Schema: what a value must be, as a combination of single rules without negation. A rule about
 * one type holds for values of other types. Made by {@link Exprs}, where equal ones are the same object.
 */
final class Expr {
    /** The kinds of expressions. */
    enum Kind {
        TRUE,
        FALSE,
        AND,
        OR,
        /** Exactly one of the parts. */
        ONE_OF,
        /** None of the parts or several. */
        NOT_ONE_OF,
        /** What a reference names. */
        REF,
        /** The value is of one of some types. */
        TYPE,
        /** A number's text matches. */
        NUMBER,
        /** The text within a string's quotation marks matches. */
        STRING,
        /** The item at a place fits, if there is one. */
        ITEM,
        /** Items from a place on fit. */
        ITEMS,
        MIN_ITEMS,
        MAX_ITEMS,
        /** At least so many items fit. */
        CONTAINS,
        /** At most so many items fit. */
        CONTAINS_AT_MOST,
        /** The property of a name fits, if there is one. */
        PROPERTY,
        /** There is a property of a name, and it fits. */
        HAS,
        /** Properties of some names fit. */
        PROPERTIES,
        /** There is a property of one of some names that fits. */
        SOME_PROPERTY,
        /** All names fit. */
        NAMES,
        /** Some name fits. */
        SOME_NAME,
        MIN_PROPERTIES,
        MAX_PROPERTIES,
        /** A rule that cannot be kept. */
        REFUSED
    }

    static final int NULL = 1;
    static final int TRUE = 2;
    static final int FALSE = 4;
    static final int NUMBER = 8;
    static final int STRING = 16;
    static final int ARRAY = 32;
    static final int OBJECT = 64;
    static final int ANY = 127;

    final int id;
    final Key key;

    Expr(int id, Key key) {
        this.id = id;
        this.key = key;
    }

    /**
     * What an expression is made of.
     *
     * @param parts the expressions that it combines, or the one that it asks of items or properties
     * @param number types as bits, a place or a count
     * @param name of a property, or what a reference points at, or why a rule is refused
     * @param yes what matches, of a number or a string
     * @param no what matches otherwise
     */
    record Key(
            Kind kind,
            List<Expr> parts,
            int number,
            String name,
            @Nullable Regex yes,
            @Nullable Regex no,
            @Nullable NameSet names,
            boolean negated) {}

    Kind kind() {
        return key.kind();
    }

    List<Expr> parts() {
        return key.parts();
    }

    Expr part() {
        return key.parts().get(0);
    }

    /** The type that a rule is about, as bits; any for a combination. */
    int about() {
        return switch (kind()) {
            case NUMBER -> NUMBER;
            case STRING -> STRING;
            case ITEM, ITEMS, MIN_ITEMS, MAX_ITEMS, CONTAINS, CONTAINS_AT_MOST -> ARRAY;
            case PROPERTY, HAS, PROPERTIES, SOME_PROPERTY, NAMES, SOME_NAME, MIN_PROPERTIES, MAX_PROPERTIES -> OBJECT;
            case REFUSED -> key.number();
            default -> ANY;
        };
    }

    @Override
    public String toString() {
        return kind()
                + (key.name().isEmpty() ? "" : "'" + key.name() + "'")
                + (key.number() == 0 ? "" : key.number())
                + (parts().isEmpty() ? "" : parts().toString());
    }
}
