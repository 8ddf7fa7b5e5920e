package dev.llmadapt.local.architecture;

import dev.llmadapt.CheckpointException;
import dev.llmadapt.local.graph.StoredNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Which products of a stored decoder are which modules of the checkpoint it was exported from. Exporters leave the
 * modules' paths in the names of nodes or weights; where an optimiser has wiped them out, the way of the data from and
 * to the key-value cache tells. What the user says comes first.
 */
final class Projections {
    private static final Pattern IN_LAYER =
            Pattern.compile("(?:[\\w.]+\\.)?(?:layers|layer|h|blocks)\\.\\d{1,5}\\.[A-Za-z]\\w*(?:\\.\\w+)*");
    private static final Set<String> HEADS = Set.of("lm_head", "embed_out");
    private static final Set<String> ACTIVATIONS =
            Set.of("Sigmoid", "QuickGelu", "Gelu", "FastGelu", "Erf", "Tanh", "Relu", "Elu", "Swish", "Silu");
    /** Families whose checkpoints hold these side by side themselves, by {@code model_type}. */
    private static final Set<String> JOINED_FAMILIES = Set.of("phi3", "phi3small", "phimoe", "phi4mm");

    private final Flow flow;
    private final CacheLayout cache;
    private final boolean joinedFamily;
    private final Map<String, Product> byModules = new LinkedHashMap<>(); // joined paths
    private final List<Product> unnamed = new ArrayList<>();

    private Projections(Flow flow, CacheLayout cache, String modelType) {
        this.flow = flow;
        this.cache = cache;
        this.joinedFamily = JOINED_FAMILIES.contains(modelType);
    }

    /**
     * Finds the modules.
     *
     * @param given module paths by node name, as the user says; paths of several modules side by side joined by "+"
     * @return products by module path, in the order they are computed; joined paths for several modules side by side
     */
    static Map<String, Product> find(
            String file, Flow flow, CacheLayout cache, String modelType, Map<String, String> given) {
        Projections search = new Projections(flow, cache, modelType);
        search.byNames(file, given);
        if (!search.unnamed.isEmpty()) {
            search.byFlow();
        }
        search.check(file);
        Map<String, Product> ordered = new LinkedHashMap<>();
        for (Product product : flow.products()) {
            search.byModules.forEach((modules, named) -> {
                if (named.equals(product)) {
                    ordered.put(modules, product);
                }
            });
        }
        return ordered;
    }

    private void byNames(String file, Map<String, String> given) {
        List<String> nodes =
                flow.products().stream().map(product -> product.node().name()).toList();
        given.keySet().stream()
                .filter(node -> !nodes.contains(node))
                .findFirst()
                .ifPresent(node -> {
                    throw new CheckpointException("no node '" + node + "' multiplies with a weight in " + file
                            + ", candidates: " + flow.products());
                });
        for (Product product : flow.products()) {
            String modules = given.get(product.node().name());
            Optional<String> path = modules != null
                    ? Optional.of(modules)
                    : ofNode(product.node().name())
                            .or(() -> ofWeight(product.weight()))
                            .map(this::apart);
            if (path.isEmpty()) {
                unnamed.add(product);
            } else if (byModules.put(path.get(), product) != null) {
                throw new CheckpointException("several products of " + file + " look like " + path.get()
                        + "; say which is which by a map from node names to module paths, candidates: "
                        + flow.products());
            }
        }
    }

    /** {@code /model/layers.0/self_attn/q_proj/MatMul}. */
    private static Optional<String> ofNode(String name) {
        int end = name.lastIndexOf('/');
        return end <= 0 ? Optional.empty() : module(name.substring(0, end).replace('/', '.'));
    }

    /** {@code model.layers.0.self_attn.q_proj.weight}, or with the suffixes that quantisers add. */
    private static Optional<String> ofWeight(String name) {
        int end = name.lastIndexOf(".weight");
        return end <= 0 ? Optional.empty() : module(name.substring(0, end));
    }

    private static Optional<String> module(String path) {
        String module = path.startsWith(".") ? path.substring(1) : path;
        module = module.endsWith(".MatMul") ? module.substring(0, module.length() - ".MatMul".length()) : module;
        boolean known = HEADS.contains(module) || IN_LAYER.matcher(module).matches();
        return known ? Optional.of(module) : Optional.empty();
    }

