package dev.llmadapt.rag.retrieval;

import dev.llmadapt.Passage;
import dev.llmadapt.Query;
import dev.llmadapt.Retriever;
import dev.llmadapt.ScoreExplanation;
import dev.llmadapt.observation.ModelListener;
import dev.llmadapt.observation.RetrievalEnd;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** Tells a listener and the Flight Recorder of each search. */
final class ObservedRetriever implements Retriever {
    private final String name;
    private final Retriever retriever;
    private final ModelListener listener;

    ObservedRetriever(String name, Retriever retriever, ModelListener listener) {
        this.name = Objects.requireNonNull(name, "name must not be null");
        this.retriever = Objects.requireNonNull(retriever, "retriever must not be null");
        this.listener = ModelListener.guarded(listener);
    }

    @Override
    public List<Passage> retrieve(Query query) {
        RetrievalEvent event = new RetrievalEvent();
        event.begin();
        long begun = System.nanoTime();
        try {
            List<Passage> found = retriever.retrieve(query);
            tell(event, begun, found.size(), "");
            return found;
        } catch (RuntimeException | Error e) {
            tell(event, begun, 0, e.getClass().getName());
            throw e;
        }
    }

    private void tell(RetrievalEvent event, long begun, int results, String error) {
        event.record(name, results, error);
        if (!listener.equals(ModelListener.NONE)) {
            listener.onRetrieval(new RetrievalEnd(name, results, Duration.ofNanos(System.nanoTime() - begun), error));
        }
    }

    @Override
    public Optional<ScoreExplanation> explain(Query query, String id) {
        return retriever.explain(query, id);
    }
}
