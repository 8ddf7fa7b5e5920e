package dev.llmadapt.prompting;

import java.util.Objects;

/**
 * Options of {@link FewShot}: how different the examples of a prompt are, how long they may be together, and their
 * order.
 *
 * @param lambda weighs similarity to the question against similarity to the examples already chosen, by maximal
 *     marginal relevance (Carbonell and Goldstein 1998), in [0, 1]: 1 is similarity to the question alone
 * @param maxCharacters the most characters (code points) of the inputs and outputs of all examples together, at least
 *     1; {@link Integer#MAX_VALUE} for no bound. An example that does not fit is left out, and the next one is tried.
 *     It is characters since a model tells the tokens of a prompt only when it reads it
 * @param order the order of examples that are chosen by similarity
 * @param orderSeed the seed of {@link Order#RANDOM}
 */
public record ShotOptions(double lambda, int maxCharacters, Order order, long orderSeed) {
    private static final ShotOptions DEFAULTS = new ShotOptions(1, Integer.MAX_VALUE, Order.MOST_SIMILAR_LAST, 0);

    /** Where the example stands that is most similar to the question. */
    public enum Order {
        /** Next to the question. */
        MOST_SIMILAR_LAST,
        /** At the beginning of the prompt. */
        MOST_SIMILAR_FIRST,
        /** Anywhere: the same examples are in the same order, drawn by the seed. */
        RANDOM
    }

    /** Validates the components. */
    public ShotOptions {
        Objects.requireNonNull(order, "order must not be null");
        if (!(lambda >= 0 && lambda <= 1)) {
            throw new IllegalArgumentException("lambda must be in [0, 1] where 1 is no diversity, lambda: " + lambda);
        }
        if (maxCharacters < 1) {
            throw new IllegalArgumentException("maxCharacters must be at least 1, maxCharacters: " + maxCharacters);
        }
    }

    /** Similarity to the question alone, of any length, the most similar last. */
    public static ShotOptions defaults() {
        return DEFAULTS;
    }

    /** These options with another weight of similarity against diversity. */
    public ShotOptions withLambda(double lambda) {
        return new ShotOptions(lambda, maxCharacters, order, orderSeed);
    }

    /** These options with another bound on the length of all examples. */
    public ShotOptions withMaxCharacters(int maxCharacters) {
        return new ShotOptions(lambda, maxCharacters, order, orderSeed);
    }

    /** These options with another order. */
    public ShotOptions withOrder(Order order) {
        return new ShotOptions(lambda, maxCharacters, order, orderSeed);
    }

    /** These options with a random order of this seed. */
    public ShotOptions withRandomOrder(long seed) {
        return new ShotOptions(lambda, maxCharacters, Order.RANDOM, seed);
    }
}
