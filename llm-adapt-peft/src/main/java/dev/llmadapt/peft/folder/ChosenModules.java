package dev.llmadapt.peft.folder;

import dev.llmadapt.local.adapter.BaseModules;
import dev.llmadapt.local.adapter.BaseModules.Size;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Which modules of a base an adapter's settings choose, in the base's order, embeddings first. */
public final class ChosenModules {
    /** The end of the key of a module's factor A: {@code (rank, in)}. */
    public static final String A = ".lora_A.weight";
    /** The end of the key of its factor B: {@code (out, rank)}. */
    public static final String B = ".lora_B.weight";
    /** The end of the key of DoRA's magnitudes: {@code (out)}. */
    public static final String MAGNITUDE = ".lora_magnitude_vector";
    /** The end of the key of IA3's factors: {@code (out, 1)}, or {@code (1, in)} where the input is scaled. */
    public static final String SCALE = ".ia3_l";

    private ChosenModules() {}

    /**
     * A module that gets a low-rank update.
     *
     * @param path in Hugging Face's naming
     * @param size of its weight
     * @param embedding whether it is an embedding, not a linear module
     * @param rank of its factors
     * @param scaling of its update
     */
    public record Lora(String path, Size size, boolean embedding, int rank, double scaling) {}

    /**
     * A module that is scaled.
     *
     * @param path in Hugging Face's naming
     * @param size of its weight
     * @param feedforward whether its input is scaled, not its output
     */
    public record Ia3(String path, Size size, boolean feedforward) {}

    /**
     * The modules of a LoRA adapter.
     *
     * @throws IllegalArgumentException if there are none
     */
    public static List<Lora> of(AdapterConfig.Lora config, BaseModules base) {
        ModuleMatcher matcher = new ModuleMatcher();
        List<Lora> modules = new ArrayList<>();
        for (String path : chosen(matcher, config.targets(), base, true)) {
            int rank = matcher.first(config.rankPattern(), path).orElse(config.rank());
            double alpha = matcher.first(config.alphaPattern(), path).orElse(config.alpha());
            double scaling = config.rankStabilized() ? alpha / Math.sqrt(rank) : alpha / rank;
            Size embedding = base.embeddings().get(path);
            modules.add(
                    new Lora(path, embedding != null ? embedding : base.size(path), embedding != null, rank, scaling));
        }
        return modules;
    }

    /**
     * The modules of an IA3 adapter.
     *
     * @throws IllegalArgumentException if there are none, or an embedding is among them
     */
    public static List<Ia3> of(AdapterConfig.Ia3 config, BaseModules base) {
        ModuleMatcher matcher = new ModuleMatcher();
        return chosen(matcher, config.targets(), base, false).stream()
                .map(path -> new Ia3(path, base.size(path), matcher.isFeedforward(config.feedforward(), path)))
                .toList();
    }

    private static List<String> chosen(
            ModuleMatcher matcher, AdapterConfig.Targets targets, BaseModules base, boolean alsoEmbeddings) {
        List<String> chosen = new ArrayList<>();
        for (String path : base.embeddings().keySet()) {
            if (matcher.chooses(targets, path, false)) {
                if (!alsoEmbeddings) {
                    throw new IllegalArgumentException(
                            "it targets the embedding " + path + ", which its method cannot change");
                }
                chosen.add(path);
            }
        }
        for (String path : base.linear().keySet()) {
            if (matcher.chooses(targets, path, !path.equals(BaseModules.HEAD))) {
                chosen.add(path);
            }
        }
        if (chosen.isEmpty()) {
            throw new IllegalArgumentException("its target_modules "
                    + targets.pattern()
                            .map(pattern -> "'" + shortened(pattern) + "'")
                            .orElseGet(() -> shortened(targets.names().toString()))
                    + " choose no module of the model " + base.name() + ", which has "
                    + shortened(lastNames(base.linear().keySet()).toString()));
        }
        return chosen;
    }

    private static Set<String> lastNames(Set<String> paths) {
        Set<String> names = new LinkedHashSet<>();
        paths.forEach(path -> names.add(path.substring(path.lastIndexOf('.') + 1)));
        return names;
    }

    static String shortened(String text) {
        return text.length() > 300 ? text.substring(0, 300) + "..." : text;
    }
}
