package dev.llmadapt.local.checkpoint;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import dev.llmadapt.CheckpointException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;

/**
 * The rotary positions of a configuration: {@code rope_theta}, {@code rope_scaling} (transformers 4),
 * {@code rope_parameters} (5). A parameter that the kind of scaling does not use is refused, so that none is set in
 * vain.
 */
final class RopeJson {
    private static final String ORIGINAL = "original_max_position_embeddings";
    private static final String ATTENTION = "attention_factor";
    private static final String LOCAL = "sliding_attention";
    private static final String GLOBAL = "full_attention";

    /** The parameters of each kind of scaling. */
    private static final Map<String, Set<String>> KINDS = Map.of(
            "default",
            Set.of(),
            "dynamic",
            Set.of("factor"),
            "linear",
            Set.of("factor"),
            "llama3",
            Set.of("factor", "low_freq_factor", "high_freq_factor"),
            "yarn",
            Set.of("factor", ATTENTION, "beta_fast", "beta_slow", "mscale", "mscale_all_dim", "truncate"),
            "longrope",
            Set.of("factor", ATTENTION, "short_factor", "long_factor"));
    /** Parameters of every kind; the last two are notes that transformers does not read. */
    private static final Set<String> ALWAYS =
            Set.of("rope_type", "type", "rope_theta", "partial_rotary_factor", ORIGINAL, "finetuned", "attn_factor");

    private final Json config;
    private final Json rope;
    private final Optional<Json> local;
    private final boolean phi3;

    private RopeJson(Json config, Json rope, Optional<Json> local, boolean phi3) {
        this.config = config;
        this.rope = rope;
        this.local = local;
        this.phi3 = phi3;
        checkKeys(rope);
        local.ifPresent(RopeJson::checkKeys);
    }

    /** Reads the positions of a configuration; {@code config} has its family's defaults. */
    static RopeJson of(Json config, String modelType) {
        Json none = Json.of(config.file(), new JsonObject());
        Optional<Json> scaling =
                config.child("rope_scaling").filter(json -> !json.object().isEmpty());
        if (modelType.startsWith("gemma3")) {
            return gemma3(config, scaling, config.child("rope_parameters").orElse(none));
        }
        Json rope = scaling.or(() -> config.child("rope_parameters")).orElse(none); // transformers prefers the old name
        if (rope.has(GLOBAL) || rope.has(LOCAL)) {
            throw new CheckpointException(rope.file() + ": parameters that differ by layer are not supported for "
                    + modelType + ", only for gemma3");
        }
        return new RopeJson(config, rope, Optional.empty(), modelType.equals("phi3"));
    }

    /** Layers that see a window have positions of their own; the old name changes those of the others. */
    private static RopeJson gemma3(Json config, Optional<Json> scaling, Json parameters) {
        for (String key : parameters.object().keySet()) {
            if (!key.equals(GLOBAL) && !key.equals(LOCAL)) {
                throw parameters.wrong(
                        key,
                        "parameters by the kind of layer, " + GLOBAL + " and " + LOCAL,
                        parameters.object().get(key));
            }
        }
        JsonObject global =
                parameters.child(GLOBAL).map(json -> json.object().deepCopy()).orElseGet(JsonObject::new);
        scaling.ifPresent(json -> json.object().entrySet().forEach(each -> global.add(each.getKey(), each.getValue())));
        Optional<Json> local = parameters.child(LOCAL);
        local.flatMap(json -> json.string("rope_type").or(() -> json.string("type")))
                .filter(type -> !type.equals("default"))
                .ifPresent(type -> {
                    throw new CheckpointException(config.file() + " rope_parameters " + LOCAL
                            + ", rope_type: unsupported '" + type
                            + "' for layers that see a window, expected default");
                });
        String where = scaling.map(Json::file).orElse(parameters.file() + " " + GLOBAL);
        return new RopeJson(config, Json.of(where, global), local, false);
    }

    private static void checkKeys(Json rope) {
        String type = type(rope);
        Set<String> own = KINDS.get(type.equals("su") ? "longrope" : type);
        if (own == null) {
            throw new CheckpointException(rope.file() + ", rope_type: unsupported '" + type + "', expected one of "
                    + KINDS.keySet().stream().sorted().toList());
        }
        for (String key : rope.object().keySet()) {
            boolean phi3Yarn = type.equals("yarn") && (key.equals("short_factor") || key.equals("long_factor"));
            if (rope.has(key) && !own.contains(key) && !ALWAYS.contains(key) && !phi3Yarn) {
                throw rope.wrong(
                        key,
                        "only parameters of the rope_type " + type + " "
                                + own.stream().sorted().toList(),
                        rope.object().get(key),
                        "positions would be others than it says");
            }
        }
    }

