package dev.llmadapt.spring.ai;

import dev.llmadapt.Passage;
import java.util.Map;
import org.springframework.ai.document.Document;

/** Passages of this library as documents of Spring AI. */
final class Documents {
    /** The name of the title among a document's metadata. */
    static final String TITLE = "title";

    private Documents() {}

    /** A document with the passage's id, text, score and metadata, and its title where it has one. */
    static Document document(Passage passage) {
        Map<String, Object> metadata = StoredMetadata.read(passage.metadata());
        if (!passage.title().isEmpty()) {
            metadata.putIfAbsent(TITLE, passage.title());
        }
        return Document.builder()
                .id(passage.id())
                .text(passage.text())
                .metadata(metadata)
                .score(passage.score())
                .build();
    }

    /**
     * The text of a document.
     *
     * @throws IllegalArgumentException if it has none
     */
    static String text(Document document) {
        String text = document.getText();
        if (text == null) {
            throw new IllegalArgumentException("the document '" + document.getId() + "' has media and no text, which"
                    + " models of this library read");
        }
        return text;
    }
}
