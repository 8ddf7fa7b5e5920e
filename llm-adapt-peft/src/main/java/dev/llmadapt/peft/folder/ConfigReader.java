package dev.llmadapt.peft.folder;

import com.google.gson.JsonElement;
import com.google.gson.JsonPrimitive;
import dev.llmadapt.Adapter.Method;
import dev.llmadapt.AdapterException;
import dev.llmadapt.peft.folder.AdapterConfig.Bias;
import dev.llmadapt.peft.folder.AdapterConfig.Targets;
import dev.llmadapt.peft.folder.AdapterConfig.TaskType;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * Reads {@code adapter_config.json} of PEFT. A setting falls into one of four kinds: it is honoured; it matters only
 * before or while an adapter is trained and is passed over; it changes what the adapter does in a way that is not
 * supported and is refused; or nothing is known of it, and then it may only be off.
 */
final class ConfigReader {
    private static final String MERGE =
            "; merge the adapter with PEFT (merge_and_unload, save_pretrained) and open the result as a checkpoint";

    /** The settings that every method has. */
    private static final Set<String> COMMON = Set.of(
            "peft_type",
            "task_type",
            "base_model_name_or_path",
            "revision",
            "auto_mapping",
            "inference_mode",
            "peft_version",
            "runtime_config");

    private static final Set<String> LORA = Set.of(
            "r",
            "lora_alpha",
            "lora_dropout",
            "target_modules",
            "exclude_modules",
            "layers_to_transform",
            "layers_pattern",
            "rank_pattern",
            "alpha_pattern",
            "use_rslora",
            "use_dora",
            "bias",
            "lora_bias",
            "fan_in_fan_out", // PEFT turns it off for linear layers; only Conv1D has it
            // before or while training
            "init_lora_weights", // with a check of its own
            "loftq_config",
            "eva_config",
            "corda_config",
            "lora_ga_config",
            "velora_config",
            // settings of what is off
            "megatron_core",
            "qalora_group_size");

    /** The modules that PEFT saves whole for a classifier: a model has one of them. */
    private static final Set<String> HEADS = Set.of(ScoreHead.MODULE, "classifier");

    /** Values of {@code init_lora_weights} that leave the base as it is. */
    private static final Set<String> HARMLESS_STARTS = Set.of("gaussian", "eva", "orthogonal", "mica");

    private static final Set<String> IA3 =
            Set.of("target_modules", "exclude_modules", "feedforward_modules", "fan_in_fan_out", "init_ia3_weights");

    private static final Set<String> PROMPT = Set.of(
            "num_virtual_tokens",
            "token_dim",
            "num_transformer_submodules",
            "num_attention_heads",
            "num_layers",
            "prompt_tuning_init",
            "prompt_tuning_init_text",
            "tokenizer_name_or_path",
            "tokenizer_kwargs",
            "encoder_reparameterization_type",
            "encoder_hidden_size",
            "encoder_num_layers",
            "encoder_dropout",
            "prefix_projection", // what is stored is projected already
            "init_weights");

    /** Why a setting that is on cannot be honoured, and what to do. */
    private static final Map<String, String> REFUSED = Map.ofEntries(
            Map.entry("modules_to_save", "whole modules trained beside the adapter are not supported" + MERGE),
            Map.entry("trainable_token_indices", "retrained rows of the embedding are not supported" + MERGE),
            Map.entry("target_parameters", "adapters of bare parameters are not supported" + MERGE),
            Map.entry("layer_replication", "a base with repeated layers is not supported" + MERGE),
            Map.entry("alora_invocation_tokens", "activated LoRA, which waits for tokens, is not supported"),
            Map.entry("use_qalora", "QALoRA's pooled inputs are not supported" + MERGE),
            Map.entry("use_bdlora", "block-diagonal LoRA is not supported" + MERGE),
            Map.entry("megatron_config", "Megatron's parallel layers are not supported"),
            Map.entry("arrow_config", "Arrow's routing between adapters is not supported"),
            Map.entry("kasa_config", "KaSA's singular values are not supported" + MERGE),
            Map.entry("monteclora_config", "MonteCLoRA is not supported" + MERGE),
            Map.entry("ensure_weight_tying", "adapters shared by embedding and output head are not supported" + MERGE));

