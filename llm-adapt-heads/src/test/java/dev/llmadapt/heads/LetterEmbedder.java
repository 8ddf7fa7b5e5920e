package dev.llmadapt.heads;

import dev.llmadapt.EmbeddingModel;
import java.util.List;

/** An embedding model that counts letters. */
record LetterEmbedder(String name, int dimension) implements EmbeddingModel {
    LetterEmbedder() {
        this("letters", 26);
    }

    @Override
    public List<float[]> embed(List<String> texts) {
        return texts.stream().map(this::embed).toList();
    }

    private float[] embed(String text) {
        float[] counts = new float[dimension];
        text.chars().filter(c -> c >= 'a' && c <= 'z').forEach(c -> counts[(c - 'a') % dimension]++);
        return counts;
    }

    @Override
    public void close() {}
}
