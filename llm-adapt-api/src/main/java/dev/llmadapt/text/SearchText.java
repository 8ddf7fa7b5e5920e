package dev.llmadapt.text;

import java.lang.Character.UnicodeBlock;
import java.lang.Character.UnicodeScript;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * The normal form of a text for search, applied to documents and queries alike, before any analysis by language. It
 * removes differences of writing: composed and decomposed letters, ligatures, full width, presentation forms (Unicode's
 * NFKC), case, typographic apostrophes, characters without width such as soft hyphens. A word that a hyphen breaks at a
 * line's end is added as a whole, beside its parts. Runs of scripts without spaces between words (Thai, Lao, Khmer,
 * Burmese, Katakana) become overlapping pairs of characters, each a word.
 */
public final class SearchText {
    private static final Set<UnicodeScript> WITHOUT_SPACES = Set.of(
            UnicodeScript.THAI,
            UnicodeScript.LAO,
            UnicodeScript.KHMER,
            UnicodeScript.MYANMAR,
            UnicodeScript.TAI_LE,
            UnicodeScript.NEW_TAI_LUE,
            UnicodeScript.TAI_THAM,
            UnicodeScript.TAI_VIET,
            UnicodeScript.JAVANESE,
            UnicodeScript.BALINESE);
    private static final String APOSTROPHES = "\u2018\u2019\u201B\u2032\u02BC\u02B9\u02BB\u00B4\uFF07";
    private static final String HYPHENS = "-\u2010\u2011\u00AD";
    private static final int TATWEEL = 0x0640; // stretches Arabic letters

    private SearchText() {}

    /** The normal form of a text. */
    public static String of(String text) {
        return spaced(folded(text));
    }

    /** Joins words broken at line ends, and removes differences of case and form. */
    private static String folded(String text) {
        StringBuilder plain = new StringBuilder(text.length() + 16);
        int at = 0;
        while (at < text.length()) {
            int c = text.codePointAt(at);
            if (isWordEnd(text, at) && HYPHENS.indexOf(c) >= 0) {
                int next = afterLineEnd(text, at);
                if (next > 0) {
                    broken(text, next, plain);
                    at = next;
                    continue;
                }
            }
            at += Character.charCount(c);
            if (APOSTROPHES.indexOf(c) >= 0) {
                plain.append('\'');
            } else if (!isInvisible(c)) {
                separated(c, plain);
            }
        }
        String normal = Normalizer.normalize(plain, Normalizer.Form.NFKC);
        // Upper case first: it folds what lower case alone leaves apart, such as sharp s and final sigma
        String lower = normal.toUpperCase(Locale.ROOT).toLowerCase(Locale.ROOT);
        return lower.replace("i\u0307", "i").replace('\u03C2', '\u03C3');
    }

    /** Separates symbols that NFKC writes as letters or digits from the words beside them, such as a trademark sign. */
    private static void separated(int c, StringBuilder to) {
        int type = Character.getType(c);
        boolean symbol = type == Character.OTHER_SYMBOL || type == Character.OTHER_NUMBER;
        if (symbol && !Normalizer.isNormalized(Character.toString(c), Normalizer.Form.NFKC)) {
            to.append(' ').appendCodePoint(c).append(' ');
        } else {
            to.appendCodePoint(c);
        }
    }

    private static boolean isWordEnd(String text, int at) {
        return at > 0 && Character.isLetter(text.codePointBefore(at));
    }

    /** The offset of the next line's word after a hyphen, or 0 where the hyphen does not break a word. */
    private static int afterLineEnd(String text, int hyphen) {
        int at = hyphen + 1;
        boolean lineEnd = false;
        while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
            lineEnd |= text.charAt(at) == '\n' || text.charAt(at) == '\r';
            at++;
        }
        if (!lineEnd || at == text.length()) {
            return 0;
        }
        int first = text.codePointAt(at);
        return Character.isLetter(first) && !Character.isUpperCase(first) ? at : 0;
    }

    /**
     * Adds the whole word that a line's end breaks; {@code to} has its first part, and the second part follows later.
     */
    private static void broken(String text, int next, StringBuilder to) {
        int start = to.length();
        while (start > 0 && isWordPart(to.codePointBefore(start))) {
            start -= Character.charCount(to.codePointBefore(start));
        }
        int end = next;
        while (end < text.length() && (isWordPart(text.codePointAt(end)) || isInvisible(text.codePointAt(end)))) {
            end += Character.charCount(text.codePointAt(end));
        }
        String first = to.substring(start);
        to.append(' ').append(first);
        text.substring(next, end).codePoints().filter(c -> !isInvisible(c)).forEach(to::appendCodePoint);
        to.append(' ');
    }

    private static boolean isWordPart(int c) {
        return Character.isLetterOrDigit(c) || isMark(c);
    }

    private static boolean isMark(int c) {
        int type = Character.getType(c);
        return type == Character.NON_SPACING_MARK
                || type == Character.COMBINING_SPACING_MARK
                || type == Character.ENCLOSING_MARK;
    }

    /** Whether a character is invisible: a format control, a variation selector, a filler. */
    private static boolean isInvisible(int c) {
        return Character.getType(c) == Character.FORMAT
                || (c >= 0xFE00 && c <= 0xFE0F)
                || (c >= 0xE0100 && c <= 0xE01EF)
                || (c >= 0x180B && c <= 0x180F)
                || c == 0x034F
                || c == 0x115F
                || c == 0x1160
                || c == 0x3164
                || c == 0xFFA0
                || c == TATWEEL;
    }

    /** Writes runs of scripts without spaces as pairs of characters, each with its marks. */
    private static String spaced(String text) {
        StringBuilder result = new StringBuilder(text.length());
        int at = 0;
        while (at < text.length()) {
            int kind = kind(text.codePointAt(at));
            int start = at;
            List<Integer> characters = new ArrayList<>(); // where each begins
            while (at < text.length()) {
                int c = text.codePointAt(at);
                if (kind(c) != kind && !(kind > 0 && isMark(c))) {
                    break;
                }
                if (kind > 0 && (characters.isEmpty() || !isMark(c))) {
                    characters.add(at);
                }
                at += Character.charCount(c);
            }
            if (kind == 0) {
                result.append(text, start, at);
            } else {
                pairs(text, characters, at, result);
            }
        }
        return result.toString();
    }

    private static void pairs(String text, List<Integer> characters, int end, StringBuilder to) {
        characters.add(end);
        int last = Math.max(1, characters.size() - 2);
        for (int i = 0; i < last; i++) {
            int after = Math.min(i + 2, characters.size() - 1);
            to.append(' ').append(text, characters.get(i), characters.get(after));
        }
        to.append(' ');
    }

    /** The kind of run that a character belongs to: 1 Katakana, 2 other scripts without spaces, 0 everything else. */
    private static int kind(int c) {
        if (c < 0x0E00) {
            return 0;
        }
        UnicodeBlock block = UnicodeBlock.of(c);
        if ((UnicodeBlock.KATAKANA.equals(block) || UnicodeBlock.KATAKANA_PHONETIC_EXTENSIONS.equals(block))
                && Character.isLetter(c)) {
            return 1;
        }
        boolean part = Character.isLetter(c) || isMark(c);
        return part && WITHOUT_SPACES.contains(UnicodeScript.of(c)) ? 2 : 0;
    }
}
