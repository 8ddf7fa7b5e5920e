package dev.llmadapt.local.checkpoint;

import com.google.gson.JsonObject;
import dev.llmadapt.CheckpointException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * A Hugging Face folder of GPT-2 in the words of the families that came after it: settings have other names, tensors
 * stand with or without {@code transformer.} before theirs, projections are stored as {@code (in, out)}
 * ({@code Conv1D}), and causal masks lie among the weights.
 */
final class Gpt2Folder {
    /** Its {@code model_type}. */
    static final String MODEL_TYPE = "gpt2";

    private static final Map<String, String> SETTINGS = Map.of(
            "hidden_size", "n_embd",
            "intermediate_size", "n_inner",
            "num_hidden_layers", "n_layer",
            "num_attention_heads", "n_head",
            "max_position_embeddings", "n_positions",
            "rms_norm_eps", "layer_norm_epsilon",
            "hidden_act", "activation_function");
    private static final String PREFIX = "transformer.";
    private static final Pattern UNPREFIXED = Pattern.compile("(wte|wpe|ln_f|h\\.\\d+)\\..*");
    private static final Pattern MASK = Pattern.compile(".*\\.attn\\.(bias|masked_bias)");
    private static final Pattern CONV1D = Pattern.compile(".*\\.(c_attn|c_proj|c_fc|q_attn)\\.weight");

    private Gpt2Folder() {}

    /** Its settings, also under the usual names; {@code config} with the defaults of the family. */
    static Json settings(Json config) {
        JsonObject all = config.object().deepCopy();
        SETTINGS.forEach((usual, own) -> {
            if (!config.has(usual) && config.has(own)) {
                all.add(usual, config.get(own));
            }
        });
        Json known = Json.of(config.file(), all);
        if (!known.has("intermediate_size")) {
            all.addProperty("intermediate_size", 4L * known.integer("hidden_size"));
        }
        all.addProperty("partial_rotary_factor", 0); // positions are embedded
        return known;
    }

    /** Its tensors under the names {@code transformers} gives them, projections as {@code (out, in)}. */
    static void arrange(Map<String, WeightTensor> tensors) {
        Map<String, WeightTensor> stored = new LinkedHashMap<>(tensors);
        tensors.clear();
        stored.forEach((name, tensor) -> {
            String known = UNPREFIXED.matcher(name).matches() ? PREFIX + name : name;
            if (MASK.matcher(name).matches()) {
                return;
            }
            boolean turned = CONV1D.matcher(name).matches();
            if (tensors.put(known, turned ? tensor.transposed(known) : tensor.named(known)) != null) {
                throw new CheckpointException("tensor " + known + " stands twice, once without '" + PREFIX + "'");
            }
        });
    }
}
