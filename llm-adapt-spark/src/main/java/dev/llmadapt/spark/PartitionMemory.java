package dev.llmadapt.spark;

import dev.llmadapt.pilot.rows.RowAnswer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What attempts at tasks that did not end have answered, so that the next attempt in this executor does not ask again.
 * Bounded; what is not here any more is asked again. Thread-safe.
 */
final class PartitionMemory {
    private static final int MOST_ROWS = 200_000;

    /** A task, whatever the attempt. */
    record Task(int stage, int partition) {}

    private final Map<Task, List<RowAnswer>> answered = new HashMap<>();
    private final ArrayDeque<Task> order = new ArrayDeque<>();
    private int rows;

    /** What is known of the row at a place of a task, if it has the same text. */
    synchronized Optional<RowAnswer> find(Task task, int row, String text) {
        List<RowAnswer> known = answered.get(task);
        return known == null || row >= known.size() || !known.get(row).text().equals(text)
                ? Optional.empty()
                : Optional.of(known.get(row));
    }

    /** Keeps the answers to the rows from a place on, of which those before it are kept. */
    synchronized void keep(Task task, int from, List<RowAnswer> answers) {
        List<RowAnswer> known = answered.computeIfAbsent(task, each -> {
            order.add(task);
            return new ArrayList<>();
        });
        if (from > known.size()) {
            return; // those before were dropped, or another attempt is at it
        }
        int before = known.size();
        known.subList(from, Math.max(from, Math.min(before, from + answers.size())))
                .clear();
        known.addAll(from, answers);
        rows += known.size() - before;
        while (rows > MOST_ROWS) {
            forget(order.peek());
        }
    }

    /** Forgets a task, which has ended. */
    synchronized void forget(Task task) {
        List<RowAnswer> known = answered.remove(task);
        order.remove(task);
        rows -= known == null ? 0 : known.size();
    }
}
