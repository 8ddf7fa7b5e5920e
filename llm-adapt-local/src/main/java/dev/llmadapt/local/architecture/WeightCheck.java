package dev.llmadapt.local.architecture;

import dev.llmadapt.CheckpointException;
import dev.llmadapt.local.checkpoint.Checkpoint;
import dev.llmadapt.local.checkpoint.ModelConfig;
import dev.llmadapt.local.checkpoint.WeightTensor;
import dev.llmadapt.local.graph.ElementType;
import dev.llmadapt.local.graph.Graph;
import dev.llmadapt.local.graph.Shape;
import dev.llmadapt.local.graph.Value;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The third reading of a family's description: not a graph, but a comparison of the tensors that its blocks are made of
 * with those of a checkpoint. Each must be there in the shape that the configuration gives, and none may be left that
 * no block uses: a checkpoint that has more is of another kind of model than its configuration says.
 */
final class WeightCheck implements Blocks {
    private static final int MAX_NAMED = 5;
    /** Tables that are computed, and masks, which older checkpoints stored among their weights. */
    private static final Pattern COMPUTED = Pattern.compile(
            "(.*\\.)?rotary_emb\\.(inv_freq|cos_cached|sin_cached)|rope_(freqs|factors_long|factors_short)\\.weight"
                    + "|.*\\.attn\\.(bias|masked_bias)|blk\\.\\d+\\.attn_rot_embd(\\.weight)?");

    /** Explanations of tensors that are left over, by their names. */
    private static final Map<Pattern, String> SIGNS = new LinkedHashMap<>();

    static {
        sign(".*lora_.*|.*\\.ia3_.*|.*base_layer.*|prompt_.*", "an adapter that was left in; merge it first");
        sign(
                ".*\\.(qweight|qzeros|g_idx|weight_scale.*|weight_packed|weight_shape|input_scale|scales|biases|absmax"
                        + "|quant_state.*|quant_map|SCB|weight_scale_inv|k_scale|v_scale)",
                "quantised weights of a kind that is not supported");
        sign(
                "score\\..*|classifier\\..*|qa_outputs\\..*|v_head\\..*|.*reward_head.*|multiple_choice_head\\..*|regression.*",
                "the head of a classifier or a reward model");
        sign(
                "(vision|visual|.*vision_tower|.*multi_modal|mm_|.*image|.*audio|v\\.blk).*",
                "a model of text and images");
        sign(".*(experts|block_sparse_moe|ffn_gate_inp).*", "a mixture of experts");
        sign(".*\\.bias", "biases that the configuration does not have (attention_bias, mlp_bias)");
    }

    private static void sign(String names, String meaning) {
        SIGNS.put(Pattern.compile(names), meaning);
    }

    private final Checkpoint checkpoint;
    private final ModelConfig config;
    private final Set<String> used = new LinkedHashSet<>();
    private final Value anything = new Graph().input("x", ElementType.FLOAT, Shape.of(1));

    private WeightCheck(Checkpoint checkpoint) {
        this.checkpoint = checkpoint;
        this.config = checkpoint.config();
    }

    /**
     * Compares a checkpoint with the description of its family.
     *
     * @throws CheckpointException if a tensor is missing, has another shape, or is left over
     */
    static void check(Family family, Checkpoint checkpoint) {
        WeightCheck check = new WeightCheck(checkpoint);
        check.embeddingAndHead(family);
        for (int layer = 0; layer < check.config.layers(); layer++) {
            family.layer().of(check, layer, new Residual(check.anything, null));
        }
        check.norm(check.anything, family.finalNorm());
        check.requireNothingLeft();
    }

    private void embeddingAndHead(Family family) {
        String embedding = checkpoint.embeddingModule() + ".weight";
        requireRows(embedding);
        family.positions()
                .ifPresent(module -> require(module + ".weight", config.contextLength(), config.hiddenSize()));
        String head = AdapterSite.HEAD + ".weight";
        if (checkpoint.tensors().containsKey(head)) {
            requireRows(head);
        } else if (!config.tieWordEmbeddings()) {
            Set<String> left = leftOver();
            left.removeIf(name -> name.matches(".*\\.\\d+\\..*") || name.startsWith("model."));
            throw new CheckpointException(checkpoint.path() + " has no " + head
                    + ", and its configuration does not say that the embedding is used for it (tie_word_embeddings: false"
                    + " or left out): it is no language model, but a classifier, a reward model or an embedder"
                    + (left.isEmpty() ? "" : "; it has " + brief(left)));
        }
    }

