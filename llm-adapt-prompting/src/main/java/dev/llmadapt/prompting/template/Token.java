package dev.llmadapt.prompting.template;

/**
 * A piece of a template's source.
 *
 * @param kind its kind
 * @param text the data, name, operator, or string with its escapes resolved
 * @param value the value of an integer or a float, else None
 * @param line the line where it begins, from 1
 */
record Token(Kind kind, String text, Object value, int line) {
    enum Kind {
        DATA,
        VARIABLE_BEGIN,
        VARIABLE_END,
        BLOCK_BEGIN,
        BLOCK_END,
        NAME,
        STRING,
        NUMBER,
        OPERATOR,
        END
    }

    boolean is(Kind kind, String text) {
        return this.kind == kind && this.text.equals(text);
    }

    boolean isName(String name) {
        return is(Kind.NAME, name);
    }

    boolean isOperator(String operator) {
        return is(Kind.OPERATOR, operator);
    }

    /** The token as errors describe it. */
    String describe() {
        return switch (kind) {
            case DATA -> "text";
            case VARIABLE_BEGIN -> "'{{'";
            case VARIABLE_END -> "'}}'";
            case BLOCK_BEGIN -> "'{%'";
            case BLOCK_END -> "'%}'";
            case END -> "the end of the template";
            case STRING -> "a string";
            case NUMBER, NAME, OPERATOR -> "'" + (text.length() > 40 ? text.substring(0, 40) + "..." : text) + "'";
        };
    }
}
