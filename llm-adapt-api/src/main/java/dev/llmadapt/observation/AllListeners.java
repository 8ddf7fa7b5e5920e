package dev.llmadapt.observation;

import java.time.Duration;
import java.util.List;

/** Tells several listeners, none of which throws. */
record AllListeners(List<ModelListener> listeners) implements ModelListener {
    @Override
    public void onQueued(RequestInfo request) {
        listeners.forEach(each -> each.onQueued(request));
    }

    @Override
    public void onStarted(RequestInfo request, Duration queued) {
        listeners.forEach(each -> each.onStarted(request, queued));
    }

    @Override
    public void onFirstToken(RequestInfo request, Duration sinceCall) {
        listeners.forEach(each -> each.onFirstToken(request, sinceCall));
    }

    @Override
    public void onEnd(RequestEnd end) {
        listeners.forEach(each -> each.onEnd(end));
    }

    @Override
    public void onRetrieval(RetrievalEnd retrieval) {
        listeners.forEach(each -> each.onRetrieval(retrieval));
    }

    @Override
    public void onTrainingStep(TrainingStep step) {
        listeners.forEach(each -> each.onTrainingStep(step));
    }
}
