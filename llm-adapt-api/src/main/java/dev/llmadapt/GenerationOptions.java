package dev.llmadapt;

import java.util.List;
import java.util.Objects;

/**
 * Options of how an answer is decoded: its length, sampling and stop conditions. The filters apply in the order of
 * Hugging Face {@code transformers}: repetition penalty, temperature, top-k, top-p, min-p.
 *
 * @param maxTokens the maximum number of tokens of the answer, at least 1; those that a constraint left no choice about
 *     count too, and an answer under a constraint that is cut off so ends with {@link FinishReason#LENGTH}
 * @param temperature divides the logits; 0 is greedy: the most likely token, ties by the lowest id
 * @param topK keep the k most likely tokens; 0 keeps all
 * @param topP keep the smallest set of most likely tokens whose probabilities reach p, in (0, 1]; 1 keeps all (Holtzman
 *     et al. 2020)
 * @param minP keep tokens of at least p times the largest probability, in [0, 1); 0 keeps all (Nguyen et al. 2024)
 * @param repetitionPenalty divides positive and multiplies negative logits of tokens seen in prompt or answer, above 0;
 *     1 is off (Keskar et al. 2019)
 * @param stop the answer ends before the first of these texts; none may be empty
 * @param seed fixes the sampling: the same seed gives the same answer
 * @param logProbabilities whether to report each token's {@linkplain Token#logProbability log-probability}; without it
 *     they are NaN. Tokens that a constraint left no choice about are then read by the model too
 * @param candidates how many of the most likely tokens to report beside each token that is written, with their
 *     log-probabilities, in [0, {@value #MOST_CANDIDATES}]; above 0 only with {@code logProbabilities}
 */
public record GenerationOptions(
        int maxTokens,
        double temperature,
        int topK,
        double topP,
        double minP,
        double repetitionPenalty,
        List<String> stop,
        long seed,
        boolean logProbabilities,
        int candidates) {
    /** The most {@linkplain #candidates candidates} that can be asked for. */
    public static final int MOST_CANDIDATES = 128;

    private static final GenerationOptions DEFAULTS =
            new GenerationOptions(256, 0.0, 0, 1.0, 0.0, 1.0, List.of(), 0L, false, 0);

    /** Validates the components and copies the stop texts. */
    public GenerationOptions {
        stop = List.copyOf(Objects.requireNonNull(stop, "stop must not be null"));
        require(maxTokens >= 1, "maxTokens must be at least 1, maxTokens: " + maxTokens);
        require(
                temperature >= 0 && temperature <= 100,
                "temperature must be in [0, 100] where 0 is greedy, temperature: " + temperature);
        require(topK >= 0, "topK must be 0 (all) or positive, topK: " + topK);
        require(topP > 0 && topP <= 1, "topP must be in (0, 1], topP: " + topP);
        require(minP >= 0 && minP < 1, "minP must be in [0, 1), minP: " + minP);
        require(
                repetitionPenalty > 0 && repetitionPenalty < Double.POSITIVE_INFINITY,
                "repetitionPenalty must be positive where 1 is off, repetitionPenalty: " + repetitionPenalty);
        require(
                candidates >= 0 && candidates <= MOST_CANDIDATES,
                "candidates must be in [0, " + MOST_CANDIDATES + "], candidates: " + candidates);
        require(
                candidates == 0 || logProbabilities,
                "candidates are reported with log-probabilities; ask for those too (withLogProbabilities), or for no"
                        + " candidates, candidates: " + candidates);
        require(stop.stream().noneMatch(String::isEmpty), "a stop text must not be empty, stop: " + stop);
    }

    /** Options that report no candidates. */
    public GenerationOptions(
            int maxTokens,
            double temperature,
            int topK,
            double topP,
            double minP,
            double repetitionPenalty,
            List<String> stop,
            long seed,
            boolean logProbabilities) {
        this(maxTokens, temperature, topK, topP, minP, repetitionPenalty, stop, seed, logProbabilities, 0);
    }

    /** Greedy decoding of at most 256 tokens, without stop texts, with seed 0. */
    public static GenerationOptions defaults() {
        return DEFAULTS;
    }

    /** These options with another length limit. */
    public GenerationOptions withMaxTokens(int maxTokens) {
        return new GenerationOptions(
                maxTokens, temperature, topK, topP, minP, repetitionPenalty, stop, seed, logProbabilities, candidates);
    }

    /** These options with another temperature. */
    public GenerationOptions withTemperature(double temperature) {
        return new GenerationOptions(
                maxTokens, temperature, topK, topP, minP, repetitionPenalty, stop, seed, logProbabilities, candidates);
    }

    /** These options with another top-k. */
    public GenerationOptions withTopK(int topK) {
        return new GenerationOptions(
                maxTokens, temperature, topK, topP, minP, repetitionPenalty, stop, seed, logProbabilities, candidates);
    }

    /** These options with another top-p. */
    public GenerationOptions withTopP(double topP) {
        return new GenerationOptions(
                maxTokens, temperature, topK, topP, minP, repetitionPenalty, stop, seed, logProbabilities, candidates);
    }

    /** These options with another min-p. */
    public GenerationOptions withMinP(double minP) {
        return new GenerationOptions(
                maxTokens, temperature, topK, topP, minP, repetitionPenalty, stop, seed, logProbabilities, candidates);
    }

    /** These options with another repetition penalty. */
    public GenerationOptions withRepetitionPenalty(double repetitionPenalty) {
        return new GenerationOptions(
                maxTokens, temperature, topK, topP, minP, repetitionPenalty, stop, seed, logProbabilities, candidates);
    }

    /** These options with other stop texts. */
    public GenerationOptions withStop(String... stop) {
        return new GenerationOptions(
                maxTokens,
                temperature,
                topK,
                topP,
                minP,
                repetitionPenalty,
                List.of(stop),
                seed,
                logProbabilities,
                candidates);
    }

    /** These options with another seed. */
    public GenerationOptions withSeed(long seed) {
        return new GenerationOptions(
                maxTokens, temperature, topK, topP, minP, repetitionPenalty, stop, seed, logProbabilities, candidates);
    }

    /** These options with log-probabilities, or without them and without candidates. */
    public GenerationOptions withLogProbabilities(boolean logProbabilities) {
        return new GenerationOptions(
                maxTokens,
                temperature,
                topK,
                topP,
                minP,
                repetitionPenalty,
                stop,
                seed,
                logProbabilities,
                logProbabilities ? candidates : 0);
    }

    /** These options with so many candidates beside each token; above 0, with log-probabilities too. */
    public GenerationOptions withCandidates(int candidates) {
        return new GenerationOptions(
                maxTokens,
                temperature,
                topK,
                topP,
                minP,
                repetitionPenalty,
                stop,
                seed,
                logProbabilities || candidates > 0,
                candidates);
    }

    private static void require(boolean condition, String message) {
        if (!condition) {
            throw new IllegalArgumentException(message);
        }
    }
}
