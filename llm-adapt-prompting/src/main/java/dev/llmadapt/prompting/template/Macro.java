package dev.llmadapt.prompting.template;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A macro, or the body of a call block, with the variables that were around it.
 *
 * @param definition its parameters and body
 * @param scope where it was defined
 */
record Macro(Definition definition, Scope scope) implements Invocable {
    private static final String CALLER = "caller";
    private static final String VARARGS = "varargs";
    private static final String KWARGS = "kwargs";

    /**
     * As written.
     *
     * @param name for errors
     * @param parameters their names
     * @param defaults of the last parameters
     * @param body what it prints
     * @param special which of {@code caller}, {@code varargs} and {@code kwargs} the body mentions: a macro that does
     *     not mention them does not take them
     */
    record Definition(
            String name,
            List<String> parameters,
            List<Expression> defaults,
            List<Statement> body,
            java.util.Set<String> special) {
        static boolean isSpecial(String name) {
            return name.equals(CALLER) || name.equals(VARARGS) || name.equals(KWARGS);
        }
    }

    @Override
    public Object call(Rendering r, List<Object> positional, Map<String, Object> named) {
        r.work(Rendering.ALLOCATION);
        Scope inner = scope.inner();
        List<String> parameters = definition.parameters();
        Map<String, Object> rest = new LinkedHashMap<>(named);
        for (int i = 0; i < parameters.size(); i++) {
            String parameter = parameters.get(i);
            if (i < positional.size()) {
                inner.set(parameter, positional.get(i));
            } else {
                Object given = rest.remove(parameter);
                inner.set(parameter, given == null ? defaultOf(r, inner, i) : given);
            }
        }
        takeSpecial(r, inner, positional, rest);
        return r.capture(inner, definition.body());
    }

    /** Defaults see the parameters before them. */
    private Object defaultOf(Rendering r, Scope inner, int index) {
        int first = definition.parameters().size() - definition.defaults().size();
        return index < first
                ? new Undefined("parameter '" + definition.parameters().get(index) + "' was not provided")
                : r.evaluateIn(inner, definition.defaults().get(index - first));
    }

    private void takeSpecial(Rendering r, Scope inner, List<Object> positional, Map<String, Object> rest) {
        List<String> parameters = definition.parameters();
        if (definition.special().contains(CALLER) && !parameters.contains(CALLER)) {
            Object caller = rest.remove(CALLER);
            inner.set(CALLER, caller == null ? new Undefined("no caller defined, use a call block") : caller);
        }
        if (definition.special().contains(KWARGS)) {
            Dict kwargs = new Dict();
            rest.forEach((name, value) -> kwargs.put(Text.literal(name), value));
            inner.set(KWARGS, kwargs);
        } else if (!rest.isEmpty()) {
            throw r.fail("macro '" + definition.name() + "' takes no argument '"
                    + rest.keySet().iterator().next() + "', it has " + parameters);
        }
        if (definition.special().contains(VARARGS)) {
            int from = Math.min(parameters.size(), positional.size());
            List<Object> varargs = new ArrayList<>(positional.subList(from, positional.size()));
            inner.set(VARARGS, new Seq(Seq.Kind.TUPLE, varargs));
        } else if (positional.size() > parameters.size()) {
            throw r.fail("macro '" + definition.name() + "' takes at most " + parameters.size() + " arguments, got "
                    + positional.size());
        }
    }
}
