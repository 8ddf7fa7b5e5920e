package dev.llmadapt.prompting;

import dev.llmadapt.EmbeddingModel;
import java.util.List;

/** How similar a question is to each of some texts, and these to each other, on one scale. Thread-safe. */
interface Similarity {
    /** The similarity of a question to each text, in their order; larger is more similar. */
    double[] to(String question);

    /** The similarity of a question to each text, on the scale of {@link #between}. */
    default double[] scaled(String question) {
        return to(question);
    }

    /** The similarity of a text to each text. */
    double[] between(int text);

    /** BM25; for {@link #between} as a share of the score of the question's, or text's, best or own match. */
    static Similarity byWords(List<String> texts) {
        Bm25 bm25 = new Bm25(texts);
        return new Similarity() {
            @Override
            public double[] to(String question) {
                return bm25.scores(question);
            }

            @Override
            public double[] scaled(String question) {
                double[] scores = bm25.scores(question);
                double best = 0;
                for (double score : scores) {
                    best = Math.max(best, score);
                }
                return divided(scores, best);
            }

            @Override
            public double[] between(int text) {
                double[] scores = bm25.scores(texts.get(text));
                return divided(scores, scores[text]);
            }
        };
    }

    private static double[] divided(double[] scores, double by) {
        for (int i = 0; i < scores.length && by > 0; i++) {
            scores[i] = Math.min(1, scores[i] / by);
        }
        return scores;
    }

    /** The cosine of embeddings. */
    static Similarity byEmbedding(List<String> texts, EmbeddingModel embedder) {
        List<float[]> vectors = embedder.embed(texts);
        return new Similarity() {
            @Override
            public double[] to(String question) {
                return cosines(embedder.embed(List.of(question)).get(0));
            }

            @Override
            public double[] between(int text) {
                return cosines(vectors.get(text));
            }

            private double[] cosines(float[] vector) {
                return vectors.stream()
                        .mapToDouble(other -> EmbeddingModel.cosine(vector, other))
                        .toArray();
            }
        };
    }
}
