package dev.llmadapt.peft.training;

import dev.llmadapt.local.memory.NativeArena;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Texts whose learned tokens, or labels, are made more likely, each an item of its own.
 *
 * @param all the texts
 */
public record Texts(List<TrainingText> all) implements Objective {
    private static final int PACKED = 640; // tokens of a row: attention costs the square of it

    /** Copies; texts whose tokens compete with some and with all do not mix. */
    public Texts {
        all = List.copyOf(all);
        long chosen = all.stream().filter(text -> !text.choices().isEmpty()).count();
        if (chosen > 0 && chosen < all.size()) {
            throw new IllegalArgumentException(
                    "expected choices in all texts or in none, got them in " + chosen + " of " + all.size());
        }
    }

    @Override
    public Loss.Kind loss(Trainable trainable) {
        return all.isEmpty() || all.get(0).choices().isEmpty() ? trainable.loss() : Loss.overChoices();
    }

    @Override
    public int size() {
        return all.size();
    }

    @Override
    public List<TrainingText> texts(int item) {
        return List.of(all.get(item));
    }

    @Override
    public int weight(int item) {
        return all.get(item).learnedTokens();
    }

    @Override
    public List<List<TrainingText>> rows(List<Integer> items, boolean packing, int virtualTokens) {
        List<TrainingText> run = items.stream().map(all::get).toList();
        if (!packing) {
            return run.stream().map(List::of).toList();
        }
        List<TrainingText> longest = new ArrayList<>(run);
        longest.sort(Comparator.comparingInt((TrainingText text) -> text.ids().length)
                .reversed());
        int shared = TrainingBatch.shared(run);
        int own = run.stream()
                .mapToInt(text -> text.ids().length + virtualTokens - shared)
                .sum();
        int room = Math.max(PACKED, longest.get(0).ids().length + virtualTokens) - shared;
        int count = Math.max(1, (own + room - 1) / room);
        List<List<TrainingText>> rows = new ArrayList<>();
        int[] filled = new int[count];
        for (int i = 0; i < count; i++) {
            rows.add(new ArrayList<>());
        }
        for (TrainingText text : longest) { // each to the row that is shortest so far
            int shortest = 0;
            for (int row = 1; row < count; row++) {
                shortest = filled[row] < filled[shortest] ? row : shortest;
            }
            rows.get(shortest).add(text);
            filled[shortest] += text.ids().length + virtualTokens - shared;
        }
        rows.removeIf(List::isEmpty);
        return rows;
    }

    @Override
    public int longestRow(boolean packing, int virtualTokens) {
        int longest = all.stream().mapToInt(text -> text.ids().length).max().orElse(0) + virtualTokens;
        return packing ? Math.max(PACKED, longest) + longest : longest;
    }

    @Override
    public TrainingBatch complete(
            NativeArena memory, List<List<TrainingText>> rows, TrainingBatch laidOut, List<Integer> items, int total) {
        return laidOut;
    }

    @Override
    public Optional<Rewards> rewards(List<Ran> ran) {
        return Optional.empty();
    }
}
