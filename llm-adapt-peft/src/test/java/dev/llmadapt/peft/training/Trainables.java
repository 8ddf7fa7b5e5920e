package dev.llmadapt.peft.training;

import dev.llmadapt.Adapter;
import dev.llmadapt.local.checkpoint.Checkpoint;
import dev.llmadapt.local.checkpoint.ModelConfig;
import dev.llmadapt.peft.folder.AdapterConfig;
import dev.llmadapt.peft.folder.AdapterConfig.Targets;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** A trainable of each method over a small base. */
public final class Trainables {
    /** Every linear module of every family, the output head among them. */
    private static final String LINEAR =
            "(.*\\.)?([qkvo]_proj|qkv_proj|gate_proj|up_proj|gate_up_proj|down_proj|c_attn|c_fc|c_proj|lm_head)";

    /** Modules whose input IA3 scales. */
    private static final String FEED_FORWARD = ".*(down_proj|up_proj|gate_proj|mlp\\.c_proj)";

    /** Labels of the classifier. */
    public static final int LABELS = 5;

    private Trainables() {}

    /** The methods. */
    public static List<String> methods() {
        return List.of(
                "lora", "dora", "ia3", "prompt", "p-tuning", "prefix", "prefix-projection", "full", "classifier");
    }

    /** The methods that make an adapter, and some over every linear module. */
    public static List<String> adapters() {
        return List.of(
                "lora",
                "dora",
                "ia3",
                "lora-everywhere",
                "dora-everywhere",
                "ia3-everywhere",
                "prompt",
                "p-tuning",
                "prefix",
                "prefix-projection");
    }

    /** The settings of an adapter. */
    public static AdapterConfig config(String adapter, Checkpoint base) {
        ModelConfig config = base.config();
        return switch (adapter) {
            case "lora", "dora" -> lora(adapter.equals("dora"), Targets.matching("all-linear"));
            case "lora-everywhere", "dora-everywhere" ->
                lora(adapter.equals("dora-everywhere"), Targets.matching(LINEAR));
            case "ia3" -> ia3(base);
            case "ia3-everywhere" -> new AdapterConfig.Ia3(Targets.matching(LINEAR), Targets.matching(FEED_FORWARD));
            case "prompt", "p-tuning" ->
                new AdapterConfig.Prompt(method(adapter), 5, config.hiddenSize(), Optional.empty());
            case "prefix", "prefix-projection" ->
                new AdapterConfig.Prefix(
                        4,
                        config.keyValueHeads() * config.headDim(),
                        config.layers(),
                        OptionalInt.of(config.keyValueHeads()));
            default -> throw new IllegalArgumentException(adapter);
        };
    }

    /** One of them. */
    public static Trainable of(String method, Checkpoint base) {
        if (method.equals("full")) {
            return new FullTrainable(base);
        } else if (method.equals("classifier")) {
            AdapterConfig.Lora lora = lora(false, Targets.matching("all-linear"));
            return new ClassifierTrainable(
                    lora.withTaskType(AdapterConfig.TaskType.SEQ_CLS),
                    base,
                    LABELS,
                    new Initial(null, 1).normal(0.3),
                    null,
                    1);
        }
        AdapterConfig config = config(method, base);
        if (config instanceof AdapterConfig.Lora lora) {
            return new LoraTrainable(lora, base, null, 1);
        } else if (config instanceof AdapterConfig.Ia3 ia3) {
            return new Ia3Trainable(ia3, base, null);
        } else if (method.equals("p-tuning")) {
            return PromptTrainable.encoded((AdapterConfig.Prompt) config, 12, PromptTrainable.normal(0.1, 3), 5);
        } else if (method.equals("prefix-projection")) {
            return PrefixTrainable.projected(
                            (AdapterConfig.Prefix) config, base.config().headDim(), 12, null, 6)
                    .withFrozen(1, PromptTrainable.normal(0.5, 4));
        } else if (config instanceof AdapterConfig.Prompt prompt) {
            return new PromptTrainable(prompt, null, PromptTrainable.normal(0.1, 3));
        }
        return new PrefixTrainable(
                (AdapterConfig.Prefix) config, base.config().headDim(), null, PromptTrainable.normal(0.5, 4));
    }

    private static Adapter.Method method(String adapter) {
        return adapter.equals("prompt") ? Adapter.Method.PROMPT_TUNING : Adapter.Method.P_TUNING;
    }

    private static AdapterConfig.Ia3 ia3(Checkpoint base) {
        List<String> names = switch (base.config().modelType()) {
            case "gpt2" -> List.of("c_attn", "mlp.c_proj");
            case "phi3" -> List.of("qkv_proj", "down_proj");
            default -> List.of("k_proj", "v_proj", "down_proj");
        };
        return new AdapterConfig.Ia3(
                Targets.named(names), Targets.named(names.subList(names.size() - 1, names.size())));
    }

    private static AdapterConfig.Lora lora(boolean decomposed, Targets targets) {
        return AdapterConfig.Lora.defaults().withRank(4).withTargets(targets).withDecomposed(decomposed);
    }
}
