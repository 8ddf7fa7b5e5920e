package dev.llmadapt.local.architecture;

import dev.llmadapt.CheckpointException;
import dev.llmadapt.local.architecture.AdapterInputs.Change;
import dev.llmadapt.local.graph.ElementType;
import dev.llmadapt.local.graph.Shape;
import dev.llmadapt.local.graph.StoredModel;
import dev.llmadapt.local.graph.StoredNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Lets adapters join the products of a stored model, by the inputs that {@link AdapterSite} describes. */
final class AdapterInsertion {
    private static final String PREFIX = "llm-adapt/";

    private final StoredModel model;
    private final Flow flow;

    AdapterInsertion(StoredModel model, Flow flow) {
        this.model = model;
        this.flow = flow;
    }

    /** Adds a site's inputs, and what they do before and after its product. */
    void join(Product product, AdapterSite site) {
        Set<Change> changes = site.changes();
        if (changes.isEmpty()) {
            return;
        }
        if (product.node().operator().equals("Gemm")) {
            throw new CheckpointException("adapters cannot join " + site.name() + " in " + model.file() + ": the Gemm "
                    + product + " sees all rows of a batch as one matrix; export the model with MatMul");
        }
        boolean head = site.name().equals(AdapterSite.HEAD);
        String weights = head ? DecoderGraph.HEAD_ADAPTER_WEIGHTS : DecoderGraph.ADAPTER_WEIGHTS;
        StoredNode node = product.node();
        String x = node.input(0); // (batch, seq, in)
        List<StoredNode> before = new ArrayList<>();
        if (changes.contains(Change.INPUT_SCALE)) {
            if (site.modules().size() > 1) {
                throw new CheckpointException(
                        "an adapter scales the inputs of " + site.modules() + " in " + model.file()
                                + ", which computes them as one product of one input; export the model with separate projections");
            }
            String scale = mixed(before, site.inputScale(), site.in(), weights);
            node.input(0, add(before, "Mul", site.inputScale() + "/scaled", x, scale));
        }
        StoredNode last = biased(node);
        String y = last.output(0);
        String plain = PREFIX + site.name() + "/base";
        last.output(0, plain);
        List<StoredNode> after = new ArrayList<>();
        String sum = plain;
        if (changes.contains(Change.OUTPUT_SCALE)) {
            String scale = mixed(after, site.outputScale(), site.out(), weights);
            sum = add(after, "Mul", site.outputScale() + "/scaled", sum, scale);
        }
        if (changes.contains(Change.LOW_RANK)) {
            sum = add(after, "Add", site.a() + "/sum", sum, lowRank(after, site, x));
        }
        if (changes.contains(Change.BIAS)) {
            add(after, "Add", site.bias() + "/sum", sum, mixed(after, site.bias(), site.out(), weights));
        }
        after.get(after.size() - 1).output(0, y);
        model.nodes().addAll(model.nodes().indexOf(last) + 1, after);
        model.nodes().addAll(model.nodes().indexOf(node), before);
    }

    /** As {@link Blocks} has it in our own graphs. */
    private String lowRank(List<StoredNode> nodes, AdapterSite site, String x) {
        String rank = "rank." + site.kind();
        model.addInput(site.a(), ElementType.FLOAT, Shape.of("groups", site.in(), rank));
        shared(site.mask(), rank);
        String down = add(nodes, "MatMul", site.a() + "/down", x, site.a()); // (batch, seq, rank)
        String masked = add(nodes, "Mul", site.a() + "/masked", down, site.mask());
        int modules = site.modules().size();
        if (modules == 1) {
            return up(nodes, site, 0, masked, rank);
        }
        if (!model.inputs().containsKey(site.ranks())) {
            model.addInput(site.ranks(), ElementType.INT64, Shape.of(modules));
        }
        String part = PREFIX + site.a() + "/part.";
        StoredNode split = StoredNode.with("axis", -1, "Split", part + 0, masked, site.ranks());
        nodes.add(split);
        String[] ups = new String[modules];
        for (int module = 0; module < modules; module++) {
            if (module > 0) {
                split.addOutput(part + module);
            }
            ups[module] = up(nodes, site, module, part + module, rank + "." + module);
        }
        String joined = PREFIX + site.a() + "/up";
        nodes.add(StoredNode.with("axis", -1, "Concat", joined, ups));
        return joined;
    }

    private String up(List<StoredNode> nodes, AdapterSite site, int module, String down, String rank) {
        model.addInput(
                site.b(module),
                ElementType.FLOAT,
                Shape.of("groups", rank, site.widths().get(module)));
        return add(nodes, "MatMul", site.b(module) + "/up", down, site.b(module));
    }

    /** Each row's own sum of the active adapters' vectors: {@code (batch, 1, width)}. */
    private String mixed(List<StoredNode> nodes, String vectors, int width, String weights) {
        shared(weights, "adapters");
        model.addInput(vectors, ElementType.FLOAT, Shape.of("adapters", width));
        return add(nodes, "MatMul", vectors + "/mixed", weights, vectors);
    }

    private void shared(String name, String symbol) {
        if (!model.inputs().containsKey(name)) {
            model.addInput(name, ElementType.FLOAT, Shape.of("rows_or_1", 1, symbol));
        }
    }

    private static String add(List<StoredNode> nodes, String operator, String name, String... inputs) {
        nodes.add(StoredNode.of(operator, PREFIX + name, inputs));
        return PREFIX + name;
    }

    /** The node that adds the module's own bias, if there is one, else the product. */
    private StoredNode biased(StoredNode product) {
        List<StoredNode> users = flow.consumers(product.output(0));
        if (users.size() == 1 && users.get(0).operator().equals("Add")) {
            StoredNode sum = users.get(0);
            String other = sum.input(sum.input(0).equals(product.output(0)) ? 1 : 0);
            if (model.tensors().containsKey(other)) {
                return sum;
            }
        }
        return product;
    }
}
