package dev.llmadapt.rag.splitting;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A kind of tokens, by which texts are measured and cut. Thread-safe. */
@FunctionalInterface
public interface Tokens {
    /** Returns the tokens of a text in their order; characters between them, such as white space, belong to none. */
    List<Span> of(String text);

    /** Counts the tokens of a text. */
    default int count(String text) {
        return of(text).size();
    }

    /** Words as tokens: runs of letters and digits, and every other character that is not white space on its own. */
    static Tokens words() {
        return text -> {
            List<Span> spans = new ArrayList<>();
            for (Matcher matcher = Words.PATTERN.matcher(text); matcher.find(); ) {
                spans.add(new Span(matcher.start(), matcher.end()));
            }
            return spans;
        };
    }

    /**
     * A span of a text.
     *
     * @param start the position of its first character (UTF-16)
     * @param end the position after its last character
     */
    record Span(int start, int end) {
        /** Validates the components. */
        public Span {
            if (start < 0 || end < start) {
                throw new IllegalArgumentException("a span needs 0 <= start <= end, got " + start + " to " + end);
            }
        }
    }

    /** The pattern of words, which would be public in the interface. */
    final class Words {
        private static final Pattern PATTERN = Pattern.compile("[\\p{L}\\p{N}\\p{M}]+|\\S");

        private Words() {}
    }
}
