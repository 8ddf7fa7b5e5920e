package dev.llmadapt.pilot;

import dev.llmadapt.UnavailableException;

/**
 * What ends a run instead of counting against a candidate: an interrupt, or a model that cannot be asked at all.
 * Neither is kept in the journal, so that a run which goes on asks again.
 */
final class RunEnd {
    private RunEnd() {}

    /** Ends the run if the calling thread is interrupted; its interrupt status stays set. */
    static void check() {
        if (Thread.currentThread().isInterrupted()) {
            throw new InterruptedRunException();
        }
    }

    /**
     * Ends the run if a failure ends it or comes of what does; everything that catches any failure calls this first.
     */
    static void check(RuntimeException failure) {
        check();
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof InterruptedRunException || cause instanceof UnavailableException) {
                throw failure;
            }
        }
    }
}
