package dev.llmadapt.peft.data;

import dev.llmadapt.peft.data.TrainingData.BrokenLine;
import java.util.ArrayList;
import java.util.List;

/** The lines of a file that could not be read: all are counted, the first are kept. For one thread. */
final class BrokenLines {
    private final List<BrokenLine> lines = new ArrayList<>();
    private long count;

    void add(long line, String reason) {
        count++;
        if (lines.size() < TrainingData.MAX_BROKEN) {
            lines.add(new BrokenLine(line, reason));
        }
    }

    /** The first of them. */
    List<BrokenLine> lines() {
        return lines;
    }

    /** The number of all. */
    long count() {
        return count;
    }
}
