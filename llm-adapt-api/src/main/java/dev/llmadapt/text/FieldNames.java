package dev.llmadapt.text;

import java.text.Normalizer;
import java.util.Locale;

/**
 * Names of columns and keys, as people mean them: invisible characters and white space around them are no part of them.
 */
public final class FieldNames {
    private FieldNames() {}

    /** A name without invisible characters, and without white space around it. */
    public static String clean(String name) {
        StringBuilder text = new StringBuilder();
        name.codePoints().filter(c -> Character.getType(c) != Character.FORMAT).forEach(text::appendCodePoint);
        int start = 0;
        int end = text.length();
        while (start < end && isBlank(text.charAt(start))) {
            start++;
        }
        while (end > start && isBlank(text.charAt(end - 1))) {
            end--;
        }
        return text.substring(start, end);
    }

    /** The form in which names are compared: without regard to case, width, and the way in which accents are typed. */
    public static String fold(String name) {
        return Normalizer.normalize(clean(name), Normalizer.Form.NFKC).toLowerCase(Locale.ROOT);
    }

    private static boolean isBlank(char c) {
        return Character.isWhitespace(c) || Character.isSpaceChar(c) || Character.isISOControl(c);
    }
}
