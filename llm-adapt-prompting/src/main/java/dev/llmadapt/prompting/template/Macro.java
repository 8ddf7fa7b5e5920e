package dev.llmadapt.prompting.template;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A macro, or the body of a call block, with the variables around its definition.
 *
 * @param definition its parameters and body
 * @param variables the variables of the block that defines it
 */
record Macro(Definition definition, Variables variables) implements Invocable {
    private static final String CALLER = "caller";
    private static final String VARARGS = "varargs";
    private static final String KWARGS = "kwargs";

    /**
     * The definition of a macro.
     *
     * @param name its name, for errors
     * @param parameters the names of its parameters
     * @param defaults the defaults of the last parameters
     * @param body its body
     * @param special the names among {@code caller}, {@code varargs} and {@code kwargs} that the body mentions: a macro
     *     that does not mention them does not take them
     */
    record Definition(
            String name,
            List<String> parameters,
            List<Expression> defaults,
            Block body,
            java.util.Set<String> special) {
        static boolean isSpecial(String name) {
            return name.equals(CALLER) || name.equals(VARARGS) || name.equals(KWARGS);
        }
    }

    @Override
    public Object call(Rendering r, List<Object> positional, Map<String, Object> named) {
        r.work(Rendering.ALLOCATION);
        Variables inner = definition.body().variablesIn(variables);
        List<String> parameters = definition.parameters();
        Map<String, Object> rest = new LinkedHashMap<>(named);
        BitSet missing = new BitSet();
        for (int i = 0; i < parameters.size(); i++) {
            Object given = i < positional.size() ? positional.get(i) : rest.remove(parameters.get(i));
            missing.set(i, given == null);
            inner.set(
                    parameters.get(i),
                    given == null ? new Undefined("parameter '" + parameters.get(i) + "' was not provided") : given);
        }
        int required = parameters.size() - definition.defaults().size();
        for (int i = missing.nextSetBit(required); i >= 0; i = missing.nextSetBit(i + 1)) {
            // Defaults see the parameters before them.
            inner.set(
                    parameters.get(i), r.evaluateIn(inner, definition.defaults().get(i - required)));
        }
        takeSpecial(r, inner, positional, rest);
        return r.capture(() -> r.executeIn(inner, definition.body().statements()));
    }

    private void takeSpecial(Rendering r, Variables inner, List<Object> positional, Map<String, Object> rest) {
        List<String> parameters = definition.parameters();
        if (definition.special().contains(CALLER) && !parameters.contains(CALLER)) {
            Object caller = rest.remove(CALLER);
            inner.set(CALLER, caller == null ? new Undefined("no caller defined, use a call block") : caller);
        }
        if (definition.special().contains(KWARGS)) {
            Dict kwargs = new Dict();
            rest.forEach((name, value) -> kwargs.put(r, Text.literal(name), value));
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
