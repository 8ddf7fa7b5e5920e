package dev.llmadapt.peft.training;

import dev.llmadapt.AdapterException;
import dev.llmadapt.local.adapter.BaseModules;
import dev.llmadapt.local.architecture.Tuned;
import dev.llmadapt.local.checkpoint.Checkpoint;
import dev.llmadapt.local.checkpoint.WeightTensor;
import dev.llmadapt.local.graph.ElementType;
import dev.llmadapt.local.graph.Graph;
import dev.llmadapt.local.graph.Op;
import dev.llmadapt.local.graph.Shape;
import dev.llmadapt.local.graph.Value;
import dev.llmadapt.peft.folder.AdapterConfig;
import dev.llmadapt.peft.folder.ChosenModules;
import dev.llmadapt.peft.folder.StoredAdapter;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Low-rank updates (Hu et al. 2021): {@code y = W x + s B A x}; with DoRA (Liu et al. 2024) each output is scaled to a
 * learned magnitude, where, as in PEFT, no gradient flows through the norm.
 */
public final class LoraTrainable implements Trainable {
    private static final Pattern LAYER = Pattern.compile("\\.(?:layers|h)\\.(\\d+)\\.");

    private final AdapterConfig.Lora config;
    private final Checkpoint base;
    private final Map<String, ChosenModules.Lora> modules = new LinkedHashMap<>();
    private final Parameters parameters = new Parameters();

    /**
     * Chooses the modules. A begins uniform within {@code 1 / sqrt(in)} as in PEFT, B with zeros.
     *
     * @param start an adapter to train on, or null
     * @throws AdapterException if the settings ask for what cannot be trained
     */
    public LoraTrainable(AdapterConfig.Lora config, Checkpoint base, @Nullable StoredAdapter start, long seed) {
        this.config = config;
        this.base = base;
        if (config.bias() != AdapterConfig.Bias.NONE || config.loraBias()) {
            throw new AdapterException(
                    "biases cannot be trained with LoRA here: bias must be none and lora_bias false, " + "bias: "
                            + config.bias() + ", lora_bias: " + config.loraBias());
        }
        if (config.dropout() > 0) {
            throw new AdapterException("lora_dropout must be 0 in training here, lora_dropout: " + config.dropout());
        }
        Initial initial = new Initial(start, seed);
        for (ChosenModules.Lora module : ChosenModules.of(config, BaseModules.of(base))) {
            String path = module.path();
            if (module.embedding()) {
                throw new AdapterException(
                        "the embedding cannot be trained with LoRA here, target_modules choose " + path);
            }
            modules.put(path, module);
            int in = module.size().in();
            int out = module.size().out();
            String a = path + ChosenModules.A;
            String b = path + ChosenModules.B;
            parameters.add(a, Shape.of(module.rank(), in), initial.of(a, initial.uniform(1 / Math.sqrt(in))));
            parameters.add(b, Shape.of(out, module.rank()), initial.of(b, Initial.constant(0)));
            if (config.decomposed()) {
                String magnitude = path + ChosenModules.MAGNITUDE;
                parameters.add(magnitude, Shape.of(out), initial.of(magnitude, target -> {
                    float[] squares = squares(path);
                    for (float square : squares) {
                        target.put((float) Math.sqrt(square));
                    }
                }));
            }
        }
    }

    @Override
    public int firstLayer() {
        int first = base.config().layers() - 1;
        for (String path : modules.keySet()) {
            Matcher layer = LAYER.matcher(path);
            if (layer.find()) {
                first = Math.min(first, Integer.parseInt(layer.group(1)));
            }
        }
        return first;
    }

    @Override
    public Parameters parameters() {
        return parameters;
    }

    @Override
    public Tuned attach(Graph graph, Map<String, Value> values) {
        return new Tuned() {
            @Override
            public Value product(Linear linear, Value x, Value product) {
                ChosenModules.Lora module = modules.get(linear.path());
                return module == null ? product : updated(graph, values, module, linear, x, product);
            }
        };
    }

    private Value updated(
            Graph graph,
            Map<String, Value> values,
            ChosenModules.Lora module,
            Tuned.Linear linear,
            Value x,
            Value product) {
        Value a = value(values, module.path() + ChosenModules.A); // (rank, in)
        Value b = value(values, module.path() + ChosenModules.B); // (out, rank)
        float scaling = (float) module.scaling();
        Value sum = product.plus(x.product(false, a, true, 1).product(false, b, true, scaling));
        if (!config.decomposed()) {
            return sum;
        }
        // |W + s B A|^2 of a row = |W|^2 + 2 s B . (W A^T) + s^2 B . (B (A A^T))
        int out = linear.out();
        Value squares = graph.sharedWeight(
                module.path() + ".squares",
                ElementType.FLOAT,
                Shape.of(1, out),
                memory -> memory.copy(squares(module.path())));
        Value cross = linear.product().apply(a).times(b.transpose(1, 0)).sum(0); // (1, out)
        Value own = b.product(false, a.product(false, a, true, 1), false, 1)
                .times(b)
                .sum(1)
                .reshape(Shape.of(1, out), 1, out);
        Value norm = graph.apply(
                Op.STOP_GRADIENT,
                Map.of(),
                squares.plus(cross.times(2 * scaling))
                        .plus(own.times(scaling * scaling))
                        .sqrt());
        Value magnitude = value(values, module.path() + ChosenModules.MAGNITUDE);
        return sum.times(magnitude.reshape(Shape.of(1, out), 1, out).over(norm));
    }

    private static Value value(Map<String, Value> values, String name) {
        return Objects.requireNonNull(values.get(name), name);
    }

    /** The squared norm of each row of a module's weight. */
    private float[] squares(String path) {
        WeightTensor own = base.tensors().get(path + ".weight");
        WeightTensor weight = own != null ? own : base.tensor(base.embeddingModule() + ".weight"); // the tied head
        float[] squares = new float[weight.rows()];
        IntStream.range(0, squares.length).parallel().forEach(row -> {
            float[] values = new float[weight.rowLength()];
            weight.dequantizeRow(row, values, 0);
            double sum = 0;
            for (float value : values) {
                sum += (double) value * value;
            }
            squares[row] = (float) sum;
        });
        return squares;
    }
}
