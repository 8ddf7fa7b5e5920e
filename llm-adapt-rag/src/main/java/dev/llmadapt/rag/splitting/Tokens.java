package dev.llmadapt.rag.splitting;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Where the tokens of a text are, so that texts can be measured and cut by them. Thread-safe. */
@FunctionalInterface
public interface Tokens {
    /** The tokens of a text in their order; parts between them, such as white space, belong to none. */
    List<Span> of(String text);

    /** How many tokens a text has. */
    default int count(String text) {
        return of(text).size();
    }

    /** Runs of letters and digits, and each other character that is not white space by itself. */
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
     * A part of a text.
     *
     * @param start its first character (UTF-16)
     * @param end the one after its last
     */
    record Span(int start, int end) {
        /** Checks. */
        public Span {
            if (start < 0 || end < start) {
                throw new IllegalArgumentException("a span needs 0 <= start <= end, got " + start + " to " + end);
            }
        }
    }

    /** Holds the pattern, which interfaces would show. */
    final class Words {
        private static final Pattern PATTERN = Pattern.compile("[\\p{L}\\p{N}\\p{M}]+|\\S");

        private Words() {}
    }
}
