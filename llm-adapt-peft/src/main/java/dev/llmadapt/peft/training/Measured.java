package dev.llmadapt.peft.training;

import dev.llmadapt.local.memory.NativeArena;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.IntStream;

/**
 * The items that were held back, as a model finds them.
 *
 * @param loss their mean, if they were measured
 * @param score the share of right labels, where labels are learned
 * @param rewards of answers, where these are compared
 */
record Measured(OptionalDouble loss, OptionalDouble score, Optional<Rewards> rewards) {
    static final Measured NOTHING = new Measured(OptionalDouble.empty(), OptionalDouble.empty(), Optional.empty());

    /**
     * Measures.
     *
     * @param labels of the head that learns, or 0
     * @param session whose parameters are measured
     */
    static Measured of(Objective items, int labels, BatchMaker batches, LossSession session) {
        if (labels > 0) {
            LabelLogits logits = logits(items, labels, batches, session);
            return new Measured(
                    OptionalDouble.of(logits.loss()), OptionalDouble.of(logits.accuracy()), Optional.empty());
        }
        int total = IntStream.range(0, items.size()).map(items::weight).sum();
        double sum = 0;
        List<Objective.Ran> ran = new ArrayList<>();
        for (List<Integer> together : batches.runs(items)) {
            try (NativeArena ofRun = new NativeArena()) {
                TrainingBatch batch = batches.batch(ofRun, items, together, total);
                sum += session.loss(batch);
                ran.add(new Objective.Ran(together, batch));
            }
        }
        return new Measured(OptionalDouble.of(sum), OptionalDouble.empty(), items.rewards(ran));
    }

    /** The logits that a head gives labelled texts. */
    static LabelLogits logits(Objective items, int labels, BatchMaker batches, LossSession session) {
        LabelLogits all = LabelLogits.none();
        for (List<Integer> together : batches.runs(items)) {
            List<TrainingText> texts =
                    batches.rows(items, together).stream().flatMap(List::stream).toList();
            try (NativeArena ofRun = new NativeArena()) {
                all = all.plus(session.logits(batches.batch(ofRun, items, together, texts.size()), labels), texts);
            }
        }
        return all;
    }
}