    private static String type(Json rope) {
        return rope.string("rope_type").or(() -> rope.string("type")).orElse("default");
    }

    /** The base of the frequencies. */
    double theta() {
        return rope.number("rope_theta", config.number("rope_theta", 10000));
    }

    /** That of layers which see a window, where these have parameters of their own. */
    OptionalDouble localTheta() {
        return local.filter(json -> json.has("rope_theta"))
                .map(json -> OptionalDouble.of(json.number("rope_theta", 0)))
                .orElse(OptionalDouble.empty());
    }

    /**
     * The rotated part of a head. Only Phi-3 has one in transformers; elsewhere it is dropped there and honoured by
     * other engines, so it is refused; see docs/decisions/0076.
     */
    double partial() {
        double partial = rope.number("partial_rotary_factor", config.number("partial_rotary_factor", 1));
        if (partial != 1 && !phi3 && rope.has("partial_rotary_factor")) {
            throw rope.wrong(
                    "partial_rotary_factor", "1", rope.object().get("partial_rotary_factor"), "only phi3 rotates less");
        }
        return partial;
    }

    /** How the frequencies are changed. */
    RopeScaling scaling() {
        String type = type(rope);
        if (phi3) {
            return switch (type) {
                case "default" -> new RopeScaling.None();
                case "longrope", "su", "yarn" -> longRope(); // Phi-3's first files name it so
                default ->
                    throw new CheckpointException(rope.file() + ", rope_type: unsupported '" + type
                            + "' for phi3, expected default or longrope");
            };
        }
        return switch (type) {
            case "linear" -> new RopeScaling.Linear(required("factor"));
            case "llama3" ->
                new RopeScaling.Llama3(
                        required("factor"), required("low_freq_factor"), required("high_freq_factor"), original());
            case "yarn" -> yarn();
            case "longrope", "su" -> longRope();
            default -> new RopeScaling.None();
        };
    }

    private RopeScaling yarn() {
        double factor = factor();
        double scale = rope.number("mscale", 0);
        double scaleOfAll = rope.number("mscale_all_dim", 0);
        double attention = scale != 0 && scaleOfAll != 0
                ? RopeScaling.Yarn.attentionFactor(factor, scale) / RopeScaling.Yarn.attentionFactor(factor, scaleOfAll)
                : RopeScaling.Yarn.attentionFactor(factor, 1);
        return new RopeScaling.Yarn(
                factor,
                original(),
                rope.number("beta_fast", 32),
                rope.number("beta_slow", 1),
                rope.bool("truncate", true),
                rope.number(ATTENTION, attention));
    }

    private RopeScaling longRope() {
        double attention = RopeScaling.LongRope.attentionFactor(factor(), original());
        return new RopeScaling.LongRope(
                divisors("short_factor"), divisors("long_factor"), original(), rope.number(ATTENTION, attention));
    }

    /** The context before the extension. Phi-3 keeps it among the model's own settings, which go first there. */
    private int original() {
        int context = config.integer("max_position_embeddings");
        int beside = config.integer(ORIGINAL, 0);
        int within = rope.integer(ORIGINAL, 0);
        if (phi3) {
            return beside == 0 ? context : beside;
        }
        if (beside != 0 && beside != (within == 0 ? context : within)) {
            throw config.wrong(
                    ORIGINAL,
                    within == 0 ? "it among the parameters of " + rope.file() : String.valueOf(within),
                    new JsonPrimitive(beside));
        }
        return within == 0 ? context : within;
    }

    private double factor() {
        return rope.number("factor", (double) config.integer("max_position_embeddings") / original());
    }

    private List<Float> divisors(String field) {
        JsonElement value = rope.get(field);
        if (value == null) {
            throw new CheckpointException(rope.file() + " has no " + field);
        }
        if (!(value instanceof JsonArray array)) {
            throw rope.wrong(field, "an array of numbers", value);
        }
        List<Float> divisors = new ArrayList<>();
        for (JsonElement each : array) {
            if (!(each instanceof JsonPrimitive number && number.isNumber())) {
                throw rope.wrong(field, "an array of numbers", each);
            }
            divisors.add(number.getAsFloat());
        }
        return divisors;
    }

    private double required(String field) {
        if (!rope.has(field)) {
            throw new CheckpointException(rope.file() + " has no " + field);
        }
        return rope.number(field, 0);
    }
}
