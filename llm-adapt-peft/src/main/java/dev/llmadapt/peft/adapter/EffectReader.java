package dev.llmadapt.peft.adapter;

import dev.llmadapt.peft.AdapterConfig;
import dev.llmadapt.peft.AdapterConfig.Bias;
import dev.llmadapt.peft.AdapterException;
import dev.llmadapt.peft.adapter.BaseModules.Size;
import dev.llmadapt.peft.checkpoint.WeightTensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Turns an adapter's tensors into its effect on a base. Every tensor is taken by the module that needs it, with the shape
 * that the base gives it; what nobody took in the end is an error.
 */
final class EffectReader {
    private static final String NO_BASE_LAYER = "";
    private static final String BASE_LAYER = ".base_layer";

    private final String name;
    private final StoredAdapter adapter;
    private final BaseModules base;
    private final ModuleMatcher matcher = new ModuleMatcher();
    private final Set<String> left;

    private final Map<String, LowRank> lowRank = new LinkedHashMap<>();
    private final Map<String, LowRank> embeddings = new LinkedHashMap<>();
    private final Map<String, float[]> outputScale = new LinkedHashMap<>();
    private final Map<String, float[]> inputScale = new LinkedHashMap<>();
    private final Map<String, float[]> bias = new LinkedHashMap<>();
    private float[] prompt = {};
    private float[] prefix = {};
    private int prefixTokens;

    private EffectReader(String name, StoredAdapter adapter, BaseModules base) {
        this.name = name;
        this.adapter = adapter;
        this.base = base;
        this.left = new LinkedHashSet<>(adapter.tensors().keySet());
    }

    static AdapterEffect read(String name, StoredAdapter adapter, BaseModules base) {
        EffectReader reader = new EffectReader(name, adapter, base);
        AdapterConfig config = adapter.config();
        if (config instanceof AdapterConfig.Lora lora) {
            reader.lora(lora);
        } else if (config instanceof AdapterConfig.Ia3 ia3) {
            reader.ia3(ia3);
        } else if (config instanceof AdapterConfig.Prompt soft) {
            reader.prompt(soft);
        } else if (config instanceof AdapterConfig.Prefix soft) {
            reader.prefix(soft);
        }
        reader.requireNothingLeft();
        return new AdapterEffect(
                reader.lowRank,
                reader.embeddings,
                reader.outputScale,
                reader.inputScale,
                reader.bias,
                reader.prompt,
                reader.prefix,
                reader.prefixTokens);
    }

    // ---- LoRA

    private void lora(AdapterConfig.Lora lora) {
        List<String> chosen = chosen(lora.targets(), true);
        for (String path : chosen) {
            int rank = matcher.first(lora.rankPattern(), path).orElse(lora.rank());
            double alpha = matcher.first(lora.alphaPattern(), path).orElse(lora.alpha());
            double scaling = lora.rankStabilized() ? alpha / Math.sqrt(rank) : alpha / rank;
            Size embedding = base.embeddings().get(path);
            if (embedding != null) {
                if (lora.loraBias()) {
                    throw unfit("lora_bias is not supported for the embedding " + path);
                }
                embeddings.put(
                        path, lowRank(lora, path, embedding, ".lora_embedding_A", ".lora_embedding_B", rank, scaling));
            } else {
                Size linear = linear(path);
                lowRank.put(path, lowRank(lora, path, linear, ".lora_A.weight", ".lora_B.weight", rank, scaling));
            }
        }
        if (lora.bias() != Bias.NONE) {
            for (Map.Entry<String, Integer> entry : base.biases().entrySet()) {
                String path = entry.getKey();
                if (lora.bias() == Bias.ALL || chosen.contains(path)) {
                    String key = path + (left.contains(path + BASE_LAYER + ".bias") ? BASE_LAYER : NO_BASE_LAYER);
                    bias.put(path, take(path, key + ".bias", entry.getValue()));
                }
            }
        }
        copiesOfTheBase();
    }

