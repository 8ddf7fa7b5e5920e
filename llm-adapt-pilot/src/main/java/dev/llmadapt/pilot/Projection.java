package dev.llmadapt.pilot;

import dev.llmadapt.LlmAdaptException;
import dev.llmadapt.Progress;
import java.io.Serial;
import java.util.function.LongSupplier;

/**
 * A listener to work that is ended as soon as its progress shows that it takes longer than there is time for: so what
 * trains is known to fit, or not, after a few of its steps.
 *
 * <p>Not thread-safe; it listens on the thread that does the work.
 */
final class Projection implements Progress {
    /** Nanoseconds of a stage before which its pace is not known: the first steps are slow. */
    private static final double WARM = 4e9;

    private static final int STEPS = 3;

    private final double allowed;
    private final LongSupplier clock;
    private long begun = -1;
    private String stage = "";
    private long stageBegun;
    private long first;

    /**
     * A projection that begins with the first report.
     *
     * @param allowed the nanoseconds that the work may take in all
     */
    Projection(double allowed, LongSupplier clock) {
        this.allowed = allowed;
        this.clock = clock;
    }

    /** Ends work that will take too long, by an exception. */
    @Override
    public void report(String name, long done, long total) {
        if (Double.isInfinite(allowed)) {
            return;
        }
        long now = clock.getAsLong();
        begun = begun < 0 ? now : begun;
        if (!name.equals(stage) || done < first) {
            stage = name;
            stageBegun = now;
            first = done;
        }
        long steps = done - first;
        long taken = now - stageBegun;
        if (total <= first || steps < STEPS || taken < WARM) {
            if (now - begun > allowed) {
                throw new TooLongException(now - begun);
            }
            return;
        }
        double expected = stageBegun - begun + (double) taken * (total - first) / steps;
        if (expected > allowed) {
            throw new TooLongException(expected);
        }
    }

    /** The end of work that would take longer than there is time for. */
    static final class TooLongException extends LlmAdaptException {
        @Serial
        private static final long serialVersionUID = 1L;

        private final double nanos;

        TooLongException(double nanos) {
            super("it takes too long");
            this.nanos = nanos;
        }

        /** The nanoseconds that all of the work is expected to take. */
        double nanos() {
            return nanos;
        }
    }
}
