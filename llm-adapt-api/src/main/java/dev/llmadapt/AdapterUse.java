package dev.llmadapt;

import java.util.Objects;

/**
 * A loaded adapter that a request uses, with its weight.
 *
 * @param name the name it was loaded under
 * @param weight how strongly it acts: 1 as trained, 0 not at all; any finite number for adapters that change layers, 1
 *     for soft prompts and prefixes, which are there or not
 */
public record AdapterUse(String name, double weight) {
    /** Refuses a blank name and a weight that is not finite. */
    public AdapterUse {
        if (Objects.requireNonNull(name, "name must not be null").isBlank()) {
            throw new IllegalArgumentException("an adapter needs a name, got '" + name + "'");
        }
        if (!Double.isFinite(weight)) {
            throw new IllegalArgumentException(
                    "the weight of adapter '" + name + "' must be finite, weight: " + weight);
        }
    }

    /** An adapter with weight 1: as it was trained. */
    public static AdapterUse of(String name) {
        return new AdapterUse(name, 1);
    }
}
