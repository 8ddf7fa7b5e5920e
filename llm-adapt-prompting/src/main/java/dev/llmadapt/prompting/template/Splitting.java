package dev.llmadapt.prompting.template;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Python's {@code str.split} and related methods. */
final class Splitting {
    private Splitting() {}

    /** Splits from the left; a negative limit splits everywhere, no separator splits at runs of white space. */
    static List<Object> split(Rendering r, Text text, @Nullable Text separator, long limit) {
        List<Object> parts = new ArrayList<>();
        if (separator == null) {
            return words(r, text, limit);
        }
        requireSeparator(r, separator);
        int at = 0;
        while (limit < 0 || parts.size() < limit) {
            int found = SubstringSearch.indexOf(r, text.chars(), separator.chars(), at);
            if (found < 0) {
                break;
            }
            add(r, parts, text, at, found);
            at = found + separator.length();
        }
        add(r, parts, text, at, text.length());
        return parts;
    }

    /** Splits from the right. */
    static List<Object> splitFromRight(Rendering r, Text text, @Nullable Text separator, long limit) {
        if (limit < 0) {
            return split(r, text, separator, limit);
        }
        if (separator == null) {
            throw r.fail("rsplit with a limit needs a separator here");
        }
        requireSeparator(r, separator);
        List<Object> parts = new ArrayList<>();
        int end = text.length();
        while (parts.size() < limit) {
            int found = SubstringSearch.lastIndexOf(r, text.chars(), separator.chars(), end);
            if (found < 0) {
                break;
            }
            add(r, parts, text, found + separator.length(), end);
            end = found;
        }
        add(r, parts, text, 0, end);
        Collections.reverse(parts);
        return parts;
    }

    private static List<Object> words(Rendering r, Text text, long limit) {
        List<Object> parts = new ArrayList<>();
        String chars = text.chars();
        r.workOnText(chars.length());
        int at = 0;
        while (true) {
            while (at < chars.length() && Characters.isSpace(chars.charAt(at))) {
                at++;
            }
            if (at == chars.length()) {
                return parts;
            }
            if (limit >= 0 && parts.size() == limit) {
                add(r, parts, text, at, chars.length());
                return parts;
            }
            int end = at;
            while (end < chars.length() && !Characters.isSpace(chars.charAt(end))) {
                end++;
            }
            add(r, parts, text, at, end);
            at = end;
        }
    }

    /** Splits once, into the text before, the separator, and the text after. */
    static Seq partition(Rendering r, Text text, Text separator, boolean last) {
        requireSeparator(r, separator);
        int found = last
                ? SubstringSearch.lastIndexOf(r, text.chars(), separator.chars(), text.length())
                : SubstringSearch.indexOf(r, text.chars(), separator.chars(), 0);
        if (found < 0) {
            return last ? Seq.tuple(Text.EMPTY, Text.EMPTY, text) : Seq.tuple(text, Text.EMPTY, Text.EMPTY);
        }
        int after = found + separator.length();
        return Seq.tuple(Strings.part(r, text, 0, found), separator, Strings.part(r, text, after, text.length()));
    }

    /** Counts the occurrences of a text, without overlap. */
    static long count(Rendering r, Text text, Text part) {
        if (part.length() == 0) {
            return Strings.length(r, text) + 1L;
        }
        long count = 0;
        for (int at = 0; ; count++) {
            int found = SubstringSearch.indexOf(r, text.chars(), part.chars(), at);
            if (found < 0) {
                return count;
            }
            at = found + part.length();
        }
    }

    private static void add(Rendering r, List<Object> parts, Text text, int from, int to) {
        r.work(Rendering.ALLOCATION);
        parts.add(Strings.part(r, text, from, to));
    }

    private static void requireSeparator(Rendering r, Text separator) {
        if (separator.length() == 0) {
            throw r.fail("the separator must not be empty");
        }
    }
}
