package dev.llmadapt.prompting.template;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Python's string operations on texts. A character that an operation keeps keeps its marks; where that is not known,
 * the whole result has the marks of the whole input. Positions count code points, as in Python.
 */
final class Strings {
    private Strings() {}

    static int length(Rendering r, Text text) {
        r.workOnText(text.length());
        return text.chars().codePointCount(0, text.length());
    }

    static Text concat(Rendering r, Text a, Text b) {
        return r.text().append(a).append(b).toText();
    }

    /** A text ready for joining to another one: escaped for HTML if the other is markup and this is not. */
    static Text fitting(Rendering r, Text other, Text text) {
        return other.isMarkup() ? escape(r, text) : text;
    }

    /**
     * Escapes as Python's {@code markupsafe.escape} does: markup stays, in other text HTML's special characters are
     * replaced.
     */
    static Text escape(Rendering r, Text text) {
        if (text.isMarkup()) {
            return text;
        }
        TextBuilder escaped = r.text();
        int kept = 0;
        for (int i = 0; i < text.length(); i++) {
            String entity = entity(text.chars().charAt(i));
            if (entity != null) {
                escaped.append(text, kept, i).append(entity, text.marksAt(i));
                kept = i + 1;
            }
        }
        return escaped.append(text, kept, text.length()).toText().asMarkup();
    }

    private static @Nullable String entity(char c) {
        return switch (c) {
            case '&' -> "&amp;";
            case '<' -> "&lt;";
            case '>' -> "&gt;";
            case '\'' -> "&#39;";
            case '"' -> "&#34;";
            default -> null;
        };
    }

    static Text repeat(Rendering r, Text text, long times) {
        if (times > 0 && text.length() > 0 && times > r.limits().characters()) {
            throw r.exceeded("characters", r.limits().characters());
        }
        TextBuilder repeated = r.text();
        for (long i = text.length() == 0 ? times : 0; i < times; i++) {
            repeated.append(text);
        }
        return repeated.toText();
    }

    /** The part of a text from one {@code char} to before another. */
    static Text part(Rendering r, Text text, int from, int to) {
        if (from == 0 && to == text.length()) {
            return text;
        }
        return from >= to ? Text.EMPTY : r.text().append(text, from, to).toText();
    }

    /** The characters as texts. */
    static List<Object> characters(Rendering r, Text text) {
        r.work(Rendering.ALLOCATION * (1L + text.length()));
        List<Object> characters = new ArrayList<>(text.length());
        for (int i = 0; i < text.length(); ) {
            int next = text.chars().offsetByCodePoints(i, 1);
            characters.add(Text.marked(text.chars().substring(i, next), text.marksAt(i)));
            i = next;
        }
        return characters;
    }

    /** The character at an index that may count from the end; null where there is none. */
    static @Nullable Text characterAt(Rendering r, Text text, long index) {
        int at = Access.index(index, length(r, text));
        if (at < 0) {
            return null;
        }
        int start = text.chars().offsetByCodePoints(0, at);
        return part(r, text, start, text.chars().offsetByCodePoints(start, 1));
    }

    /** The characters of a slice, counted in code points. */
    static Text slice(Rendering r, Text text, Access.Slice slice) {
        if (slice.count() == 0) {
            return Text.EMPTY;
        }
        String chars = text.chars();
        boolean paired = chars.codePointCount(0, chars.length()) != chars.length();
        int[] offsets = paired ? codePointOffsets(r, chars) : new int[0];
        if (slice.step() == 1) {
            int from = slice.at(0);
            int to = from + slice.count();
            return part(r, text, paired ? offsets[from] : from, paired ? offsets[to] : to);
        }
        TextBuilder sliced = r.text();
        for (int i = 0; i < slice.count(); i++) {
            int at = slice.at(i);
            sliced.append(text, paired ? offsets[at] : at, paired ? offsets[at + 1] : at + 1);
        }
        return sliced.toText();
    }

    private static int[] codePointOffsets(Rendering r, String chars) {
        r.work(chars.length());
        int[] offsets = new int[chars.codePointCount(0, chars.length()) + 1];
        for (int i = 1; i < offsets.length; i++) {
            offsets[i] = chars.offsetByCodePoints(offsets[i - 1], 1);
        }
        return offsets;
    }

    /**
     * Strips characters, or white space if none are given: Python's {@code str.strip}, {@code lstrip}, {@code rstrip}.
     */
    static Text strip(Rendering r, Text text, @Nullable Text characters, boolean left, boolean right) {
        String chars = text.chars();
        int from = 0;
        int to = chars.length();
        while (left && from < to && strips(r, chars.codePointAt(from), characters)) {
            from += Character.charCount(chars.codePointAt(from));
        }
        while (right && from < to && strips(r, chars.codePointBefore(to), characters)) {
            to -= Character.charCount(chars.codePointBefore(to));
        }
        r.workOnText((long) from + text.length() - to);
        return part(r, text, from, to);
    }

    private static boolean strips(Rendering r, int character, @Nullable Text characters) {
        if (characters == null) {
            return Characters.isSpace(character);
        }
        r.workOnText(characters.length());
        return characters.chars().indexOf(character) >= 0;
    }

