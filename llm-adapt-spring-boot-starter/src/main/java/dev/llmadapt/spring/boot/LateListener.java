package dev.llmadapt.spring.boot;

import dev.llmadapt.observation.ModelListener;
import dev.llmadapt.observation.RequestEnd;
import dev.llmadapt.observation.RequestInfo;
import dev.llmadapt.observation.RetrievalEnd;
import dev.llmadapt.observation.TrainingStep;
import java.time.Duration;
import java.util.function.Supplier;
import org.springframework.util.function.SingletonSupplier;

/** A listener that is found when there is something to tell it: registries may be made after the model. */
final class LateListener implements ModelListener {
    private final SingletonSupplier<ModelListener> listener;

    LateListener(Supplier<ModelListener> listener) {
        this.listener = SingletonSupplier.of(listener);
    }

    @Override
    public void onQueued(RequestInfo request) {
        listener.obtain().onQueued(request);
    }

    @Override
    public void onStarted(RequestInfo request, Duration queued) {
        listener.obtain().onStarted(request, queued);
    }

    @Override
    public void onFirstToken(RequestInfo request, Duration sinceCall) {
        listener.obtain().onFirstToken(request, sinceCall);
    }

    @Override
    public void onEnd(RequestEnd end) {
        listener.obtain().onEnd(end);
    }

    @Override
    public void onRetrieval(RetrievalEnd retrieval) {
        listener.obtain().onRetrieval(retrieval);
    }

    @Override
    public void onTrainingStep(TrainingStep step) {
        listener.obtain().onTrainingStep(step);
    }
}
