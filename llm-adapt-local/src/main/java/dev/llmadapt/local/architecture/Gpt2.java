package dev.llmadapt.local.architecture;

import dev.llmadapt.local.architecture.Blocks.Norm;
import dev.llmadapt.local.architecture.Blocks.Residual;
import dev.llmadapt.local.checkpoint.ModelConfig;
import java.util.Optional;

/**
 * GPT-2 (Radford et al. 2019): learned positions added to the embedded tokens, norms by mean and deviation, one module
 * for queries, keys and values, a feed-forward part without a gate, biases everywhere.
 */
final class Gpt2 {
    private static final String MODEL = "transformer.";

    private Gpt2() {}

    static Family family() {
        return new Family(Gpt2::layer, norm(MODEL + "ln_f"), Optional.of(MODEL + "wpe"), config -> 1, config -> 0);
    }

    private static Residual layer(Blocks blocks, int layer, Residual x) {
        ModelConfig config = blocks.config();
        String prefix = MODEL + "h." + layer + ".";
        return blocks.block(
                layer,
                x,
                norm(prefix + "ln_1"),
                new Attention(prefix + "attn.c_attn", prefix + "attn.c_proj", scale(config, layer)),
                norm(prefix + "ln_2"),
                FeedForward.ungated(config, prefix + "mlp.c_fc", prefix + "mlp.c_proj"));
    }

    private static Norm norm(String module) {
        return Norm.byDeviation(module + ".weight", module + ".bias");
    }

    private static double scale(ModelConfig config, int layer) {
        double scale = switched(config, "scale_attn_weights", true) ? 1 / Math.sqrt(config.headDim()) : 1;
        return switched(config, "scale_attn_by_inverse_layer_idx", false) ? scale / (layer + 1) : scale;
    }

    private static boolean switched(ModelConfig config, String setting, boolean otherwise) {
        return config.settings().get(setting) instanceof Boolean on ? on : otherwise;
    }
}
