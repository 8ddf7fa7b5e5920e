package dev.llmadapt.peft.folder;

import dev.llmadapt.AdapterException;
import dev.llmadapt.local.adapter.AdapterEffect;
import dev.llmadapt.local.adapter.BaseModules;
import dev.llmadapt.local.adapter.BaseModules.Size;
import dev.llmadapt.local.adapter.LowRank;
import dev.llmadapt.local.checkpoint.WeightTensor;
import dev.llmadapt.peft.folder.AdapterConfig.Bias;
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
 * Turns an adapter's tensors into its effect on a base. Every tensor is taken by the module that needs it, with the
 * shape that the base gives it; what nobody took in the end is an error.
 */
final class EffectReader {
    private static final String NO_BASE_LAYER = "";
    private static final String BASE_LAYER = ".base_layer";

    private final String name;
    private final StoredAdapter adapter;
    private final BaseModules base;
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
        if (ScoreHead.isClassifier(adapter)) {
            throw new AdapterException(
                    "adapter '" + name + "' is a classifier (task_type SEQ_CLS): its head scores labels"
                            + " and generates no text; open its folder with LoraHeadTuning.defaults().open(model, folder)");
        }
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
        reader.copiesOfTheBase();
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
        List<ChosenModules.Lora> chosen = ChosenModules.of(lora, base);
        for (ChosenModules.Lora module : chosen) {
            String path = module.path();
            if (module.embedding()) {
                if (lora.loraBias()) {
                    throw unfit("lora_bias is not supported for the embedding " + path);
                }
                embeddings.put(path, lowRank(lora, module, ".lora_embedding_A", ".lora_embedding_B"));
            } else {
                lowRank.put(path, lowRank(lora, module, ChosenModules.A, ChosenModules.B));
            }
        }
        if (lora.bias() != Bias.NONE) {
            for (Map.Entry<String, Integer> entry : base.biases().entrySet()) {
                String path = entry.getKey();
                if (lora.bias() == Bias.ALL
                        || chosen.stream().anyMatch(module -> module.path().equals(path))) {
                    String key = path + (left.contains(path + BASE_LAYER + ".bias") ? BASE_LAYER : NO_BASE_LAYER);
                    bias.put(path, take(path, key + ".bias", entry.getValue()));
                }
            }
        }
    }

    private LowRank lowRank(AdapterConfig.Lora lora, ChosenModules.Lora module, String keyA, String keyB) {
        String path = module.path();
        Size size = module.size();
        int rank = module.rank();
        float[] a = take(path, path + keyA, rank, size.in());
        float[] b = take(path, path + keyB, size.out(), rank);
        Optional<float[]> magnitude = lora.decomposed()
                ? Optional.of(take(path, path + ChosenModules.MAGNITUDE, size.out()))
                : Optional.empty();
        Optional<float[]> biasOfB =
                lora.loraBias() ? Optional.of(take(path, path + ".lora_B.bias", size.out())) : Optional.empty();
        return new LowRank(size.in(), size.out(), rank, a, b, module.scaling(), magnitude, biasOfB);
    }

    /**
     * PEFT stores the base's own embedding and head beside an adapter that targets one of them, and after the
     * vocabulary was resized. Copies are passed over; others would need another base.
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
        for (ChosenModules.Ia3 module : ChosenModules.of(ia3, base)) {
            String path = module.path();
            Size size = module.size();
            if (module.feedforward()) {
                inputScale.put(path, take(path, path + ChosenModules.SCALE, 1, size.in()));
            } else {
                outputScale.put(path, take(path, path + ChosenModules.SCALE, size.out(), 1));
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
        soft.heads().ifPresent(heads -> same("num_attention_heads", heads, "key-value heads", base.keyValueHeads()));
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
        throw unfit("it has " + left.size() + " tensors that nothing asks for, such as "
                + ChosenModules.shortened(first) + ": "
                + (known
                        ? "its settings do not choose " + path + " so"
                        : "the model " + base.name() + " has no module " + ChosenModules.shortened(path)));
    }

    private AdapterException unfit(String what) {
        return new AdapterException("adapter '" + name + "' cannot be used: " + what);
    }
}
