package dev.llmadapt.peft.combine;

import dev.llmadapt.AdapterException;
import dev.llmadapt.local.adapter.LowRank;
import dev.llmadapt.local.checkpoint.WeightEncoding;
import dev.llmadapt.local.checkpoint.WeightTensor;
import dev.llmadapt.peft.combine.Combination.Mixing;
import dev.llmadapt.peft.combine.Combination.OfFactors;
import dev.llmadapt.peft.combine.Combination.OfUpdates;
import dev.llmadapt.peft.folder.AdapterConfig;
import dev.llmadapt.peft.folder.AdapterConfig.Bias;
import dev.llmadapt.peft.folder.AdapterConfig.Ia3;
import dev.llmadapt.peft.folder.AdapterConfig.Lora;
import dev.llmadapt.peft.folder.AdapterConfig.Targets;
import dev.llmadapt.peft.folder.LoraFactors;
import dev.llmadapt.peft.folder.StoredAdapter;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * One adapter of several. The result's scaling is 1 for every module: weights and scalings are in its factors. Modules
 * that only some parts change take part with what these say, as in PEFT.
 */
public final class Composition {
    private Composition() {}

    /**
     * A part of the whole.
     *
     * @param name stands in messages
     * @param adapter the part
     * @param weight finite; negative to subtract
     */
    public record Part(String name, StoredAdapter adapter, double weight) {
        /** Checks the components. */
        public Part {
            if (!Double.isFinite(weight)) {
                throw new IllegalArgumentException("weight must be finite, weight of '" + name + "': " + weight);
            }
        }
    }

    /**
     * Combines adapters; tensors of the result are on the heap, in 32-bit floats.
     *
     * @throws AdapterException if they cannot be combined in this way; the message names the reason
     */
    public static StoredAdapter of(List<Part> parts, Combination how) {
        if (parts.isEmpty()) {
            throw new IllegalArgumentException("expected at least one adapter to combine, got none");
        }
        Set<String> methods = parts.stream()
                .map(part -> part.adapter().config().method().name())
                .collect(Collectors.toCollection(TreeSet::new));
        if (methods.size() > 1) {
            throw new AdapterException(
                    "adapters of different methods cannot be combined: " + names(parts) + " are " + methods);
        }
        StoredAdapter.Base base = base(parts);
        AdapterConfig config = parts.get(0).adapter().config();
        if (config instanceof Ia3) {
            return new Vectors(parts, how).combine(base);
        }
        if (config instanceof Lora) {
            return new Updates(parts).combine(how, base);
        }
        throw new AdapterException(
                "adapters of the method " + methods.iterator().next()
                        + " cannot be combined: virtual tokens have no weighted sum; give several to one request instead");
    }

    private static String names(List<Part> parts) {
        return parts.stream().map(part -> "'" + part.name() + "'").collect(Collectors.joining(", "));
    }

    /** The base of the first part; a fingerprint stays only where none says otherwise. */
    private static StoredAdapter.Base base(List<Part> parts) {
        StoredAdapter.Base first = parts.get(0).adapter().base();
        return new StoredAdapter.Base(
                first.name(),
                first.revision(),
                agreed(parts, "base model", StoredAdapter.Base::fingerprint),
                agreed(parts, "tokenizer", StoredAdapter.Base::tokenizer));
    }

    private static Optional<String> agreed(
            List<Part> parts, String what, Function<StoredAdapter.Base, Optional<String>> mark) {
        Map<String, String> seen = new LinkedHashMap<>();
        for (Part part : parts) {
            mark.apply(part.adapter().base()).ifPresent(value -> seen.putIfAbsent(value, part.name()));
        }
        if (seen.size() > 1) {
            List<String> values = List.copyOf(seen.keySet());
            throw new AdapterException("'" + seen.get(values.get(0)) + "' and '" + seen.get(values.get(1))
                    + "' were made for different models: their " + what + "s are " + values.get(0) + " and "
                    + values.get(1));
        }
        return seen.keySet().stream().findFirst();
    }

    private static void put(Map<String, WeightTensor> tensors, String key, float[] values, long... shape) {
        ByteBuffer data = ByteBuffer.allocate(Math.multiplyExact(values.length, Float.BYTES))
                .order(ByteOrder.LITTLE_ENDIAN);
        data.asFloatBuffer().put(values);
        List<Long> dimensions = Arrays.stream(shape).boxed().toList();
        tensors.put(key, new WeightTensor(key, WeightEncoding.F32, dimensions, data, 0));
    }

