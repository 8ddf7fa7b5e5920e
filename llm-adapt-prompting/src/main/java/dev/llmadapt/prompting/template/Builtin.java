package dev.llmadapt.prompting.template;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * A row of a table of filters, tests, methods or functions.
 *
 * @param name its name in templates
 * @param signature its parameters
 * @param keepsMarkup whether it turns {@link Text#asMarkup markup} into markup, as Python's string methods do
 * @param body its implementation
 */
record Builtin(String name, Signature signature, boolean keepsMarkup, Body body) {
    private static final Set<String> ABOUT_UNDEFINED = Set.of("defined", "undefined", "default", "d");

    /** Whether a value that is not there is what it is about. */
    boolean takesUndefined() {
        return ABOUT_UNDEFINED.contains(name);
    }

    /** Applies it to a value, with arguments that fit the signature. */
    Object apply(Rendering r, Object value, Args args) {
        Object result = body.apply(r, value, args);
        return keepsMarkup && value instanceof Text text && text.isMarkup() ? asMarkup(result) : result;
    }

    private static Object asMarkup(Object result) {
        if (result instanceof Text text) {
            return text.asMarkup();
        } else if (result instanceof Seq seq) {
            return new Seq(
                    seq.kind(), seq.items().stream().map(Builtin::asMarkup).toList());
        }
        return result;
    }

    /** The implementation of a builtin. */
    @FunctionalInterface
    interface Body {
        Object apply(Rendering r, Object value, Args args);
    }

    /** A table of rows by name; a row may have several names. */
    static final class Table {
        private final Map<String, Builtin> rows = new LinkedHashMap<>();
        private final boolean keepsMarkup;

        Table() {
            this(false);
        }

        /** A table of rows that all keep markup, or of rows that do where they say so. */
        Table(boolean keepsMarkup) {
            this.keepsMarkup = keepsMarkup;
        }

        Table row(String names, String parameters, Body body) {
            return row(names, parameters, keepsMarkup, body);
        }

        Table keepingRow(String names, String parameters, Body body) {
            return row(names, parameters, true, body);
        }

        private Table row(String names, String parameters, boolean keeps, Body body) {
            for (String name : names.split(" ", -1)) {
                rows.put(name, new Builtin(name, Signature.of(parameters), keeps, body));
            }
            return this;
        }

        Map<String, Builtin> rows() {
            return Map.copyOf(rows);
        }
    }
}