    /** Python's {@code str.replace}; a negative count replaces all. */
    static Text replace(Rendering r, Text text, Text old, Text by, long count) {
        TextBuilder replaced = r.text();
        int at = 0;
        long left = count < 0 ? Long.MAX_VALUE : count;
        if (old.length() == 0) {
            for (; left > 0; left--) {
                replaced.append(by);
                if (at == text.length()) {
                    return replaced.toText();
                }
                int next = text.chars().offsetByCodePoints(at, 1);
                replaced.append(text, at, next);
                at = next;
            }
            return replaced.append(text, at, text.length()).toText();
        }
        for (; left > 0; left--) {
            int found = SubstringSearch.indexOf(r, text.chars(), old.chars(), at);
            if (found < 0) {
                break;
            }
            replaced.append(text, at, found).append(by);
            at = found + old.length();
        }
        return at == 0 ? text : replaced.append(text, at, text.length()).toText();
    }

    /** Joins parts with a separator. */
    static Text join(Rendering r, Text separator, List<Text> parts) {
        TextBuilder joined = r.text();
        for (int i = 0; i < parts.size(); i++) {
            if (i > 0) {
                joined.append(separator);
            }
            joined.append(parts.get(i));
        }
        return joined.toText();
    }

    /** The lines without their ends, as {@code str.splitlines} finds them. */
    static List<Text> lines(Rendering r, Text text, boolean keepEnds) {
        List<Text> lines = new ArrayList<>();
        String chars = text.chars();
        r.workOnText(chars.length());
        int start = 0;
        for (int i = 0; i < chars.length(); i++) {
            if (Characters.isLineEnd(chars.charAt(i))) {
                int end = i;
                if (chars.charAt(i) == '\r' && i + 1 < chars.length() && chars.charAt(i + 1) == '\n') {
                    i++;
                }
                r.work(Rendering.ALLOCATION);
                lines.add(part(r, text, start, keepEnds ? i + 1 : end));
                start = i + 1;
            }
        }
        if (start < chars.length()) {
            lines.add(part(r, text, start, chars.length()));
        }
        return lines;
    }

    static Text upper(Rendering r, Text text) {
        return mapped(r, text, s -> s.toUpperCase(Locale.ROOT));
    }

    static Text lower(Rendering r, Text text) {
        return mapped(r, text, s -> s.toLowerCase(Locale.ROOT));
    }

    /** Python's {@code str.capitalize}: the first character in title case, the others in lower case. */
    static Text capitalize(Rendering r, Text text) {
        return mapped(r, text, s -> {
            if (s.isEmpty()) {
                return s;
            }
            int first = s.offsetByCodePoints(0, 1);
            return titleCase(s.codePointAt(0)) + s.substring(first).toLowerCase(Locale.ROOT);
        });
    }

    /** Python's {@code str.title}: a character after one that has no case begins a word. */
    static Text title(Rendering r, Text text) {
        return mapped(r, text, s -> {
            StringBuilder titled = new StringBuilder(s.length());
            boolean inWord = false;
            for (int i = 0; i < s.length(); ) {
                int c = s.codePointAt(i);
                titled.append(inWord ? Character.toString(c).toLowerCase(Locale.ROOT) : titleCase(c));
                inWord = Characters.isCased(c);
                i += Character.charCount(c);
            }
            return titled.toString();
        });
    }

    /** Jinja's filter {@code title}: words begin after white space, hyphens and opening brackets. */
    static Text titleWords(Rendering r, Text text) {
        return mapped(r, text, s -> {
            StringBuilder titled = new StringBuilder(s.length());
            boolean inWord = false;
            int rest = 0;
            for (int i = 0; i < s.length(); ) {
                int c = s.codePointAt(i);
                int next = i + Character.charCount(c);
                boolean separates = Characters.isSpace(c) || "-({[<".indexOf(c) >= 0;
                if (inWord && separates) {
                    titled.append(s.substring(rest, i).toLowerCase(Locale.ROOT));
                }
                if (separates) {
                    titled.appendCodePoint(c);
                } else if (!inWord) {
                    titled.append(Character.toString(c).toUpperCase(Locale.ROOT));
                    rest = next;
                }
                inWord = !separates;
                i = next;
            }
            return inWord ? titled + s.substring(rest).toLowerCase(Locale.ROOT) : titled.toString();
        });
    }

    private static String titleCase(int c) {
        int title = Character.toTitleCase(c);
        String upper = Character.toString(c).toUpperCase(Locale.ROOT);
        if (title != c || upper.codePointCount(0, upper.length()) == 1) {
            return Character.toString(title);
        }
        int first = upper.offsetByCodePoints(0, 1);
        return upper.substring(0, first) + upper.substring(first).toLowerCase(Locale.ROOT);
    }

    /** Maps the characters of a text; marks stay in place where the characters certainly did. */
    private static Text mapped(Rendering r, Text text, UnaryOperator<String> mapping) {
        String result = mapping.apply(text.chars());
        r.makeText(result.length(), 0);
        if (result.length() == text.length() && text.chars().chars().allMatch(c -> c < 128)) {
            return Text.withRuns(result, text.runs());
        }
        if (!text.isUniform() && (text.allMarks() & ~Text.DATA) != 0) {
            throw r.fail("cannot tell which part of a text is the model's after its letters were changed");
        }
        return Text.marked(result, text.allMarks());
    }
}
