package dev.llmadapt.peft.merge;

import dev.llmadapt.AdapterException;
import dev.llmadapt.local.adapter.LowRank;
import dev.llmadapt.local.checkpoint.WeightTensor;
import dev.llmadapt.peft.merge.Merging.Part;
import dev.llmadapt.peft.merge.ShardWriter.Rows;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The change of the weight and the bias of one module by several adapters. Low-rank updates add up. Whatever depends on
 * the weight that it meets (DoRA) or multiplies it (IA3) would give something else in another order, so it stands
 * alone.
 */
final class ModuleChange {
    private final String path;
    private final List<Update> updates = new ArrayList<>();
    private final List<String> names = new ArrayList<>();
    private Optional<float[]> outputScale = Optional.empty();
    private Optional<float[]> inputScale = Optional.empty();
    private Optional<float[]> bias = Optional.empty();
    private boolean embedding;

    /** An update and what its product is multiplied by. */
    private record Update(LowRank factors, double factor) {}

    ModuleChange(String path) {
        this.path = path;
    }

    void addUpdate(Part part, LowRank update, boolean ofEmbedding) {
        update.magnitude().ifPresent(magnitude -> requireWhole(part, "DoRA"));
        updates.add(new Update(update, part.weight() * update.scaling()));
        names.add(part.name());
        embedding = ofEmbedding;
    }

    void addScale(Part part, float[] scale, boolean output) {
        requireWhole(part, "IA3");
        if (output ? outputScale.isPresent() : inputScale.isPresent()) {
            throw clash("scale");
        }
        names.add(part.name());
        if (output) {
            outputScale = Optional.of(scale);
        } else {
            inputScale = Optional.of(scale);
        }
    }

    void replaceBias(Part part, float[] values) {
        requireWhole(part, "replacing biases");
        if (bias.isPresent()) {
            throw clash("replace the bias of");
        }
        bias = Optional.of(values);
    }

    private AdapterException clash(String what) {
        return new AdapterException(
                "more than one of the adapters would " + what + " " + path + "; merge one of them only");
    }

    private static void requireWhole(Part part, String what) {
        if (part.weight() != 1) {
            throw new AdapterException("'" + part.name() + "' has the weight " + part.weight() + ", but " + what
                    + " has no weighted form; merge it with weight 1");
        }
    }

    /** Whether it needs a bias to change. */
    boolean changesBias() {
        return bias.isPresent()
                || updates.stream().anyMatch(update -> update.factors().bias().isPresent());
    }

    /** Checks it against the base's weight. */
    void check(WeightTensor weight) {
        boolean alone = names.size() == 1;
        boolean dora =
                updates.stream().anyMatch(update -> update.factors().magnitude().isPresent());
        boolean scaled = outputScale.isPresent() || inputScale.isPresent();
        if (!alone && (dora || scaled)) {
            throw new AdapterException((dora ? "DoRA" : "IA3") + " depends on the weights it meets, but " + names
                    + " all change " + path + "; merge one of them only");
        }
        int out = embedding ? weight.rowLength() : weight.rows();
        int in = embedding ? weight.rows() : weight.rowLength();
        for (Update update : updates) {
            size("input", update.factors().in(), in);
            size("output", update.factors().out(), out);
        }
        outputScale.ifPresent(scale -> size("output", scale.length, out));
        inputScale.ifPresent(scale -> size("input", scale.length, in));
        bias.ifPresent(values -> size("output", values.length, out));
    }

    private void size(String what, int adapter, int base) {
        if (adapter != base) {
            throw new AdapterException("the " + what + " of " + path + " has " + base + " values in the base and "
                    + adapter + " in the adapter " + names + "; it was made for another model");
        }
    }

    /** The bias that {@code values} become. */
    float[] bias(float[] values) {
        float[] changed = bias.orElse(values).clone();
        for (Update update : updates) {
            update.factors().bias().ifPresent(ofB -> {
                for (int i = 0; i < changed.length; i++) {
                    changed[i] += (float) (update.factor() * ofB[i]);
                }
            });
        }
        outputScale.ifPresent(scale -> {
            for (int i = 0; i < changed.length; i++) {
                changed[i] *= scale[i];
            }
        });
        return changed;
    }

    /** The rows that those of {@code weight} become. */
    Rows rows(WeightTensor weight) {
        return embedding ? embeddingRows(weight) : linearRows(weight);
    }

    private Rows linearRows(WeightTensor weight) {
        return (row, target) -> {
            weight.dequantizeRow(row, target, 0);
            for (Update update : updates) {
                update.factors().addRow(row, update.factor(), target, 0);
                update.factors().magnitude().ifPresent(magnitude -> scale(target, magnitude[row] / norm(target)));
            }
            outputScale.ifPresent(scale -> scale(target, scale[row]));
            inputScale.ifPresent(scale -> {
                for (int i = 0; i < target.length; i++) {
                    target[i] *= scale[i];
                }
            });
        };
    }

    /** An embedding's rows are the inputs of its update: {@code W[id] += s B A[:, id]}. */
    private Rows embeddingRows(WeightTensor weight) {
        List<float[]> transposed =
                updates.stream().map(update -> transpose(update.factors())).toList();
        Rows updated = (row, target) -> {
            weight.dequantizeRow(row, target, 0);
            for (int u = 0; u < transposed.size(); u++) {
                LowRank factors = updates.get(u).factors();
                float[] b = transposed.get(u);
                for (int r = 0; r < factors.rank(); r++) {
                    float a = (float) (updates.get(u).factor() * factors.a()[r * factors.in() + row]);
                    for (int i = 0; i < target.length; i++) {
                        target[i] += a * b[r * target.length + i];
                    }
                }
            }
        };
        Optional<float[]> magnitude = updates.get(0).factors().magnitude();
        return magnitude.isPresent() ? columnsScaled(weight, updated, magnitude.get()) : updated;
    }

    /** DoRA of an embedding: the norms are those of its columns, known only after all rows were seen. */
    private static Rows columnsScaled(WeightTensor weight, Rows updated, float[] magnitude) {
        float[] factors = new float[magnitude.length];
        return (row, target) -> {
            if (row == 0) {
                double[] squares = new double[magnitude.length];
                for (int i = 0; i < weight.rows(); i++) {
                    updated.read(i, target);
                    for (int k = 0; k < squares.length; k++) {
                        squares[k] += (double) target[k] * target[k];
                    }
                }
                for (int k = 0; k < factors.length; k++) {
                    factors[k] = (float) (magnitude[k] / Math.sqrt(squares[k]));
                }
            }
            updated.read(row, target);
            for (int k = 0; k < factors.length; k++) {
                target[k] *= factors[k];
            }
        };
    }

    /** B as {@code (rank, out)}. */
    private static float[] transpose(LowRank update) {
        float[] transposed = new float[update.b().length];
        for (int o = 0; o < update.out(); o++) {
            for (int r = 0; r < update.rank(); r++) {
                transposed[r * update.out() + o] = update.b()[o * update.rank() + r];
            }
        }
        return transposed;
    }

    private static void scale(float[] values, float factor) {
        for (int i = 0; i < values.length; i++) {
            values[i] *= factor;
        }
    }

    private static float norm(float[] values) {
        double squares = 0;
        for (float value : values) {
            squares += (double) value * value;
        }
        return (float) Math.sqrt(squares);
    }
}
