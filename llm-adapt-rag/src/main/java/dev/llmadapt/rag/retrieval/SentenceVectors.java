package dev.llmadapt.rag.retrieval;

import dev.llmadapt.EmbeddingModel;
import dev.llmadapt.Passage;
import dev.llmadapt.rag.embedding.Embedder;
import dev.llmadapt.rag.splitting.Splitter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The vectors of passages and of their sentences, each under the passage's title. Those of the last 2,048 passages are
 * kept, since the same passages are found again and again: some 20 MB at dimension 384. Thread-safe.
 */
final class SentenceVectors {
    private static final int MAX_KEPT = 2048; // passages

    private final Embedder embedder;
    private final Map<String, Vectors> kept = Collections.synchronizedMap(new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Vectors> eldest) {
            return size() > MAX_KEPT;
        }
    });

    SentenceVectors(Embedder embedder) {
        if (embedder.dimension() == 0) {
            throw new IllegalArgumentException("sentences need an embedder with vectors, got " + embedder.name());
        }
        this.embedder = embedder;
    }

    float[] ofQuery(String text) {
        return embedder.embedQuery(text);
    }

    /** Returns the vector of a statement, which is embedded like a passage since it is no question. */
    float[] ofStatement(String text) {
        return embedder.embedPassages(List.of(text)).get(0);
    }

    /** Returns the vectors of a passage. Two threads that ask for the same new passage both compute them. */
    Vectors of(Passage passage) {
        String title = passage.title().isEmpty() ? "" : passage.title() + "\n";
        String words = title + passage.text();
        Vectors known = kept.get(words);
        if (known != null) {
            return known;
        }
        List<String> sentences = Splitter.sentencesOf(passage.text());
        List<String> texts = new ArrayList<>();
        texts.add(words);
        sentences.forEach(sentence -> texts.add(title + sentence));
        List<float[]> vectors = embedder.embedPassages(texts);
        Vectors made = new Vectors(vectors.get(0), sentences, vectors.subList(1, vectors.size()));
        kept.put(words, made);
        return made;
    }

    /**
     * The vectors of one passage.
     *
     * @param whole the vector of the passage
     * @param sentences the sentences, possibly none
     * @param each the vectors of the sentences, in their order
     */
    record Vectors(float[] whole, List<String> sentences, List<float[]> each) {
        /** Returns the largest cosine of a vector with the passage or one of its sentences. */
        double nearest(float[] vector) {
            return Math.max(
                    EmbeddingModel.cosine(vector, whole),
                    each.stream()
                            .mapToDouble(part -> EmbeddingModel.cosine(vector, part))
                            .max()
                            .orElse(-1));
        }

        /** Returns the sentence with the largest cosine; without sentences the cosine of the passage itself. */
        Sentence nearestSentence(float[] vector) {
            Sentence best = new Sentence("", EmbeddingModel.cosine(vector, whole));
            for (int i = 0; i < sentences.size(); i++) {
                double near = EmbeddingModel.cosine(vector, each.get(i));
                if (i == 0 || near > best.cosine()) {
                    best = new Sentence(sentences.get(i), near);
                }
            }
            return best;
        }
    }

    /**
     * A sentence and its nearness to a query.
     *
     * @param text the text
     * @param cosine the cosine with the query
     */
    record Sentence(String text, double cosine) {}
}
