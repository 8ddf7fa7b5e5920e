package dev.llmadapt.local.checkpoint;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonPrimitive;
import dev.llmadapt.CheckpointException;
import java.util.List;
import java.util.Optional;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/**
 * Which layers see all tokens before theirs and which only the last ones, by the rules of each family in transformers.
 */
final class AttentionWindows {
    private static final String SLIDING = "sliding_attention";

    private AttentionWindows() {}

    /** The window of each layer in tokens, or 0 where a layer sees all. */
    static List<Integer> of(Json config, String modelType) {
        return switch (modelType) {
            case "mistral", "phi3" -> alike(config, window(config));
            case "qwen2", "qwen3" -> {
                int window = config.bool("use_sliding_window", false) ? window(config) : 0;
                int first = config.integer("max_window_layers", 0);
                yield byLayer(config, window, layer -> window > 0 && layer >= first);
            }
            case "gemma2" -> byLayer(config, window(config), layer -> layer % 2 == 0);
            case "gemma3", "gemma3_text" -> {
                int pattern = Math.max(1, config.integer("sliding_window_pattern", 6));
                yield byLayer(config, window(config), layer -> (layer + 1) % pattern != 0);
            }
            default -> alike(config, 0);
        };
    }

    private static int window(Json config) {
        JsonElement stored = config.get("sliding_window");
        int window = config.integer("sliding_window", 0);
        if (stored != null && window < 1) {
            throw config.wrong("sliding_window", "a number of tokens from 1, or null", stored);
        }
        return window;
    }

    /** All layers with one window. Transformers does not read {@code layer_types} here: they must say the same. */
    private static List<Integer> alike(Json config, int window) {
        kinds(config).ifPresent(kinds -> {
            if (kinds.stream().anyMatch(kind -> kind.equals(SLIDING) != window > 0)) {
                throw config.wrong(
                        "layer_types",
                        window > 0 ? SLIDING + " of all layers" : "full_attention of all layers",
                        config.object().get("layer_types"),
                        "layers of this model_type are alike, so another one may be meant");
            }
        });
        return layers(config).mapToObj(layer -> window).toList();
    }

    /** By {@code layer_types} where the file has them. */
    private static List<Integer> byLayer(Json config, int window, IntPredicate otherwise) {
        IntPredicate sliding = kinds(config)
                .<IntPredicate>map(kinds -> layer -> kinds.get(layer).equals(SLIDING))
                .orElse(otherwise);
        if (window == 0 && layers(config).anyMatch(sliding)) {
            throw new CheckpointException(
                    config.file() + ", sliding_window: expected a number of tokens, since there are"
                            + " layers of the kind " + SLIDING + ", got none that is switched on");
        }
        return layers(config)
                .mapToObj(layer -> sliding.test(layer) ? window : 0)
                .toList();
    }

    private static IntStream layers(Json config) {
        return IntStream.range(0, config.integer("num_hidden_layers"));
    }

    /** The kind of each layer, where the file says it. */
    private static Optional<List<String>> kinds(Json config) {
        Optional<JsonArray> types = config.array("layer_types");
        types.ifPresent(array -> {
            if (array.size() != config.integer("num_hidden_layers")) {
                throw new CheckpointException(config.file() + ", layer_types: expected one for each of "
                        + config.integer("num_hidden_layers") + " layers, got " + array.size());
            }
        });
        return types.map(array -> array.asList().stream()
                .map(type -> {
                    String kind = type instanceof JsonPrimitive text && text.isString() ? text.getAsString() : "";
                    if (!kind.equals("full_attention") && !kind.equals(SLIDING)) {
                        throw config.wrong("layer_types", "full_attention or " + SLIDING, type);
                    }
                    return kind;
                })
                .toList());
    }
}
