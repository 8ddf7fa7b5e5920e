package dev.llmadapt.local.architecture;

import dev.llmadapt.local.architecture.Blocks.Residual;
import dev.llmadapt.local.graph.Value;
import org.jspecify.annotations.Nullable;

/**
 * A decoder in a graph that learns, part by part: whole texts at once, without a cache, of operators that have
 * gradients.
 *
 * <p>Inputs: {@value #EMBEDDINGS} {@code (batch, seq, hidden)} float, or {@value #IDS} {@code (batch, seq)} int64 where
 * the embedding itself learns; {@value #POSITIONS} {@code (batch, seq)} int64; {@value #MASK} {@code (batch, 1, groups
 * * seq, keys)} float, added to the attention of each query head of a group (outermost) and each position: 0 where a
 * key is seen and a very negative number where it is not. {@code groups} is query heads for each key head; {@code keys}
 * are those of the prefix, if there is one, then {@code seq}. Where there is a prefix, {@value #PREFIX_ROWS}
 * {@code (batch, 1, 1, 1)}, zeros.
 */
public final class TrainingDecoder {
    /** See the class. */
    public static final String EMBEDDINGS = "embeddings";
    /** See the class. */
    public static final String IDS = "ids";
    /** See the class. */
    public static final String POSITIONS = "positions";
    /** See the class. */
    public static final String MASK = "mask";
    /** See the class. */
    public static final String PREFIX_ROWS = "prefix_rows";

    private final Family family;
    private final TrainingBlocks blocks;

    TrainingDecoder(Family family, TrainingBlocks blocks) {
        this.family = family;
        this.blocks = blocks;
    }

    /** Blocks in all. */
    public int layers() {
        return blocks.config().layers();
    }

    /** Numbers of a position. */
    public int hiddenSize() {
        return blocks.config().hiddenSize();
    }

    /** Logits of a position. */
    public int vocabularySize() {
        return blocks.vocabularySize();
    }

    /** The embedded texts, which enter the first block: {@code (batch, seq, hidden)}. */
    public Value embedded() {
        return blocks.embedded();
    }

    /** Computes a block over the stream: {@code (batch, seq, hidden)}. */
    public Value layer(int layer, Value stream) {
        Residual x = family.layer().of(blocks, layer, new Residual(stream, null));
        @Nullable Value update = x.update();
        return update == null ? x.stream() : x.stream().plus(update);
    }

    /** The norm of the stream that leaves the last block. */
    public Value normed(Value stream) {
        return blocks.addAndNorm(new Residual(stream, null), family.finalNorm()).normed();
    }

    /** The logits of some normed rows: {@code (rows, hidden) -> (rows, vocabulary)}. */
    public Value logits(Value rows) {
        return blocks.head(rows);
    }
}
