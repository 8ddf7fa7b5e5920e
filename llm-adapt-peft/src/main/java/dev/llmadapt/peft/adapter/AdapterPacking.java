package dev.llmadapt.peft.adapter;

import dev.llmadapt.peft.adapter.ReadyAdapter.Factors;
import dev.llmadapt.peft.architecture.AdapterInputs.Change;
import dev.llmadapt.peft.architecture.AdapterSite;
import dev.llmadapt.peft.architecture.DecoderGraph;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * The adapters of a batch, laid out as {@link AdapterSite} describes the graph's inputs. The factors of all active adapters
 * stand side by side along the rank and each row's mask chooses its own; where many rows have adapters of their own, each
 * row gets its own factors instead, which costs less then (the two ways are measured in Sheng et al. 2023, S-LoRA, and
 * Chen et al. 2023, Punica). Immutable.
 */
public final class AdapterPacking {
    /** Up to so many different adapters, side by side is always cheaper. */
    private static final int FEW = 8;

    private final List<AdapterSite> sites;
    private final List<List<ReadyAdapter>> groups; // one for all rows, or one a row
    private final List<ReadyAdapter> active; // all of them, each once
    private final Map<String, Map<ReadyAdapter, Integer>> ranks = new HashMap<>(); // an adapter takes at a kind of site
    private final Map<String, Integer> widest = new HashMap<>(); // ranks a group takes at a kind of site, the most

    /**
     * A tensor to feed.
     *
     * @param data direct and in native order
     * @param shape its dimensions
     */
    @SuppressWarnings("ArrayRecordComponent")
    public record Packed(ByteBuffer data, long[] shape) {}

    private AdapterPacking(List<AdapterSite> sites, List<List<ReadyAdapter>> groups) {
        this.sites = sites;
        this.groups = groups;
        this.active = new ArrayList<>(
                new LinkedHashSet<>(groups.stream().flatMap(List::stream).toList()));
        for (AdapterSite site : sites) {
            Map<ReadyAdapter, Integer> ofKind = ranks.computeIfAbsent(site.kind(), key -> new HashMap<>());
            active.forEach(adapter -> ofKind.merge(adapter, rank(site, adapter), Math::max));
        }
        ranks.forEach((kind, ofKind) -> widest.put(
                kind,
                groups.stream()
                        .mapToInt(group -> group.stream()
                                .mapToInt(adapter -> rank(kind, adapter))
                                .sum())
                        .max()
                        .orElse(0)));
    }

    private static int rank(AdapterSite site, ReadyAdapter adapter) {
        int sum = 0;
        for (String module : site.modules()) {
            Factors factors = adapter.lowRank(module);
            sum += factors == null ? 0 : factors.rank();
        }
        return sum;
    }

    /** Ranks an adapter takes at every site of a kind: as many as it has at any. */
    private int rank(String kind, ReadyAdapter adapter) {
        return Objects.requireNonNull(Objects.requireNonNull(ranks.get(kind)).get(adapter));
    }

    /**
     * Which adapters a packing for some rows holds, in groups: equal groups mean that the packing can be used again.
     *
     * @param rows the mix of each row
     * @param hiddenSize the width of the model
     */
    public static List<List<ReadyAdapter>> groups(List<AdapterMix> rows, int hiddenSize) {
        LinkedHashSet<ReadyAdapter> distinct = new LinkedHashSet<>();
        rows.forEach(row -> distinct.addAll(row.adapters()));
        if (distinct.size() > Math.max(FEW, rows.size() / 4)) {
            int rank = distinct.stream().mapToInt(ReadyAdapter::widestRank).sum();
            if (rank > hiddenSize / 8) {
                return rows.stream().map(AdapterMix::adapters).toList();
            }
        }
        return List.of(distinct.stream()
                .sorted((a, b) -> Long.compare(a.order(), b.order()))
                .toList());
    }

    /** Lays out some groups of adapters for the sites of a graph. */
    public static AdapterPacking of(List<AdapterSite> sites, List<List<ReadyAdapter>> groups) {
        return new AdapterPacking(
                sites.stream().filter(site -> !site.changes().isEmpty()).toList(), groups);
    }

    /** Whether it holds an adapter. */
    public boolean has(ReadyAdapter adapter) {
        return active.contains(adapter);
    }