    /** The targets of all parts: the names together if they are only that, else every module by its path. */
    private static Targets targets(List<Targets> all, Set<String> modules) {
        boolean plain = all.stream()
                .allMatch(targets -> targets.pattern().isEmpty()
                        && targets.excluded().isEmpty()
                        && targets.layers().isEmpty());
        Set<String> names = new LinkedHashSet<>();
        all.forEach(targets -> names.addAll(targets.names()));
        List<String> chosen = plain && !names.isEmpty() ? List.copyOf(names) : List.copyOf(modules);
        return new Targets(chosen, Optional.empty(), Optional.empty(), List.of(), List.of());
    }

    /** IA3: vectors summed by weight. */
    private record Vectors(List<Part> parts, Combination how) {
        private static final String SUFFIX = ".ia3_l";

        StoredAdapter combine(StoredAdapter.Base base) {
            if (!how.equals(Combination.linear())) {
                throw new AdapterException("IA3 adapters can only be combined by linear, got " + how);
            }
            Map<String, float[]> sums = new LinkedHashMap<>();
            Map<String, List<Long>> shapes = new LinkedHashMap<>();
            for (Part part : parts) {
                part.adapter().tensors().forEach((key, tensor) -> {
                    if (!key.endsWith(SUFFIX)) {
                        throw new AdapterException("'" + part.name() + "' holds the tensor " + key
                                + ", which has no weighted sum; only adapters of vectors alone can be combined");
                    }
                    List<Long> shape = shapes.putIfAbsent(key, tensor.shape());
                    if (shape != null && !shape.equals(tensor.shape())) {
                        throw new AdapterException("tensor " + key + " has the shape " + tensor.shape() + " in '"
                                + part.name() + "' and " + shape + " before; the adapters scale different sides of it");
                    }
                    float[] sum = sums.computeIfAbsent(key, k -> new float[(int) tensor.size()]);
                    float[] values = tensor.toFloats();
                    for (int i = 0; i < sum.length; i++) {
                        sum[i] += values[i] * (float) part.weight();
                    }
                });
            }
            Map<String, WeightTensor> tensors = new LinkedHashMap<>();
            Set<String> outputs = new LinkedHashSet<>();
            Set<String> inputs = new LinkedHashSet<>();
            sums.forEach((key, values) -> {
                List<Long> shape = Objects.requireNonNull(shapes.get(key));
                put(
                        tensors,
                        key,
                        values,
                        shape.stream().mapToLong(Long::longValue).toArray());
                String module = key.substring(0, key.length() - SUFFIX.length());
                outputs.add(module);
                if (shape.get(0) == 1) {
                    inputs.add(module);
                }
            });
            List<Ia3> configs =
                    parts.stream().map(part -> (Ia3) part.adapter().config()).toList();
            Ia3 config = new Ia3(
                    targets(configs.stream().map(Ia3::targets).toList(), outputs),
                    targets(configs.stream().map(Ia3::feedforward).toList(), inputs));
            return new StoredAdapter(config, base, tensors);
        }
    }

    /** LoRA: factors of each module, from all parts that change it. */
    private static final class Updates {
        private final List<Part> parts;
        private final List<Lora> configs = new ArrayList<>();
        private final List<LoraFactors> factors = new ArrayList<>();

        Updates(List<Part> parts) {
            this.parts = parts;
            for (Part part : parts) {
                Lora config = (Lora) part.adapter().config();
                if (config.decomposed()) {
                    throw new AdapterException(
                            "'" + part.name() + "' is a DoRA adapter (use_dora), whose updates depend"
                                    + " on the base's weights and do not add up; merge it into the base instead");
                }
                if (config.bias() != Bias.NONE) {
                    throw new AdapterException("'" + part.name() + "' replaces biases of the base (bias: "
                            + config.bias().name().toLowerCase(Locale.ROOT)
                            + "), which have no weighted sum; merge it into the base instead");
                }
                LoraFactors read = LoraFactors.of(config, part.adapter().tensors());
                if (!read.others().isEmpty()) {
                    throw new AdapterException("'" + part.name() + "' holds the tensor "
                            + read.others().get(0)
                            + ", which is no low-rank factor and has no weighted sum");
                }
                configs.add(config);
                factors.add(read);
            }
        }

