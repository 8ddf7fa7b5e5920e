package dev.llmadapt;

import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * A piece of a document, as it is searched and returned.
 *
 * @param id unique in its corpus
 * @param title the title of the document, may be empty
 * @param text its text
 * @param score how well it fits a query, larger is better; 0 outside a search
 * @param metadata further facts by name, such as its source; queries can {@linkplain MetadataFilter filter} by them
 * @param readers its access list: the principals (users, groups) who may read it, of which one suffices; empty means
 *     everyone
 */
public record Passage(
        String id, String title, String text, double score, Map<String, String> metadata, Set<String> readers) {
    /** Refuses null, and copies the collections. */
    public Passage {
        Objects.requireNonNull(id, "id must not be null");
        Objects.requireNonNull(title, "title must not be null");
        Objects.requireNonNull(text, "text must not be null");
        metadata = Map.copyOf(Objects.requireNonNull(metadata, "metadata must not be null"));
        readers = Set.copyOf(Objects.requireNonNull(readers, "readers must not be null"));
    }

    /** A passage without metadata that everyone may read. */
    public Passage(String id, String title, String text, double score) {
        this(id, title, text, score, Map.of(), Set.of());
    }

    /** This passage with another score. */
    public Passage withScore(double score) {
        return new Passage(id, title, text, score, metadata, readers);
    }

    /** This passage with other metadata. */
    public Passage withMetadata(Map<String, String> metadata) {
        return new Passage(id, title, text, score, metadata, readers);
    }

    /** This passage with another access list; an empty one means everyone. */
    public Passage withReaders(Set<String> readers) {
        return new Passage(id, title, text, score, metadata, readers);
    }

    /** Whether someone with these principals may read it. */
    public boolean readableBy(Set<String> principals) {
        return readers.isEmpty() || readers.stream().anyMatch(principals::contains);
    }
}
