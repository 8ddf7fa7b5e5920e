package dev.llmadapt.local.adapter;

import dev.llmadapt.local.architecture.AdapterInputs.Change;
import dev.llmadapt.local.architecture.AdapterSite;
import dev.llmadapt.local.architecture.DecoderGraph;
import dev.llmadapt.local.graph.ElementType;
import dev.llmadapt.local.memory.NativeArena;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * The adapters of a batch, laid out as {@link AdapterSite} describes the graph's inputs. The factors of all active
 * adapters stand side by side along the rank, module after module, and each row's mask chooses its own; where many rows
 * have adapters of their own, each row gets its own factors instead, which costs less then (the two ways are measured
 * in Sheng et al. 2023, S-LoRA, and Chen et al. 2023, Punica). Immutable.
 */
public final class AdapterPacking {
    /** Up to so many different adapters stand side by side always. */
    private static final int FEW = 2;

    private final List<AdapterSite> sites;
    private final List<List<PreparedAdapter>> groups; // one for all rows, or one a row
    private final List<PreparedAdapter> active; // all of them, each once
    private final Map<String, Kind> kinds = new HashMap<>();

    /**
     * A tensor to feed.
     *
     * @param data in native order, as long as its memory is open
     * @param type of its elements
     * @param shape its dimensions
     */
    @SuppressWarnings("ArrayRecordComponent")
    public record Packed(ByteBuffer data, ElementType type, long[] shape) {}

    /** The ranks at sites of one kind: as many as there are at any of them. */
    private static final class Kind {
        final Map<PreparedAdapter, int[]> ranks = new HashMap<>(); // an adapter takes, by module
        final int[] widths; // a group takes, by module: the most

        Kind(int modules) {
            this.widths = new int[modules];
        }

        void raise(AdapterSite site, PreparedAdapter adapter) {
            int[] own = ranks.computeIfAbsent(adapter, key -> new int[widths.length]);
            for (int module = 0; module < own.length; module++) {
                Factors factors = adapter.lowRank(site.modules().get(module));
                own[module] = Math.max(own[module], factors == null ? 0 : factors.rank());
            }
        }

        void raise(List<PreparedAdapter> group) {
            for (int module = 0; module < widths.length; module++) {
                int sum = 0;
                for (PreparedAdapter adapter : group) {
                    sum += rank(adapter, module);
                }
                widths[module] = Math.max(widths[module], sum);
            }
        }

        int rank(PreparedAdapter adapter, int module) {
            return Objects.requireNonNull(ranks.get(adapter))[module];
        }

        /** Ranks of all modules. */
        int width() {
            return Arrays.stream(widths).sum();
        }
    }

    private AdapterPacking(List<AdapterSite> sites, List<List<PreparedAdapter>> groups) {
        this.sites = sites;
        this.groups = groups;
        this.active = new ArrayList<>(
                new LinkedHashSet<>(groups.stream().flatMap(List::stream).toList()));
        for (AdapterSite site : sites) {
            Kind kind = kinds.computeIfAbsent(
                    site.kind(), key -> new Kind(site.modules().size()));
            active.forEach(adapter -> kind.raise(site, adapter));
        }
        kinds.values().forEach(kind -> groups.forEach(kind::raise));
    }

    /**
     * Which adapters a packing for some rows holds, in groups: equal groups mean that the packing can be used again.
     *
     * @param rows the mix of each row
     * @return one group for all rows, or one a row
     */
    public static List<List<PreparedAdapter>> groups(List<AdapterMix> rows) {
        List<List<PreparedAdapter>> own =
                rows.stream().map(row -> ordered(row.adapters())).toList();
        List<PreparedAdapter> all = ordered(own.stream().flatMap(List::stream).toList());
        int together = rank(all);
        int widest = own.stream().mapToInt(AdapterPacking::rank).max().orElse(0);
        boolean apart =
                all.size() > FEW && together > 0 && rows.size() * (double) widest <= cost(rows.size()) * together;
        return apart ? own : List.of(all);
    }

    /**
     * The cost of a rank to a batch when adapters stand side by side, in products of one row with a rank of its own:
     * factors that rows share are laid out again for the matrix product, and each row is multiplied with all of them.
     * Measured with 2, 4, 16 and 32 rows as 1, 2, 3 and 5. At most 4, since gathering takes so many times the memory.
     */
    private static double cost(int rows) {
        return Math.min(1 + rows / 8.0, 4);
    }

    private static List<PreparedAdapter> ordered(List<PreparedAdapter> adapters) {
        return adapters.stream()
                .distinct()
                .sorted(Comparator.comparingLong(PreparedAdapter::order))
                .toList();
    }

