package dev.llmadapt.remote.http;

import java.io.Serial;

/**
 * A request whose own limit of time has passed: as if its thread were interrupted, but for the thread's interrupt
 * status.
 */
public final class OutOfTime extends InterruptedException {
    @Serial
    private static final long serialVersionUID = 1L;

    OutOfTime() {
        super("the request's limit of time has passed");
    }
}