        /** The parts that change a module. */
        private record Module(
                String path, boolean embedding, List<LowRank> updates, List<Part> parts, double[] weights) {
            List<String> names() {
                return parts.stream().map(part -> "'" + part.name() + "'").toList();
            }
        }

        StoredAdapter combine(Combination how, StoredAdapter.Base base) {
            Set<String> paths = new LinkedHashSet<>();
            factors.forEach(each -> paths.addAll(each.modules().keySet()));
            int largest = factors.stream()
                    .flatMap(each -> each.modules().values().stream())
                    .mapToInt(LowRank::rank)
                    .max()
                    .orElseThrow(() -> new AdapterException(names(parts) + " hold no factors"));
            Map<String, WeightTensor> tensors = new LinkedHashMap<>();
            Map<String, Integer> ranks = new LinkedHashMap<>();
            boolean biased = false;
            for (String path : paths) {
                Module module = module(path);
                LowRank result = combine(module, how, largest);
                ranks.put(path, result.rank());
                put(
                        tensors,
                        path + (module.embedding() ? LoraFactors.EMBEDDING_A : LoraFactors.A),
                        result.a(),
                        result.rank(),
                        result.in());
                put(
                        tensors,
                        path + (module.embedding() ? LoraFactors.EMBEDDING_B : LoraFactors.B),
                        result.b(),
                        result.out(),
                        result.rank());
                result.bias().ifPresent(bias -> put(tensors, path + LoraFactors.B_BIAS, bias, bias.length));
                biased |= result.bias().isPresent();
            }
            if (biased) { // PEFT wants a bias of every B or of none
                ranks.keySet().forEach(path -> {
                    WeightTensor b = tensors.get(path + LoraFactors.B);
                    if (b != null && !tensors.containsKey(path + LoraFactors.B_BIAS)) {
                        put(tensors, path + LoraFactors.B_BIAS, new float[b.rows()], b.rows());
                    }
                });
            }
            Targets targets = targets(configs.stream().map(Lora::targets).toList(), ranks.keySet());
            return new StoredAdapter(
                    LoraFactors.unitScaled(ranks, targets, configs.get(0).dropout(), biased), base, tensors);
        }

        private Module module(String path) {
            List<LowRank> updates = new ArrayList<>();
            List<Part> present = new ArrayList<>();
            boolean embedding = false;
            for (int p = 0; p < parts.size(); p++) {
                LowRank update = factors.get(p).modules().get(path);
                if (update == null) {
                    continue;
                }
                boolean here = factors.get(p).embeddings().contains(path);
                if (!updates.isEmpty()
                        && (embedding != here
                                || updates.get(0).in() != update.in()
                                || updates.get(0).out() != update.out())) {
                    throw new AdapterException("module " + path + " is " + shape(updates.get(0), embedding) + " in '"
                            + present.get(0).name() + "' and " + shape(update, here) + " in '"
                            + parts.get(p).name() + "'; the adapters were made for different models");
                }
                embedding = here;
                updates.add(update);
                present.add(parts.get(p));
            }
            double[] weights = new double[updates.size()];
            for (int i = 0; i < weights.length; i++) {
                weights[i] = present.get(i).weight() * updates.get(i).scaling();
            }
            return new Module(path, embedding, updates, present, weights);
        }

        private static String shape(LowRank update, boolean embedding) {
            return (embedding ? "an embedding of " : "linear, ") + update.in() + " to " + update.out();
        }

        private static LowRank combine(Module module, Combination how, int largestRank) {
            Optional<float[]> bias = bias(module, how);
            LowRank first = module.updates().get(0);
            int in = first.in();
            int out = first.out();
            if (how instanceof OfFactors factors) {
                return ofFactors(module, factors.mixing(), bias);
            }
            if (how instanceof OfUpdates updates) {
                int rank = updates.rank().orElse(largestRank);
                if (rank > Math.min(in, out)) {
                    if (updates.rank().isPresent()) {
                        throw new AdapterException("rank " + rank + " is above what " + module.path() + " can have, "
                                + Math.min(in, out) + "; ask for less");
                    }
                    rank = Math.min(in, out);
                }
                TruncatedSvd svd = updates.mixing() instanceof Mixing.Sum
                        ? TruncatedSvd.ofSum(module.updates(), module.weights(), rank)
                        : TruncatedSvd.of(mixedUpdate(module, updates.mixing()), out, in, rank);
                return new LowRank(in, out, rank, svd.a(), svd.b(), 1, Optional.empty(), bias);
            }
            return sideBySide(module, bias);
        }

