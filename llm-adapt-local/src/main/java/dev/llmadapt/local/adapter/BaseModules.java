package dev.llmadapt.local.adapter;

import dev.llmadapt.local.checkpoint.Checkpoint;
import dev.llmadapt.local.checkpoint.ModelConfig;
import dev.llmadapt.local.checkpoint.WeightTensor;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The modules of a base that adapters change, by their paths in Hugging Face's naming, and the sizes that soft prompts
 * depend on. Immutable.
 *
 * @param name of the base, for messages
 * @param linear linear modules, the output head {@link #HEAD} included, also when it shares the embedding's weights
 * @param embeddings embeddings: {@code out} is their width, {@code in} the vocabulary
 * @param biases sizes of the biases of linear modules that have one
 * @param hidden width of the embeddings that enter the first layer
 * @param layers decoder blocks
 * @param keyValueHeads of a block
 * @param headDim width of a head
 * @param weights the stored weights of embeddings and head, to compare with copies that adapters bring along; may be
 *     empty, then such copies are refused
 */
public record BaseModules(
        String name,
        Map<String, Size> linear,
        Map<String, Size> embeddings,
        Map<String, Integer> biases,
        int hidden,
        int layers,
        int keyValueHeads,
        int headDim,
        Map<String, WeightTensor> weights) {
    /** The path of the output head. */
    public static final String HEAD = "lm_head";

    /** Learned positions: an embedding that adapters leave as it is. */
    private static final String POSITIONS = "transformer.wpe";

    private static final String WEIGHT = ".weight";
    private static final String BIAS = ".bias";

    /** Inputs and outputs of a module. */
    public record Size(int out, int in) {}

    /** Copies the maps, in their order. */
    public BaseModules {
        linear = copy(linear);
        embeddings = copy(embeddings);
        biases = copy(biases);
        weights = copy(weights);
    }

    private static <T> Map<String, T> copy(Map<String, T> map) {
        return Collections.unmodifiableMap(new LinkedHashMap<>(map));
    }

    /** Inputs and outputs of a linear module that is there. */
    public Size size(String path) {
        Size size = linear.get(path);
        if (size == null) {
            throw new IllegalStateException("no linear module " + path);
        }
        return size;
    }

    /** The modules of a checkpoint, by its tensors. */
    public static BaseModules of(Checkpoint checkpoint) {
        ModelConfig config = checkpoint.config();
        Map<String, Size> linear = new LinkedHashMap<>();
        Map<String, Size> embeddings = new LinkedHashMap<>();
        Map<String, Integer> biases = new LinkedHashMap<>();
        Map<String, WeightTensor> weights = new LinkedHashMap<>();
        Map<String, WeightTensor> tensors = checkpoint.tensors();
        String token = checkpoint.embeddingModule();
        tensors.forEach((key, tensor) -> {
            List<Long> shape = tensor.shape();
            boolean ofModel = Checkpoint.isOfModel(key) && !key.startsWith(POSITIONS + ".");
            if (ofModel && key.endsWith(WEIGHT) && shape.size() == 2) {
                String path = key.substring(0, key.length() - WEIGHT.length());
                Size size = new Size(Math.toIntExact(shape.get(0)), Math.toIntExact(shape.get(1)));
                if (path.equals(token)) {
                    embeddings.put(path, new Size(size.in, size.out));
                    weights.put(path, tensor);
                } else {
                    linear.put(path, size);
                }
                if (path.equals(HEAD)) {
                    weights.put(path, tensor);
                }
            } else if (ofModel && key.endsWith(BIAS) && shape.size() == 1) {
                biases.put(key.substring(0, key.length() - BIAS.length()), Math.toIntExact(shape.get(0)));
            }
        });
        WeightTensor embedding = weights.get(token);
        if (!linear.containsKey(HEAD) && config.tieWordEmbeddings() && embedding != null) {
            linear.put(HEAD, new Size(embedding.rows(), embedding.rowLength()));
            weights.put(HEAD, embedding);
        }
        biases.keySet().retainAll(linear.keySet());
        return new BaseModules(
                checkpoint.name(),
                linear,
                embeddings,
                biases,
                config.hiddenSize(),
                config.layers(),
                config.keyValueHeads(),
                config.headDim(),
                weights);
    }
}
