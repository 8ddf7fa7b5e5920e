package dev.llmadapt.peft.folder;

import dev.llmadapt.Adapter.Method;
import dev.llmadapt.peft.folder.AdapterConfig.Targets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The content of {@code adapter_config.json}: the settings PEFT expects, sorted by name. Patterns keep their order,
 * which counts.
 */
final class ConfigWriter {
    private ConfigWriter() {}

    static Map<String, @Nullable Object> settings(StoredAdapter adapter) {
        Map<String, @Nullable Object> settings = new TreeMap<>();
        AdapterConfig config = adapter.config();
        settings.put("peft_type", config.method().name());
        settings.put("task_type", "CAUSAL_LM");
        settings.put("base_model_name_or_path", adapter.base().name().orElse(null));
        settings.put("revision", adapter.base().revision().orElse(null));
        settings.put("auto_mapping", null);
        settings.put("inference_mode", true);
        settings.put("modules_to_save", null);
        if (config instanceof AdapterConfig.Lora lora) {
            lora(settings, lora);
        } else if (config instanceof AdapterConfig.Ia3 ia3) {
            ia3(settings, ia3);
        } else if (config instanceof AdapterConfig.Prompt prompt) {
            prompt(settings, prompt);
        } else if (config instanceof AdapterConfig.Prefix prefix) {
            prefix(settings, prefix);
        }
        return settings;
    }

    private static void lora(Map<String, @Nullable Object> settings, AdapterConfig.Lora lora) {
        Targets targets = lora.targets();
        settings.put("r", lora.rank());
        settings.put("lora_alpha", number(lora.alpha()));
        settings.put("lora_dropout", lora.dropout());
        settings.put("target_modules", chosen(targets));
        settings.put("exclude_modules", excluded(targets));
        settings.put("layers_to_transform", targets.layers().isEmpty() ? null : targets.layers());
        settings.put("layers_pattern", names(targets.layersPattern()));
        settings.put("rank_pattern", lora.rankPattern());
        Map<String, Object> alphas = new LinkedHashMap<>();
        lora.alphaPattern().forEach((pattern, alpha) -> alphas.put(pattern, number(alpha)));
        settings.put("alpha_pattern", alphas);
        settings.put("use_rslora", lora.rankStabilized());
        settings.put("use_dora", lora.decomposed());
        settings.put("bias", lora.bias().name().toLowerCase(Locale.ROOT));
        settings.put("lora_bias", lora.loraBias());
        settings.put("fan_in_fan_out", false);
        settings.put("init_lora_weights", true);
        settings.put("layer_replication", null);
        settings.put("loftq_config", Map.of());
        settings.put("task_type", lora.taskType().name());
        settings.put(
                "modules_to_save",
                lora.taskType() == AdapterConfig.TaskType.SEQ_CLS ? List.of(ScoreHead.MODULE) : null);
        settings.put("megatron_config", null);
        settings.put("megatron_core", "megatron.core");
    }

    private static void ia3(Map<String, @Nullable Object> settings, AdapterConfig.Ia3 ia3) {
        settings.put("target_modules", chosen(ia3.targets()));
        settings.put("exclude_modules", excluded(ia3.targets()));
        settings.put("feedforward_modules", chosen(ia3.feedforward()));
        settings.put("fan_in_fan_out", false);
        settings.put("init_ia3_weights", true);
    }

    private static void prompt(Map<String, @Nullable Object> settings, AdapterConfig.Prompt prompt) {
        soft(settings, prompt.virtualTokens(), prompt.width());
        if (prompt.method() == Method.PROMPT_TUNING) {
            // TEXT would make PEFT load a tokenizer to begin anew, only for the stored embeddings to replace it
            settings.put("prompt_tuning_init", "RANDOM");
            settings.put("prompt_tuning_init_text", prompt.initText().orElse(null));
            settings.put("tokenizer_name_or_path", null);
            return;
        }
        // the encoder is not stored, and not built where the adapter is only used; it needs settings all the same
        settings.put("encoder_reparameterization_type", "MLP");
        settings.put("encoder_hidden_size", prompt.width());
        settings.put("encoder_num_layers", 2);
        settings.put("encoder_dropout", 0.0);
    }

    private static void prefix(Map<String, @Nullable Object> settings, AdapterConfig.Prefix prefix) {
        soft(settings, prefix.virtualTokens(), prefix.width());
        settings.put("num_layers", prefix.layers());
        settings.put(
                "num_attention_heads",
                prefix.heads().isPresent() ? (Integer) prefix.heads().getAsInt() : null);
        settings.put("prefix_projection", false); // what is stored is projected already
    }

    private static void soft(Map<String, @Nullable Object> settings, int virtualTokens, int width) {
        settings.put("num_virtual_tokens", virtualTokens);
        settings.put("token_dim", width);
        settings.put("num_transformer_submodules", 1);
        settings.put("num_attention_heads", null);
        settings.put("num_layers", null);
    }

    private static Object chosen(Targets targets) {
        return targets.pattern().isPresent() ? targets.pattern().get() : targets.names();
    }

    private static @Nullable Object excluded(Targets targets) {
        Optional<Targets> excluded = targets.excluded();
        return excluded.isPresent() ? chosen(excluded.get()) : null;
    }

    private static @Nullable Object names(List<String> names) {
        return names.isEmpty() ? null : names.size() == 1 ? names.get(0) : names;
    }

    /** Whole numbers without a point, as PEFT's integers. */
    private static Object number(double value) {
        return value == Math.rint(value) && Math.abs(value) < 1e15 ? (Object) (long) value : (Object) value;
    }
}