    /** onnxruntime-genai's names to those of the checkpoint. */
    private String apart(String module) {
        String path = module.replaceFirst("^(model\\.layers\\.\\d+)\\.attn\\.(\\w+_proj)$", "$1.self_attn.$2");
        if (joinedFamily) {
            return path;
        }
        String prefix = path.substring(0, path.lastIndexOf('.') + 1);
        if (path.endsWith(".self_attn.qkv_proj")) {
            return prefix + "q_proj+" + prefix + "k_proj+" + prefix + "v_proj";
        }
        return path.endsWith(".mlp.gate_up_proj") ? prefix + "gate_proj+" + prefix + "up_proj" : path;
    }

    private void byFlow() {
        flow.before(DecoderGraph.LOGITS).stream().findFirst().ifPresent(head -> name("lm_head", head));
        for (int layer = 0; layer < cache.layers().size(); layer++) {
            attention(layer);
        }
    }

    /** Keys and values lie before the cache, queries beside them, the output projection after. */
    private void attention(int layer) {
        CacheLayout.Layer names = cache.layers().get(layer);
        StoredNode attention = flow.producer(names.presentKey());
        if (attention == null) {
            return;
        }
        boolean fused = attention.operator().equals("GroupQueryAttention");
        boolean packed = fused && attention.input(1).isEmpty();
        List<Product> keys = flow.before(packed ? attention.input(0) : fused ? attention.input(1) : names.presentKey());
        List<Product> values =
                flow.before(packed ? attention.input(0) : fused ? attention.input(2) : names.presentValue());
        if (keys.size() != 1 || values.size() != 1) {
            return;
        }
        Product key = keys.get(0);
        Product value = values.get(0);
        String prefix = "model.layers." + layer + ".self_attn.";
        if (key.equals(value)) {
            name(apart(prefix + "qkv_proj"), key);
        } else {
            List<Product> queries = flow.besides(key).stream()
                    .filter(each -> !each.equals(key) && !each.equals(value))
                    .toList();
            if (queries.size() != 1) {
                return;
            }
            name(prefix + "q_proj", queries.get(0));
            name(prefix + "k_proj", key);
            name(prefix + "v_proj", value);
        }
        List<Product> outputs = flow.after(value);
        if (!outputs.isEmpty()) {
            name(prefix + "o_proj", outputs.get(0));
            feedForward(layer, outputs.get(0));
        }
    }

    /** The next products after attention: two of one input, one of which is activated, then the one that uses both. */
    private void feedForward(int layer, Product output) {
        List<Product> next = flow.after(output);
        if (next.isEmpty()) {
            return;
        }
        List<Product> wide = flow.besides(next.get(0));
        List<Product> down = flow.after(wide.get(0));
        String prefix = "model.layers." + layer + ".mlp.";
        if (wide.size() == 2
                && !down.isEmpty()
                && wide.get(0).out() == down.get(0).in()) {
            boolean first = activated(wide.get(0));
            if (first != activated(wide.get(1))) {
                name(prefix + "gate_proj", wide.get(first ? 0 : 1));
                name(prefix + "up_proj", wide.get(first ? 1 : 0));
                name(prefix + "down_proj", down.get(0));
            }
        } else if (wide.size() == 1
                && !down.isEmpty()
                && wide.get(0).out() == 2 * down.get(0).in()) {
            name(apart(prefix + "gate_up_proj"), wide.get(0));
            name(prefix + "down_proj", down.get(0));
        }
    }

    private boolean activated(Product product) {
        return flow.consumers(product.node().output(0)).stream()
                .anyMatch(node -> ACTIVATIONS.contains(node.operator()));
    }

    private void name(String modules, Product product) {
        if (unnamed.contains(product) && byModules.putIfAbsent(modules, product) == null) {
            unnamed.remove(product);
        }
    }

    private void check(String file) {
        for (int layer = 0; layer < cache.layers().size(); layer++) {
            String part = "." + layer + ".";
            if (byModules.keySet().stream().noneMatch(modules -> modules.contains(part))) {
                throw new CheckpointException("cannot tell which products of " + file + " are the projections of layer "
                        + layer + "; say so by a map from node names to module paths such as model.layers." + layer
                        + ".self_attn.q_proj, candidates: " + (unnamed.isEmpty() ? flow.products() : unnamed));
            }
        }
    }
}