    private LowRank lowRank(
            AdapterConfig.Lora lora, String path, Size size, String keyA, String keyB, int rank, double scaling) {
        float[] a = take(path, path + keyA, rank, size.in());
        float[] b = take(path, path + keyB, size.out(), rank);
        Optional<float[]> magnitude = lora.decomposed()
                ? Optional.of(take(path, path + ".lora_magnitude_vector", size.out()))
                : Optional.empty();
        Optional<float[]> biasOfB =
                lora.loraBias() ? Optional.of(take(path, path + ".lora_B.bias", size.out())) : Optional.empty();
        return new LowRank(size.in(), size.out(), rank, a, b, scaling, magnitude, biasOfB);
    }

    /**
     * PEFT stores the base's own embedding and head beside an adapter that targets one of them, and after the vocabulary
     * was resized. Copies are passed over; others would need another base.
     */
    private void copiesOfTheBase() {
        List<String> paths = new ArrayList<>(base.embeddings().keySet());
        paths.add(BaseModules.HEAD);
        for (String path : paths) {
            for (String layer : List.of(BASE_LAYER, NO_BASE_LAYER)) {
                String key = path + layer + ".weight";
                WeightTensor stored = adapter.tensors().get(key);
                if (stored != null) {
                    requireCopy(path, stored);
                    left.remove(key);
                }
            }
        }
    }

    private void requireCopy(String path, WeightTensor stored) {
        WeightTensor original = base.weights().get(path);
        if (original == null
                || stored.rowLength() != original.rowLength()
                || stored.rows() != original.rows()
                || stored.shape().size() != 2) {
            throw unfit("it brings weights " + stored.shape() + " of its own for " + path + ", the model " + base.name()
                    + " has " + (original == null ? "none" : original.shape())
                    + "; a resized vocabulary is not supported: merge the adapter with PEFT and open the result");
        }
        double difference = 0;
        double sum = 0;
        float[] ours = new float[stored.rowLength()];
        float[] theirs = new float[stored.rowLength()];
        for (int row = 0; row < stored.rows(); row++) {
            stored.dequantizeRow(row, ours, 0);
            original.dequantizeRow(row, theirs, 0);
            for (int i = 0; i < ours.length; i++) {
                difference += ((double) ours[i] - theirs[i]) * ((double) ours[i] - theirs[i]);
                sum += (double) theirs[i] * theirs[i];
            }
        }
        // rounding to bfloat16 makes 0.0017, 4-bit blocks up to 0.1, other weights about 1.4
        double allowed = original.encoding().quantized() ? 0.2 : 0.005;
        double relative = Math.sqrt(difference / Math.max(sum, Double.MIN_NORMAL));
        if (!(relative <= allowed)) {
            throw unfit("it brings weights of its own for " + path + ", which differ from those of the model "
                    + base.name() + " by " + relative
                    + "; whole modules are not supported: merge the adapter with PEFT and open the result");
        }
    }

    // ---- IA3

    private void ia3(AdapterConfig.Ia3 ia3) {
        for (String path : chosen(ia3.targets(), false)) {
            Size size = linear(path);
            if (matcher.isFeedforward(ia3.feedforward(), path)) {
                inputScale.put(path, take(path, path + ".ia3_l", 1, size.in()));
            } else {
                outputScale.put(path, take(path, path + ".ia3_l", size.out(), 1));
            }
        }
    }

    // ---- soft prompts

    private void prompt(AdapterConfig.Prompt soft) {
        same("token_dim", soft.width(), "embeddings of width", base.hidden());
        prompt = take("its input", PeftFolder.PROMPT, soft.virtualTokens(), soft.width());
    }

    private void prefix(AdapterConfig.Prefix soft) {
        same("num_layers", soft.layers(), "layers", base.layers());
        same(
                "token_dim",
                soft.width(),
                "keys of " + base.keyValueHeads() + " heads of " + base.headDim() + " numbers, together",
                base.keyValueHeads() * base.headDim());
        int tokens = soft.virtualTokens();
        long columns = 2L * soft.layers() * soft.width();
        float[] stored = take("its keys and values", PeftFolder.PROMPT, tokens, columns);
        // (tokens, layers * 2, keyValueHeads, headDim) -> (layers * 2, keyValueHeads, tokens, headDim)
        prefix = new float[stored.length];
        int blocks = Math.toIntExact(columns) / base.headDim();
        for (int token = 0; token < tokens; token++) {
            for (int block = 0; block < blocks; block++) {
                System.arraycopy(
                        stored,
                        (token * blocks + block) * base.headDim(),
                        prefix,
                        (block * tokens + token) * base.headDim(),
                        base.headDim());
            }
        }
        prefixTokens = tokens;
    }

