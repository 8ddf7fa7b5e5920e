package dev.llmadapt.peft.architecture;

import dev.llmadapt.peft.checkpoint.Checkpoint;
import dev.llmadapt.peft.checkpoint.WeightTensor;
import java.nio.FloatBuffer;

/**
 * The table of token embeddings, read row by row from the mapped checkpoint: only rows that are used are ever touched,
 * and the graph starts at the embedded input, which is where soft prompts join it. Thread-safe.
 */
public final class Embedding {
    private final WeightTensor table; // (vocabulary, hidden)
    private final int hiddenSize;
    private final int rows;
    private final float scale;

    Embedding(WeightTensor table, double scale) {
        this.table = table;
        this.scale = (float) scale;
        this.rows = table.rows();
        this.hiddenSize = table.rowLength();
    }

    /** The embedding of a checkpoint, over its mapping. */
    public static Embedding of(Checkpoint checkpoint) {
        return new Embedding(
                checkpoint.tensor(Architecture.EMBEDDING + ".weight"),
                Architecture.family(checkpoint).embeddingScale().applyAsDouble(checkpoint.config()));
    }

    /** Numbers of a row. */
    public int hiddenSize() {
        return hiddenSize;
    }

    /** The same over a mapping of its own; see {@link WeightTensor#remapped()}. */
    Embedding remapped() {
        return new Embedding(table.remapped(), scale);
    }

    /**
     * Writes the embeddings of some tokens one after the other at the target's position.
     *
     * @throws IllegalArgumentException if an id is outside the table
     */
    public void lookup(int[] ids, int from, int to, FloatBuffer target) {
        float[] row = new float[hiddenSize];
        for (int i = from; i < to; i++) {
            if (ids[i] < 0 || ids[i] >= rows) {
                throw new IllegalArgumentException("token id " + ids[i] + " is outside the vocabulary of " + rows);
            }
            table.dequantizeRow(ids[i], row, 0);
            for (int k = 0; scale != 1 && k < row.length; k++) {
                row[k] *= scale;
            }
            target.put(row);
        }
    }
}
