package dev.llmadapt.peft.training;

import dev.llmadapt.local.architecture.Embedding;
import dev.llmadapt.local.checkpoint.Checkpoint;
import dev.llmadapt.local.graph.ElementType;
import dev.llmadapt.local.memory.NativeArena;
import dev.llmadapt.local.runtime.Execution;
import dev.llmadapt.local.runtime.GraphSession;
import dev.llmadapt.local.runtime.GraphSession.Tensor;
import dev.llmadapt.local.runtime.GraphSession.Tensors;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * What leaves the blocks below the first one that learns, of each token of each text. It is the same in every step, so
 * it is computed once, and these blocks are no part of the steps.
 */
final class FrozenStates implements TokenStates {
    /** More are not kept, but computed in each step. */
    static final long MAX_BYTES = 1L << 30;

    private static final int TOGETHER = 16; // texts

    private final int width;
    private final IdentityHashMap<TrainingText, FloatBuffer> states = new IdentityHashMap<>();

    private FrozenStates(int width) {
        this.width = width;
    }

    /** Whether the states of some texts may be kept. */
    static boolean fit(List<TrainingText> texts, int width) {
        long tokens = texts.stream().mapToLong(text -> text.ids().length).sum();
        return tokens * width * Float.BYTES <= MAX_BYTES;
    }

    /**
     * Computes the states of texts.
     *
     * @param memory where they lie, which must be open as long as they are used
     * @param options with the first block that learns
     */
    static FrozenStates of(
            NativeArena memory,
            List<TrainingText> texts,
            Checkpoint base,
            Trainable trainable,
            TrainingGraph.Options options,
            Execution execution) {
        int width = base.config().hiddenSize();
        int groups = base.config().heads() / base.config().keyValueHeads();
        TokenStates embedded = TokenStates.of(Embedding.of(base));
        FrozenStates all = new FrozenStates(width);
        List<TrainingText> byLength = new ArrayList<>(texts);
        byLength.sort(Comparator.comparingInt(text -> text.ids().length));
        try (GraphSession session =
                GraphSession.open(TrainingGraph.states(base, options).model(), execution)) {
            for (int from = 0; from < byLength.size(); from += TOGETHER) {
                List<TrainingText> rows = byLength.subList(from, Math.min(from + TOGETHER, byLength.size()));
                int length = rows.get(rows.size() - 1).ids().length;
                try (NativeArena ofRows = new NativeArena();
                        Tensors own = new Tensors()) {
                    TrainingBatch batch = TrainingBatch.of(
                            ofRows, rows.stream().map(List::of).toList(), trainable, embedded, groups, 1);
                    Map<String, Tensor> inputs = TrainingSession.tensors(batch.inputs(), own);
                    inputs.keySet().removeAll(TrainingGraph.LOSS_INPUTS);
                    ByteBuffer found = ofRows.zeros((long) rows.size() * length * width * Float.BYTES);
                    session.run(
                            inputs,
                            Map.of(TrainingGraph.STATES, own.of(found, ElementType.FLOAT, rows.size(), length, width)));
                    FloatBuffer numbers = found.asFloatBuffer();
                    for (int row = 0; row < rows.size(); row++) {
                        int size = rows.get(row).ids().length * width;
                        FloatBuffer kept =
                                memory.zeros((long) size * Float.BYTES).asFloatBuffer();
                        kept.put(0, numbers, row * length * width, size);
                        all.states.put(rows.get(row), kept);
                    }
                }
            }
        }
        return all;
    }

    @Override
    public int width() {
        return width;
    }

    @Override
    public void put(TrainingText text, int from, int to, FloatBuffer target) {
        FloatBuffer kept = Objects.requireNonNull(states.get(text), "a text of this training");
        target.put(target.position(), kept, from * width, (to - from) * width);
    }
}
