package dev.llmadapt.observation;

import java.time.Duration;
import java.util.List;

/**
 * A listener for what models do: what becomes of each request, and of searches and steps of training. It is told
 * counts, names and times, never the text of a prompt, an answer or a passage.
 *
 * <p>Give it to the options of a model ({@code ModelOptions.withListener}, {@code RemoteOptions.withListener}), of
 * retrieval ({@code RagOptions.withListener}), or to a training ({@code TrainingEvent.tellTo}). A layer that asks its
 * model several times, such as self-consistency, shows as several requests.
 *
 * <p>Every method is called on the thread that made the request, outside of all locks, so that a slow listener delays
 * that request and no other; it should still return at once. What it throws is logged, the first time, and has no other
 * effect. It has to be thread-safe. Of each request {@link #onEnd} is called once; the others at most once before, in
 * the order in which they stand here.
 *
 * <p>All methods do nothing unless overridden.
 */
public interface ModelListener {
    /** A listener that ignores everything; models that have it make no events. */
    ModelListener NONE = new ModelListener() {
        @Override
        public String toString() {
            return "none";
        }
    };

    /** Receives a request that is about to wait for its turn; of a remote model, to be sent. */
    default void onQueued(RequestInfo request) {}

    /**
     * Receives a request whose prompt is being read. It is told within the piece of the prompt that is read first; of a
     * server nobody knows, and this is not called.
     *
     * @param queued the time from the call until then
     */
    default void onStarted(RequestInfo request, Duration queued) {}

    /**
     * Receives a request that has its first token.
     *
     * @param sinceCall the time from the call until then
     */
    default void onFirstToken(RequestInfo request, Duration sinceCall) {}

    /** Receives a request that is over, however it ended; also one that was refused and never waited. */
    default void onEnd(RequestEnd end) {}

    /** Receives a search that is over. */
    default void onRetrieval(RetrievalEnd retrieval) {}

    /** Receives a step of training that was made. */
    default void onTrainingStep(TrainingStep step) {}

    /** A listener that tells several, in their order; what one of them throws does not keep it from the others. */
    static ModelListener all(List<ModelListener> listeners) {
        return new AllListeners(listeners.stream().map(ModelListener::guarded).toList());
    }

    /**
     * A listener that tells another one and throws nothing: it logs the first exception, and swallows them all. Models
     * call their listeners through it.
     */
    static ModelListener guarded(ModelListener listener) {
        return GuardedListener.of(listener);
    }
}
