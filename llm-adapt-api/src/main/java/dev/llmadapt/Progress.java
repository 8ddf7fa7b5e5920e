package dev.llmadapt;

/** Hears how far long work has come. */
@FunctionalInterface
public interface Progress {
    /** Hears nothing. */
    Progress NONE = (stage, done, total) -> {};

    /**
     * Called now and then, on the thread that does the work.
     *
     * @param stage what is being done, such as {@code download}
     * @param done units finished
     * @param total units in all, or 0 when not known
     */
    void report(String stage, long done, long total);
}
