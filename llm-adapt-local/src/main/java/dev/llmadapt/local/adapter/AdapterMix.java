package dev.llmadapt.local.adapter;

import dev.llmadapt.local.architecture.Embedding;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The adapters that act on one text, and how strongly each does. Two mixes are equal if they hold the same adapters,
 * loaded at the same time, with the same weights.
 *
 * @param parts the adapters; none means the base alone
 */
public record AdapterMix(List<Part> parts) {
    /** The base alone. */
    public static final AdapterMix NONE = new AdapterMix(List.of());

    /** A row that is computed and not used, since those on both sides of it are: whatever acts on it. */
    public static final AdapterMix IDLE = new AdapterMix(List.of());

    /** Whether this is {@link #IDLE}, and not another without adapters. */
    @SuppressWarnings("ReferenceEquality")
    boolean isIdle() {
        return this == IDLE;
    }

    /**
     * An adapter of a mix.
     *
     * @param adapter the adapter
     * @param weight how strongly it acts, 1 as trained
     */
    public record Part(PreparedAdapter adapter, double weight) {
        /** Validates the components. */
        public Part {
            if (!Float.isFinite((float) weight)) {
                throw new IllegalArgumentException("the weight of adapter '" + adapter.name()
                        + "' must be a finite 32-bit float, weight: " + weight);
            }
            if (weight != 1 && !adapter.weighable()) {
                throw new IllegalArgumentException("adapter '" + adapter.name()
                        + "' is a soft prompt or prefix, which is there or not: its weight must be 1, weight: "
                        + weight);
            }
        }
    }

    /** Copies and checks. */
    public AdapterMix {
        parts = List.copyOf(parts);
        List<PreparedAdapter> prefixes = parts.stream()
                .map(Part::adapter)
                .filter(a -> a.prefixTokens() > 0)
                .toList();
        if (prefixes.size() > 1) {
            throw new IllegalArgumentException("a request can have one prefix, got " + prefixes);
        }
    }

    /** The adapters. */
    public List<PreparedAdapter> adapters() {
        return parts.stream().map(Part::adapter).toList();
    }

    /** Whether an adapter is among them. */
    public boolean has(PreparedAdapter adapter) {
        return parts.stream().anyMatch(part -> part.adapter() == adapter);
    }

    /** A prompt as the model reads it: the prefix's virtual tokens, those of the soft prompts, then the text's own. */
    public int[] promptIds(int[] textIds) {
        int[] ids = new int[0];
        for (boolean prefix : new boolean[] {true, false}) {
            for (PreparedAdapter adapter : adapters()) {
                if (adapter.prefixTokens() > 0 == prefix) {
                    ids = concat(ids, adapter.virtualIds());
                }
            }
        }
        return concat(ids, textIds);
    }

    private static int[] concat(int[] a, int[] b) {
        return IntStream.concat(Arrays.stream(a), Arrays.stream(b)).toArray();
    }

    /**
     * Virtual tokens at the beginning of a prompt that are keys and values: they go into the cache, not through the
     * graph.
     */
    public int prefixTokens() {
        return parts.stream().mapToInt(part -> part.adapter().prefixTokens()).sum();
    }

    /** Their keys and values: {@code (layers, 2, keyValueHeads, prefixTokens, headDim)}. */
    public float[] prefix() {
        return parts.stream()
                .map(part -> part.adapter().prefix())
                .filter(prefix -> prefix.length > 0)
                .findFirst()
                .orElse(new float[0]);
    }

    /** Writes the embeddings of some tokens, virtual ones among them, one after the other at the target's position. */
    public void embed(Embedding table, int[] ids, int from, int to, FloatBuffer target) {
        if (parts.isEmpty()) {
            table.lookup(ids, from, to, target);
            return;
        }
        float[] row = new float[table.hiddenSize()];
        for (int i = from; i < to; i++) {
            PreparedAdapter owner = owner(ids[i]);
            if (owner == null) {
                table.lookup(ids, i, i + 1, this::change, target);
            } else {
                owner.promptRow(ids[i], row);
                target.put(row);
            }
        }
    }

    /** The sum of what the adapters make of a row of the embedding. */
    private void change(int id, float[] row) {
        float[] plain = row.clone();
        for (Part part : parts) {
            part.adapter().embed(id, part.weight(), plain, row);
        }
    }

    private @Nullable PreparedAdapter owner(int id) {
        for (Part part : parts) {
            if (part.adapter().hasPromptId(id)) {
                return part.adapter();
            }
        }
        return null;
    }
}
