package dev.llmadapt.prompting.template;

import org.jspecify.annotations.Nullable;

/** The arguments of one call of a builtin, in the order of its parameters. */
final class Args {
    private final Rendering r;
    private final Object[] values;

    /** Takes one value for each parameter, {@link Absent} where none was given; the array is not copied. */
    Args(Rendering r, Object[] values) {
        this.r = r;
        this.values = values;
    }

    /** The marker of an optional argument that was not given. */
    enum Absent {
        ABSENT
    }

    /** All values; not to be changed. */
    Object[] values() {
        return values;
    }

    boolean has(int index) {
        return values[index] != Absent.ABSENT;
    }

    Object get(int index) {
        return values[index];
    }

    Object get(int index, Object otherwise) {
        return has(index) ? values[index] : otherwise;
    }

    Text text(int index) {
        if (values[index] instanceof Text text) {
            return text;
        }
        throw wrong(index, "a str");
    }

    /** The text at an index; null where none or None was given. */
    @Nullable
    Text optionalText(int index) {
        return has(index) && !(values[index] instanceof None) ? text(index) : null;
    }

    long integer(int index) {
        if (Values.toNumber(values[index]) instanceof Long number) {
            return number;
        }
        throw wrong(index, "an int");
    }

    /** The integer at an index; the default where none or None was given. */
    long integer(int index, long otherwise) {
        return has(index) && !(values[index] instanceof None) ? integer(index) : otherwise;
    }

    boolean flag(int index) {
        return has(index) && Values.isTrue(values[index]);
    }

    private TemplateException wrong(int index, String expected) {
        Object value = values[index];
        return r.fail(Values.undefinedOr(
                value,
                value,
                "argument " + (index + 1) + " must be " + expected + ", got '" + Values.typeName(value) + "'"));
    }
}
