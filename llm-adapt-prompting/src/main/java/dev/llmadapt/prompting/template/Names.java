package dev.llmadapt.prompting.template;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The names that a template reads, assigns and calls, block by block, in the order of the source. They show calls of
 * something that the template has not made, and names that Jinja would resolve in a surprising way.
 */
final class Names {
    private final Set<String> assigned = new HashSet<>(Set.of("loop", "caller"));
    private final Map<String, Integer> called = new LinkedHashMap<>();
    private final Set<String> fromContext = new TreeSet<>();
    private final Deque<Set<String>> special = new ArrayDeque<>();
    private final List<Frame> frames = new ArrayList<>();
    private @Nullable Frame current;

    /** The first use of a name in a block. */
    private enum Use {
        READ,
        ASSIGNED
    }

    /** The names of one block. */
    private static final class Frame {
        private final @Nullable Frame outer;
        private final Set<String> ambiguous = new HashSet<>();
        /** The first uses: those of the block itself at the bottom, those of the branches of its {@code if}s above. */
        private final Deque<Map<String, Use>> uses = new ArrayDeque<>(List.of(new HashMap<>()));

        Frame(@Nullable Frame outer) {
            this.outer = outer;
        }

        boolean mentions(String name) {
            return uses.stream().anyMatch(branch -> branch.containsKey(name));
        }

        boolean assigns(String name) {
            return uses.stream().anyMatch(branch -> branch.get(name) == Use.ASSIGNED);
        }

        void use(String name, Use use) {
            if (!mentions(name)) {
                uses.element().put(name, use);
            }
        }
    }

    void enterFrame() {
        current = new Frame(current);
        frames.add(current);
    }

    /** Leaves a block; returns its ambiguous names, which {@link #finish} fills in; see {@link Block}. */
    Set<String> leaveFrame() {
        Frame frame = frame();
        current = frame.outer;
        return frame.ambiguous;
    }

    private Frame frame() {
        if (current == null) {
            throw new IllegalStateException("no block is open");
        }
        return current;
    }

    void enterBranch() {
        frame().uses.push(new HashMap<>());
    }

    Map<String, ?> leaveBranch() {
        return frame().uses.pop();
    }

    /**
     * Joins the uses of branches; a name counts as assigned if it is in all three that Jinja counts: if, elif, else.
     */
    void joinBranches(Map<String, ?> then, List<Map<String, ?>> elifs, @Nullable Map<String, ?> otherwise) {
        Map<String, Use> elif = new HashMap<>();
        elifs.forEach(branch ->
                branch.forEach((name, use) -> elif.merge(name, (Use) use, (a, b) -> a == Use.ASSIGNED ? a : b)));
        Set<String> names = new HashSet<>(then.keySet());
        names.addAll(elif.keySet());
        if (otherwise != null) {
            names.addAll(otherwise.keySet());
        }
        for (String name : names) {
            boolean always = then.get(name) == Use.ASSIGNED
                    && elif.get(name) == Use.ASSIGNED
                    && otherwise != null
                    && otherwise.get(name) == Use.ASSIGNED;
            frame().use(name, always ? Use.ASSIGNED : Use.READ);
        }
    }

    void assign(String name) {
        assigned.add(name);
        frame().use(name, Use.ASSIGNED);
    }

    /** Records that a name is read, for the block and for the macros around it. */
    void read(String name) {
        boolean made = name.equals("loop") || Macro.Definition.isSpecial(name);
        for (Frame frame = current; frame != null && !made; frame = frame.outer) {
            made = frame.assigns(name);
        }
        if (!made) {
            fromContext.add(name);
        }
        frame().use(name, Use.READ);
        if (Macro.Definition.isSpecial(name)) {
            special.forEach(names -> names.add(name));
        }
    }

    /** The names that are read where the template may not have assigned them: the variables of its context. */
    Set<String> fromContext() {
        return Set.copyOf(fromContext);
    }

    boolean isAssigned(String name) {
        return assigned.contains(name);
    }

    void call(String name, int line) {
        called.putIfAbsent(name, line);
    }

    void enterMacro() {
        special.push(new HashSet<>());
    }

    /** Leaves a macro; returns the special names that it mentions. */
    Set<String> leaveMacro() {
        return Set.copyOf(special.pop());
    }

    /**
     * Ends the collection: fills in the ambiguous names, and returns the lines of calls of undefined names, by name.
     */
    Map<String, Integer> finish() {
        Map<String, Integer> unknown = new LinkedHashMap<>(called);
        unknown.keySet().removeIf(this::isAssigned);
        for (Frame frame : frames) {
            frame.uses.element().forEach((name, use) -> {
                if (use == Use.ASSIGNED && !mentionedAround(frame, name)) {
                    frame.ambiguous.add(name);
                }
            });
        }
        return unknown;
    }

    private static boolean mentionedAround(Frame frame, String name) {
        for (Frame outer = frame.outer; outer != null; outer = outer.outer) {
            if (outer.mentions(name)) {
                return true;
            }
        }
        return false;
    }
}
