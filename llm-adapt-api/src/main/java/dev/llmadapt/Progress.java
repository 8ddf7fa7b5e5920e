package dev.llmadapt;

/** A listener for the progress of long work. */
@FunctionalInterface
public interface Progress {
    /** A listener that ignores everything. */
    Progress NONE = (stage, done, total) -> {};

    /**
     * Receives the progress so far, now and then, on the thread that does the work.
     *
     * @param stage the work being done, such as {@code download}
     * @param done the number of units finished
     * @param total the number of all units, or 0 when not known
     */
    void report(String stage, long done, long total);
}
