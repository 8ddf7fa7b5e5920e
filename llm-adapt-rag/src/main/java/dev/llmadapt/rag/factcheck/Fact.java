package dev.llmadapt.rag.factcheck;

/**
 * A fact: a part of a statement that can be checked.
 *
 * @param kind the kind of fact
 * @param text the words in the statement
 */
public record Fact(Kind kind, String text) {
    /** A kind of fact. */
    public enum Kind {
        /** A number with the unit, currency or noun that it counts. */
        QUANTITY,
        /** A date, a month, a year or a weekday. */
        DATE,
        /** A time of day. */
        TIME,
        /** A proper noun: a person, a place, a product. */
        NAME,
        /** An identifier, an e-mail address or a web address. */
        CODE,
        /** Words between quotation marks. */
        QUOTE,
        /** A negation that only one of the two texts has, or words that are opposites. */
        NEGATION
    }

    @Override
    public String toString() {
        return text;
    }
}
