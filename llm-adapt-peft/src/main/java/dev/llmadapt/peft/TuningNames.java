package dev.llmadapt.peft;

import dev.llmadapt.peft.folder.AdapterConfig;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** The tunings by their names, a row each. */
final class TuningNames {
    private static final Map<String, Supplier<Tuning>> TABLE = new LinkedHashMap<>();

    static {
        TABLE.put("lora", LoraTuning::defaults);
        TABLE.put("dora", () -> LoraTuning.defaults().withDora(true));
        TABLE.put("lora-head", LoraHeadTuning::defaults);
        TABLE.put("ia3", Ia3Tuning::defaults);
        TABLE.put("prompt-tuning", PromptTuning::defaults);
        TABLE.put("p-tuning", PromptTuning::encoded);
        TABLE.put("prefix-tuning", PrefixTuning::defaults);
        TABLE.put("full-tuning", FullTuning::defaults);
    }

    private TuningNames() {}

    static List<String> all() {
        return List.copyOf(TABLE.keySet());
    }

    static Tuning tuning(String name) {
        Supplier<Tuning> defaults = TABLE.get(name);
        if (defaults == null) {
            List<String> all = all();
            int last = all.size() - 1;
            throw new IllegalArgumentException("unknown method '" + name + "', expected "
                    + String.join(", ", all.subList(0, last)) + " or " + all.get(last));
        }
        return defaults.get();
    }

    /** The rank of a tuning, or its number of virtual tokens; 0 where it has neither. */
    static int size(Tuning tuning) {
        if (tuning instanceof LoraTuning lora) {
            return lora.config().rank();
        }
        if (tuning instanceof LoraHeadTuning head) {
            return head.config().rank();
        }
        if (tuning instanceof PromptTuning prompt) {
            return prompt.virtualTokens();
        }
        return tuning instanceof PrefixTuning prefix ? prefix.virtualTokens() : 0;
    }

    /** A tuning whose rank, or number of virtual tokens, is so many times as large; at least 1. */
    static Tuning withSize(Tuning tuning, double factor) {
        int size = (int) Math.max(1, Math.round(size(tuning) * factor));
        if (tuning instanceof LoraTuning lora) {
            return lora.withConfig(ranked(lora.config(), size));
        }
        if (tuning instanceof LoraHeadTuning head) {
            return head.withConfig(ranked(head.config(), size));
        }
        if (tuning instanceof PromptTuning prompt) {
            return prompt.withVirtualTokens(size);
        }
        return tuning instanceof PrefixTuning prefix ? prefix.withVirtualTokens(size) : tuning;
    }

    private static AdapterConfig.Lora ranked(AdapterConfig.Lora config, int rank) {
        return config.withRank(rank).withAlpha(config.alpha() * rank / config.rank());
    }
}