    private static int rank(List<PreparedAdapter> adapters) {
        return adapters.stream().mapToInt(PreparedAdapter::widestRank).sum();
    }

    /** Lays out some groups of adapters for the sites of a graph. */
    public static AdapterPacking of(List<AdapterSite> sites, List<List<PreparedAdapter>> groups) {
        return new AdapterPacking(
                sites.stream().filter(site -> !site.changes().isEmpty()).toList(), groups);
    }

    /** Whether it holds an adapter. */
    public boolean has(PreparedAdapter adapter) {
        return active.contains(adapter);
    }

    /** The inputs that depend on the adapters alone, in some memory. */
    public Map<String, Packed> factors(NativeArena memory) {
        Map<String, Packed> inputs = new HashMap<>();
        for (AdapterSite site : sites) {
            if (site.changes().contains(Change.LOW_RANK)) {
                lowRank(memory, site, inputs);
            }
            if (site.changes().contains(Change.INPUT_SCALE)) {
                inputs.put(site.inputScale(), table(memory, site, site.in(), 1, PreparedAdapter::inputScale));
            }
            if (site.changes().contains(Change.OUTPUT_SCALE)) {
                inputs.put(site.outputScale(), table(memory, site, site.out(), 1, PreparedAdapter::outputScale));
            }
            if (site.changes().contains(Change.BIAS)) {
                inputs.put(site.bias(), table(memory, site, site.out(), 0, PreparedAdapter::bias));
            }
        }
        return inputs;
    }

    /** The inputs that say what acts on which row, in some memory. */
    public Map<String, Packed> rows(NativeArena memory, List<AdapterMix> rows) {
        Map<String, Packed> inputs = new HashMap<>();
        for (AdapterSite site : sites) {
            if (site.changes().contains(Change.LOW_RANK)) {
                inputs.computeIfAbsent(site.mask(), key -> mask(memory, kind(site.kind()), rows));
            }
            if (site.changes().stream().anyMatch(change -> change != Change.LOW_RANK)) {
                String name = isHead(site) ? DecoderGraph.HEAD_ADAPTER_WEIGHTS : DecoderGraph.ADAPTER_WEIGHTS;
                inputs.computeIfAbsent(name, key -> weights(memory, rows));
            }
        }
        return inputs;
    }

    private Kind kind(String name) {
        return Objects.requireNonNull(kinds.get(name));
    }

    private boolean isHead(AdapterSite site) {
        return site.name().equals(AdapterSite.HEAD);
    }

    private void lowRank(NativeArena memory, AdapterSite site, Map<String, Packed> inputs) {
        Kind kind = kind(site.kind());
        inputs.put(site.a(), zeros(memory, groups.size(), site.in(), kind.width()));
        for (int module = 0; module < kind.widths.length; module++) {
            inputs.put(
                    site.b(module),
                    zeros(
                            memory,
                            groups.size(),
                            kind.widths[module],
                            site.widths().get(module)));
        }
        if (kind.widths.length > 1) {
            inputs.computeIfAbsent(site.ranks(), key -> integers(memory, kind.widths));
        }
        for (int group = 0; group < groups.size(); group++) {
            fill(site, group, inputs);
        }
    }

    /**
     * Writes a group's factors over zeros, or over those of another. Where it has none, A becomes zero, so that what is
     * left of another's B, finite numbers, adds nothing.
     */
    private void fill(AdapterSite site, int group, Map<String, Packed> inputs) {
        Kind kind = kind(site.kind());
        int in = site.in();
        int rank = kind.width();
        float[] a = new float[in * rank]; // row by row, of all modules and adapters
        int first = 0; // of the module's ranks
        for (int module = 0; module < kind.widths.length; module++) {
            int width = kind.widths[module];
            int out = site.widths().get(module);
            FloatBuffer b = floats(inputs, site.b(module));
            int at = 0;
            for (PreparedAdapter adapter : groups.get(group)) {
                Factors factors = adapter.lowRank(site.modules().get(module));
                if (factors != null) {
                    int own = factors.rank();
                    if (own == rank) { // its rows are those of the site
                        System.arraycopy(factors.values(), factors.a(), a, 0, in * own);
                    } else {
                        for (int i = 0; i < in; i++) {
                            System.arraycopy(factors.values(), factors.a() + i * own, a, i * rank + first + at, own);
                        }
                    }
                    b.put((group * width + at) * out, factors.values(), factors.b(), own * out);
                }
                at += kind.rank(adapter, module);
            }
            first += width;
        }
        floats(inputs, site.a()).put(group * in * rank, a);
    }

