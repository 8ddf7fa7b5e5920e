package dev.llmadapt.prompting.template;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The variable {@code loop}: the state of a for block; a call of it runs a recursive one over further elements. */
final class Loop implements Invocable {
    private final Statement.For block;
    private final Variables around;
    private final List<Object> items;
    private final long depth0;
    private int index0;
    private @Nullable Seq lastChanged;

    Loop(Statement.For block, Variables around, List<Object> items, long depth0) {
        this.block = block;
        this.around = around;
        this.items = items;
        this.depth0 = depth0;
    }

    void moveTo(int index0) {
        this.index0 = index0;
    }

    long length() {
        return items.size();
    }

    /** Finds an attribute of the loop; null where there is none of that name. */
    @Nullable
    Object attribute(String name) {
        long size = items.size();
        return switch (name) {
            case "index" -> index0 + 1L;
            case "index0" -> (long) index0;
            case "revindex" -> size - index0;
            case "revindex0" -> size - index0 - 1;
            case "first" -> index0 == 0;
            case "last" -> index0 == size - 1;
            case "length" -> size;
            case "depth" -> depth0 + 1;
            case "depth0" -> depth0;
            case "previtem" -> index0 > 0 ? items.get(index0 - 1) : new Undefined("there is no previous item");
            case "nextitem" -> index0 < size - 1 ? items.get(index0 + 1) : new Undefined("there is no next item");
            case "cycle", "changed" -> new BoundMethod("loop", name);
            default -> null;
        };
    }

    Object cycle(Rendering r, Object[] values) {
        if (values.length == 0) {
            throw r.fail("cycle needs at least one value");
        }
        return values[index0 % values.length];
    }

    boolean changed(Rendering r, Object[] values) {
        Seq now = Seq.tuple(values);
        boolean changed = lastChanged == null || !Values.areEqual(r, lastChanged, now);
        lastChanged = now;
        return changed;
    }

    @Override
    public Object call(Rendering r, List<Object> positional, Map<String, Object> named) {
        if (!block.recursive()) {
            throw r.fail("the loop must be marked 'recursive' to be called");
        }
        if (positional.size() != 1 || !named.isEmpty()) {
            throw r.fail("a loop is called with what to go through next, and nothing else");
        }
        return r.capture(() -> block.run(r, around, positional.get(0), depth0 + 1));
    }
}
