package dev.llmadapt.rag.support;

/**
 * A part of a statement that can be checked.
 *
 * @param kind what it is
 * @param text as the statement has it
 */
public record Fact(Kind kind, String text) {
    /** What can be checked. */
    public enum Kind {
        /** A number with what it counts: a unit, a currency, a noun. */
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
        /** A negation that only one of both texts has, or words that are opposites. */
        NEGATION
    }

    @Override
    public String toString() {
        return text;
    }
}
