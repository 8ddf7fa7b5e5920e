package dev.llmadapt;

/** How an answer is judged: 0 is wrong, 1 is right, parts in between. Thread-safe. */
public interface Metric {
    /** A short name for reports, such as {@code accuracy}. */
    String name();

    /** The worth of an answer, in [0, 1]. */
    double score(String expected, String actual);

    /** 1 when both are the same but for white space at the ends, else 0; averaged over examples it is the accuracy. */
    static Metric exactMatch() {
        return ExactMatch.INSTANCE;
    }
}
