package dev.llmadapt;

import java.util.List;

/**
 * How likely some continuations of a prompt are.
 *
 * @param entries one a continuation, in the order asked
 * @param usage the tokens read for all of them
 */
public record Scores(List<Entry> entries, Usage usage) {
    /** Copies. */
    public Scores {
        entries = List.copyOf(entries);
    }

    /**
     * The score of one continuation.
     *
     * @param continuation its text
     * @param tokens its tokens with their log-probabilities
     */
    public record Entry(String continuation, List<Token> tokens) {
        /** Copies. */
        public Entry {
            tokens = List.copyOf(tokens);
            if (tokens.isEmpty()) {
                throw new IllegalArgumentException("a continuation needs at least one token: '" + continuation + "'");
            }
        }

        /** The natural-log probability of the whole continuation: the sum over its tokens. */
        public double logProbability() {
            return tokens.stream().mapToDouble(Token::logProbability).sum();
        }

        /** The same divided by the number of tokens. */
        public double meanLogProbability() {
            return logProbability() / tokens.size();
        }
    }
}
