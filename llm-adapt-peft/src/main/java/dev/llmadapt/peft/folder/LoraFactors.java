package dev.llmadapt.peft.folder;

import dev.llmadapt.AdapterException;
import dev.llmadapt.local.adapter.LowRank;
import dev.llmadapt.local.checkpoint.WeightTensor;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * The low-rank factors of a stored adapter, module by module, without a base.
 *
 * @param modules by path, in the order of the file
 * @param embeddings which of them are embeddings
 * @param others keys of tensors that are no part of a factor, such as biases of the base and whole modules
 */
public record LoraFactors(Map<String, LowRank> modules, TreeSet<String> embeddings, List<String> others) {
    public static final String A = ".lora_A.weight";
    public static final String B = ".lora_B.weight";
    public static final String B_BIAS = ".lora_B.bias";
    public static final String EMBEDDING_A = ".lora_embedding_A";
    public static final String EMBEDDING_B = ".lora_embedding_B";
    static final String MAGNITUDE = ".lora_magnitude_vector";
    private static final List<String> SUFFIXES = List.of(A, B, B_BIAS, EMBEDDING_A, EMBEDDING_B, MAGNITUDE);

    /**
     * Reads them.
     *
     * @throws AdapterException if a factor lacks its other half, or shapes or ranks do not fit each other
     */
    public static LoraFactors of(AdapterConfig.Lora config, Map<String, WeightTensor> tensors) {
        Map<String, LowRank> modules = new LinkedHashMap<>();
        TreeSet<String> embeddings = new TreeSet<>();
        List<String> others = tensors.keySet().stream()
                .filter(key -> SUFFIXES.stream().noneMatch(key::endsWith))
                .toList();
        Scaling scaling = new Scaling(config, new ModuleMatcher());
        for (String key : tensors.keySet()) {
            boolean embedding = key.endsWith(EMBEDDING_A) || key.endsWith(EMBEDDING_B);
            if (!embedding && !key.endsWith(A) && !key.endsWith(B)) {
                continue;
            }
            String path = key.substring(0, key.lastIndexOf(embedding ? ".lora_embedding_" : ".lora_"));
            if (!modules.containsKey(path)) {
                modules.put(path, read(path, embedding, tensors, scaling));
                if (embedding) {
                    embeddings.add(path);
                }
            }
        }
        return new LoraFactors(modules, embeddings, others);
    }

    /**
     * Settings that give every module the scaling 1: alpha is the rank everywhere, the rank that most modules have, and
     * patterns for the others.
     */
    public static AdapterConfig.Lora unitScaled(
            Map<String, Integer> ranks, AdapterConfig.Targets targets, double dropout, boolean loraBias) {
        Map<Integer, Long> counts =
                ranks.values().stream().collect(Collectors.groupingBy(r -> r, TreeMap::new, Collectors.counting()));
        int rank = counts.entrySet().stream()
                .max(Comparator.comparingLong(Map.Entry::getValue))
                .orElseThrow()
                .getKey();
        Map<String, Integer> rankPattern = new LinkedHashMap<>();
        Map<String, Double> alphaPattern = new LinkedHashMap<>();
        ranks.forEach((path, r) -> {
            if (r != rank) {
                String key = path.replace(".", "\\.");
                rankPattern.put(key, r);
                alphaPattern.put(key, (double) r);
            }
        });
        return AdapterConfig.Lora.defaults()
                .withRank(rank)
                .withAlpha(rank)
                .withDropout(dropout)
                .withTargets(targets)
                .withRankPattern(rankPattern)
                .withAlphaPattern(alphaPattern)
                .withLoraBias(loraBias);
    }

    private static LowRank read(String path, boolean embedding, Map<String, WeightTensor> tensors, Scaling scaling) {
        WeightTensor a = matrix(tensors, path + (embedding ? EMBEDDING_A : A));
        WeightTensor b = matrix(tensors, path + (embedding ? EMBEDDING_B : B));
        if (a.rows() != b.rowLength()) {
            throw new AdapterException("the factors of " + path + " do not fit each other: A " + a.shape() + ", B "
                    + b.shape() + "; expected [rank, in] and [out, rank]");
        }
        return new LowRank(
                a.rowLength(),
                b.rows(),
                a.rows(),
                a.toFloats(),
                b.toFloats(),
                scaling.of(path, a.rows()),
                vector(tensors, path + MAGNITUDE, b.rows()),
                vector(tensors, path + B_BIAS, b.rows()));
    }

    private static WeightTensor matrix(Map<String, WeightTensor> tensors, String key) {
        WeightTensor tensor = tensors.get(key);
        if (tensor == null || tensor.shape().size() != 2) {
            throw new AdapterException(
                    tensor == null
                            ? "the adapter has no tensor " + key + ", the other half of what it does have"
                            : "tensor " + key + " must be a matrix, its shape: " + tensor.shape());
        }
        return tensor;
    }

    private static Optional<float[]> vector(Map<String, WeightTensor> tensors, String key, int length) {
        WeightTensor tensor = tensors.get(key);
        if (tensor == null) {
            return Optional.empty();
        }
        if (tensor.size() != length) {
            throw new AdapterException(
                    "tensor " + key + " must have " + length + " values, its shape: " + tensor.shape());
        }
        return Optional.of(tensor.toFloats());
    }

    /** Alpha over rank, by module. */
    private record Scaling(AdapterConfig.Lora config, ModuleMatcher matcher) {
        double of(String path, int stored) {
            int rank = matcher.first(config.rankPattern(), path).orElse(config.rank());
            if (rank != stored) {
                throw new AdapterException("the settings give " + path + " rank " + rank + ", its factors have rank "
                        + stored + "; the folder's two files do not belong together");
            }
            double alpha = matcher.first(config.alphaPattern(), path).orElse(config.alpha());
            return alpha / (config.rankStabilized() ? Math.sqrt(rank) : rank);
        }
    }
}
