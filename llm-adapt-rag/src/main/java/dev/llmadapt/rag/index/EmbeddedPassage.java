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
 * A passage as every index stores it: validated, and with its vector. Implementations of {@link PassageIndex} use it,
 * so that all of them embed the same words and refuse the same passages.
 *
 * @param passage the passage, with an id and without values that are longer than a term of Lucene may be
 * @param vector the vector of length 1; empty if the passage is not found by vectors
 */
public record EmbeddedPassage(Passage passage, float[] vector) {
    private static final int EMBEDDED_AT_ONCE = 256;

    /**
     * Embeds passages. They are in the order of their first mention; of passages with the same id the last counts.
     *
     * @throws IllegalArgumentException if a passage cannot be stored; none was embedded then
     * @throws IndexException if the embedder returns other vectors than it promises
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

    /** Embeds a query to a vector of length 1; empty if the text has no vector. */
    public static float[] query(String text, Embedder embedder) {
        return text.isBlank() ? new float[0] : unit(embedder.embedQuery(text), embedder);
    }

    /** Whether the passage is a parent, which is found by id only. */
    public boolean isParent() {
        return LuceneFields.isParent(passage);
    }

    /** Returns the words of the passage in the form that searches compare. */
    public String searchText() {
        return LuceneFields.searchText(passage);
    }

    /** Returns the words of a query in the form that searches compare. */
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
