package dev.llmadapt;

import java.util.List;

/**
 * The scores of several continuations of a prompt.
 *
 * @param entries one per continuation, in the order asked
 * @param usage the tokens read for all of them
 */
public record Scores(List<Entry> entries, Usage usage) {
    /** Copies the entries. */
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
        /** Refuses a continuation without tokens, and copies the tokens. */
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

        /** The log-probability of the continuation divided by the number of its tokens. */
        public double meanLogProbability() {
            return logProbability() / tokens.size();
        }
    }
}
