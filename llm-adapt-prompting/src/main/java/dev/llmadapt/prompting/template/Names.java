package dev.llmadapt.prompting.template;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** The names a template assigns, and those it calls: it can call what it made, and no context value. */
final class Names {
    private final Set<String> assigned = new HashSet<>(Set.of("loop", "caller"));
    private final Map<String, Integer> called = new LinkedHashMap<>();
    private final Deque<Set<String>> special = new ArrayDeque<>();

    void assign(String name) {
        assigned.add(name);
    }

    boolean isAssigned(String name) {
        return assigned.contains(name);
    }

    void call(String name, int line) {
        called.putIfAbsent(name, line);
    }

    /** Notes a name that is read, for the macros around it. */
    void read(String name) {
        if (Macro.Definition.isSpecial(name)) {
            special.forEach(names -> names.add(name));
        }
    }

    void enterMacro() {
        special.push(new HashSet<>());
    }

    /** Which special names the macro mentioned. */
    Set<String> leaveMacro() {
        return Set.copyOf(special.pop());
    }

    /** Once all is read: an error for calls of what is nowhere made. */
    void check() {
        called.forEach((name, line) -> {
            if (!isAssigned(name)) {
                throw new TemplateException(
                        "unknown function '" + name + "', known are " + Filters.sortedNames(Functions.rows())
                                + " and the template's own macros",
                        line);
            }
        });
    }
}