    private void same(String field, int value, String what, int expected) {
        if (value != expected) {
            throw unfit(
                    "its " + field + " is " + value + ", the model " + base.name() + " has " + what + " " + expected);
        }
    }

    // ---- common

    /** The modules that the settings choose, in the base's order, embeddings first. */
    private List<String> chosen(AdapterConfig.Targets targets, boolean alsoEmbeddings) {
        List<String> chosen = new ArrayList<>();
        for (String path : base.embeddings().keySet()) {
            if (matcher.chooses(targets, path, false)) {
                if (!alsoEmbeddings) {
                    throw unfit("it targets the embedding " + path + ", which its method cannot change");
                }
                chosen.add(path);
            }
        }
        for (String path : base.linear().keySet()) {
            if (matcher.chooses(targets, path, !path.equals(BaseModules.HEAD))) {
                chosen.add(path);
            }
        }
        if (chosen.isEmpty()) {
            throw unfit("its target_modules "
                    + targets.pattern()
                            .map(pattern -> "'" + shortened(pattern) + "'")
                            .orElseGet(() -> shortened(targets.names().toString()))
                    + " choose no module of the model " + base.name() + ", which has "
                    + shortened(lastNames(base.linear().keySet()).toString()));
        }
        return chosen;
    }

    private static Set<String> lastNames(Set<String> paths) {
        Set<String> names = new LinkedHashSet<>();
        paths.forEach(path -> names.add(path.substring(path.lastIndexOf('.') + 1)));
        return names;
    }

    private static String shortened(String text) {
        return text.length() > 300 ? text.substring(0, 300) + "..." : text;
    }

    private Size linear(String path) {
        Size size = base.linear().get(path);
        if (size == null) {
            throw new IllegalStateException("no linear module " + path);
        }
        return size;
    }

    /** The numbers of a tensor, which must have this shape. */
    private float[] take(String path, String key, long... shape) {
        WeightTensor tensor = adapter.tensors().get(key);
        if (tensor == null) {
            throw unfit("its settings choose " + path + ", but there is no tensor " + key + " of "
                    + Arrays.toString(shape) + likely(path));
        }
        left.remove(key);
        List<Long> found = tensor.shape();
        boolean same = found.size() == shape.length;
        for (int i = 0; same && i < shape.length; i++) {
            same = found.get(i) == shape[i];
        }
        if (!same) {
            throw unfit("it changes " + path + " with " + key + " of " + found + ", but its settings and the model "
                    + base.name() + sizes(path) + " make that " + Arrays.toString(shape));
        }
        float[] values = tensor.toFloats();
        for (float value : values) {
            if (!Float.isFinite(value)) {
                throw unfit("its tensor " + key + " has a number that is " + value);
            }
        }
        return values;
    }

    private String sizes(String path) {
        @Nullable Size size = base.embeddings().getOrDefault(path, base.linear().get(path));
        return size == null ? "" : ", where it has " + size.in() + " inputs and " + size.out() + " outputs,";
    }

    private String likely(String path) {
        return adapter.tensors().keySet().stream().anyMatch(key -> key.startsWith(path + "."))
                ? ""
                : "; it was made for another model, or its files are incomplete";
    }

    private void requireNothingLeft() {
        if (left.isEmpty()) {
            return;
        }
        String first = left.iterator().next();
        String path = first.replaceFirst("\\.(lora_|ia3_|base_layer\\.|weight$|bias$).*", "");
        boolean known = base.linear().containsKey(path) || base.embeddings().containsKey(path);
        throw unfit("it has " + left.size() + " tensors that nothing asks for, such as " + shortened(first) + ": "
                + (known
                        ? "its settings do not choose " + path + " so"
                        : "the model " + base.name() + " has no module " + shortened(path)));
    }

    private AdapterException unfit(String what) {
        return new AdapterException("adapter '" + name + "' cannot be used: " + what);
    }
}
