package dev.llmadapt.local.adapter;

import dev.llmadapt.local.adapter.BaseModules.Size;
import dev.llmadapt.local.checkpoint.Checkpoint;
import dev.llmadapt.local.checkpoint.ModelConfig;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;

/** Adapters with random numbers, large enough to change what a tiny model says. */
public final class RandomEffects {
    /** Every linear layer of a Llama. */
    public static final List<String> ALL_LINEAR =
            List.of("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj");

    private final Random random;
    private final Checkpoint base;

    /** Adapters for a checkpoint. */
    public RandomEffects(Checkpoint base, long seed) {
        this.base = base;
        this.random = new Random(seed);
    }

    /** Low-rank updates of the modules with some last names. */
    public AdapterEffect lora(int rank, boolean dora, List<String> targets) {
        Map<String, LowRank> lowRank = new HashMap<>();
        for (String module : modules(targets)) {
            int in = in(module);
            int out = out(module);
            Optional<float[]> magnitude = dora ? Optional.of(around(out, 1, 0.3)) : Optional.empty();
            lowRank.put(
                    module,
                    new LowRank(
                            in,
                            out,
                            rank,
                            around(rank * in, 0, 0.3),
                            around(out * rank, 0, 0.3),
                            0.7,
                            magnitude,
                            dora ? Optional.empty() : Optional.of(around(out, 0, 0.1))));
        }
        return new AdapterEffect(lowRank, Map.of(), Map.of(), Map.of(), Map.of(), new float[0], new float[0], 0);
    }

    /** Scales of keys, values, the gates' inputs and the feed-forward's. */
    public AdapterEffect ia3() {
        Map<String, float[]> inputs = new HashMap<>();
        Map<String, float[]> outputs = new HashMap<>();
        modules(List.of("down_proj", "gate_proj")).forEach(module -> inputs.put(module, around(in(module), 1, 0.3)));
        modules(List.of("k_proj", "v_proj")).forEach(module -> outputs.put(module, around(out(module), 1, 0.3)));
        return new AdapterEffect(Map.of(), Map.of(), outputs, inputs, Map.of(), new float[0], new float[0], 0);
    }

    /**
     * An effect of every sort on every kind of module, alone: LoRA and DoRA of linear modules, the head and the
     * embedding, scales before and after, biases in place of the base's; and what embedding and head become together.
     *
     * @return by a name that says what it is
     */
    public Map<String, AdapterEffect> each() {
        BaseModules modules = BaseModules.of(base);
        Map<String, AdapterEffect> effects = new TreeMap<>();
        for (boolean dora : new boolean[] {false, true}) {
            String method = dora ? "dora " : "lora ";
            Map<String, LowRank> embeddings = new HashMap<>();
            modules.embeddings().forEach((path, size) -> embeddings.put(path, update(size, dora)));
            effects.put(method + "embedding", effect(Map.of(), embeddings, Map.of(), Map.of(), Map.of()));
            Map<String, LowRank> head = Map.of(BaseModules.HEAD, update(modules.size(BaseModules.HEAD), dora));
            effects.put(method + "embedding and head", effect(head, embeddings, Map.of(), Map.of(), Map.of()));
        }
        Map<String, List<String>> kinds = new TreeMap<>();
        modules.linear()
                .keySet()
                .forEach(path -> kinds.computeIfAbsent(path.replaceFirst(".*\\.\\d+\\.", ""), kind -> new ArrayList<>())
                        .add(path));
        kinds.forEach((kind, paths) -> {
            Map<String, LowRank> lora = new HashMap<>();
            Map<String, LowRank> dora = new HashMap<>();
            Map<String, float[]> outputs = new HashMap<>();
            Map<String, float[]> inputs = new HashMap<>();
            Map<String, float[]> biases = new HashMap<>();
            for (String path : paths) {
                Size size = modules.size(path);
                lora.put(path, update(size, false));
                dora.put(path, update(size, true));
                outputs.put(path, around(size.out(), 1, 0.3));
                inputs.put(path, around(size.in(), 1, 0.3));
                if (modules.biases().containsKey(path)) {
                    biases.put(path, around(size.out(), 0, 0.3));
                }
            }
            effects.put("lora " + kind, effect(lora, Map.of(), Map.of(), Map.of(), Map.of()));
            effects.put("dora " + kind, effect(dora, Map.of(), Map.of(), Map.of(), Map.of()));
            effects.put("ia3 of output " + kind, effect(Map.of(), Map.of(), outputs, Map.of(), Map.of()));
            effects.put("ia3 of input " + kind, effect(Map.of(), Map.of(), Map.of(), inputs, Map.of()));
            if (!biases.isEmpty()) {
                effects.put("lora with bias " + kind, effect(lora, Map.of(), Map.of(), Map.of(), biases));
            }
        });
        return effects;
    }

    private static AdapterEffect effect(
            Map<String, LowRank> lowRank,
            Map<String, LowRank> embeddings,
            Map<String, float[]> outputs,
            Map<String, float[]> inputs,
            Map<String, float[]> biases) {
        return new AdapterEffect(lowRank, embeddings, outputs, inputs, biases, new float[0], new float[0], 0);
    }

    private LowRank update(Size size, boolean dora) {
        return new LowRank(
                size.in(),
                size.out(),
                3,
                around(3 * size.in(), 0, 0.3),
                around(size.out() * 3, 0, 0.3),
                0.7,
                dora ? Optional.of(around(size.out(), 1, 0.3)) : Optional.empty(),
                Optional.empty());
    }

    /** A soft prompt, or a prefix. */
    public AdapterEffect virtualTokens(int tokens, boolean prefix) {
        ModelConfig config = base.config();
        float[] numbers = around(
                tokens
                        * (prefix
                                ? config.layers() * 2 * config.keyValueHeads() * config.headDim()
                                : config.hiddenSize()),
                0,
                0.5);
        return new AdapterEffect(
                Map.of(),
                Map.of(),
                Map.of(),
                Map.of(),
                Map.of(),
                prefix ? new float[0] : numbers,
                prefix ? numbers : new float[0],
                prefix ? tokens : 0);
    }

    private List<String> modules(List<String> names) {
        return base.tensors().keySet().stream()
                .filter(name -> name.endsWith(".weight"))
                .map(name -> name.substring(0, name.length() - ".weight".length()))
                .filter(module -> names.contains(module.substring(module.lastIndexOf('.') + 1)))
                .toList();
    }

    private int in(String module) {
        return base.tensor(module + ".weight").rowLength();
    }

    private int out(String module) {
        return base.tensor(module + ".weight").rows();
    }

    private float[] around(int length, double mean, double deviation) {
        float[] values = new float[length];
        for (int i = 0; i < length; i++) {
            values[i] = (float) (mean + deviation * random.nextGaussian());
        }
        return values;
    }
}
