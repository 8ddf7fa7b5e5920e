package dev.llmadapt.prompting.extraction;

import dev.llmadapt.InferenceException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * A regular expression that a user gave for a field, whose one group is the value. It may come from anywhere: the
 * characters that it reads are counted, and one that reads too many of them, as one that backtracks exponentially does,
 * is an error.
 *
 * @param field the field's path
 * @param pattern compiled
 */
record GivenPattern(String field, Pattern pattern) {
    private static final int MOST_LENGTH = 2_000;
    private static final int MOST_READS = 2_000_000;

    /** Refuses an expression that is too long, is none, or has not one group. */
    static GivenPattern of(String field, String regex) {
        if (regex.length() > MOST_LENGTH) {
            throw new IllegalArgumentException("the pattern of field '" + field + "' has " + regex.length()
                    + " characters, at most " + MOST_LENGTH + " are allowed");
        }
        Pattern compiled;
        try {
            compiled = Pattern.compile(regex);
        } catch (PatternSyntaxException e) {
            throw new IllegalArgumentException(
                    "the pattern of field '" + field + "' is no regular expression: " + e.getDescription()
                            + " near character " + Math.max(0, e.getIndex()) + " of '" + regex + "'",
                    e);
        } catch (StackOverflowError e) {
            throw new IllegalArgumentException(
                    "the pattern of field '" + field + "' is nested too deeply; simplify it", e);
        }
        int groups = compiled.matcher("").groupCount();
        if (groups != 1) {
            throw new IllegalArgumentException("the pattern of field '" + field
                    + "' must have one group, which is the value, got " + groups + " in '" + regex
                    + "'; write (?:...) for groups that are not");
        }
        return new GivenPattern(field, compiled);
    }

    /**
     * The group of the first match.
     *
     * @throws InferenceException if it takes too many steps
     */
    Optional<String> find(String text) {
        try {
            Matcher matcher = pattern.matcher(new Counted(text, new int[1]));
            return matcher.find() ? Optional.ofNullable(matcher.group(1)) : Optional.empty();
        } catch (TooManyReads | StackOverflowError e) {
            throw new InferenceException(
                    "the pattern of field '" + field + "' takes more than " + MOST_READS + " steps on a text of "
                            + text.length() + " characters: '" + pattern + "'; avoid repetitions inside of repetitions",
                    e);
        }
    }

    /** A text that counts how often it is read. */
    private record Counted(String text, int[] reads) implements CharSequence {
        @Override
        public int length() {
            return text.length();
        }

        @Override
        public char charAt(int index) {
            if (++reads[0] > MOST_READS) {
                throw new TooManyReads();
            }
            return text.charAt(index);
        }

        @Override
        public CharSequence subSequence(int start, int end) {
            return text.substring(start, end);
        }

        @Override
        public String toString() {
            return text;
        }
    }

    /** The end of a match that takes too long. */
    private static final class TooManyReads extends RuntimeException {
        private static final long serialVersionUID = 1L;

        TooManyReads() {
            super("too many reads", null, false, false);
        }
    }
}
