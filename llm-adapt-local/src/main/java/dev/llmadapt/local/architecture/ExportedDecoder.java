package dev.llmadapt.local.architecture;

import dev.llmadapt.CheckpointException;
import dev.llmadapt.local.architecture.CacheLayout.Layer;
import dev.llmadapt.local.graph.ElementType;
import dev.llmadapt.local.graph.Shape;
import dev.llmadapt.local.graph.Shape.Dim;
import dev.llmadapt.local.graph.StoredModel;
import dev.llmadapt.local.graph.StoredModel.StoredValue;
import dev.llmadapt.local.graph.StoredNode;
import dev.llmadapt.local.graph.StoredTensor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A decoder that somebody else exported to ONNX, in the layout of Hugging Face's Optimum (the cache grows by
 * concatenation) or of onnxruntime-genai's model builder (GroupQueryAttention over a cache that is updated in place).
 * Each {@link #graph} reads the file anew and adds the inputs that adapters need.
 *
 * @param file the {@code .onnx} file
 * @param facts what the files beside it say
 * @param modules module paths by node name, where the user says which product is which; paths of several modules that
 *     are computed side by side are joined by "+"
 */
public record ExportedDecoder(Path file, Facts facts, Map<String, String> modules) {
    private static final Pattern PAST = Pattern.compile("past(?:_key_values)?\\.(\\d{1,4})\\.(key|value)");
    private static final Pattern PRESENT = Pattern.compile("present(?:_key_values)?\\.(\\d{1,4})\\.(key|value)");
    private static final String ATTENTION = "GroupQueryAttention";

    /**
     * The facts that a graph need not say itself; 0 where one is not known.
     *
     * @param modelType {@code model_type}, such as {@code llama}
     * @param contextLength the most tokens of prompt and answer to make room for
     * @param keyValueHeads heads of keys and values
     * @param headDim numbers of one head
     * @param vocabularySize logits of one position
     */
    public record Facts(String modelType, int contextLength, int keyValueHeads, int headDim, int vocabularySize) {}

    /** Copies. */
    public ExportedDecoder {
        modules = Map.copyOf(modules);
    }

    /**
     * Reads the decoder and adds inputs.
     *
     * @throws CheckpointException if the file cannot be read, its layout is not known, or it does not have a module
     *     that an adapter needs
     */
    public ExportedGraph graph(AdapterInputs adapters) {
        StoredModel model = StoredModel.read(file);
        CacheLayout cache = checkedCache(model);
        Flow flow = new Flow(model);
        boolean inPlace = inPlace(model, cache);
        int positions = inPlace ? Math.min(facts.contextLength, rotaryRows(model)) : facts.contextLength;
        int vocabulary = vocabulary(model, flow);
        long parameters = parameters(model, flow);
        Map<String, Product> products = products(model, flow, cache, adapters);
        boolean logitRows = chooseLogits(model, flow, vocabulary);
        List<AdapterSite> sites = joined(model, flow, cache, products, adapters);
        return new ExportedGraph(
                model.write(),
                cache,
                inPlace,
                model.inputs().containsKey(ExportedGraph.POSITION_IDS),
                logitRows,
                hiddenSize(flow),
                vocabulary,
                positions,
                parameters,
                adapters,
                sites);
    }

    private CacheLayout checkedCache(StoredModel model) {
        Map<Integer, String[]> layers = new TreeMap<>(); // past key, past value, present key, present value
        for (StoredValue input : model.inputs().values()) {
            Matcher past = PAST.matcher(input.name());
            if (past.matches()) {
                layer(layers, past)[past.group(2).equals("key") ? 0 : 1] = input.name();
                require(input, ElementType.FLOAT, 4);
            } else if (Set.of(ExportedGraph.INPUT_IDS, ExportedGraph.ATTENTION_MASK, ExportedGraph.POSITION_IDS)
                    .contains(input.name())) {
                require(input, ElementType.INT64, 2);
            } else if (!model.tensors().containsKey(input.name())) {
                throw unknown("the input " + input.name() + " has no known meaning");
            }
        }
        for (StoredValue output : model.outputs().values()) {
            Matcher present = PRESENT.matcher(output.name());
            if (present.matches()) {
                layer(layers, present)[present.group(2).equals("key") ? 2 : 3] = output.name();
            } else if (!output.name().equals(ExportedGraph.LOGITS)) {
                throw unknown("the output " + output.name() + " has no known meaning");
            }
        }
        for (String input : List.of(ExportedGraph.INPUT_IDS, ExportedGraph.ATTENTION_MASK)) {
            if (!model.inputs().containsKey(input)) {
                throw unknown("there is no input " + input);
            }
        }
        StoredValue logits = model.outputs().get(ExportedGraph.LOGITS);
        if (logits == null) {
            throw unknown("there is no output " + ExportedGraph.LOGITS);
        }
        require(logits, ElementType.FLOAT, 3);
        if (logits.shape().dim(1).size() == 1) {
            throw unknown("it gives the logits of the last token only, those of every token are needed");
        }
        return cache(model, layers);
    }

    private static String[] layer(Map<Integer, String[]> layers, Matcher name) {
        return layers.computeIfAbsent(Integer.parseInt(name.group(1)), layer -> new String[4]);
    }

    private CacheLayout cache(StoredModel model, Map<Integer, String[]> layers) {
        if (layers.isEmpty()) {
            throw unknown("it has no key-value cache (inputs past_key_values.0.key, ...); export it with the past");
        }
        List<Layer> names = new ArrayList<>();
        int heads = 0;
        int headDim = 0;
        for (Map.Entry<Integer, String[]> layer : layers.entrySet()) {
            String[] four = layer.getValue();
            if (layer.getKey() != names.size() || Set.of(0, 1, 2, 3).stream().anyMatch(i -> four[i] == null)) {
                throw unknown("the cache of layer " + names.size() + " is not complete");
            }
            names.add(new Layer(four[0], four[1], four[2], four[3]));
            Shape shape = Objects.requireNonNull(model.inputs().get(four[0])).shape();
            heads = size("key-value heads", heads, shape.dim(1), facts.keyValueHeads);
            headDim = size("numbers of a head", headDim, shape.dim(3), facts.headDim);
        }
        return new CacheLayout(names, heads, headDim, ElementType.FLOAT);
    }

    /** A size by the graph, else by the files beside it; equal in every layer. */
    private int size(String what, int before, Dim dim, int fallback) {
        long size = dim.known() ? dim.size() : before != 0 ? before : fallback;
        if (size < 1 || size > 1 << 14 || (before != 0 && before != size)) {
            throw unknown("the " + what + " are " + (size == 0 ? "not given" : size)
                    + (before == 0 ? "" : ", and " + before + " in an earlier layer"));
        }
        return (int) size;
    }

    private void require(StoredValue value, ElementType type, int rank) {
        if (value.onnxType() != type.onnx()) {
            String got = value.onnxType() == ElementType.FLOAT16.onnx() ? "FLOAT16" : "ONNX's type " + value.onnxType();
            throw unknown(value.name() + " is " + got + ", expected " + type
                    + "; export with precision fp32, or int4 for the CPU");
        }
        if (value.shape().rank() != rank) {
            throw unknown(value.name() + " has the shape " + value.shape() + ", expected " + rank + " dimensions");
        }
    }

    private CheckpointException unknown(String what) {
        return new CheckpointException(file + ": " + what + "; supported are decoders as Hugging Face Optimum exports"
                + " them (task text-generation-with-past) and as onnxruntime-genai's model builder does");
    }

    /** Whether all of the cache goes through the operator that updates it in place. */
    private boolean inPlace(StoredModel model, CacheLayout cache) {
        Set<String> fused = new HashSet<>();
        model.nodes().stream()
                .filter(node -> node.operator().equals(ATTENTION))
                .forEach(node -> fused.addAll(List.of(node.input(3), node.input(4))));
        long count = cache.layers().stream()
                .filter(layer -> fused.contains(layer.pastKey()) && fused.contains(layer.pastValue()))
                .count();
        if (count != 0 && count != cache.layers().size()) {
            throw unknown("only " + count + " of " + cache.layers().size() + " layers use " + ATTENTION);
        }
        return count != 0;
    }

    /** Positions that the rotary tables of the attention operator reach. */
    private static int rotaryRows(StoredModel model) {
        long rows = Integer.MAX_VALUE;
        for (StoredNode node : model.nodes()) {
            StoredTensor cos =
                    node.operator().equals(ATTENTION) ? model.tensors().get(node.input(7)) : null;
            if (cos != null && cos.shape().rank() == 2) {
                rows = Math.min(rows, cos.shape().dim(0).size());
            }
        }
        return (int) Math.max(rows, 1);
    }

    private int vocabulary(StoredModel model, Flow flow) {
        Dim declared = Objects.requireNonNull(model.outputs().get(ExportedGraph.LOGITS))
                .shape()
                .dim(2);
        Product head = head(flow);
        long size = declared.known() ? declared.size() : head != null ? head.out() : facts.vocabularySize;
        if (size < 1 || size > 1 << 24) {
            throw unknown("the vocabulary has " + size + " tokens");
        }
        return (int) size;
    }

    private static int hiddenSize(Flow flow) {
        Product head = head(flow);
        return head != null
                ? head.in()
                : flow.products().stream().mapToInt(Product::in).findFirst().orElse(1);
    }

    private static @Nullable Product head(Flow flow) {
        List<Product> last = flow.before(ExportedGraph.LOGITS);
        return last.size() == 1 ? last.get(0) : null;
    }

    private static long parameters(StoredModel model, Flow flow) {
        Set<String> counted = new HashSet<>();
        long sum = 0;
        for (Product product : flow.products()) {
            if (counted.add(product.weight())) {
                sum += (long) product.in() * product.out();
            }
        }
        for (StoredNode node : model.nodes()) {
            if (node.operator().equals("MatMulNBits")) {
                counted.addAll(node.inputs()); // scales and zero points
            } else if (node.operator().equals(ATTENTION)) {
                counted.addAll(List.of(node.input(7), node.input(8))); // rotary tables
            }
        }
        for (StoredTensor tensor : model.tensors().values()) {
            if (tensor.isFloat() && !counted.contains(tensor.name())) {
                sum += tensor.shape().elements();
            }
        }
        return sum;
    }

    private Map<String, Product> products(StoredModel model, Flow flow, CacheLayout cache, AdapterInputs adapters) {
        try {
            return Projections.find(model.file(), flow, cache, facts.modelType, modules);
        } catch (CheckpointException e) {
            if (adapters.changes().isEmpty() && modules.isEmpty()) {
                return Map.of(); // the base alone runs without its parts being known
            }
            throw e;
        }
    }

    private List<AdapterSite> joined(
            StoredModel model, Flow flow, CacheLayout cache, Map<String, Product> products, AdapterInputs adapters) {
        List<AdapterSite> sites = new ArrayList<>();
        AdapterInsertion insertion = new AdapterInsertion(model, flow);
        Set<String> missing = new TreeSet<>(adapters.changes().keySet());
        products.forEach((joined, product) -> {
            List<String> paths = List.of(joined.split("\\+"));
            AdapterSite site = AdapterSite.of(paths, product.in(), widths(joined, paths, product, cache), adapters);
            paths.forEach(missing::remove);
            sites.add(site);
            insertion.join(product, site);
        });
        if (!missing.isEmpty()) {
            throw new CheckpointException(file + " has no product that is " + missing + ", it has " + products.keySet()
                    + "; where names are wrong, say which is which by a map from node names to module paths");
        }
        return sites;
    }

    /** Queries, keys and values side by side, or halves. */
    private List<Integer> widths(String joined, List<String> paths, Product product, CacheLayout cache) {
        int out = product.out();
        int keys = cache.keyValueHeads() * cache.headDim();
        List<Integer> widths = switch (paths.size()) {
            case 1 -> List.of(out);
            case 2 -> List.of(out / 2, out - out / 2);
            case 3 -> List.of(out - 2 * keys, keys, keys);
            default -> List.of();
        };
        if (widths.isEmpty() || widths.get(0) < 1) {
            throw new CheckpointException(file + ": " + product + " cannot be " + joined);
        }
        return widths;
    }

    /** Lets the caller choose whose logits are computed: a prompt's are not wanted, and a vocabulary is wide. */
    private boolean chooseLogits(StoredModel model, Flow flow, int vocabulary) {
        Product head = head(flow);
        if (head == null
                || head.out() != vocabulary
                || head.node().operator().equals("Gemm")
                || model.inputs().containsKey(ExportedGraph.LOGIT_ROWS)) {
            return false;
        }
        String chosen = "llm-adapt/logit_rows/chosen";
        model.addInput(ExportedGraph.LOGIT_ROWS, ElementType.INT64, Shape.of("rows"));
        model.nodes()
                .add(
                        model.nodes().indexOf(head.node()),
                        StoredNode.with("axis", 1, "Gather", chosen, head.node().input(0), ExportedGraph.LOGIT_ROWS));
        head.node().input(0, chosen); // (batch, rows, hidden)
        model.reshapeOutput(ExportedGraph.LOGITS, ElementType.FLOAT, Shape.of("batch", "rows", vocabulary));
        return true;
    }
}
