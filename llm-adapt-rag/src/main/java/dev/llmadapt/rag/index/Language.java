package dev.llmadapt.rag.index;

import java.util.List;

/**
 * A language, which decides how words are cut to stems and which words are too common to count. Before that, in every
 * language, spellings that only look different become one: composed letters, ligatures, full width, case, apostrophes.
 * A word that is broken at the end of a line is joined, and Thai, Lao, Khmer and Burmese are compared by pairs of
 * characters.
 */
public enum Language {
    /** English: Porter's stems and English stop words. */
    ENGLISH,
    /** German: light stems and German stop words. */
    GERMAN,
    /** Spanish: light stems and Spanish stop words. */
    SPANISH,
    /** French: light stems and French stop words. */
    FRENCH,
    /** Any language: unchanged words in lower case, by the rules of Unicode. */
    ANY;

    /** Returns the words of a text that an index compares, in their order: without stop words, and cut to stems. */
    public List<Stem> stems(String text) {
        return Stemming.stems(this, text);
    }

    /**
     * A word of a text.
     *
     * @param stem the stem that an index compares
     * @param word the word as it stands in the text
     */
    public record Stem(String stem, String word) {}
}
