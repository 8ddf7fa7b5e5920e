package dev.llmadapt.heads;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * How often each term stands in a text, by scikit-learn's rules: words and pairs of words ({@code ngram_range=(1, 2)}),
 * and runs of 2 to 4 characters inside of words with a space at both ends ({@code analyzer="char_wb"}), in lower case.
 * Long texts have as many runs as characters, times three.
 *
 * @param words the words of two or more letters, digits or underscores, and the pairs of neighbours, joined by a space
 * @param characters the runs of characters
 */
record Terms(Map<String, Integer> words, Map<String, Integer> characters) {
    private static final int REPLACEMENT = 0xFFFD; // half a character cannot be saved
    private static final int SHORTEST = 2;
    private static final int LONGEST = 4;

    /** Counts the terms of a text. */
    static Terms of(String text) {
        int[] codePoints = text.toLowerCase(Locale.ROOT)
                .codePoints()
                .map(codePoint -> Character.getType(codePoint) == Character.SURROGATE ? REPLACEMENT : codePoint)
                .toArray();
        return new Terms(words(codePoints), characters(codePoints));
    }

    private static Map<String, Integer> words(int[] text) {
        List<String> words = new ArrayList<>();
        for (int start = 0, end; start < text.length; start = end + 1) {
            end = start;
            while (end < text.length && isWordCharacter(text[end])) {
                end++;
            }
            if (end - start >= 2) {
                words.add(new String(text, start, end - start));
            }
        }
        Map<String, Integer> counts = new HashMap<>();
        for (int i = 0; i < words.size(); i++) {
            counts.merge(words.get(i), 1, Integer::sum);
            if (i > 0) {
                counts.merge(words.get(i - 1) + " " + words.get(i), 1, Integer::sum);
            }
        }
        return counts;
    }

    private static Map<String, Integer> characters(int[] text) {
        Map<String, Integer> counts = new HashMap<>();
        for (int start = 0, end; start < text.length; start = end + 1) {
            end = start;
            while (end < text.length && !isSpace(text[end])) {
                end++;
            }
            if (end > start) {
                int[] word = new int[end - start + 2];
                word[0] = ' ';
                System.arraycopy(text, start, word, 1, end - start);
                word[word.length - 1] = ' ';
                for (int length = SHORTEST; length <= Math.min(LONGEST, word.length); length++) {
                    for (int offset = 0; offset + length <= word.length; offset++) {
                        counts.merge(new String(word, offset, length), 1, Integer::sum);
                    }
                }
            }
        }
        return counts;
    }

    /** Python's {@code \w}: letters, numbers and the underscore, but no combining marks. */
    static boolean isWordCharacter(int codePoint) {
        return codePoint == '_'
                || switch (Character.getType(codePoint)) {
                    case Character.UPPERCASE_LETTER,
                            Character.LOWERCASE_LETTER,
                            Character.TITLECASE_LETTER,
                            Character.MODIFIER_LETTER,
                            Character.OTHER_LETTER,
                            Character.DECIMAL_DIGIT_NUMBER,
                            Character.LETTER_NUMBER,
                            Character.OTHER_NUMBER -> true;
                    default -> false;
                };
    }

    /** Python's white space. */
    private static boolean isSpace(int codePoint) {
        return Character.isWhitespace(codePoint) || Character.isSpaceChar(codePoint) || codePoint == 0x85;
    }
}
