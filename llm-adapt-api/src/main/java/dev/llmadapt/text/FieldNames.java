package dev.llmadapt.text;

import java.text.Normalizer;
import java.util.Locale;

/** Names of columns and keys, as people mean them: invisible characters and white space around them are no part of them. */
public final class FieldNames {
    private FieldNames() {}

    /** A name as it is shown. */
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

    /** What two names have in common that are one and the other by mistake: no case, no width, no accents typed in two ways. */
    public static String fold(String name) {
        return Normalizer.normalize(clean(name), Normalizer.Form.NFKC).toLowerCase(Locale.ROOT);
    }

    private static boolean isBlank(char c) {
        return Character.isWhitespace(c) || Character.isSpaceChar(c) || Character.isISOControl(c);
    }
}
