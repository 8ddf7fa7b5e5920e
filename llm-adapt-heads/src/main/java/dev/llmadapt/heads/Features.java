package dev.llmadapt.heads;

import dev.llmadapt.Request;
import java.util.List;

/**
 * A way to turn requests into rows of numbers, in two steps: reading, which looks at each request alone, and a
 * projection, which is learned from what was read of the training examples. Thread-safe.
 *
 * @param <T> what is read of a request
 */
interface Features<T> {
    /** The name of the strategy that learns from these features, such as {@code words}. */
    String name();

    /** The loss with which a classifier learns from these features. */
    Loss loss();

    /**
     * The features among which cross-validation chooses, the first where nothing can be held out; all read alike, and
     * differ in their projections.
     */
    default List<? extends Features<T>> variants() {
        return List.of(this);
    }

    /** Reads requests, in their order. */
    List<T> read(List<Request> requests);

    /** Learns a projection; it must not see what it is to be judged by. */
    Projection<T> project(List<T> readings);

    /** The text that a head answers: the last user message. */
    static String text(Request request) {
        return request.messages().get(request.question()).content();
    }

    /**
     * A map from what was read of a request to a row.
     *
     * @param <T> what is read of a request
     */
    interface Projection<T> {
        /** The number of places in a row. */
        int dimension();

        /** The row of one reading. */
        Row row(T reading);
    }

    /** The loss that a classifier minimises. */
    enum Loss {
        /** The squared hinge loss: a support vector machine. */
        SQUARED_HINGE,
        /** The logistic loss: a multinomial logistic regression, for rows that are dense. */
        LOGISTIC
    }
}