        /** Biases of B add up exactly; pruning and voting are not defined for them. */
        private static Optional<float[]> bias(Module module, Combination how) {
            if (module.updates().stream().noneMatch(update -> update.bias().isPresent())) {
                return Optional.empty();
            }
            boolean sum = how instanceof Combination.Cat
                    || (how instanceof OfFactors factors && factors.mixing() instanceof Mixing.Sum)
                    || (how instanceof OfUpdates updates && updates.mixing() instanceof Mixing.Sum);
            if (!sum) {
                throw new AdapterException(
                        "module " + module.path() + " has a bias of its factor B (lora_bias), of which"
                                + " only sums are defined; use cat, linear or svd");
            }
            float[] bias = new float[module.updates().get(0).out()];
            for (int p = 0; p < module.updates().size(); p++) {
                double weight = module.weights()[p];
                module.updates().get(p).bias().ifPresent(values -> {
                    for (int i = 0; i < bias.length; i++) {
                        bias[i] += (float) (weight * values[i]);
                    }
                });
            }
            return Optional.of(bias);
        }

        private static LowRank sideBySide(Module module, Optional<float[]> bias) {
            LowRank first = module.updates().get(0);
            int rank = module.updates().stream().mapToInt(LowRank::rank).sum();
            float[] a = new float[Math.multiplyExact(rank, first.in())];
            float[] b = new float[Math.multiplyExact(first.out(), rank)];
            int at = 0;
            for (int p = 0; p < module.updates().size(); p++) {
                LowRank update = module.updates().get(p);
                float weight = (float) module.weights()[p];
                for (int i = 0; i < update.a().length; i++) {
                    a[at * first.in() + i] = update.a()[i] * weight;
                }
                for (int o = 0; o < first.out(); o++) {
                    System.arraycopy(update.b(), o * update.rank(), b, o * rank + at, update.rank());
                }
                at += update.rank();
            }
            return new LowRank(first.in(), first.out(), rank, a, b, 1, Optional.empty(), bias);
        }

        private static LowRank ofFactors(Module module, Mixing mixing, Optional<float[]> bias) {
            LowRank first = module.updates().get(0);
            List<Integer> ranks = module.updates().stream().map(LowRank::rank).toList();
            if (ranks.stream().anyMatch(rank -> rank != first.rank())) {
                throw new AdapterException("mixing factors needs equal ranks, module " + module.path() + " has ranks "
                        + ranks + " in " + module.names() + "; use cat or svd");
            }
            int count = ranks.size();
            float[] weightsOfA = new float[count];
            float[] weightsOfB = new float[count];
            for (int p = 0; p < count; p++) {
                double weight = module.weights()[p];
                float root = (float) Math.sqrt(Math.abs(weight));
                weightsOfA[p] = weight < 0 ? -root : root; // the sign on one side only, or it would cancel
                weightsOfB[p] = root;
            }
            List<float[]> as = module.updates().stream().map(LowRank::a).toList();
            List<float[]> bs = module.updates().stream().map(LowRank::b).toList();
            return new LowRank(
                    first.in(),
                    first.out(),
                    first.rank(),
                    Mix.of(as, weightsOfA, mixing, module.path() + ".A"),
                    Mix.of(bs, weightsOfB, mixing, module.path() + ".B"),
                    1,
                    Optional.empty(),
                    bias);
        }

        /** The whole updates, mixed: {@code (out, in)}. */
        private static float[] mixedUpdate(Module module, Mixing mixing) {
            LowRank first = module.updates().get(0);
            if ((long) first.in() * first.out() > Integer.MAX_VALUE - 8) {
                throw new AdapterException("the update of " + module.path() + " has " + first.out() + " x " + first.in()
                        + " numbers, too many to make it whole; use svd, or mix the factors");
            }
            List<float[]> whole = new ArrayList<>();
            float[] weights = new float[module.updates().size()];
            for (int p = 0; p < weights.length; p++) {
                LowRank update = module.updates().get(p);
                float[] delta = new float[update.out() * update.in()];
                for (int o = 0; o < update.out(); o++) {
                    update.addRow(o, update.scaling(), delta, o * update.in());
                }
                whole.add(delta);
                weights[p] = (float) module.parts().get(p).weight();
            }
            return Mix.of(whole, weights, mixing, module.path());
        }
    }
}