    private final SettingsFile json;

    private ConfigReader(SettingsFile json) {
        this.json = json;
    }

    /** The method and its settings. */
    static AdapterConfig read(SettingsFile json) {
        try {
            return new ConfigReader(json).config();
        } catch (IllegalArgumentException e) {
            throw new AdapterException(json.file() + ": " + e.getMessage(), e);
        }
    }

    /** Reads the base of an adapter, without what only our own folders record. */
    static StoredAdapter.Base base(SettingsFile json) {
        return new StoredAdapter.Base(
                json.string("base_model_name_or_path").filter(name -> !name.isBlank()),
                json.string("revision").filter(revision -> !revision.isBlank()),
                Optional.empty(),
                Optional.empty());
    }

    private AdapterConfig config() {
        String type = json.string("peft_type")
                .orElseThrow(() -> new AdapterException(
                        json.file() + " has no peft_type; it is not a PEFT adapter's configuration"));
        TaskType task = taskType(type);
        return switch (type) {
            case "LORA" -> lora(task);
            case "IA3" -> ia3();
            case "PROMPT_TUNING" -> prompt(Method.PROMPT_TUNING);
            case "P_TUNING" -> prompt(Method.P_TUNING);
            case "PREFIX_TUNING" -> prefix();
            default ->
                throw refused(
                        "peft_type",
                        "'" + type + "' is not supported, expected one of [LORA, IA3, PROMPT_TUNING, P_TUNING, "
                                + "PREFIX_TUNING]" + MERGE);
        };
    }

    /** What PEFT leaves open is told by the modules that it saves whole. */
    private TaskType taskType(String type) {
        String task = json.string("task_type").orElse(savesHead() ? "SEQ_CLS" : "CAUSAL_LM");
        switch (task) {
            case "CAUSAL_LM":
                return TaskType.CAUSAL_LM;
            case "SEQ_CLS":
                if (!type.equals("LORA")) {
                    throw refused("task_type", "SEQ_CLS is supported for peft_type LORA only, peft_type: " + type);
                }
                if (!savesHead()) {
                    throw refused(
                            "modules_to_save",
                            "a classifier needs its head there, expected [" + ScoreHead.MODULE + "], got "
                                    + json.strings("modules_to_save"));
                }
                return TaskType.SEQ_CLS;
            default:
                throw refused("task_type", "'" + task + "' is not supported, expected CAUSAL_LM or SEQ_CLS");
        }
    }

    /** Whether the head, and no other module, is saved whole. PEFT names both that a model may call its head. */
    private boolean savesHead() {
        List<String> saved = json.strings("modules_to_save");
        return saved.contains(ScoreHead.MODULE) && HEADS.containsAll(saved);
    }

    private AdapterConfig.Lora lora(TaskType task) {
        onlyKnown(LORA);
        checkStart();
        Bias bias = switch (json.string("bias").orElse("none")) {
            case "none" -> Bias.NONE;
            case "all" -> Bias.ALL;
            case "lora_only" -> Bias.LORA_ONLY;
            default ->
                throw refused(
                        "bias",
                        "expected one of [none, all, lora_only], got '"
                                + json.string("bias").orElse("") + "'");
        };
        json.bool("fan_in_fan_out");
        AdapterConfig.Lora lora = new AdapterConfig.Lora(
                json.integer("r", 8),
                json.number("lora_alpha", 8),
                json.number("lora_dropout", 0),
                targets(),
                json.integersByName("rank_pattern"),
                json.numbersByName("alpha_pattern"),
                json.bool("use_rslora"),
                json.bool("use_dora"),
                bias,
                json.bool("lora_bias"),
                task);
        lora.rankPattern().keySet().forEach(key -> check("rank_pattern", ModuleMatcher.suffix(key)));
        lora.alphaPattern().keySet().forEach(key -> check("alpha_pattern", ModuleMatcher.suffix(key)));
        lora.targets().layersPattern().forEach(pattern -> check("layers_pattern", pattern));
        return lora;
    }

