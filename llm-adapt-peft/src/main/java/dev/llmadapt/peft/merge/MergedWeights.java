package dev.llmadapt.peft.merge;

import dev.llmadapt.AdapterException;
import dev.llmadapt.local.adapter.AdapterEffect;
import dev.llmadapt.local.checkpoint.Checkpoint;
import dev.llmadapt.local.checkpoint.WeightEncoding;
import dev.llmadapt.local.checkpoint.WeightTensor;
import dev.llmadapt.peft.merge.Merging.Part;
import dev.llmadapt.peft.merge.ShardWriter.Rows;
import dev.llmadapt.peft.merge.ShardWriter.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The tensors of a base with adapters merged into them. Decides what becomes of each; the numbers are computed when
 * they are written.
 */
final class MergedWeights {
    private static final String HEAD = "lm_head";
    private static final String WEIGHT = ".weight";
    private static final String BIAS = ".bias";

    private final Checkpoint base;
    private final String embedding;
    private final Map<String, WeightTensor> learned;
    private final Optional<WeightEncoding> encoding;
    private final Map<String, ModuleChange> changes = new LinkedHashMap<>();
    private final Set<String> newBiases = new LinkedHashSet<>();
    private final boolean untied;

    /**
     * Plans the merge.
     *
     * @param learned weights that take the place of the base's, by name
     * @param encoding of all that is written; each tensor keeps its own for none
     * @throws AdapterException if it is not possible
     */
    MergedWeights(
            Checkpoint base, List<Part> parts, Map<String, WeightTensor> learned, Optional<WeightEncoding> encoding) {
        this.base = base;
        this.embedding = base.embeddingModule();
        this.learned = learned;
        this.encoding = encoding;
        for (Part part : parts) {
            add(part);
        }
        changes.forEach(this::check);
        boolean tied = base.config().tieWordEmbeddings();
        this.untied = tied && (changes.containsKey(embedding) || changes.containsKey(HEAD));
    }

    /** Whether the output head no longer is the embedding. */
    boolean untied() {
        return untied;
    }

    /** Whether attention projections have biases that they did not have. */
    boolean newAttentionBias() {
        return newBiases.stream().anyMatch(path -> path.contains(".self_attn."));
    }

    /** Whether feed-forward projections have biases that they did not have. */
    boolean newFeedForwardBias() {
        return newBiases.stream().anyMatch(path -> path.contains(".mlp."));
    }

    private void add(Part part) {
        AdapterEffect effect = part.effect();
        if (effect.prompt().length > 0 || effect.prefix().length > 0) {
            throw new AdapterException("'" + part.name() + "' is virtual tokens (a soft prompt or prefix), which are no"
                    + " weights and cannot be merged; load it beside the model");
        }
        effect.lowRank().forEach((path, update) -> change(path).addUpdate(part, update, false));
        effect.embeddings().forEach((path, update) -> change(path).addUpdate(part, update, true));
        effect.outputScale().forEach((path, scale) -> change(path).addScale(part, scale, true));
        effect.inputScale().forEach((path, scale) -> change(path).addScale(part, scale, false));
        effect.bias().forEach((path, bias) -> change(path).replaceBias(part, bias));
    }

    private ModuleChange change(String path) {
        return changes.computeIfAbsent(path, ModuleChange::new);
    }

    private void check(String path, ModuleChange change) {
        WeightTensor weight = weight(path);
        change.check(weight);
        if (change.changesBias() && !base.tensors().containsKey(path + BIAS)) {
            List<String> group = biasGroup(path);
            if (group.isEmpty()) {
                throw new AdapterException("the adapter gives " + path + " a bias, which the base " + base.name()
                        + " has no place for; it can be loaded beside the model, not merged");
            }
            newBiases.addAll(group);
        }
    }

    /** Where {@code transformers} has biases all at once or not at all: {@code attention_bias}, {@code mlp_bias}. */
    private List<String> biasGroup(String path) {
        if (!base.config().modelType().equals("llama")) {
            return List.of();
        }
        boolean attention = path.contains(".self_attn.");
        if (!attention && !path.contains(".mlp.")) {
            return List.of();
        }
        List<String> group = new ArrayList<>();
        for (String name : base.tensors().keySet()) {
            if (name.endsWith("_proj.weight") && name.contains(attention ? ".self_attn." : ".mlp.")) {
                String module = name.substring(0, name.length() - WEIGHT.length());
                if (!base.tensors().containsKey(module + BIAS)) {
                    group.add(module);
                }
            }
        }
        return group;
    }

    private WeightTensor weight(String path) {
        WeightTensor weight = base.tensors().get(path + WEIGHT);
        if (weight == null && path.equals(HEAD) && base.config().tieWordEmbeddings()) {
            weight = base.tensors().get(embedding + WEIGHT);
        }
        if (weight == null || weight.shape().size() != 2) {
            throw new AdapterException("the adapter changes the module " + path + ", which the base " + base.name()
                    + (weight == null ? " does not have" : " does not have as a matrix"));
        }
        return weight;
    }

    /** All tensors of the merged model, those of the base in its order. */
    List<Tensor> tensors() {
        List<Tensor> tensors = new ArrayList<>();
        base.tensors().forEach((name, tensor) -> {
            if (!name.equals("rope_freqs.weight")) { // of GGUF files: goes into the configuration
                tensors.add(tensor(name, learned.getOrDefault(name, tensor)));
            }
        });
        if (untied && !base.tensors().containsKey(HEAD + WEIGHT)) {
            tensors.add(matrix(HEAD + WEIGHT, weight(HEAD), changes.get(HEAD)));
        }
        for (String path : newBiases) {
            WeightTensor weight = weight(path);
            tensors.add(bias(path, weight.encoding(), new float[weight.rows()]));
        }
        return tensors;
    }

    private Tensor tensor(String name, WeightTensor tensor) {
        if (name.endsWith(WEIGHT) && tensor.shape().size() == 2) {
            return matrix(name, tensor, changes.get(name.substring(0, name.length() - WEIGHT.length())));
        }
        if (name.endsWith(BIAS) && changes.containsKey(name.substring(0, name.length() - BIAS.length()))) {
            return bias(name.substring(0, name.length() - BIAS.length()), tensor.encoding(), tensor.toFloats());
        }
        return matrix(name, tensor, null);
    }

    private Tensor bias(String path, WeightEncoding stored, float[] values) {
        ModuleChange change = changes.get(path);
        float[] changed = change == null ? values : change.bias(values);
        return new Tensor(
                path + BIAS,
                encoding.orElse(stored),
                List.of((long) values.length),
                (row, target) -> System.arraycopy(changed, 0, target, 0, target.length),
                List.of());
    }

    private Tensor matrix(String name, WeightTensor tensor, @Nullable ModuleChange change) {
        WeightEncoding written = encoding.orElse(tensor.encoding());
        Rows plain = (row, target) -> tensor.dequantizeRow(row, target, 0);
        Rows rows = change == null ? plain : change.rows(tensor);
        WeightTensor original = base.tensors().get(name);
        if (original != null && original.isTransposed()) { // written as it was stored
            boolean same = change == null && written == tensor.encoding() && tensor.isTransposed();
            return new Tensor(
                    name,
                    written,
                    List.of(tensor.shape().get(1), tensor.shape().get(0)),
                    new TransposedRows(rows, tensor.rows(), tensor.rowLength()),
                    same ? List.of(tensor.data()) : List.of());
        }
        boolean same = change == null && written == tensor.encoding() && tensor.rowsInOrder();
        return new Tensor(name, written, tensor.shape(), rows, same ? List.of(tensor.data()) : List.of());
    }
}
