package dev.llmadapt.prompting.template;

import java.util.Map;

/** The tests of {@code is}, one row each, as Jinja 3.1 defines them. */
final class Tests {
    private static final Map<String, Builtin> ROWS = new Builtin.Table()
            .row("defined", "", (r, v, a) -> !(v instanceof Undefined))
            .row("undefined", "", (r, v, a) -> v instanceof Undefined)
            .row("none", "", (r, v, a) -> v instanceof None)
            .row("boolean", "", (r, v, a) -> v instanceof Boolean)
            .row("true", "", (r, v, a) -> Boolean.TRUE.equals(v))
            .row("false", "", (r, v, a) -> Boolean.FALSE.equals(v))
            .row("integer", "", (r, v, a) -> v instanceof Long)
            .row("float", "", (r, v, a) -> v instanceof Double)
            .row("number", "", (r, v, a) -> Values.isNumber(v))
            .row("string", "", (r, v, a) -> v instanceof Text)
            .row("mapping", "", (r, v, a) -> v instanceof Dict)
            .row(
                    "sequence",
                    "",
                    (r, v, a) -> v instanceof Text
                            || v instanceof Dict
                            || v instanceof Undefined
                            || (v instanceof Seq seq && seq.kind().isIndexed()))
            .row(
                    "iterable",
                    "",
                    (r, v, a) -> v instanceof Text
                            || v instanceof Dict
                            || v instanceof Undefined
                            || v instanceof Seq
                            || v instanceof Stream
                            || v instanceof Loop)
            .row(
                    "callable",
                    "",
                    (r, v, a) -> v instanceof Invocable || v instanceof BoundMethod || v instanceof Undefined)
            .row("odd", "", (r, v, a) -> Values.areEqual(r, modulo(r, v, 2L), 1L))
            .row("even", "", (r, v, a) -> Values.areEqual(r, modulo(r, v, 2L), 0L))
            .row("divisibleby", "num", (r, v, a) -> Values.areEqual(r, modulo(r, v, a.get(0)), 0L))
            .row("in", "seq", (r, v, a) -> Values.contains(r, a.get(0), v))
            .row("sameas", "other", (r, v, a) -> same(r, v, a.get(0)))
            .row("eq equalto ==", "other", comparison("=="))
            .row("ne !=", "other", comparison("!="))
            .row("lt lessthan <", "other", comparison("<"))
            .row("le <=", "other", comparison("<="))
            .row("gt greaterthan >", "other", comparison(">"))
            .row("ge >=", "other", comparison(">="))
            .row("lower", "", (r, v, a) -> Methods.isCase(Printer.toText(r, v), false))
            .row("upper", "", (r, v, a) -> Methods.isCase(Printer.toText(r, v), true))
            .rows();

    private Tests() {}

    /** Finds a test by name; the error for an unknown one lists them all. */
    static Builtin named(String name) {
        Builtin row = ROWS.get(name);
        if (row == null) {
            throw new UnknownConstruct("unknown test '" + name + "', known are " + Filters.sortedNames(ROWS));
        }
        return row;
    }

    private static Builtin.Body comparison(String operator) {
        return (r, v, a) -> Expression.Compare.holds(r, operator, v, a.get(0));
    }

    private static Object modulo(Rendering r, Object value, Object divisor) {
        return Arithmetic.apply(r, Arithmetic.Operator.MODULO, value, divisor);
    }

    /**
     * Python's {@code is}: known only for constants; for equal numbers and texts Python itself gives no rule, and lists
     * are copied.
     */
    private static boolean same(Rendering r, Object a, Object b) {
        if (a instanceof Boolean || a instanceof None || b instanceof Boolean || b instanceof None) {
            return a.equals(b);
        }
        throw r.fail("'sameas' is supported for true, false and none, use '=='");
    }
}
