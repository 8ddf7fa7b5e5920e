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
import org.jspecify.annotations.Nullable;

/**
 * The names that a template reads, assigns and calls, block by block, in the order of the source. They show calls of
 * something that the template has not made, and names that Jinja would resolve in a surprising way.
 */
final class Names {
    /** The names that mean something of the language where it gives them a meaning. */
    static final Set<String> RESERVED = reserved();

    private final Set<String> assigned = new HashSet<>(Set.of("loop", "caller"));
    private final Map<String, Integer> called = new LinkedHashMap<>();
    private final Deque<Set<String>> special = new ArrayDeque<>();
    private final List<Frame> frames = new ArrayList<>();
    /** The first lines of the names that are read where nothing assigned them. */
    private final Map<String, Integer> free = new LinkedHashMap<>();

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
        /** What is assigned so far: by the block itself at the bottom, by the branches that are open above. */
        private final Deque<Set<String>> bound = new ArrayDeque<>(List.of(new HashSet<>()));
        /** What the branches that were left assigned, oldest first. */
        private final List<Set<String>> left = new ArrayList<>();
        /** The first uses: those of the block itself at the bottom, those of the branches of its {@code if}s above. */
        private final Deque<Map<String, Use>> uses = new ArrayDeque<>(List.of(new HashMap<>()));

        Frame(@Nullable Frame outer) {
            this.outer = outer;
        }

        boolean mentions(String name) {
            return uses.stream().anyMatch(branch -> branch.containsKey(name));
        }

        void use(String name, Use use) {
            if (!mentions(name)) {
                uses.element().put(name, use);
            }
        }
    }

    private static Set<String> reserved() {
        Set<String> names = new HashSet<>(Functions.rows().keySet());
        names.addAll(Set.of("loop", "caller", "varargs", "kwargs"));
        return Set.copyOf(names);
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
        frame().bound.push(new HashSet<>());
    }

    Map<String, ?> leaveBranch() {
        frame().left.add(frame().bound.pop());
        return frame().uses.pop();
    }

    /**
     * Joins the uses of branches; a name counts as assigned if it is in all three that Jinja counts: if, elif, else.
     */
    void joinBranches(Map<String, ?> then, List<Map<String, ?>> elifs, @Nullable Map<String, ?> otherwise) {
        bind(1 + elifs.size() + (otherwise == null ? 0 : 1), otherwise != null);
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

    /** Counts as assigned what each of the last branches assigns, if one of them is always taken. */
    private void bind(int branches, boolean complete) {
        List<Set<String>> left = frame().left;
        List<Set<String>> last = left.subList(left.size() - branches, left.size());
        if (complete) {
            Set<String> always = new HashSet<>(last.get(0));
            last.forEach(always::retainAll);
            frame().bound.element().addAll(always);
        }
        last.clear();
    }

    /** The names that the template reads and has not assigned there, which the context must hold; with their lines. */
    Map<String, Integer> free() {
        return free;
    }

    private boolean isBound(String name) {
        for (Frame frame = current; frame != null; frame = frame.outer) {
            if (frame.bound.stream().anyMatch(names -> names.contains(name))) {
                return true;
            }
        }
        return false;
    }

    void assign(String name) {
        assigned.add(name);
        frame().bound.element().add(name);
        frame().use(name, Use.ASSIGNED);
    }

    /** Records that a name is read, for the block and for the macros around it. */
    void read(String name, int line) {
        if (!isBound(name) && !RESERVED.contains(name)) {
            free.putIfAbsent(name, line);
        }
        read(name);
    }

    private void read(String name) {
        frame().use(name, Use.READ);
        if (Macro.Definition.isSpecial(name)) {
            special.forEach(names -> names.add(name));
        }
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
