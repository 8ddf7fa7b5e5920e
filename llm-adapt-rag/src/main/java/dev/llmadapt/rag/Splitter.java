package dev.llmadapt.rag;

import dev.llmadapt.Passage;
import java.util.List;

/** Cuts a document into passages short enough to embed and to show to a model. Thread-safe. */
@FunctionalInterface
public interface Splitter {
    /** The document's passages, in its order. */
    List<Passage> split(Document document);
}
