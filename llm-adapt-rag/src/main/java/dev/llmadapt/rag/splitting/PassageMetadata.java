package dev.llmadapt.rag.splitting;

import dev.llmadapt.Passage;

/** The fields of a passage's {@linkplain Passage#metadata() metadata} that say where it was cut from. */
public final class PassageMetadata {
    /** The id of the document. */
    public static final String DOCUMENT = "document";

    /** Where the document came from: a path or an address. */
    public static final String SOURCE = "source";

    /** Where in the document's text the passage begins, in characters. */
    public static final String START = "start";

    /** The page of the document on which the passage begins, from 1; of documents with pages, such as PDF. */
    public static final String PAGE = "page";

    /** When the document was last changed, in ISO-8601 in UTC. */
    public static final String TIME = "time";

    /**
     * A hash of the document in hexadecimal, by which one that has not changed is known; written when it is indexed.
     */
    public static final String HASH = "hash";

    /** The id of the passage's parent: a longer passage around it, which is shown in its place. */
    public static final String PARENT = "parent";

    /** The field that marks parents, value {@code parent}: an index stores them and finds them by id only. */
    public static final String ROLE = "role";

    private PassageMetadata() {}

    /** The id of the document that a passage was cut from; the passage's own where its metadata has none. */
    public static String document(Passage passage) {
        return passage.metadata().getOrDefault(DOCUMENT, passage.id());
    }
}
