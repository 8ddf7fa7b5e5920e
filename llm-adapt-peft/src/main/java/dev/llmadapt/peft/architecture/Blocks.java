package dev.llmadapt.peft.architecture;

import static dev.llmadapt.peft.architecture.DecoderGraph.pastKey;
import static dev.llmadapt.peft.architecture.DecoderGraph.pastValue;
import static dev.llmadapt.peft.architecture.DecoderGraph.presentKey;
import static dev.llmadapt.peft.architecture.DecoderGraph.presentValue;

import dev.llmadapt.peft.Precision;
import dev.llmadapt.peft.checkpoint.Checkpoint;
import dev.llmadapt.peft.checkpoint.ModelConfig;
import dev.llmadapt.peft.checkpoint.WeightTensor;
import dev.llmadapt.peft.graph.ElementType;
import dev.llmadapt.peft.graph.Graph;
import dev.llmadapt.peft.graph.OnnxModel;
import dev.llmadapt.peft.graph.Op;
import dev.llmadapt.peft.graph.Shape;
import dev.llmadapt.peft.graph.Value;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The blocks decoders are made of, over the tensors of one checkpoint; each takes and gives values of one graph. */
final class Blocks {
    private final Graph graph = new Graph();
    private final Checkpoint checkpoint;
    private final ModelConfig config;
    private final Precision precision;
    private final int maxPositions;
    private final Value lengths;
    private final Value totalLength;
    private final Value cos;
    private final Value sin;

    Blocks(Checkpoint checkpoint, Precision precision, int maxPositions) {
        this.checkpoint = checkpoint;
        this.config = checkpoint.config();
        this.precision = precision;
        this.maxPositions = maxPositions;
        this.lengths = graph.input(DecoderGraph.LENGTHS, ElementType.INT32, Shape.of("batch"));
        this.totalLength = graph.input(DecoderGraph.TOTAL_LENGTH, ElementType.INT32, Shape.of());
        RotaryTables rotary = RotaryTables.of(config, maxPositions);
        Shape table = Shape.of(maxPositions, config.headDim() / 2);
        this.cos = graph.weight("rotary.cos", ElementType.FLOAT, table, rotary::cos);
        this.sin = graph.weight("rotary.sin", ElementType.FLOAT, table, rotary::sin);
    }

    ModelConfig config() {
        return config;
    }

    /** The embedded tokens: {@code (batch, seq, hidden)}. */
    Value embeddings() {
        return graph.input(DecoderGraph.EMBEDDINGS, ElementType.FLOAT, Shape.of("batch", "seq", config.hiddenSize()));
    }

    /** A stream with an update added, and the norm of the sum. */
    record Normed(Value sum, Value normed) {}

    /** Adds an update, if there is one, to the stream and normalises the sum by root mean square. */
    Normed addAndNorm(Value stream, @Nullable Value update, String weight) {
        Value scale = floats(weight, config.hiddenSize());
        float epsilon = (float) config.rmsNormEpsilon();
        if (update == null) {
            return new Normed(stream, graph.apply(Op.RMS_NORM, Map.of("axis", -1L, "epsilon", epsilon), stream, scale));
        }
        List<Value> results = graph.applyAll(Op.SKIP_RMS_NORM, Map.of("epsilon", epsilon), 4, stream, update, scale);
        return new Normed(results.get(3), results.get(0));
    }

    /** Causal attention with grouped queries and rotary positions; the layer's cache takes the new keys and values. */
    Value attention(int layer, Value x, String prefix) {
        int heads = config.heads();
        int kvHeads = config.keyValueHeads();
        Shape cache = Shape.of("batch", kvHeads, "capacity", config.headDim());
        Value pastKey = graph.input(pastKey(layer), ElementType.FLOAT, cache);
        Value pastValue = graph.input(pastValue(layer), ElementType.FLOAT, cache);
        Value packed = linear(x, prefix + "q_proj", prefix + "k_proj", prefix + "v_proj");
        Map<String, Object> attributes = Map.of(
                "num_heads", (long) heads, "kv_num_heads", (long) kvHeads, "do_rotary", 1L, "rotary_interleaved", 0L);
        List<Value> results = graph.applyAll(
                Op.GROUP_QUERY_ATTENTION,
                attributes,
                3,
                packed,
                null,
                null,
                pastKey,
                pastValue,
                lengths,
                totalLength,
                cos,
                sin);
        graph.output(presentKey(layer), results.get(1));
        graph.output(presentValue(layer), results.get(2));
        return linear(results.get(0), prefix + "o_proj");
    }

    /** {@code down(silu(gate x) * up x)} (Shazeer 2020). */
    Value gatedFeedForward(Value x, String prefix) {
        int width = config.intermediateSize();
        List<Value> gateAndUp =
                linear(x, prefix + "gate_proj", prefix + "up_proj").split(width, width);
        return linear(gateAndUp.get(0).silu().times(gateAndUp.get(1)), prefix + "down_proj");
    }

    /** The logits of the wanted rows, and the graph as a whole. */
    DecoderGraph finish(Value hidden) {
        int hiddenSize = config.hiddenSize();
        Value rows = graph.input(DecoderGraph.LOGIT_ROWS, ElementType.INT64, Shape.of("rows"));
        Value flat = hidden.reshape(Shape.of("batch*seq", hiddenSize), -1, hiddenSize);
        WeightTensor table = checkpoint.tensor("model.embed_tokens.weight");
        boolean tied = !checkpoint.tensors().containsKey("lm_head.weight");
        graph.output(
                DecoderGraph.LOGITS,
                tied
                        ? LinearWeights.of(List.of(table), precision).apply(flat.rows(rows), "lm_head")
                        : linear(flat.rows(rows), "lm_head"));
        long parameters = checkpoint.tensors().values().stream()
                .mapToLong(WeightTensor::size)
                .sum();
        return new DecoderGraph(
                OnnxModel.of(graph),
                new Embedding(table),
                config.layers(),
                config.keyValueHeads(),
                config.headDim(),
                hiddenSize,
                config.vocabularySize(),
                maxPositions,
                parameters);
    }

    /** Linear layers of one input as one product, their results side by side; biases added where the checkpoint has them. */
    private Value linear(Value x, String... names) {
        List<WeightTensor> weights = Arrays.stream(names)
                .map(name -> checkpoint.tensor(name + ".weight"))
                .toList();
        Value product = LinearWeights.of(weights, precision).apply(x, String.join("+", names));
        List<@Nullable WeightTensor> biases = new ArrayList<>();
        boolean any = false;
        for (String name : names) {
            WeightTensor bias = checkpoint.tensors().get(name + ".bias");
            any |= bias != null;
            biases.add(bias);
        }
        if (!any) {
            return product;
        }
        int width = weights.stream().mapToInt(WeightTensor::rows).sum();
        Value bias = graph.weight(String.join("+", names) + ".bias", ElementType.FLOAT, Shape.of(width), () -> {
            ByteBuffer buffer = Buffers.direct(width * 4L);
            for (int i = 0; i < names.length; i++) {
                WeightTensor stored = biases.get(i);
                float[] values = stored == null ? new float[weights.get(i).rows()] : stored.toFloats();
                for (float value : values) {
                    buffer.putFloat(value);
                }
            }
            return buffer.flip();
        });
        return product.plus(bias);
    }

    private Value floats(String name, int length) {
        WeightTensor tensor = checkpoint.tensor(name);
        return graph.weight(name, ElementType.FLOAT, Shape.of(length), () -> Buffers.of(tensor.toFloats()));
    }
}
