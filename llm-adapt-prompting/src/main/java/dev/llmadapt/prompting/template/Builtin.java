package dev.llmadapt.prompting.template;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A row of a table of filters, tests, methods or functions.
 *
 * @param name what templates call it
 * @param signature its parameters
 * @param body what it does
 */
record Builtin(String name, Signature signature, Body body) {
    /** What a builtin does with the value it is applied to. */
    @FunctionalInterface
    interface Body {
        Object apply(Rendering r, Object value, Args args);
    }

    /** Rows by name; a row may have several names. */
    static final class Table {
        private final Map<String, Builtin> rows = new LinkedHashMap<>();

        Table row(String names, String parameters, Body body) {
            for (String name : names.split(" ", -1)) {
                rows.put(name, new Builtin(name, Signature.of(parameters), body));
            }
            return this;
        }

        Map<String, Builtin> rows() {
            return Map.copyOf(rows);
        }
    }
}
