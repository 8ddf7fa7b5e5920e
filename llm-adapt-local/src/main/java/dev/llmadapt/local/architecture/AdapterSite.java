package dev.llmadapt.local.architecture;

import dev.llmadapt.local.architecture.AdapterInputs.Change;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * A product that adapters can join: one linear module, or several of one input side by side. Inputs of the graph, each
 * there if the site's {@code changes} name it ({@code groups} is 1, or the batch for factors of each row's own;
 * {@code adapters} counts the active ones and the base, whose row comes first):
 *
 * <ul>
 *   <li>{@link #a} {@code (groups, in, rank)}, for each module {@link #b} {@code (groups, its share of rank, its
 *       width)}, and, which all sites of a kind share, {@link #mask} {@code (batch, 1, rank)} and, of several modules,
 *       {@link #ranks} {@code (modules)} int64, the shares
 *   <li>{@link #inputScale} {@code (adapters, in)}, {@link #outputScale} and {@link #bias} {@code (adapters, out)}: a
 *       row of the batch takes their sum weighted by its row of {@link DecoderGraph#ADAPTER_WEIGHTS}
 * </ul>
 *
 * @param modules their paths, such as {@code model.layers.0.self_attn.q_proj}
 * @param in numbers of the input
 * @param widths numbers of each module's output
 * @param changes what the graph can do here
 */
public record AdapterSite(List<String> modules, int in, List<Integer> widths, Set<Change> changes) {
    /** The output head's module. */
    public static final String HEAD = "lm_head";

    /** Copies. */
    public AdapterSite {
        modules = List.copyOf(modules);
        widths = List.copyOf(widths);
        changes = Set.copyOf(changes);
    }

    static AdapterSite of(List<String> modules, int in, List<Integer> widths, AdapterInputs inputs) {
        Set<Change> changes = new TreeSet<>();
        modules.forEach(module -> changes.addAll(inputs.of(module)));
        return new AdapterSite(modules, in, widths, changes);
    }

    /** Numbers of the output. */
    public int out() {
        return widths.stream().mapToInt(Integer::intValue).sum();
    }

    /** The modules' paths, joined. */
    public String name() {
        return String.join("+", modules);
    }

    /** The modules' last names, joined: alike in every layer. */
    public String kind() {
        List<String> names = new ArrayList<>();
        modules.forEach(module -> names.add(module.substring(module.lastIndexOf('.') + 1)));
        return String.join("+", names);
    }

    /** The input of the factors A. */
    public String a() {
        return "lora_A." + name();
    }

    /** The input of a module's factors B. */
    public String b(int module) {
        return "lora_B." + modules.get(module);
    }

    /** The input that says how many of the ranks are each module's; there if there are several. */
    public String ranks() {
        return "lora_ranks." + kind();
    }

    /** The input that says how strongly each rank acts on each row. */
    public String mask() {
        return "lora_mask." + kind();
    }

    /** The input of the input's factors. */
    public String inputScale() {
        return "input_scale." + name();
    }

    /** The input of the output's factors. */
    public String outputScale() {
        return "output_scale." + name();
    }

    /** The input of what is added to the output. */
    public String bias() {
        return "bias." + name();
    }
}
