package dev.llmadapt.rag.embedding;

import dev.llmadapt.rag.splitting.Tokens;
import java.util.List;

/** {@link Embedder#none()}. */
record NoEmbedder(String name) implements Embedder {
    static final NoEmbedder INSTANCE = new NoEmbedder("none");

    @Override
    public int dimension() {
        return 0;
    }

    @Override
    public List<float[]> embedPassages(List<String> texts) {
        return texts.stream().map(text -> new float[0]).toList();
    }

    @Override
    public float[] embedQuery(String text) {
        return new float[0];
    }

    @Override
    public Tokens tokens() {
        return Tokens.words();
    }

    @Override
    public void close() {}
}
