package dev.llmadapt.rag.splitting;

import dev.llmadapt.Passage;
import dev.llmadapt.rag.documents.Document;
import java.util.List;
import java.util.Locale;

/**
 * A splitter of documents into passages short enough to embed and to show to a model. Thread-safe.
 *
 * <p>A passage is a piece of the document's text, unchanged except for white space at its ends. It has the document's
 * title, readers and metadata, and in its own metadata {@link PassageMetadata#DOCUMENT},
 * {@link PassageMetadata#SOURCE}, {@link PassageMetadata#START} and {@link PassageMetadata#TIME}; also
 * {@link PassageMetadata#PAGE} if form feeds end the pages of the text, as in text from a PDF. Its id is the
 * document's, {@code #}, and a number from 0.
 */
@FunctionalInterface
public interface Splitter {
    /** Returns the passages of a document in their order; none if it has no words. */
    List<Passage> split(Document document);

    /** A splitter that returns the whole document as one passage. */
    static Splitter none() {
        return TextSplitter.whole();
    }

    /**
     * A splitter into windows of a fixed number of tokens.
     *
     * @param tokens the tokens that are counted, usually the embedder's
     * @param size the number of tokens of a passage, at least 1
     * @param overlap the number of tokens that a passage shares with the one before, less than the size
     */
    static Splitter tokens(Tokens tokens, int size, int overlap) {
        return TextSplitter.windows(tokens, size, overlap);
    }

    /**
     * A splitter into as many whole sentences as fit; a sentence that does not fit alone is cut by tokens. Sentences
     * end where the JDK's {@link java.text.BreakIterator} finds an end, and at blank lines.
     *
     * @param overlap the maximal number of tokens, in whole sentences, that a passage repeats of the one before
     */
    static Splitter sentences(Tokens tokens, int size, int overlap) {
        return TextSplitter.sentences(tokens, size, overlap, Locale.ROOT);
    }

    /**
     * Returns the sentences of a text as {@link #sentences} cuts them, without white space around them; none is empty.
     */
    static List<String> sentencesOf(String text) {
        return TextSplitter.sentencesOf(text, Locale.ROOT);
    }

    /**
     * A splitter into sections. The headings of a section are added to the title: {@code Title > Chapter > Section}. A
     * section that does not fit is cut by sentences.
     */
    static Splitter headings(Tokens tokens, int size, int overlap) {
        return TextSplitter.headings(tokens, size, overlap, Locale.ROOT);
    }

    /**
     * A splitter into as many whole paragraphs as fit. A paragraph that does not fit is cut into lines, a line into
     * sentences, a sentence into windows of tokens, each only if needed.
     */
    static Splitter recursive(Tokens tokens, int size, int overlap) {
        return TextSplitter.recursive(tokens, size, overlap, Locale.ROOT);
    }

    /**
     * A splitter into long passages, the parents, and short ones cut from each: the short ones are found, and
     * {@link dev.llmadapt.rag.retrieval.Retrievers#parents} returns the long ones in their place. Children follow their
     * parent.
     *
     * @param parents the splitter of documents
     * @param children the splitter of parents
     */
    static Splitter withParents(Splitter parents, Splitter children) {
        return new ParentSplitter(parents, children);
    }
}
