package dev.llmadapt.local.architecture;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * The inputs of a decoder's graph for adapters, module by module: each change is inputs and operators that cost a
 * little even while no adapter uses them, so that a graph has those which the loaded adapters need and no others.
 *
 * @param changes by the module's path, such as {@code model.layers.0.self_attn.q_proj}
 */
public record AdapterInputs(Map<String, Set<Change>> changes) {
    /** Nothing: the base alone. */
    public static final AdapterInputs NONE = new AdapterInputs(Map.of());

    /** A way to change a linear module. */
    public enum Change {
        /** {@code y += ((x A) * mask) B}. */
        LOW_RANK,
        /** {@code x *= scale}, before the product. */
        INPUT_SCALE,
        /** {@code y *= scale}, before anything is added. */
        OUTPUT_SCALE,
        /** {@code y += bias}. */
        BIAS
    }

    /** Copies. */
    public AdapterInputs {
        Map<String, Set<Change>> copy = new HashMap<>();
        changes.forEach((module, set) -> copy.put(module, Set.copyOf(set)));
        changes = Map.copyOf(copy);
    }

    /** A kind of change of a module. */
    public Set<Change> of(String module) {
        return changes.getOrDefault(module, Set.of());
    }

    /** All that this and another ask for. */
    public AdapterInputs plus(AdapterInputs other) {
        Map<String, Set<Change>> all = new HashMap<>(changes);
        other.changes.forEach((module, set) -> all.merge(module, set, (a, b) -> {
            Set<Change> both = new TreeSet<>(a);
            both.addAll(b);
            return both;
        }));
        return new AdapterInputs(all);
    }

    /** Whether all that another asks for is here. */
    public boolean covers(AdapterInputs other) {
        return other.changes.entrySet().stream()
                .allMatch(entry -> of(entry.getKey()).containsAll(entry.getValue()));
    }
}
