package dev.llmadapt.prompting.template;

import java.util.List;
import java.util.Map;

/** Jinja's {@code joiner(', ')}: empty on its first call, the separator on all others. */
final class Joiner implements Invocable {
    private final Object separator;
    private boolean used;

    Joiner(Object separator) {
        this.separator = separator;
    }

    @Override
    public Object call(Rendering r, List<Object> positional, Map<String, Object> named) {
        if (!positional.isEmpty() || !named.isEmpty()) {
            throw r.fail("a joiner takes no arguments");
        }
        Object text = used ? separator : Text.EMPTY;
        used = true;
        return text;
    }
}
