package dev.llmadapt.local.architecture;

import dev.llmadapt.CheckpointException;
import dev.llmadapt.local.graph.ElementType;
import dev.llmadapt.local.graph.Op;
import dev.llmadapt.local.graph.Value;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * The activations of feed-forward parts, under the names that {@code hidden_act} has for them ({@code ACT2FN} in
 * transformers). Those that are not here carry parameters of their own or are used by no family.
 */
enum Activation {
    /** {@code x sigmoid(x)} (Elfwing et al. 2018). */
    SILU(Value::silu, "silu", "swish"),
    /** {@code x P(X <= x)} of a normal X (Hendrycks and Gimpel 2016). */
    GELU(Activation::gelu, "gelu", "gelu_python"),
    /** GELU by a hyperbolic tangent; transformers has five names for it. */
    GELU_TANH(Value::gelu, "gelu_new", "gelu_fast", "gelu_pytorch_tanh", "gelu_python_tanh", "gelu_accurate"),
    /** GELU by a sigmoid: {@code x sigmoid(1.702 x)}. */
    QUICK_GELU(x -> x.graph().apply(Op.QUICK_GELU, Map.of("alpha", 1.702f), x), "quick_gelu"),
    /** {@code max(x, 0)}. */
    RELU(Activation::relu, "relu"),
    /** {@code max(x, 0)^2} (So et al. 2021). */
    RELU_SQUARED(x -> relu(x).times(relu(x)), "relu2"),
    /** {@code 1 / (1 + exp(-x))}. */
    SIGMOID(x -> x.graph().apply(Op.SIGMOID, Map.of(), x), "sigmoid"),
    /** Hyperbolic tangent. */
    TANH(x -> x.graph().apply(Op.TANH, Map.of(), x), "tanh"),
    /** The input, unchanged. */
    LINEAR(x -> x, "linear");

    private final UnaryOperator<Value> formula;
    private final List<String> names;

    Activation(UnaryOperator<Value> formula, String... names) {
        this.formula = formula;
        this.names = List.of(names);
    }

    /**
     * The activation of that name.
     *
     * @throws CheckpointException if it is none of the names
     */
    static Activation named(String name) {
        for (Activation activation : values()) {
            if (activation.names.contains(name)) {
                return activation;
            }
        }
        throw new CheckpointException("unsupported activation '" + name + "' (hidden_act), expected one of "
                + Arrays.stream(values())
                        .flatMap(each -> each.names.stream())
                        .sorted()
                        .toList());
    }

    /** Applies it to every element. */
    Value of(Value x) {
        return formula.apply(x);
    }

    private static Value relu(Value x) {
        return x.graph().apply(Op.RELU, Map.of(), x);
    }

    private static Value gelu(Value x) {
        Value wide = x.graph().cast(x, ElementType.FLOAT); // there is no error function in 16 bits for every device
        Value error = x.graph().apply(Op.ERF, Map.of(), wide.times((float) Math.sqrt(0.5)));
        return x.graph().cast(wide.times(error.plus(1)).times(0.5f), x.type());
    }
}
