package dev.llmadapt.observation;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells a listener, and swallows what it throws. */
final class GuardedListener implements ModelListener {
    private static final Logger LOG = LoggerFactory.getLogger(ModelListener.class);

    private final ModelListener listener;
    private final AtomicBoolean failed = new AtomicBoolean();

    private GuardedListener(ModelListener listener) {
        this.listener = listener;
    }

    /** See {@link ModelListener#guarded}. */
    static ModelListener of(ModelListener listener) {
        return listener.equals(NONE) || listener instanceof GuardedListener ? listener : new GuardedListener(listener);
    }

    private void tell(Runnable call) {
        try {
            call.run();
        } catch (Exception
                | LinkageError
                | AssertionError
                | StackOverflowError e) { // also checked ones, which other languages throw
            if (failed.compareAndSet(false, true)) {
                LOG.warn("the listener {} threw; its next exceptions are not logged", listener, e);
            }
        }
    }

    @Override
    public void onQueued(RequestInfo request) {
        tell(() -> listener.onQueued(request));
    }

    @Override
    public void onStarted(RequestInfo request, Duration queued) {
        tell(() -> listener.onStarted(request, queued));
    }

    @Override
    public void onFirstToken(RequestInfo request, Duration sinceCall) {
        tell(() -> listener.onFirstToken(request, sinceCall));
    }

    @Override
    public void onEnd(RequestEnd end) {
        tell(() -> listener.onEnd(end));
    }

    @Override
    public void onRetrieval(RetrievalEnd retrieval) {
        tell(() -> listener.onRetrieval(retrieval));
    }

    @Override
    public void onTrainingStep(TrainingStep step) {
        tell(() -> listener.onTrainingStep(step));
    }

    @Override
    public String toString() {
        return String.valueOf(listener);
    }
}