    /** PiSSA and its kin take a part out of the base's weights when an adapter is loaded, unless it was converted. */
    private void checkStart() {
        JsonElement start = json.fields().get("init_lora_weights");
        if (start instanceof JsonPrimitive value
                && value.isString()
                && !HARMLESS_STARTS.contains(value.getAsString())) {
            throw refused(
                    "init_lora_weights",
                    "'" + SettingsFile.brief(value)
                            + "' changes the base's weights before the adapter is added, which is "
                            + "not supported; convert it to a plain LoRA with PEFT "
                            + "(save_pretrained with path_initial_model_for_weight_conversion)");
        }
    }

    private AdapterConfig.Ia3 ia3() {
        onlyKnown(IA3);
        json.bool("fan_in_fan_out");
        return new AdapterConfig.Ia3(targets(), chosen("feedforward_modules"));
    }

    private AdapterConfig.Prompt prompt(Method method) {
        onlyKnown(PROMPT);
        oneSubmodule();
        return new AdapterConfig.Prompt(
                method,
                json.integer("num_virtual_tokens"),
                json.integer("token_dim"),
                json.string("prompt_tuning_init_text"));
    }

    private AdapterConfig.Prefix prefix() {
        onlyKnown(PROMPT);
        oneSubmodule();
        return new AdapterConfig.Prefix(
                json.integer("num_virtual_tokens"),
                json.integer("token_dim"),
                json.integer("num_layers"),
                json.has("num_attention_heads")
                        ? OptionalInt.of(json.integer("num_attention_heads"))
                        : OptionalInt.empty());
    }

    private void oneSubmodule() {
        if (json.integer("num_transformer_submodules", 1) != 1) {
            throw refused("num_transformer_submodules", "models of encoder and decoder are not supported, only 1 is");
        }
    }

    private Targets targets() {
        if (!json.has("target_modules")) {
            throw new AdapterException(json.file() + " has no target_modules; name the modules the adapter changes");
        }
        Targets chosen = chosen("target_modules");
        Optional<Targets> excluded =
                json.strings("exclude_modules").isEmpty() ? Optional.empty() : Optional.of(chosen("exclude_modules"));
        return new Targets(
                chosen.names(),
                chosen.pattern(),
                excluded,
                json.integers("layers_to_transform"),
                json.strings("layers_pattern"));
    }

    /** A list of names, or one regular expression. */
    private Targets chosen(String field) {
        JsonElement value = json.fields().get(field);
        if (value instanceof JsonPrimitive) {
            String pattern = json.strings(field).get(0);
            boolean shorthand = field.equals("target_modules") && pattern.equalsIgnoreCase(ModuleMatcher.ALL_LINEAR);
            if (!shorthand) {
                check(field, pattern);
            }
            return Targets.matching(shorthand ? ModuleMatcher.ALL_LINEAR : pattern);
        }
        return Targets.named(json.strings(field));
    }

    private void check(String field, String pattern) {
        try {
            PythonPattern.compile(pattern);
        } catch (IllegalArgumentException e) {
            throw new AdapterException(json.file() + ", " + field + ": " + e.getMessage(), e);
        }
    }

    private void onlyKnown(Set<String> known) {
        json.fields().forEach((field, value) -> {
            String reason = REFUSED.get(field);
            boolean head = field.equals("modules_to_save") && savesHead() && !isFor("CAUSAL_LM");
            if (reason != null && isOn(value) && !head) {
                throw refused(field, SettingsFile.brief(value) + ": " + reason);
            }
            if (reason == null && !COMMON.contains(field) && !known.contains(field) && isOn(value)) {
                throw refused(
                        field,
                        "nothing is known of this setting, got " + SettingsFile.brief(value)
                                + "; if it does not change what a trained adapter computes, remove it from the file");
            }
        });
    }

    private boolean isFor(String task) {
        return json.string("task_type").filter(task::equals).isPresent();
    }

    private static boolean isOn(JsonElement value) {
        if (value.isJsonArray()) {
            return !value.getAsJsonArray().isEmpty();
        }
        if (value.isJsonObject()) {
            return !value.getAsJsonObject().isEmpty();
        }
        if (value instanceof JsonPrimitive primitive) {
            return primitive.isBoolean()
                    ? primitive.getAsBoolean()
                    : !primitive.getAsString().isEmpty();
        }
        return false;
    }

    private AdapterException refused(String field, String why) {
        return new AdapterException(json.file() + ", " + field + ": " + why);
    }
}
