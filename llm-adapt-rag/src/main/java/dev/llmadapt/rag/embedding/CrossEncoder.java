package dev.llmadapt.rag.embedding;

import dev.llmadapt.rag.embedding.EncoderTokenizer.Sequence;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** {@link Reranker#load}. */
final class CrossEncoder implements Reranker {
    private static final int BATCH = 16;

    private final String name;
    private final Encoder encoder;

    private CrossEncoder(String name, Encoder encoder) {
        this.name = name;
        this.encoder = encoder;
    }

    /** {@link Reranker#load}. */
    static Reranker load(Path folder, int maxTokens) {
        if (maxTokens < 8 || maxTokens > 1 << 20) {
            throw new IllegalArgumentException("maxTokens must be in [8, 1048576], maxTokens: " + maxTokens);
        }
        String name = folder.toString();
        String file = SentenceTransformersFolder.model(folder).toString();
        Encoder encoder = Encoder.open(
                "reranker",
                name,
                SentenceTransformersFolder.tokenizer(folder),
                maxTokens,
                (environment, options) -> environment.createSession(file, options),
                List.of("logits"));
        try {
            CrossEncoder made = new CrossEncoder(name, encoder);
            made.score("a", List.of("b")); // a graph of another kind is refused here
            return made;
        } catch (RuntimeException | Error e) {
            encoder.close();
            throw e;
        }
    }

    @Override
    public double[] score(String query, List<String> passages) {
        return encoder.whileOpen(() -> {
            List<Sequence> pairs = passages.stream()
                    .map(passage -> encoder.encode(query, passage))
                    .toList();
            double[] scores = new double[pairs.size()];
            encoder.run(pairs, BATCH, (output, row, pair) -> scores[pair] = score(output, row, passages.get(pair)));
            return scores;
        });
    }

    /** The score of a row of logits, (batch, labels). */
    private double score(EncoderSession.Output output, int row, String passage) {
        long[] shape = output.shape();
        if (shape.length != 2 || shape[0] <= row || shape[1] < 1 || shape[1] > 2) {
            throw new EmbeddingException(
                    name + " returned the shape " + Arrays.toString(shape)
                            + ", expected one or two logits a pair, (batch, 1) or (batch, 2)",
                    null);
        }
        int labels = (int) shape[1];
        float[] logits = Arrays.copyOfRange(output.values(), row * labels, (row + 1) * labels);
        EncoderSession.requireFinite(name, passage, logits);
        return labels == 1 ? logits[0] : (double) logits[1] - logits[0];
    }

    @Override
    public void close() {
        encoder.close();
    }
}