    private void requireRows(String name) {
        WeightTensor table = checkpoint.tensor(name);
        if (table.shape().size() == 2 && table.rows() != config.vocabularySize()) {
            throw new CheckpointException("vocab_size of " + checkpoint.path() + " is " + config.vocabularySize()
                    + ", but " + name + " has " + table.rows()
                    + " rows; where tokens were added or removed, that must be said with them: vocab_size in config.json, or"
                    + " the tokens of a GGUF file");
        }
        require(name, config.vocabularySize(), config.hiddenSize());
    }

    /** A tensor must be there, and have these dimensions. */
    private void require(String name, long... dimensions) {
        used.add(name);
        List<Long> expected = new ArrayList<>();
        for (long dimension : dimensions) {
            expected.add(dimension);
        }
        List<Long> shape = checkpoint.tensor(name).shape();
        if (!shape.equals(expected)) {
            throw new CheckpointException("tensor " + name + " of " + checkpoint.path() + " has the shape " + shape
                    + ", but the configuration makes it " + expected + " (hidden size " + config.hiddenSize()
                    + ", intermediate size " + config.intermediateSize() + ", " + config.heads() + " heads and "
                    + config.keyValueHeads() + " of keys and values of " + config.headDim() + " dimensions)");
        }
    }

    private void linear(String module, long in, long out) {
        require(module + ".weight", out, in);
        if (config.biases().contains(module.substring(module.lastIndexOf('.') + 1))) {
            require(module + ".bias", out);
        }
    }

    private void norm(Norm norm, int size) {
        require(norm.weight(), size);
        String bias = norm.bias();
        if (bias != null) {
            require(bias, size);
        }
    }

    @Override
    public ModelConfig config() {
        return config;
    }

    @Override
    public Normed addAndNorm(Residual x, Norm norm) {
        return new Normed(x.stream(), norm(x.stream(), norm));
    }

    @Override
    public Value norm(Value x, Norm norm) {
        norm(norm, config.hiddenSize());
        return x;
    }

    @Override
    public Value attention(int layer, Value x, Attention attention) {
        long queries = (long) config.heads() * config.headDim();
        long keys = (long) config.keyValueHeads() * config.headDim();
        List<String> modules = attention.projections();
        if (modules.size() == 1) {
            linear(modules.get(0), config.hiddenSize(), queries + 2 * keys);
        } else {
            linear(modules.get(0), config.hiddenSize(), queries);
            linear(modules.get(1), config.hiddenSize(), keys);
            linear(modules.get(2), config.hiddenSize(), keys);
        }
        linear(attention.output(), queries, config.hiddenSize());
        Norm queryNorm = attention.queryNorm();
        Norm keyNorm = attention.keyNorm();
        if (queryNorm != null && keyNorm != null) {
            norm(queryNorm, config.headDim());
            norm(keyNorm, config.headDim());
        }
        return x;
    }

    @Override
    public Value feedForward(Value x, FeedForward feedForward) {
        List<String> inner = feedForward.inner();
        int width = config.intermediateSize();
        boolean together = feedForward.gated() && inner.size() == 1;
        inner.forEach(module -> linear(module, config.hiddenSize(), together ? 2L * width : width));
        linear(feedForward.down(), width, config.hiddenSize());
        return x;
    }

    private Set<String> leftOver() {
        Set<String> left = new LinkedHashSet<>(checkpoint.tensorNames());
        left.removeAll(used);
        left.removeIf(name -> COMPUTED.matcher(name).matches());
        return left;
    }

    private void requireNothingLeft() {
        Set<String> left = leftOver();
        if (left.isEmpty()) {
            return;
        }
        String meaning = SIGNS.entrySet().stream()
                .filter(sign -> left.stream()
                        .anyMatch(name -> sign.getKey().matcher(name).matches()))
                .map(Map.Entry::getValue)
                .findFirst()
                .orElse("another kind of model, or more layers than the configuration's " + config.layers());
        throw new CheckpointException(checkpoint.path() + " has tensors that a model of type "
                + config.modelType() + " does not use, so it is made for something else: " + brief(left)
                + "; they look like " + meaning);
    }

    private static String brief(Set<String> names) {
        List<String> first = names.stream().limit(MAX_NAMED).toList();
        return first + (names.size() > MAX_NAMED ? " and " + (names.size() - MAX_NAMED) + " more" : "");
    }
}
