package dev.llmadapt.local.constraint;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * How characters are written as bytes: in UTF-8 (RFC 3629), or in UTF-8 as within a JSON string (RFC 8259, section 7),
 * where each character has one form: a short escape where there is one, {@code \}{@code u00xx} for other control
 * characters, and itself for the rest. Since a text has one form only, complement and intersection of what is written
 * are those of the texts. Not thread-safe.
 */
final class CharacterCode {
    private static final String SHORT = "\"\\\b\f\n\r\t";
    private static final String SHORT_NAMES = "\"\\bfnrt";

    private final Regexes regexes;
    private final boolean json;
    private final Map<CodePoints, Regex> known = new HashMap<>();

    private CharacterCode(Regexes regexes, boolean json) {
        this.regexes = regexes;
        this.json = json;
    }

    static CharacterCode utf8(Regexes regexes) {
        return new CharacterCode(regexes, false);
    }

    static CharacterCode json(Regexes regexes) {
        return new CharacterCode(regexes, true);
    }

    Regexes regexes() {
        return regexes;
    }

    /** Returns what matches any character. */
    Regex any() {
        return of(CodePoints.ALL);
    }

    /** Returns what matches one character of a set. */
    Regex of(CodePoints set) {
        return known.computeIfAbsent(set, key -> json ? jsonForm(key) : raw(key));
    }

    /** Returns what matches this text. */
    Regex literal(String text) {
        return regexes.literal(bytes(text));
    }

    /** Returns the bytes of a text. */
    byte[] bytes(String text) {
        if (!json) {
            return text.getBytes(java.nio.charset.StandardCharsets.UTF_8);
        }
        StringBuilder written = new StringBuilder();
        text.codePoints().forEach(each -> {
            int at = SHORT.indexOf(each);
            if (at >= 0) {
                written.append('\\').append(SHORT_NAMES.charAt(at));
            } else if (each < ' ') {
                written.append(String.format(Locale.ROOT, "\\u%04x", each));
            } else {
                written.appendCodePoint(each);
            }
        });
        return written.toString().getBytes(java.nio.charset.StandardCharsets.UTF_8);
    }

    private Regex jsonForm(CodePoints set) {
        List<Regex> forms = new ArrayList<>();
        CodePoints plain = CodePoints.range(' ', Character.MAX_CODE_POINT)
                .and(CodePoints.of("\"\\").not());
        forms.add(raw(set.and(plain)));
        for (int each = 0; each < ' '; each++) {
            if (set.has(each) && SHORT.indexOf(each) < 0) {
                String low = String.format(Locale.ROOT, "%02x", each);
                forms.add(regexes.concat(regexes.literal("\\u00" + low.charAt(0)), hex(low.charAt(1))));
            }
        }
        ByteSet names = ByteSet.NONE;
        for (int i = 0; i < SHORT.length(); i++) {
            names = set.has(SHORT.charAt(i)) ? names.or(ByteSet.of(SHORT_NAMES.charAt(i))) : names;
        }
        forms.add(regexes.concat(regexes.literal("\\"), regexes.bytes(names)));
        return regexes.or(forms);
    }

    private Regex hex(char digit) {
        return regexes.bytes(ByteSet.of(digit).or(ByteSet.of(Character.toUpperCase(digit))));
    }

    /** Returns the characters of a set in UTF-8: ranges are split so that each byte of a form is one of a range. */
    private Regex raw(CodePoints set) {
        List<Regex> forms = new ArrayList<>();
        ByteSet ascii = ByteSet.NONE;
        for (int[] range : set.ranges()) {
            if (range[0] < 0x80) {
                ascii = ascii.or(ByteSet.range(range[0], Math.min(range[1], 0x7F)));
            }
            split(Math.max(range[0], 0x80), Math.min(range[1], 0x7FF), 2, forms);
            split(Math.max(range[0], 0x800), Math.min(range[1], 0xFFFF), 3, forms);
            split(Math.max(range[0], 0x10000), range[1], 4, forms);
        }
        forms.add(regexes.bytes(ascii));
        return regexes.or(forms);
    }

    private void split(int from, int last, int length, List<Regex> forms) {
        if (from > last) {
            return;
        }
        for (int tail = 1; tail < length; tail++) { // so that what differs is followed by all
            int mask = (1 << (6 * tail)) - 1;
            if ((from & ~mask) != (last & ~mask)) {
                if ((from & mask) != 0) {
                    split(from, from | mask, length, forms);
                    split((from | mask) + 1, last, length, forms);
                    return;
                }
                if ((last & mask) != mask) {
                    split(from, (last & ~mask) - 1, length, forms);
                    split(last & ~mask, last, length, forms);
                    return;
                }
            }
        }
        Regex form = regexes.epsilon;
        for (int place = 0; place < length; place++) {
            form = regexes.concat(
                    regexes.bytes(ByteSet.range(part(from, place, length), part(last, place, length))), form);
        }
        forms.add(form);
    }

    private static int part(int codePoint, int place, int length) {
        if (place < length - 1) {
            return 0x80 | ((codePoint >> (6 * place)) & 0x3F);
        }
        int lead = length == 2 ? 0xC0 : length == 3 ? 0xE0 : 0xF0;
        return lead | (codePoint >> (6 * place));
    }
}
