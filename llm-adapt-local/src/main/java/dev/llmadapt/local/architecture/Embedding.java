package dev.llmadapt.local.architecture;

import dev.llmadapt.local.checkpoint.Checkpoint;
import dev.llmadapt.local.checkpoint.WeightTensor;
import java.nio.FloatBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The table of token embeddings, read row by row from the mapped checkpoint: only rows that are used are ever touched,
 * and the graph starts at the embedded input, which is where soft prompts join it. Families with learned positions have
 * a table of these, too. Thread-safe.
 */
public final class Embedding {
    private final WeightTensor table; // (vocabulary, hidden)
    private final @Nullable WeightTensor positions; // (context, hidden)
    private final int hiddenSize;
    private final int rows;
    private final float scale;

    private Embedding(WeightTensor table, @Nullable WeightTensor positions, double scale) {
        this.table = table;
        this.positions = positions;
        this.scale = (float) scale;
        this.rows = table.rows();
        this.hiddenSize = table.rowLength();
    }

    /** The embedding of a checkpoint, over its mapping. */
    public static Embedding of(Checkpoint checkpoint) {
        Family family = Architecture.family(checkpoint);
        return new Embedding(
                checkpoint.tensor(checkpoint.embeddingModule() + ".weight"),
                family.positions()
                        .map(module -> checkpoint.tensor(module + ".weight"))
                        .orElse(null),
                family.embeddingScale().applyAsDouble(checkpoint.config()));
    }

    /** Numbers of a row. */
    public int hiddenSize() {
        return hiddenSize;
    }

    /** Applies adapters to a row of the table. */
    @FunctionalInterface
    public interface RowChange {
        /** No adapter. */
        RowChange NONE = (id, stored) -> {};

        /**
         * Changes a token's row in place.
         *
         * @param stored the row as the table has it, before the family's scale: a change is one of the weights, and
         *     what a family does to a row it does to the changed one
         */
        void apply(int id, float[] stored);
    }

    /**
     * Writes the embeddings of some tokens one after the other at the target's position.
     *
     * @throws IllegalArgumentException if an id is outside the table
     */
    public void lookup(int[] ids, int from, int to, FloatBuffer target) {
        lookup(ids, from, to, RowChange.NONE, target);
    }

    /** The embeddings of some tokens of a table that adapters change. */
    public void lookup(int[] ids, int from, int to, RowChange change, FloatBuffer target) {
        float[] row = new float[hiddenSize];
        for (int i = from; i < to; i++) {
            if (ids[i] < 0 || ids[i] >= rows) {
                throw new IllegalArgumentException("token id " + ids[i] + " is outside the vocabulary of " + rows);
            }
            table.dequantizeRow(ids[i], row, 0);
            change.apply(ids[i], row);
            for (int k = 0; scale != 1 && k < row.length; k++) {
                row[k] *= scale;
            }
            target.put(row);
        }
    }

    /**
     * Adds learned positions to embedded tokens that follow each other, virtual ones among them; does nothing where a
     * family has none.
     *
     * @param first the first token's position, from 0
     * @param tokens how many follow each other
     * @param embedded at whose index {@code at} the first token's numbers begin
     * @throws IllegalArgumentException if a position is outside the table
     */
    public void addPositions(int first, int tokens, FloatBuffer embedded, int at) {
        if (positions == null) {
            return;
        }
        if (first + tokens > positions.rows()) {
            throw new IllegalArgumentException(
                    "position " + (first + tokens - 1) + " is outside the context of " + positions.rows() + " tokens");
        }
        float[] row = new float[hiddenSize];
        for (int i = 0; i < tokens; i++) {
            positions.dequantizeRow(first + i, row, 0);
            for (int k = 0; k < hiddenSize; k++) {
                int place = at + i * hiddenSize + k;
                embedded.put(place, embedded.get(place) + row[k]);
            }
        }
    }
}
