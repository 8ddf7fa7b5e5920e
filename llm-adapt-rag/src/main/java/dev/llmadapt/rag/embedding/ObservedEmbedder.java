package dev.llmadapt.rag.embedding;

import dev.llmadapt.observation.ModelListener;
import dev.llmadapt.observation.Operation;
import dev.llmadapt.observation.RequestObserver;
import dev.llmadapt.observation.RequestTrace;
import dev.llmadapt.rag.splitting.Tokens;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;

/** Tells a listener and the Flight Recorder of each embedding. */
final class ObservedEmbedder implements Embedder {
    private final Embedder embedder;
    private final RequestObserver observer;

    ObservedEmbedder(Embedder embedder, ModelListener listener) {
        this.embedder = Objects.requireNonNull(embedder, "embedder must not be null");
        this.observer = RequestObserver.inProcess(listener, embedder.name());
    }

    @Override
    public String name() {
        return embedder.name();
    }

    @Override
    public int dimension() {
        return embedder.dimension();
    }

    @Override
    public List<float[]> embedPassages(List<String> texts) {
        return traced(() -> embedder.embedPassages(texts));
    }

    @Override
    public float[] embedQuery(String text) {
        return traced(() -> embedder.embedQuery(text));
    }

    private <T> T traced(Supplier<T> embedding) {
        RequestTrace trace = observer.begin(Operation.EMBEDDINGS, 0);
        try {
            trace.queued(List.of());
            T vectors = embedding.get();
            trace.finished("", 0, 0);
            return vectors;
        } catch (RuntimeException | Error e) {
            trace.failed(e, false);
            throw e;
        }
    }

    @Override
    public Tokens tokens() {
        return embedder.tokens();
    }

    @Override
    public void close() {
        embedder.close();
    }
}
