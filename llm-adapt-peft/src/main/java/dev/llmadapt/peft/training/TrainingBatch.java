package dev.llmadapt.peft.training;

import dev.llmadapt.peft.architecture.Embedding;
import dev.llmadapt.peft.architecture.TrainingDecoder;
import dev.llmadapt.peft.graph.ElementType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Texts laid out as a {@link TrainingGraph} takes them: rows of equal length, padded at the end; a row may hold several
 * texts one after the other, which do not see each other.
 *
 * @param inputs by name
 * @param tokens in all texts, without padding
 * @param learned those of them that are learned
 */
public record TrainingBatch(Map<String, Tensor> inputs, int tokens, int learned) {
    private static final float UNSEEN = -1e9f;

    /**
     * A tensor on the host.
     *
     * @param type of its elements
     * @param data direct, native order, from 0 to the limit
     * @param shape its dimensions
     */
    @SuppressWarnings("ArrayRecordComponent")
    public record Tensor(ElementType type, ByteBuffer data, long[] shape) {}

    /**
     * Lays out rows.
     *
     * @param rows each a row's texts, of which it has at least one
     * @param learner whose virtual tokens stand before each text
     * @param embedding of the base
     * @param groups query heads for each key head
     * @param total learned tokens of the whole step, by which each one's loss is divided
     */
    public static TrainingBatch of(
            List<List<TrainingText>> rows, Learner learner, Embedding embedding, int groups, int total) {
        return new Layout(rows, learner, embedding, groups, total).batch();
    }

    /** Places taken by the longest row. */
    static int length(List<List<TrainingText>> rows, int virtualTokens) {
        return rows.stream()
                .mapToInt(row -> row.stream()
                        .mapToInt(text -> text.ids().length + virtualTokens)
                        .sum())
                .max()
                .orElse(0);
    }

    private static final class Layout {
        private final List<List<TrainingText>> rows;
        private final Learner learner;
        private final Embedding embedding;
        private final int groups;
        private final int total;
        private final int length;
        private final int virtual;
        private final int prefix;
        private final Map<String, Tensor> inputs = new LinkedHashMap<>();

        Layout(List<List<TrainingText>> rows, Learner learner, Embedding embedding, int groups, int total) {
            this.rows = rows;
            this.learner = learner;
            this.embedding = embedding;
            this.groups = groups;
            this.total = total;
            this.virtual = learner.virtualTokens();
            this.prefix = learner.prefixTokens();
            this.length = TrainingBatch.length(rows, virtual);
        }

        TrainingBatch batch() {
            int keys = prefix + length;
            ByteBuffer positions = tensor(TrainingDecoder.POSITIONS, ElementType.INT64, rows.size(), length);
            FloatBuffer mask = tensor(
                            TrainingDecoder.MASK, ElementType.FLOAT, rows.size(), 1, (long) groups * length, keys)
                    .asFloatBuffer();
            List<long[]> supervised = new ArrayList<>(); // place, target
            int tokens = 0;
            for (int row = 0; row < rows.size(); row++) {
                int at = 0;
                for (TrainingText text : rows.get(row)) {
                    int size = virtual + text.ids().length;
                    for (int i = 0; i < size; i++) {
                        positions.putLong((row * length + at + i) * Long.BYTES, (long) prefix + i);
                    }
                    for (int i = 1; i < text.ids().length; i++) {
                        if (text.learned()[i]) {
                            supervised.add(new long[] {(long) row * length + at + virtual + i - 1, text.ids()[i]});
                        }
                    }
                    at += size;
                    tokens += text.ids().length;
                }
                mask(mask, row);
            }
            texts();
            loss(supervised);
            if (prefix > 0) {
                tensor(TrainingDecoder.PREFIX_ROWS, ElementType.FLOAT, rows.size(), 1, 1, 1);
            }
            return new TrainingBatch(inputs, tokens, supervised.size());
        }

        /** Each position sees the prefix, and in its own text itself and what is before. */
        private void mask(FloatBuffer mask, int row) {
            int keys = prefix + length;
            float[] line = new float[keys];
            int from = 0;
            int text = 0;
            int end = 0;
            for (int query = 0; query < length; query++) {
                while (query >= end && text < rows.get(row).size()) {
                    from = end;
                    end += virtual + rows.get(row).get(text++).ids().length;
                }
                int first = query < end ? from : query; // padding sees itself
                for (int key = 0; key < length; key++) {
                    line[prefix + key] = key >= first && key <= query ? 0 : UNSEEN;
                }
                for (int group = 0; group < groups; group++) {
                    mask.put(((row * groups + group) * length + query) * keys, line);
                }
            }
        }

        /** The tokens, or their embeddings with room for virtual ones. */
        private void texts() {
            int width = embedding.hiddenSize();
            ByteBuffer ids = learner.learnsEmbedding()
                    ? tensor(TrainingDecoder.IDS, ElementType.INT64, rows.size(), length)
                    : ByteBuffer.allocate(0);
            FloatBuffer embedded = learner.learnsEmbedding()
                    ? FloatBuffer.allocate(0)
                    : tensor(TrainingDecoder.EMBEDDINGS, ElementType.FLOAT, rows.size(), length, width)
                            .asFloatBuffer();
            FloatBuffer places = virtual == 0
                    ? FloatBuffer.allocate(0)
                    : tensor(PromptLearner.PLACES, ElementType.FLOAT, rows.size(), length, virtual)
                            .asFloatBuffer();
            for (int row = 0; row < rows.size(); row++) {
                int at = row * length;
                for (TrainingText text : rows.get(row)) {
                    for (int i = 0; i < virtual; i++) {
                        places.put((at + i) * virtual + i, 1);
                    }
                    at += virtual;
                    if (learner.learnsEmbedding()) {
                        for (int i = 0; i < text.ids().length; i++) {
                            ids.putLong((at + i) * Long.BYTES, text.ids()[i]);
                        }
                    } else {
                        embedding.lookup(text.ids(), 0, text.ids().length, embedded.position(at * width));
                    }
                    at += text.ids().length;
                }
            }
        }

        /** Filled up with places that weigh nothing. */
        private void loss(List<long[]> supervised) {
            int pieces = TrainingGraph.PIECES;
            int count = Math.max(1, (supervised.size() + pieces - 1) / pieces) * pieces;
            int piece = count / pieces;
            ByteBuffer places = tensor(TrainingGraph.ROWS, ElementType.INT64, count);
            ByteBuffer targets = tensor(TrainingGraph.TARGETS, ElementType.INT64, count, 2);
            ByteBuffer weights = tensor(TrainingGraph.WEIGHTS, ElementType.FLOAT, count);
            for (int i = 0; i < count; i++) {
                targets.putLong(2 * i * Long.BYTES, i % piece);
                if (i < supervised.size()) {
                    places.putLong(i * Long.BYTES, supervised.get(i)[0]);
                    targets.putLong((2 * i + 1) * Long.BYTES, supervised.get(i)[1]);
                    weights.putFloat(i * Float.BYTES, 1f / total);
                }
            }
        }

        private ByteBuffer tensor(String name, ElementType type, long... shape) {
            long size = type.bytes();
            for (long dim : shape) {
                size = Math.multiplyExact(size, dim);
            }
            ByteBuffer data = ByteBuffer.allocateDirect(Math.toIntExact(size)).order(ByteOrder.nativeOrder());
            inputs.put(name, new Tensor(type, data, shape));
            return data;
        }
    }
}
