package dev.llmadapt.prompting.template;

import java.util.List;
import java.util.Map;

/** The functions that templates can call, one row each: Jinja's, and the two that Hugging Face adds. */
final class Functions {
    private static final Map<String, Builtin> ROWS = new Builtin.Table()
            .row("raise_exception", "message", (r, v, a) -> {
                throw r.fail("the template refuses its input: "
                        + Access.shorten(Printer.toText(r, a.get(0)).chars()));
            })
            .row("strftime_now", "format", (r, v, a) -> Strftime.now(r, a.text(0)))
            .row("namespace", "source? **", Functions::namespace)
            .row("dict", "source? **", Functions::dict)
            .row("range", "start stop? step?", Functions::range)
            .row("joiner", "sep?", (r, v, a) -> new Joiner(a.get(0, Text.literal(", "))))
            .row("cycler", "*", (r, v, a) -> {
                if (a.values().length == 0) {
                    throw r.fail("cycler needs at least one value");
                }
                return new Cycler(List.of(a.values()));
            })
            .rows();

    private Functions() {}

    static Map<String, Builtin> rows() {
        return ROWS;
    }

    static String unknown(String name) {
        return "unknown function '" + name + "', known are " + Filters.sortedNames(ROWS)
                + " and the template's own macros";
    }

    private static Object namespace(Rendering r, Object none, Args args) {
        Namespace namespace = new Namespace();
        ((Dict) dict(r, none, args))
                .entries()
                .forEach((key, value) -> namespace.attributes().put(key.toString(), value));
        return namespace;
    }

    /** Makes a dictionary: the entries of another one, then those given by name. */
    private static Object dict(Rendering r, Object none, Args args) {
        r.work(Rendering.ALLOCATION);
        Dict dict = new Dict();
        if (args.has(0)) {
            if (!(args.get(0) instanceof Dict source)) {
                throw r.fail("expected a dictionary, got '" + Values.typeName(args.get(0)) + "'");
            }
            r.work(source.size());
            source.entries().forEach((key, value) -> dict.put(r, key, value));
        }
        ((Dict) args.get(1)).entries().forEach((key, value) -> dict.put(r, key, value));
        return dict;
    }

    private static Object range(Rendering r, Object none, Args args) {
        boolean single = !args.has(1);
        long start = single ? 0 : args.integer(0);
        long stop = single ? args.integer(0) : args.integer(1);
        long step = args.has(2) ? args.integer(2) : 1;
        if (step == 0) {
            throw r.fail("the step of a range must not be 0");
        }
        long size = 0;
        if (step > 0 ? start < stop : start > stop) {
            long distance = step > 0 ? stop - start : start - stop;
            long stride = step == Long.MIN_VALUE ? Long.MAX_VALUE : Math.abs(step);
            size = distance < 0 ? Long.MAX_VALUE : (distance - 1) / stride + 1;
        }
        if (size > r.limits().rangeSize()) {
            throw r.exceeded("rangeSize", r.limits().rangeSize());
        }
        return Seq.range(start, step, (int) size);
    }
}
