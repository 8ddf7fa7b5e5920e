package dev.llmadapt.peft.training;

import dev.llmadapt.local.graph.ElementType;
import dev.llmadapt.local.graph.Graph;
import dev.llmadapt.local.graph.Op;
import dev.llmadapt.local.graph.Shape;
import dev.llmadapt.local.graph.Value;
import java.nio.FloatBuffer;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A network that makes the numbers of virtual tokens out of a table, and learns in their place: PEFT's
 * {@code PromptEncoder} of the kind MLP and its {@code PrefixEncoder} with {@code prefix_projection}. Only what it
 * makes is stored.
 *
 * <p>Where the tokens are to begin as given numbers, it makes the difference from these, and its last layer begins with
 * zeros. Else it begins as PEFT's does: the table normal around 0 with a deviation of 1, each layer uniform within
 * {@code 1 / sqrt(in)}.
 */
final class VirtualEncoder {
    private static final String TABLE = "embedding.weight";
    private static final String BEGINNING = "virtual_beginning";

    private final Op activation;
    private final String layers;
    private final int tokens;
    private final int[] widths;
    private final float @Nullable [] beginning;

    private VirtualEncoder(
            Op activation, String layers, int tokens, @Nullable Consumer<FloatBuffer> beginning, int... widths) {
        this.activation = activation;
        this.layers = layers;
        this.tokens = tokens;
        this.widths = widths;
        this.beginning = beginning == null ? null : written(beginning, tokens * widths[widths.length - 1]);
    }

    /**
     * P-tuning's (Liu et al. 2021), as PEFT has it: three layers with ReLU between them.
     *
     * @param hidden numbers between the layers: {@code encoder_hidden_size}
     * @param beginning writes {@code (tokens, width)}, or null for the encoder's own beginning
     */
    static VirtualEncoder prompt(int tokens, int width, int hidden, @Nullable Consumer<FloatBuffer> beginning) {
        return new VirtualEncoder(Op.RELU, "mlp_head.", tokens, beginning, width, hidden, hidden, width);
    }

    /**
     * Prefix tuning's (Li and Liang 2021): two layers with a hyperbolic tangent between them.
     *
     * @param width numbers of a key, {@code token_dim}
     * @param hidden numbers between the layers: {@code encoder_hidden_size}
     * @param all numbers of a token: keys and values of all layers
     * @param beginning writes {@code (tokens, all)}, or null for the encoder's own beginning
     */
    static VirtualEncoder prefix(
            int tokens, int width, int hidden, int all, @Nullable Consumer<FloatBuffer> beginning) {
        return new VirtualEncoder(Op.TANH, "transform.", tokens, beginning, width, hidden, all);
    }

    private static float[] written(Consumer<FloatBuffer> beginning, int size) {
        FloatBuffer numbers = FloatBuffer.allocate(size);
        beginning.accept(numbers);
        return numbers.array();
    }

    /** Its parameters, named as in PEFT's module. */
    Parameters parameters(long seed) {
        Initial initial = new Initial(null, seed);
        Parameters parameters = new Parameters();
        parameters.add(TABLE, Shape.of(tokens, widths[0]), initial.normal(1));
        for (int layer = 1; layer < widths.length; layer++) {
            int in = widths[layer - 1];
            int out = widths[layer];
            boolean zeros = beginning != null && layer == widths.length - 1;
            double bound = 1 / Math.sqrt(in);
            parameters.add(weight(layer), Shape.of(out, in), zeros ? Initial.constant(0) : initial.uniform(bound));
            parameters.add(bias(layer), Shape.of(out), zeros ? Initial.constant(0) : initial.uniform(bound));
        }
        return parameters;
    }

    /** The numbers of the virtual tokens: {@code (tokens, last width)}. */
    Value made(Graph graph, Map<String, Value> parameters) {
        Value x = value(parameters, TABLE); // (tokens, width)
        for (int layer = 1; layer < widths.length; layer++) {
            x = layer == 1 ? x : graph.apply(activation, Map.of(), x);
            x = x.product(false, value(parameters, weight(layer)), true, 1).plus(value(parameters, bias(layer)));
        }
        float[] first = beginning;
        if (first == null) {
            return x;
        }
        Value begun = graph.sharedWeight(
                BEGINNING,
                ElementType.FLOAT,
                Shape.of(tokens, widths[widths.length - 1]),
                memory -> memory.copy(first));
        return begun.plus(x);
    }

    private static Value value(Map<String, Value> parameters, String name) {
        return Objects.requireNonNull(parameters.get(name), name);
    }

    /** Modules between the layers have numbers too. */
    private String weight(int layer) {
        return layers + 2 * (layer - 1) + ".weight";
    }

    private String bias(int layer) {
        return layers + 2 * (layer - 1) + ".bias";
    }
}
