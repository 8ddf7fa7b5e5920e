package dev.llmadapt.benchmarks;

import dev.llmadapt.Passage;
import dev.llmadapt.rag.embedding.Embedder;
import dev.llmadapt.rag.splitting.Tokens;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Passages of 100 words with vectors that cost nothing, so that the index is measured and not the embedder. Words
 * follow Zipf's law over 20,000; vectors lie near a subspace of 32 dimensions, as those of texts do, not all over the
 * 384.
 */
final class SyntheticPassages implements Embedder {
    static final int DIMENSION = 384;
    private static final int INTRINSIC = 32;
    private static final int WORDS = 100;
    private static final int VOCABULARY = 20_000;
    private static final float NOISE = 0.02f;

    private final float[][] basis = new float[INTRINSIC][DIMENSION];

    SyntheticPassages() {
        Random random = new Random(1);
        for (float[] row : basis) {
            for (int i = 0; i < DIMENSION; i++) {
                row[i] = (float) random.nextGaussian();
            }
        }
    }

    static Passage passage(int number) {
        return new Passage("p" + number, "p" + number, text(number), 0);
    }

    private static String text(int number) {
        Random random = new Random(1_000_000L + number);
        return IntStream.range(0, WORDS)
                .mapToObj(i -> "w" + (int) Math.pow(VOCABULARY, random.nextDouble()))
                .collect(Collectors.joining(" "));
    }

    /** The vector of a passage or a query, of length 1, by its name. */
    float[] vector(String name) {
        Random random = new Random(name.hashCode() * 31L + 7);
        float[] vector = new float[DIMENSION];
        for (float[] row : basis) {
            float weight = (float) random.nextGaussian();
            for (int i = 0; i < DIMENSION; i++) {
                vector[i] += weight * row[i];
            }
        }
        double squares = 0;
        for (int i = 0; i < DIMENSION; i++) {
            vector[i] += NOISE * (float) random.nextGaussian();
            squares += (double) vector[i] * vector[i];
        }
        for (int i = 0; i < DIMENSION; i++) {
            vector[i] /= (float) Math.sqrt(squares);
        }
        return vector;
    }

    @Override
    public String name() {
        return "synthetic";
    }

    @Override
    public int dimension() {
        return DIMENSION;
    }

    /** The vectors of passages, each named by its title, the first line. */
    @Override
    public List<float[]> embedPassages(List<String> texts) {
        return texts.stream().map(text -> vector(text.split("\n", 2)[0])).toList();
    }

    @Override
    public float[] embedQuery(String text) {
        return vector(text);
    }

    @Override
    public Tokens tokens() {
        return Tokens.words();
    }

    @Override
    public void close() {}
}
