package dev.llmadapt.peft.checkpoint;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonPrimitive;
import dev.llmadapt.peft.CheckpointException;
import java.util.ArrayList;
import java.util.List;

/** {@code rope_scaling}, or {@code rope_parameters} of transformers 5, to a {@link RopeScaling}. */
final class RopeJson {
    private static final String ORIGINAL = "original_max_position_embeddings";
    private static final String ATTENTION = "attention_factor";

    private final Json rope;
    private final Json config;

    private RopeJson(Json rope, Json config) {
        this.rope = rope;
        this.config = config;
    }

    static RopeScaling read(Json rope, Json config) {
        return new RopeJson(rope, config).scaling();
    }

    private RopeScaling scaling() {
        String type = rope.string("rope_type").or(() -> rope.string("type")).orElse("default");
        boolean phi3 = config.string("model_type").orElse("").equals("phi3");
        return switch (phi3 && type.equals("yarn") ? "longrope" : type) { // Phi-3's first files name it so
            case "default", "dynamic" -> new RopeScaling.None();
            case "linear" -> new RopeScaling.Linear(required("factor"));
            case "llama3" ->
                new RopeScaling.Llama3(
                        required("factor"),
                        required("low_freq_factor"),
                        required("high_freq_factor"),
                        rope.integer(ORIGINAL, config.integer(ORIGINAL, 0)));
            case "yarn" -> yarn();
            case "longrope", "su" -> longRope();
            default ->
                throw new CheckpointException(rope.file() + ", rope_type: unsupported '" + type
                        + "', expected one of [default, dynamic, linear, llama3, longrope, yarn]");
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

    /** The context before the extension; the model's own settings go before those of the positions. */
    private int original() {
        return config.integer(ORIGINAL, rope.integer(ORIGINAL, config.integer("max_position_embeddings")));
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
