package dev.llmadapt.pilot.task;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;

/**
 * Changes of a text that leave its meaning to a reader: slips of the keyboard, capital letters, no punctuation. The
 * text and the seed decide the result, and no text becomes blank.
 */
public enum Typos {
    /** About one word in four has two neighbouring letters swapped, a letter missing or a letter twice. */
    SLIPS("typos"),
    /** All letters are capital. */
    UPPER_CASE("upper case"),
    /** Punctuation is missing. */
    NO_PUNCTUATION("no punctuation");

    private static final int ONE_WORD_IN = 4;
    /** Shorter words would become other words. */
    private static final int WORD = 4;

    private final String title;

    Typos(String title) {
        this.title = title;
    }

    /** The name in reports. */
    public String title() {
        return title;
    }

    /**
     * The changed text, or the same text where nothing can be changed.
     *
     * @param seed chooses words and slips, together with the text
     */
    public String apply(String text, long seed) {
        return switch (this) {
            case SLIPS -> slips(text, new SplittableRandom(seed * 31 + text.hashCode()));
            case UPPER_CASE -> text.toUpperCase(Locale.ROOT);
            case NO_PUNCTUATION -> {
                String plain = text.replaceAll("\\p{Punct}|\\p{IsPunctuation}", "");
                yield plain.isBlank() ? text : plain;
            }
        };
    }

    private static String slips(String text, SplittableRandom random) {
        List<int[]> words = words(text, WORD);
        if (words.isEmpty()) {
            words = words(text, 2);
        }
        if (words.isEmpty()) {
            return text;
        }
        int sure = random.nextInt(words.size());
        StringBuilder changed = new StringBuilder(text);
        for (int i = words.size() - 1; i >= 0; i--) { // from the end, so that positions before stay
            if (random.nextInt(ONE_WORD_IN) == 0 || i == sure) {
                slip(changed, words.get(i)[0], words.get(i)[1], random);
            }
        }
        return changed.toString();
    }

    /** One slip in the word from begin to end; a swap of equal letters would change nothing, so one is doubled. */
    private static void slip(StringBuilder text, int begin, int end, SplittableRandom random) {
        int at = begin + random.nextInt(end - begin - 1);
        char first = text.charAt(at);
        char second = text.charAt(at + 1);
        int kind = random.nextInt(3);
        if (kind == 0 && first != second) {
            text.setCharAt(at, second);
            text.setCharAt(at + 1, first);
        } else if (kind == 1) {
            text.deleteCharAt(at + 1);
        } else {
            text.insert(at, first);
        }
    }

    /** Begin and end of each run of letters that is long enough; letters outside of the basic plane end a run. */
    private static List<int[]> words(String text, int shortest) {
        List<int[]> words = new ArrayList<>();
        int begin = 0;
        for (int i = 0; i <= text.length(); i++) {
            if (i == text.length() || !Character.isLetter(text.charAt(i))) {
                if (i - begin >= shortest) {
                    words.add(new int[] {begin, i});
                }
                begin = i + 1;
            }
        }
        return words;
    }
}
