package dev.llmadapt.prompting.template;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The variables of a block; a name that is not among them is looked for in the block around it. */
final class Variables {
    private final @Nullable Variables outer;
    private final Map<String, Object> values;

    private Variables(@Nullable Variables outer, Map<String, Object> values) {
        this.outer = outer;
        this.values = values;
    }

    /** Creates the outermost variables, those of the context. */
    static Variables ofContext() {
        return new Variables(null, new HashMap<>());
    }

    Variables inner() {
        return new Variables(this, new HashMap<>());
    }

    void set(String name, Object value) {
        values.put(name, value);
    }

    /** Whether a name means the context's variable, because no block has assigned it. */
    boolean isContext(String name) {
        Variables variables = this;
        while (variables.outer != null && !variables.values.containsKey(name)) {
            variables = variables.outer;
        }
        return variables.outer == null && variables.values.containsKey(name);
    }

    Object get(String name) {
        for (Variables variables = this; variables != null; variables = variables.outer) {
            Object value = variables.values.get(name);
            if (value != null) {
                return value;
            }
        }
        return Undefined.name(name);
    }
}
