package dev.llmadapt.local.architecture;

import dev.llmadapt.local.checkpoint.ModelConfig;
import dev.llmadapt.local.graph.Shape;
import dev.llmadapt.local.graph.Value;

/**
 * The places of a head's dimensions in the engine's attention, which takes heads of a multiple of 16 and rotates a
 * multiple of 8 pairs. Where a model has others (heads of 100, as OpenLLaMA 3B; 12 pairs), zeros stand between: after
 * the first of each pair, after the second, and at the end. Zeros add nothing to the products of queries and keys and
 * are dropped from what attention gives.
 *
 * @param dim dimensions of the model's heads
 * @param pairs how many pairs of these are rotated
 * @param tablePairs pairs of the engine's tables, from {@code pairs} on without a use
 * @param width dimensions of the engine's heads
 */
public record HeadLayout(int dim, int pairs, int tablePairs, int width) {
    private static final int PAIRS = 8;
    private static final int WIDTH = 16;

    /** That of a model's heads. */
    public static HeadLayout of(ModelConfig config) {
        int pairs = config.rotaryDim() / 2;
        int tablePairs = up(pairs, PAIRS);
        int width = up(config.headDim() + 2 * (tablePairs - pairs), WIDTH);
        return new HeadLayout(config.headDim(), pairs, tablePairs, width);
    }

    private static int up(int number, int multiple) {
        return (number + multiple - 1) / multiple * multiple;
    }

    /** Whether the engine's heads are the model's. */
    boolean plain() {
        return width == dim && tablePairs == pairs;
    }

    /** Where a dimension stands. */
    private int place(int dimension) {
        return dimension < pairs
                ? dimension
                : dimension < 2 * pairs ? dimension - pairs + tablePairs : dimension + 2 * (tablePairs - pairs);
    }

    /** Heads as the engine takes them: {@code (batch, seq, heads * dim) -> (batch, seq, heads * width)}. */
    Value wide(Value x, int heads) {
        return plain() ? x : placed(x, heads, dim, width, true);
    }

    /** The model's heads of what the engine gives: {@code (batch, seq, heads * width) -> (batch, seq, heads * dim)}. */
    Value narrow(Value x, int heads) {
        return plain() ? x : placed(x, heads, width, dim, false);
    }

    /** By a product with ones and zeros, which is exact. */
    private Value placed(Value x, int heads, int from, int to, boolean widening) {
        Value places = x.graph()
                .sharedWeight(
                        widening ? "head_places" : "head_places.back",
                        x.type(),
                        Shape.of(from, to),
                        memory -> Buffers.rounded(memory, memory.copy(ones(from, to, widening)), x.type()));
        return x.reshape(Shape.of("batch", "seq", heads, from), 0, 0, heads, from)
                .matmul(places)
                .reshape(Shape.of("batch", "seq", heads * to), 0, 0, (long) heads * to);
    }

    private float[] ones(int from, int to, boolean widening) {
        float[] values = new float[from * to];
        for (int dimension = 0; dimension < dim; dimension++) {
            values[widening ? dimension * to + place(dimension) : place(dimension) * to + dimension] = 1;
        }
        return values;
    }

    /** Keys and values as the engine's cache holds them: {@code (..., dim) -> (..., width)}. */
    public float[] wide(float[] heads) {
        if (plain()) {
            return heads;
        }
        float[] wide = new float[heads.length / dim * width];
        for (int i = 0; i < heads.length; i++) {
            wide[i / dim * width + place(i % dim)] = heads[i];
        }
        return wide;
    }

    /** The model's keys and values of what the engine's cache holds: {@code (..., width) -> (..., dim)}. */
    public float[] narrow(float[] heads) {
        if (plain()) {
            return heads;
        }
        float[] narrow = new float[heads.length / width * dim];
        for (int i = 0; i < narrow.length; i++) {
            narrow[i] = heads[i / dim * width + place(i % dim)];
        }
        return narrow;
    }
}
