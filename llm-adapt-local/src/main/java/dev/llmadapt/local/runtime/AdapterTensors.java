package dev.llmadapt.local.runtime;

import dev.llmadapt.local.adapter.AdapterMix;
import dev.llmadapt.local.adapter.AdapterPacking;
import dev.llmadapt.local.adapter.AdapterPacking.Packed;
import dev.llmadapt.local.adapter.PreparedAdapter;
import dev.llmadapt.local.graph.ElementType;
import dev.llmadapt.local.memory.NativeArena;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * The inputs of a graph through which adapters act, for the latest batches: factors are packed again only when the set
 * of adapters changes, and masks only when a row's adapters do. Not thread-safe.
 *
 * @param <T> the tensors of the session that runs
 */
final class AdapterTensors<T> implements AutoCloseable {
    /** How many packings are kept: a batch that steps and the prompts read in between take turns. */
    private static final int KEPT = 4;

    private final Engine engine;
    private final Backend<T> backend;
    private final Map<List<List<PreparedAdapter>>, Entry> entries = new LinkedHashMap<>(8, 0.75f, true);

    AdapterTensors(Engine engine, Backend<T> backend) {
        this.engine = engine;
        this.backend = backend;
    }

    /** Packed inputs: their memory and the tensors over it. */
    private final class Inputs {
        final NativeArena memory;
        final Map<String, T> tensors; // those of other memory, too
        private final List<Operand<T>> operands = new ArrayList<>();

        Inputs(NativeArena memory, Map<String, Packed> packed, Map<String, T> others) {
            this.memory = memory;
            this.tensors = new HashMap<>(others);
            packed.forEach((name, input) -> {
                Operand<T> operand = input.type() == ElementType.FLOAT
                        ? backend.operand(input.data(), backend.dtype())
                        : backend.hostOperand(input.data(), input.type()); // sizes and indices
                operands.add(operand);
                tensors.put(name, operand.tensor(input.shape()));
            });
            push();
        }

        /** Takes what is packed to where the engine reads it. */
        void push() {
            operands.forEach(operand -> operand.push(operand.elements()));
        }

        void close() {
            operands.forEach(Operand::close);
            memory.close();
        }
    }

    private final class Entry {
        final AdapterPacking packing;
        final Map<String, Packed> packed;
        final Inputs factors; // over what is packed
        final Map<List<AdapterMix>, Inputs> rows = new LinkedHashMap<>(8, 0.75f, true);

        Entry(AdapterPacking packing) {
            NativeArena memory = new NativeArena();
            this.packing = packing;
            this.packed = packing.factors(memory);
            this.factors = new Inputs(memory, packed, Map.of());
        }

        /** Takes over what another packed, but for the rows that differ. */
        Entry(AdapterPacking packing, Entry other) {
            other.closeRows();
            packing.refill(other.packing, other.packed);
            this.packing = packing;
            this.packed = other.packed;
            this.factors = other.factors;
            factors.push();
        }

        Inputs rows(List<AdapterMix> mixes) {
            NativeArena memory = new NativeArena();
            return new Inputs(memory, packing.rows(memory, mixes), factors.tensors);
        }

        void closeRows() {
            rows.values().forEach(Inputs::close);
        }

        void close() {
            closeRows();
            factors.close();
        }
    }

    /** Returns the inputs for a batch, a mix for each row; one map as long as the rows are alike. */
    Map<String, T> inputs(List<AdapterMix> rows) {
        if (engine.adapterInputs().changes().isEmpty()) {
            return Map.of();
        }
        List<List<PreparedAdapter>> groups = withIdle(AdapterPacking.groups(rows), rows);
        Entry known = entries.get(groups);
        Entry entry = known != null ? known : pack(groups);
        drop(entries, Entry::close);
        Inputs inputs = entry.rows.computeIfAbsent(rows, entry::rows);
        drop(entry.rows, Inputs::close);
        return inputs.tensors;
    }

    /** Groups in which idle rows keep what the latest packing by row has for them. */
    private List<List<PreparedAdapter>> withIdle(List<List<PreparedAdapter>> groups, List<AdapterMix> rows) {
        List<List<PreparedAdapter>> filled = groups;
        for (Entry entry : entries.values()) { // the latest is the last
            filled = entry.packing.byRow() ? entry.packing.withIdle(groups, rows) : filled;
        }
        return filled;
    }

    /**
     * Packs the factors of a batch, over those of another packing of their form if there is one: of rows with factors
     * of their own, one or two differ when a text of the batch ends and another begins; others are reused when they
     * would be dropped.
     */
    private Entry pack(List<List<PreparedAdapter>> groups) {
        AdapterPacking packing = AdapterPacking.of(engine.sites(), groups);
        Entry entry = null;
        boolean reuse = packing.byRow() || entries.size() >= KEPT;
        for (Iterator<Entry> others = entries.values().iterator(); reuse && entry == null && others.hasNext(); ) {
            Entry other = others.next();
            if (packing.fits(other.packing)) {
                others.remove();
                entry = new Entry(packing, other);
            }
        }
        Entry made = entry != null ? entry : new Entry(packing);
        entries.put(groups, made);
        return made;
    }

    private static <V> void drop(Map<?, V> eldestFirst, Consumer<V> close) {
        Iterator<V> values = eldestFirst.values().iterator();
        while (eldestFirst.size() > KEPT) {
            close.accept(values.next());
            values.remove();
        }
    }

    /** Closes every packing with an adapter in it. */
    void forget(PreparedAdapter adapter) {
        entries.values().removeIf(entry -> {
            boolean has = entry.packing.has(adapter);
            if (has) {
                entry.close();
            }
            return has;
        });
    }

    @Override
    public void close() {
        entries.values().forEach(Entry::close);
        entries.clear();
    }
}