    /** Whether the factors of another packing have the form of this one's, for {@link #refill} to reuse. */
    public boolean fits(AdapterPacking other) {
        return groups.size() == other.groups.size()
                && sites.equals(other.sites)
                && sites.stream().allMatch(site -> site.changes().equals(Set.of(Change.LOW_RANK)))
                && kinds.entrySet().stream()
                        .allMatch(kind -> Arrays.equals(kind.getValue().widths, other.kind(kind.getKey()).widths));
    }

    /** Whether each row has factors of its own. */
    public boolean byRow() {
        return groups.size() > 1;
    }

    /**
     * Groups for some rows in which idle ones have what this packing holds for them: their masks are zero, and nothing
     * has to be written.
     *
     * @param groups of the rows, as {@link #groups} gives them
     */
    public List<List<PreparedAdapter>> withIdle(List<List<PreparedAdapter>> groups, List<AdapterMix> rows) {
        if (groups.size() == 1 || groups.size() != this.groups.size()) {
            return groups;
        }
        List<List<PreparedAdapter>> filled = new ArrayList<>(groups);
        for (int row = 0; row < filled.size(); row++) {
            if (rows.get(row).isIdle()) {
                filled.set(row, this.groups.get(row));
            }
        }
        return filled;
    }

    /** Writes the groups that another packing has otherwise over its factors, which are this one's afterwards. */
    public void refill(AdapterPacking other, Map<String, Packed> factors) {
        for (int group = 0; group < groups.size(); group++) {
            if (!groups.get(group).equals(other.groups.get(group))) {
                for (AdapterSite site : sites) {
                    fill(site, group, factors);
                }
            }
        }
    }

    private static FloatBuffer floats(Map<String, Packed> factors, String name) {
        return Objects.requireNonNull(factors.get(name), name).data().asFloatBuffer();
    }

    /** A row of the base's value, then a row of each active adapter's difference from it. */
    private Packed table(
            NativeArena memory,
            AdapterSite site,
            int width,
            float base,
            BiFunction<PreparedAdapter, String, float @Nullable []> vector) {
        Packed table = zeros(memory, active.size() + 1, width);
        FloatBuffer values = table.data().asFloatBuffer();
        for (int i = 0; i < width; i++) {
            values.put(i, base);
        }
        for (int row = 0; row < active.size(); row++) {
            int column = 0;
            for (int m = 0; m < site.modules().size(); m++) {
                float[] own = vector.apply(active.get(row), site.modules().get(m));
                if (own != null) {
                    values.put((row + 1) * width + column, own);
                }
                column += site.widths().get(m);
            }
        }
        return table;
    }

    private Packed mask(NativeArena memory, Kind kind, List<AdapterMix> rows) {
        Packed mask = zeros(memory, rows.size(), 1, kind.width());
        FloatBuffer values = mask.data().asFloatBuffer();
        int first = 0;
        for (int module = 0; module < kind.widths.length; module++) {
            for (int row = 0; row < rows.size(); row++) {
                int at = row * kind.width() + first;
                for (PreparedAdapter adapter : groups.get(groups.size() == 1 ? 0 : row)) {
                    float weight = (float) weight(rows.get(row), adapter);
                    for (int k = kind.rank(adapter, module); k > 0; k--) {
                        values.put(at++, weight);
                    }
                }
            }
            first += kind.widths[module];
        }
        return mask;
    }

    private Packed weights(NativeArena memory, List<AdapterMix> rows) {
        Packed weights = zeros(memory, rows.size(), 1, active.size() + 1);
        FloatBuffer values = weights.data().asFloatBuffer();
        for (AdapterMix row : rows) {
            values.put(1);
            for (PreparedAdapter adapter : active) {
                values.put((float) weight(row, adapter));
            }
        }
        return weights;
    }

    private static double weight(AdapterMix row, PreparedAdapter adapter) {
        return row.parts().stream()
                .filter(part -> part.adapter() == adapter)
                .mapToDouble(AdapterMix.Part::weight)
                .sum();
    }

    private static Packed zeros(NativeArena memory, int... shape) {
        long elements = 1;
        long[] sizes = new long[shape.length];
        for (int i = 0; i < shape.length; i++) {
            sizes[i] = shape[i];
            elements = Math.multiplyExact(elements, shape[i]);
        }
        return new Packed(memory.zeros(Math.multiplyExact(elements, 4L)), ElementType.FLOAT, sizes);
    }

    private static Packed integers(NativeArena memory, int[] values) {
        ByteBuffer data = memory.zeros(values.length * 8L);
        for (int i = 0; i < values.length; i++) {
            data.putLong(i * 8, values[i]);
        }
        return new Packed(data, ElementType.INT64, new long[] {values.length});
    }
}
