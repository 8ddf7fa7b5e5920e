package dev.llmadapt.peft.training;

import dev.llmadapt.Progress;
import dev.llmadapt.local.memory.NativeArena;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;

/**
 * The log-probabilities of answers under the parameters that a training begins with: the base, where an adapter is new,
 * or the adapter that is trained on. They are computed once, before the first step.
 */
final class ReferencePass {
    private ReferencePass() {}

    /**
     * What the model of a session says of the answers.
     *
     * @param progress hears of this stage, "reference", in items
     */
    static Preferences known(Preferences preferences, BatchMaker batches, LossSession session, Progress progress) {
        List<Preferences.Reference> reference = new ArrayList<>();
        int done = 0;
        progress.report("reference", 0, preferences.size());
        for (List<Integer> items : batches.runs(preferences)) {
            if (Thread.currentThread().isInterrupted()) {
                throw new CancellationException("training was interrupted before its first step");
            }
            try (NativeArena ofRun = new NativeArena()) {
                TrainingBatch batch = batches.batch(ofRun, preferences, items, items.size());
                session.loss(batch);
                reference.addAll(Preferences.policy(batch));
            }
            done += items.size();
            progress.report("reference", done, preferences.size());
        }
        return preferences.withReference(reference);
    }
}
