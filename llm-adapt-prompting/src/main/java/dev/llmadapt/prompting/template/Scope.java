package dev.llmadapt.prompting.template;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Variables of a block; what is not found in it is looked for in the block around it. */
final class Scope {
    private final @Nullable Scope outer;
    private final Map<String, Object> variables;

    private Scope(@Nullable Scope outer, Map<String, Object> variables) {
        this.outer = outer;
        this.variables = variables;
    }

    /** The outermost scope: the context's variables. */
    static Scope ofContext() {
        return new Scope(null, new HashMap<>());
    }

    Scope inner() {
        return new Scope(this, new HashMap<>());
    }

    void set(String name, Object value) {
        variables.put(name, value);
    }

    /** Whether a name means the context's variable, as the template has not assigned it. */
    boolean isContext(String name) {
        Scope scope = this;
        while (scope.outer != null && !scope.variables.containsKey(name)) {
            scope = scope.outer;
        }
        return scope.outer == null && scope.variables.containsKey(name);
    }

    Object get(String name) {
        for (Scope scope = this; scope != null; scope = scope.outer) {
            Object value = scope.variables.get(name);
            if (value != null) {
                return value;
            }
        }
        return Undefined.name(name);
    }
}
