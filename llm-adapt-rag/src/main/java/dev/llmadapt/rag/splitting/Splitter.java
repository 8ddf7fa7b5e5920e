package dev.llmadapt.rag.splitting;

import dev.llmadapt.Passage;
import dev.llmadapt.rag.documents.Document;
import java.util.List;
import java.util.Locale;

/**
 * Cuts a document into passages short enough to embed and to show to a model. Thread-safe.
 *
 * <p>A passage is a piece of the document's text, unchanged but for white space at its ends. It carries the document's
 * title, readers and metadata, and in its own metadata {@link PassageMetadata#DOCUMENT},
 * {@link PassageMetadata#SOURCE}, {@link PassageMetadata#START} and {@link PassageMetadata#TIME}, and where form feeds
 * end the pages of the text, as in one from a PDF, {@link PassageMetadata#PAGE}. Its id is the document's, {@code #},
 * and a number from 0.
 */
@FunctionalInterface
public interface Splitter {
    /** The document's passages, in its order; none where it has no words. */
    List<Passage> split(Document document);

    /** The whole document as one passage. */
    static Splitter none() {
        return TextSplitter.whole();
    }

    /**
     * Windows of a fixed number of tokens.
     *
     * @param tokens what is counted, usually those of the embedder
     * @param size tokens of a passage, at least 1
     * @param overlap tokens that a passage shares with the one before, less than the size
     */
    static Splitter tokens(Tokens tokens, int size, int overlap) {
        return TextSplitter.windows(tokens, size, overlap);
    }

    /**
     * As many whole sentences as fit; a sentence that does not fit alone is cut by tokens. Sentences end where the
     * JDK's {@link java.text.BreakIterator} sees an end, and at blank lines.
     *
     * @param overlap the most tokens, in whole sentences, that a passage repeats of the one before
     */
    static Splitter sentences(Tokens tokens, int size, int overlap) {
        return TextSplitter.sentences(tokens, size, overlap, Locale.ROOT);
    }

    /** The sentences of a text as {@link #sentences} cuts them, without white space around them; none is empty. */
    static List<String> sentencesOf(String text) {
        return TextSplitter.sentencesOf(text, Locale.ROOT);
    }

    /**
     * A passage a section, under its headings, which are added to the title: {@code Title > Chapter > Section}. A
     * section that does not fit is cut by sentences.
     */
    static Splitter headings(Tokens tokens, int size, int overlap) {
        return TextSplitter.headings(tokens, size, overlap, Locale.ROOT);
    }

    /**
     * As many whole paragraphs as fit; a paragraph that does not fit is cut into lines, a line into sentences, a
     * sentence into windows of tokens, each only where needed.
     */
    static Splitter recursive(Tokens tokens, int size, int overlap) {
        return TextSplitter.recursive(tokens, size, overlap, Locale.ROOT);
    }

    /**
     * Long passages, and short ones cut from each: the short ones are found, the long ones are shown in their place by
     * {@link dev.llmadapt.rag.retrieval.Retrievers#parents}. Children come after their parent.
     *
     * @param parents cuts the document
     * @param children cuts each parent
     */
    static Splitter withParents(Splitter parents, Splitter children) {
        return new ParentSplitter(parents, children);
    }
}
