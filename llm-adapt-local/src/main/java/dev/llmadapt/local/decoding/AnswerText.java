package dev.llmadapt.local.decoding;

import java.util.Arrays;
import java.util.List;

/**
 * The text of an answer as its tokens come: a piece that is given out never changes later, never splits a character and
 * never shows a stop text, nor the beginning of what may become one. Not thread-safe.
 */
final class AnswerText {
    private static final char REPLACEMENT = '\uFFFD'; // what a decoder makes of an incomplete character

    private final TextTokenizer tokenizer;
    private final List<String> stop;
    private int[] ids = new int[16];
    private int count;
    private int context; // ids from here on give the text of the last piece and the new one its white space
    private int given; // ids before here are decoded into `held` or given out
    private final StringBuilder held = new StringBuilder();
    private boolean stopped;

    AnswerText(TextTokenizer tokenizer, List<String> stop) {
        this.tokenizer = tokenizer;
        this.stop = stop;
    }

    /** Adds a token and returns the text that became final with it. */
    String add(int id) {
        if (count == ids.length) {
            ids = Arrays.copyOf(ids, count * 2);
        }
        ids[count++] = id;
        String before = tokenizer.decode(ids, context, given);
        String after = tokenizer.decode(ids, context, count);
        if (after.isEmpty() || after.charAt(after.length() - 1) == REPLACEMENT || after.length() <= before.length()) {
            return "";
        }
        context = given;
        given = count;
        return release(after.substring(before.length()));
    }

    /** Whether text is held back that may yet be final. */
    boolean holds() {
        return !stopped && (held.length() > 0 || given < count);
    }

    /** Whether a stop text was met; tokens after it count for nothing. */
    boolean stopped() {
        return stopped;
    }

    /** Returns the text held back, when no more tokens come. */
    String finish() {
        if (stopped) {
            return "";
        }
        String before = tokenizer.decode(ids, context, given);
        String after = tokenizer.decode(ids, context, count);
        given = count;
        String released = release(after.substring(Math.min(before.length(), after.length())));
        if (stopped) {
            return released;
        }
        String rest = released + held;
        held.setLength(0);
        return rest;
    }

    private String release(String piece) {
        held.append(piece);
        int end = -1;
        for (String text : stop) {
            int at = held.indexOf(text);
            end = at >= 0 && (end < 0 || at < end) ? at : end;
        }
        if (end >= 0) {
            stopped = true;
        } else {
            end = held.length() - longestBeginningOfStop();
        }
        String released = held.substring(0, end);
        held.delete(0, stopped ? held.length() : end);
        return released;
    }

    /** Returns the length of the longest end of the held text that is the beginning of a stop text. */
    private int longestBeginningOfStop() {
        int longest = 0;
        for (String text : stop) {
            for (int length = Math.min(text.length() - 1, held.length()); length > longest; length--) {
                if (text.startsWith(held.substring(held.length() - length))) {
                    longest = length;
                }
            }
        }
        return longest;
    }
}
