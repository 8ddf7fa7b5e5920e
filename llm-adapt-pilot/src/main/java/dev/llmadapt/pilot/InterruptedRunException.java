package dev.llmadapt.pilot;

import dev.llmadapt.LlmAdaptException;
import java.io.Serial;

/** The end of a run that the caller wants to end. */
final class InterruptedRunException extends LlmAdaptException {
    @Serial
    private static final long serialVersionUID = 1L;

    InterruptedRunException() {
        super("the pilot was interrupted; nothing is reported");
    }
}
