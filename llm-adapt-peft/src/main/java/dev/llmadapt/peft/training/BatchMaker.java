package dev.llmadapt.peft.training;

import dev.llmadapt.InferenceException;
import dev.llmadapt.local.architecture.Embedding;
import dev.llmadapt.local.checkpoint.Checkpoint;
import dev.llmadapt.local.memory.NativeArena;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** A maker of batches from the items of an objective. */
final class BatchMaker {
    private final Trainable trainable;
    private final TrainingOptions.Machine machine;
    private final TokenStates states;
    private final int groups;

    BatchMaker(Checkpoint base, Trainable trainable, TrainingOptions.Machine machine) {
        this(
                trainable,
                machine,
                TokenStates.of(Embedding.of(base)),
                base.config().heads() / base.config().keyValueHeads());
    }

    private BatchMaker(Trainable trainable, TrainingOptions.Machine machine, TokenStates states, int groups) {
        this.trainable = trainable;
        this.machine = machine;
        this.states = states;
        this.groups = groups;
    }

    /** Returns a maker of batches whose tokens enter the graph as other numbers than their embeddings. */
    BatchMaker withStates(TokenStates others) {
        return new BatchMaker(trainable, machine, others, groups);
    }

    /** Items that run together, as many as fit into a run. */
    List<List<Integer>> runs(List<Integer> items) {
        List<List<Integer>> runs = new ArrayList<>();
        for (int from = 0; from < items.size(); from += machine.microBatchSize()) {
            runs.add(items.subList(from, Math.min(from + machine.microBatchSize(), items.size())));
        }
        return runs;
    }

    /** All items of an objective, in runs. */
    List<List<Integer>> runs(Objective objective) {
        return runs(IntStream.range(0, objective.size()).boxed().toList());
    }

    /** The rows of some items, as a batch of these has them. */
    List<List<TrainingText>> rows(Objective objective, List<Integer> items) {
        return objective.rows(items, machine.packing(), trainable.virtualTokens());
    }

    /**
     * The batch of some items.
     *
     * @param where its tensors lie
     * @param total the weight of all items of the step
     * @throws TrainingException if it does not fit into memory
     */
    TrainingBatch batch(NativeArena where, Objective objective, List<Integer> items, int total) {
        List<List<TrainingText>> rows = rows(objective, items);
        int all = Math.max(1, total);
        try {
            TrainingBatch laidOut = TrainingBatch.of(where, rows, trainable, states, groups, all);
            return objective.complete(where, rows, laidOut, items, all);
        } catch (InferenceException e) {
            int longest = rows.stream()
                    .mapToInt(row ->
                            row.stream().mapToInt(text -> text.ids().length).sum())
                    .max()
                    .orElse(0);
            throw new TrainingException(
                    "a batch of " + rows.size() + " rows of up to " + longest + " tokens does not fit into memory: "
                            + e.getMessage() + "; lower microBatchSize or maxLength",
                    e);
        }
    }
}
