package dev.llmadapt.peft.training;

import dev.llmadapt.Adapter;
import dev.llmadapt.peft.AdapterConfig;
import dev.llmadapt.peft.AdapterConfig.Targets;
import dev.llmadapt.peft.checkpoint.Checkpoint;
import dev.llmadapt.peft.checkpoint.ModelConfig;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A learner of each method over a small base. */
public final class Learners {
    private Learners() {}

    /** The methods. */
    public static List<String> methods() {
        return List.of("lora", "dora", "ia3", "prompt", "prefix", "full");
    }

    /** One of them. */
    public static Learner of(String method, Checkpoint base) {
        ModelConfig config = base.config();
        return switch (method) {
            case "lora", "dora" -> new LoraLearner(lora(method.equals("dora")), base, null, 1);
            case "ia3" ->
                new Ia3Learner(
                        new AdapterConfig.Ia3(
                                Targets.named(List.of("k_proj", "v_proj", "down_proj")),
                                Targets.named(List.of("down_proj"))),
                        base,
                        null);
            case "prompt" ->
                new PromptLearner(
                        new AdapterConfig.Prompt(
                                Adapter.Method.PROMPT_TUNING, 5, config.hiddenSize(), Optional.empty()),
                        null,
                        PromptLearner.normal(0.1, 3));
            case "prefix" ->
                new PrefixLearner(
                        new AdapterConfig.Prefix(4, config.keyValueHeads() * config.headDim(), config.layers()),
                        config.headDim(),
                        null,
                        PromptLearner.normal(0.5, 4));
            case "full" -> new FullLearner(base);
            default -> throw new IllegalArgumentException(method);
        };
    }

    private static AdapterConfig.Lora lora(boolean decomposed) {
        return new AdapterConfig.Lora(
                4,
                8,
                0,
                Targets.matching("all-linear"),
                Map.of(),
                Map.of(),
                false,
                decomposed,
                AdapterConfig.Bias.NONE,
                false);
    }
}
