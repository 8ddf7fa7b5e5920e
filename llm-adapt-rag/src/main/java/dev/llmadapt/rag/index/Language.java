package dev.llmadapt.rag.index;

import java.util.List;

/**
 * How words are cut to stems, and which are too common to count. Before that, in every language, what only looks
 * different is made one: letters composed or not, ligatures, full width, case, apostrophes; a word broken at a line's
 * end is whole, and Thai, Lao, Khmer and Burmese are looked for by pairs of characters.
 */
public enum Language {
    /** Porter's stems, English stop words. */
    ENGLISH,
    /** Light German stems, German stop words. */
    GERMAN,
    /** Light Spanish stems, Spanish stop words. */
    SPANISH,
    /** Light French stems, French stop words. */
    FRENCH,
    /** Words as they are, in lower case, by the rules of Unicode. */
    ANY;

    /** The words of a text that an index looks for, in their order: without those too common to count, cut to stems. */
    public List<Stem> stems(String text) {
        return Stemming.stems(this, text);
    }

    /**
     * A word of a text.
     *
     * @param stem what an index compares
     * @param word as it stands in the text
     */
    public record Stem(String stem, String word) {}
}
