package dev.llmadapt;

/** A measure of how right an answer is: 0 is wrong, 1 is right, partly right lies in between. Thread-safe. */
public interface Metric {
    /** A short name for reports, such as {@code accuracy}. */
    String name();

    /** The score of an answer, in [0, 1]. */
    double score(String expected, String actual);

    /**
     * A metric that is 1 when both texts are equal but for white space at the ends, else 0; its mean is the accuracy.
     */
    static Metric exactMatch() {
        return ExactMatch.INSTANCE;
    }
}
