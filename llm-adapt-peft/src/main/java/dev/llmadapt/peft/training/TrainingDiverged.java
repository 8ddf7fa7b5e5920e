package dev.llmadapt.peft.training;

import java.io.Serial;

/** A training ends because its loss, or a gradient, is not a finite number any more. */
public final class TrainingDiverged extends TrainingException {
    @Serial
    private static final long serialVersionUID = 1L;

    /** With the step, what was found in it, and what to do. */
    public TrainingDiverged(String message) {
        super(message);
    }
}
