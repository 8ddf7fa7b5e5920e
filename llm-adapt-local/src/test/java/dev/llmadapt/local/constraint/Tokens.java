package dev.llmadapt.local.constraint;

import java.nio.charset.StandardCharsets;

/** Vocabularies for tests, and what they make of texts. */
final class Tokens {
    /** A token for each byte. */
    static final Vocabulary BYTES = bytes();

    private Tokens() {}

    private static Vocabulary bytes() {
        byte[][] tokens = new byte[256][];
        for (int value = 0; value < tokens.length; value++) {
            tokens[value] = new byte[] {(byte) value};
        }
        return new Vocabulary(tokens);
    }

    static Vocabulary of(String... tokens) {
        byte[][] bytes = new byte[tokens.length][];
        for (int id = 0; id < tokens.length; id++) {
            bytes[id] = tokens[id].getBytes(StandardCharsets.UTF_8);
        }
        return new Vocabulary(bytes);
    }

    /** Whether a text fits as a whole. */
    static boolean fits(CompiledConstraint constraint, String text) {
        Matcher matcher = constraint.matcher();
        return matcher.accept(text.getBytes(StandardCharsets.UTF_8)) && matcher.mayEnd();
    }

    /** Whether a text fits a schema, in the form with whitespace. */
    static boolean fits(String schema, String text) {
        return fits(schema(schema), text);
    }

    static CompiledConstraint schema(String schema) {
        return CompiledConstraint.json(com.google.gson.JsonParser.parseString(schema), true, BYTES);
    }

    static boolean allows(long[] mask, int token) {
        return (mask[token >>> 6] >>> token & 1) != 0;
    }
}
