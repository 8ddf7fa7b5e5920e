package dev.llmadapt.peft.architecture;

import dev.llmadapt.peft.checkpoint.ModelConfig;
import java.util.List;

/** Which layers see all tokens before theirs and which only the last ones. */
final class Windows {
    private Windows() {}

    /**
     * Tokens that a layer sees, or 0 for all: by {@code layer_types} where a checkpoint has them, else from {@code
     * max_window_layers} on (Qwen), else in all layers.
     */
    static int of(ModelConfig config, int layer) {
        return of(config, layer, layer >= setting(config, "max_window_layers", 0));
    }

    /** The same with what a family does where its checkpoint does not say. */
    static int of(ModelConfig config, int layer, boolean otherwise) {
        return sliding(config, layer, otherwise) ? config.slidingWindow() : 0;
    }

    private static boolean sliding(ModelConfig config, int layer, boolean otherwise) {
        if (config.settings().get("layer_types") instanceof String types) {
            return List.of(types.split(",")).get(layer).equals("sliding_attention");
        }
        return otherwise;
    }

    /** A number among the settings. */
    static double setting(ModelConfig config, String name, double otherwise) {
        return config.settings().get(name) instanceof Double number ? number : otherwise;
    }
}
