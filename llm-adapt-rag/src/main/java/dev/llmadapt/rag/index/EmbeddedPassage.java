package dev.llmadapt.rag.index;

import dev.llmadapt.Passage;
import dev.llmadapt.rag.embedding.Embedder;
import dev.llmadapt.text.SearchText;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A passage as every index stores it: checked, with the vector it is found by.
 *
 * @param passage has an id, and nothing longer than a term of Lucene's may be
 * @param vector of length 1, or of none where the passage has no direction to be found by
 */
public record EmbeddedPassage(Passage passage, float[] vector) {
    private static final int EMBEDDED_AT_ONCE = 256;

    /**
     * Passages with their vectors, in the order of their first mention; of the same id twice the last counts.
     *
     * @throws IllegalArgumentException if one cannot be stored; none was embedded then
     * @throws IndexException if the embedder does not do what it says
     */
    public static List<EmbeddedPassage> of(Collection<Passage> passages, Embedder embedder) {
        Map<String, Passage> last = new LinkedHashMap<>();
        for (Passage passage : passages) {
            LuceneFields.check(passage);
            last.put(passage.id(), passage);
        }
        List<Passage> distinct = new ArrayList<>(last.values());
        List<EmbeddedPassage> embedded = new ArrayList<>(distinct.size());
        for (int from = 0; from < distinct.size(); from += EMBEDDED_AT_ONCE) {
            List<Passage> some = distinct.subList(from, Math.min(distinct.size(), from + EMBEDDED_AT_ONCE));
            List<Passage> found = some.stream()
                    .filter(passage -> !LuceneFields.isParent(passage))
                    .toList();
            List<float[]> vectors = embedder.embedPassages(
                    found.stream().map(LuceneFields::words).toList());
            if (vectors.size() != found.size()) {
                throw new IndexException(
                        "embedder " + embedder.name() + " returned " + vectors.size() + " vectors for " + found.size()
                                + " passages",
                        null);
            }
            int next = 0;
            for (Passage passage : some) {
                float[] vector = LuceneFields.isParent(passage) ? new float[0] : unit(vectors.get(next++), embedder);
                embedded.add(new EmbeddedPassage(passage, vector));
            }
        }
        return embedded;
    }

    /** The vector of a query, of length 1; of none where the text has no direction to look in. */
    public static float[] query(String text, Embedder embedder) {
        return text.isBlank() ? new float[0] : unit(embedder.embedQuery(text), embedder);
    }

    /** Whether it is found by id only, neither by words nor by its vector. */
    public boolean isParent() {
        return LuceneFields.isParent(passage);
    }

    /** Its words as they are looked for. */
    public String searchText() {
        return LuceneFields.searchText(passage);
    }

    /** The words of a query as they are looked for. */
    public static String searchText(String query) {
        return SearchText.of(query);
    }

    private static float[] unit(float[] vector, Embedder embedder) {
        if (vector.length != embedder.dimension()) {
            throw new IndexException(
                    "embedder " + embedder.name() + " returned a vector of " + vector.length + " numbers, expected "
                            + embedder.dimension(),
                    null);
        }
        return Vectors.unit(vector);
    }
}
