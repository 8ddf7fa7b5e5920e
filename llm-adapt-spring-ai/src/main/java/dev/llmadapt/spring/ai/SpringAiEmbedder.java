package dev.llmadapt.spring.ai;

import dev.llmadapt.rag.embedding.Embedder;
import dev.llmadapt.rag.splitting.Tokens;
import java.util.List;
import java.util.Objects;
import org.springframework.ai.embedding.EmbeddingModel;

/**
 * An embedding model of Spring AI as an {@link Embedder}, for an index of {@code llm-adapt-rag}. It embeds queries as
 * passages, since Spring AI's interface does not tell them apart, and its tokens are words. Thread-safe where the model
 * is.
 */
public final class SpringAiEmbedder implements Embedder {
    private final String name;
    private final EmbeddingModel model;
    private final int dimension;
    private volatile boolean closed;

    /**
     * An embedder.
     *
     * @param name of the model that answers behind the interface; an index refuses vectors of another name
     * @param model is asked for its dimension here; it is not closed with this embedder
     */
    public SpringAiEmbedder(String name, EmbeddingModel model) {
        this.name = Objects.requireNonNull(name, "name must not be null");
        this.model = Objects.requireNonNull(model, "model must not be null");
        this.dimension = model.dimensions();
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public int dimension() {
        return dimension;
    }

    @Override
    public List<float[]> embedPassages(List<String> texts) {
        requireOpen();
        return texts.isEmpty() ? List.of() : model.embed(texts);
    }

    @Override
    public float[] embedQuery(String text) {
        requireOpen();
        return model.embed(text);
    }

    @Override
    public Tokens tokens() {
        requireOpen();
        return Tokens.words();
    }

    @Override
    public void close() {
        closed = true;
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException("the embedder is closed: " + name + "; make a new one to use it");
        }
    }
}
