package dev.llmadapt.peft.runtime;

import dev.llmadapt.peft.adapter.AdapterMix;
import dev.llmadapt.peft.adapter.AdapterPacking;
import dev.llmadapt.peft.adapter.AdapterPacking.Packed;
import dev.llmadapt.peft.adapter.ReadyAdapter;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * The inputs of a graph through which adapters act, for the batches of late: factors are packed again only when the set
 * of adapters changes, and masks only when a row's adapters do. Not thread-safe.
 *
 * @param <T> the tensors of the session that runs
 */
final class AdapterTensors<T> implements AutoCloseable {
    /** Packings kept: a batch that steps and the prompts read in between take turns. */
    private static final int KEPT = 4;

    private final Engine engine;
    private final Maker<T> maker;
    private final Map<List<List<ReadyAdapter>>, Entry> entries = new LinkedHashMap<>(8, 0.75f, true);

    AdapterTensors(Engine engine, Maker<T> maker) {
        this.engine = engine;
        this.maker = maker;
    }

    /** How tensors come and go. */
    interface Maker<T> {
        T make(Packed packed);

        /** The numbers that a tensor was made of have changed. */
        void rewrite(T tensor, Packed packed);

        void close(T tensor);
    }

    private final class Entry {
        final AdapterPacking packing;
        final Map<String, Packed> packed;
        final Map<String, T> factors; // over what is packed
        final Map<List<AdapterMix>, Map<String, T>> inputs = new LinkedHashMap<>(8, 0.75f, true);

        Entry(AdapterPacking packing) {
            this.packing = packing;
            this.packed = packing.factors();
            this.factors = tensors(packed);
        }

        /** Takes over what another packed, but for the rows that differ. */
        Entry(AdapterPacking packing, Entry other) {
            other.closeRows();
            packing.refill(other.packing, other.packed);
            this.packing = packing;
            this.packed = other.packed;
            this.factors = other.factors;
            factors.forEach((name, tensor) -> maker.rewrite(tensor, Objects.requireNonNull(packed.get(name))));
        }

        void closeRows() {
            inputs.values().forEach(this::closeRows);
        }

        void close() {
            closeRows();
            factors.values().forEach(maker::close);
        }

        void closeRows(Map<String, T> tensors) {
            tensors.forEach((name, tensor) -> {
                if (!factors.containsKey(name)) {
                    maker.close(tensor);
                }
            });
        }
    }

    /** The inputs for a batch, a mix for each row; the same map as long as the rows are alike. */
    Map<String, T> inputs(List<AdapterMix> rows) {
        if (engine.adapterInputs().changes().isEmpty()) {
            return Map.of();
        }
        List<List<ReadyAdapter>> groups = AdapterPacking.groups(rows);
        Entry known = entries.get(groups);
        Entry entry = known != null ? known : pack(groups);
        drop(entries, Entry::close);
        Map<String, T> inputs = entry.inputs.computeIfAbsent(rows, key -> {
            Map<String, T> all = new HashMap<>(entry.factors);
            all.putAll(tensors(entry.packing.rows(key)));
            return all;
        });
        drop(entry.inputs, entry::closeRows);
        return inputs;
    }

    private Entry pack(List<List<ReadyAdapter>> groups) {
        AdapterPacking packing = AdapterPacking.of(engine.sites(), groups);
        Entry entry = null;
        for (Iterator<Entry> others = entries.values().iterator(); entry == null && others.hasNext(); ) {
            Entry other = others.next();
            if (packing.fits(other.packing)) { // a row or two differ, when a text of the batch ends and another begins
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

    /** Lets go of all that holds an adapter. */
    void forget(ReadyAdapter adapter) {
        entries.values().removeIf(entry -> {
            boolean has = entry.packing.has(adapter);
            if (has) {
                entry.close();
            }
            return has;
        });
    }

    private Map<String, T> tensors(Map<String, Packed> packed) {
        Map<String, T> tensors = new HashMap<>();
        packed.forEach((name, input) -> tensors.put(name, maker.make(input)));
        return tensors;
    }

    @Override
    public void close() {
        entries.values().forEach(Entry::close);
        entries.clear();
    }
}