    /** The inputs that depend on the adapters alone. */
    public Map<String, Packed> factors() {
        Map<String, Packed> inputs = new HashMap<>();
        for (AdapterSite site : sites) {
            if (site.changes().contains(Change.LOW_RANK)) {
                lowRank(site, inputs);
            }
            if (site.changes().contains(Change.INPUT_SCALE)) {
                inputs.put(site.inputScale(), table(site, site.in(), 1, ReadyAdapter::inputScale));
            }
            if (site.changes().contains(Change.OUTPUT_SCALE)) {
                inputs.put(site.outputScale(), table(site, site.out(), 1, ReadyAdapter::outputScale));
            }
            if (site.changes().contains(Change.BIAS)) {
                inputs.put(site.bias(), table(site, site.out(), 0, ReadyAdapter::bias));
            }
        }
        return inputs;
    }

    /** The inputs that say what acts on which row. */
    public Map<String, Packed> rows(List<AdapterMix> rows) {
        Map<String, Packed> inputs = new HashMap<>();
        for (AdapterSite site : sites) {
            if (site.changes().contains(Change.LOW_RANK)) {
                inputs.computeIfAbsent(site.mask(), key -> mask(site.kind(), rows));
            }
            if (site.changes().stream().anyMatch(change -> change != Change.LOW_RANK)) {
                String name = isHead(site) ? DecoderGraph.HEAD_ADAPTER_WEIGHTS : DecoderGraph.ADAPTER_WEIGHTS;
                inputs.computeIfAbsent(name, key -> weights(rows));
            }
        }
        return inputs;
    }

    private boolean isHead(AdapterSite site) {
        return site.name().equals(AdapterSite.HEAD);
    }

    private void lowRank(AdapterSite site, Map<String, Packed> inputs) {
        int rank = widest.getOrDefault(site.kind(), 0);
        int in = site.in();
        int out = site.out();
        Packed a = zeros(groups.size(), in, rank);
        Packed b = zeros(groups.size(), rank, out);
        FloatBuffer aValues = a.data().asFloatBuffer();
        FloatBuffer bValues = b.data().asFloatBuffer();
        for (int group = 0; group < groups.size(); group++) {
            int first = 0;
            for (ReadyAdapter adapter : groups.get(group)) {
                int at = first;
                int column = 0;
                for (int m = 0; m < site.modules().size(); m++) {
                    Factors factors = adapter.lowRank(site.modules().get(m));
                    int width = site.widths().get(m);
                    if (factors != null) {
                        for (int i = 0; i < in; i++) {
                            aValues.put((group * in + i) * rank + at, factors.a(), i * factors.rank(), factors.rank());
                        }
                        for (int k = 0; k < factors.rank(); k++) {
                            bValues.put((group * rank + at + k) * out + column, factors.b(), k * width, width);
                        }
                        at += factors.rank();
                    }
                    column += width;
                }
                first += rank(site.kind(), adapter);
            }
        }
        inputs.put(site.a(), a);
        inputs.put(site.b(), b);
    }

    /** A row of the base's value, then a row of each active adapter's difference from it. */
    private Packed table(
            AdapterSite site, int width, float base, BiFunction<ReadyAdapter, String, float @Nullable []> vector) {
        Packed table = zeros(active.size() + 1, width);
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

    private Packed mask(String kind, List<AdapterMix> rows) {
        int rank = widest.getOrDefault(kind, 0);
        Packed mask = zeros(rows.size(), 1, rank);
        FloatBuffer values = mask.data().asFloatBuffer();
        for (int row = 0; row < rows.size(); row++) {
            int at = row * rank;
            for (ReadyAdapter adapter : groups.get(groups.size() == 1 ? 0 : row)) {
                int width = rank(kind, adapter);
                float weight = (float) weight(rows.get(row), adapter);
                for (int k = 0; k < width; k++) {
                    values.put(at++, weight);
                }
            }
        }
        return mask;
    }

    private Packed weights(List<AdapterMix> rows) {
        Packed weights = zeros(rows.size(), 1, active.size() + 1);
        FloatBuffer values = weights.data().asFloatBuffer();
        for (AdapterMix row : rows) {
            values.put(1);
            for (ReadyAdapter adapter : active) {
                values.put((float) weight(row, adapter));
            }
        }
        return weights;
    }

    private static double weight(AdapterMix row, ReadyAdapter adapter) {
        return row.parts().stream()
                .filter(part -> part.adapter() == adapter)
                .mapToDouble(AdapterMix.Part::weight)
                .sum();
    }

    private static Packed zeros(int... shape) {
        long elements = 1;
        long[] sizes = new long[shape.length];
        for (int i = 0; i < shape.length; i++) {
            sizes[i] = shape[i];
            elements = Math.multiplyExact(elements, shape[i]);
        }
        int bytes = Math.toIntExact(Math.multiplyExact(elements, 4L));
        return new Packed(ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder()), sizes);
    }
}
