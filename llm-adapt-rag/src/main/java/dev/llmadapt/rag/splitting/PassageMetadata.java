package dev.llmadapt.rag.splitting;

import dev.llmadapt.Passage;

/** The fields of a passage's {@linkplain Passage#metadata() metadata} that tell where it was cut from. */
public final class PassageMetadata {
    /** The id of the document. */
    public static final String DOCUMENT = "document";

    /** The origin of the document: a path or an address. */
    public static final String SOURCE = "source";

    /** The position in the document's text where the passage begins, in characters. */
    public static final String START = "start";

    /** The page on which the passage begins, from 1; for documents with pages, such as PDF. */
    public static final String PAGE = "page";

    /** The time of the document's last change, in ISO 8601 in UTC. */
    public static final String TIME = "time";

    /** A hash of the document in hexadecimal, by which indexing knows an unchanged document. */
    public static final String HASH = "hash";

    /** The id of the passage's parent: a longer passage around it that replaces it in answers. */
    public static final String PARENT = "parent";

    /** The role {@code parent} of parents, which an index finds by id only. */
    public static final String ROLE = "role";

    private PassageMetadata() {}

    /** Returns the id of the document that a passage was cut from; the passage's own id if its metadata has none. */
    public static String document(Passage passage) {
        return passage.metadata().getOrDefault(DOCUMENT, passage.id());
    }
}
