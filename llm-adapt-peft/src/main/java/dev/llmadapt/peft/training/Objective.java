package dev.llmadapt.peft.training;

import dev.llmadapt.local.memory.NativeArena;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * The items of a run, each learned as a whole, and the loss that is made of them: texts for the cross-entropy, texts
 * that are compared for preferences. Items are known by their positions, from 0.
 */
public interface Objective {
    /** The loss of the items, where something learns that may have a loss of its own. */
    Loss.Kind loss(Trainable trainable);

    /** How many items there are. */
    int size();

    /** The texts of an item, at least one. */
    List<TrainingText> texts(int item);

    /** The texts of all items of an objective. */
    static List<TrainingText> texts(Objective items) {
        return IntStream.range(0, items.size())
                .boxed()
                .flatMap(item -> items.texts(item).stream())
                .toList();
    }

    /** How much an item counts in the mean of a step: its learned tokens, or 1. */
    int weight(int item);

    /**
     * Lays items out as rows of texts.
     *
     * @param packing whether a row may hold several texts
     * @param virtualTokens before each text
     */
    List<List<TrainingText>> rows(List<Integer> items, boolean packing, int virtualTokens);

    /** The most tokens of a row, virtual ones included; no fewer than any row of {@link #rows} has. */
    int longestRow(boolean packing, int virtualTokens);

    /**
     * A batch with what the loss needs beside its texts.
     *
     * @param memory where tensors lie
     * @param rows the items' texts, laid out
     * @param laidOut a batch of these rows, in which each learned token counts {@code 1 / total}
     * @param total the weight of all items of the step
     */
    TrainingBatch complete(
            NativeArena memory, List<List<TrainingText>> rows, TrainingBatch laidOut, List<Integer> items, int total);

    /** The rewards in batches that have run, for preferences. */
    Optional<Rewards> rewards(List<Ran> ran);

    /**
     * A batch that has run.
     *
     * @param items in it
     * @param batch whose outputs are filled; its inputs may be gone
     */
    record Ran(List<Integer> items, TrainingBatch batch) {}
}
