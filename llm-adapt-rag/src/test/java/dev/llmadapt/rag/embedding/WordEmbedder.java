package dev.llmadapt.rag.embedding;

import dev.llmadapt.rag.splitting.Tokens;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/** An embedder for tests: the sum of a fixed random vector for each word. Texts that share words are close. */
public final class WordEmbedder implements Embedder {
    private final int dimension;

    /** Makes vectors of some numbers. */
    public WordEmbedder(int dimension) {
        this.dimension = dimension;
    }

    @Override
    public String name() {
        return "words-" + dimension;
    }

    @Override
    public int dimension() {
        return dimension;
    }

    @Override
    public List<float[]> embedPassages(List<String> texts) {
        return texts.stream().map(this::embedQuery).toList();
    }

    @Override
    public float[] embedQuery(String text) {
        float[] vector = new float[dimension];
        for (String word : text.toLowerCase(Locale.ROOT).split("\\W+", -1)) {
            Random random = new Random(word.hashCode());
            for (int i = 0; i < dimension; i++) {
                vector[i] += (float) random.nextGaussian();
            }
        }
        return vector;
    }

    @Override
    public Tokens tokens() {
        return Tokens.words();
    }

    @Override
    public void close() {}
}
