package dev.llmadapt;

/**
 * What a model is.
 *
 * @param name where it came from, such as a repository id or a file name
 * @param architecture the family, as {@code config.json} names it: {@code llama}
 * @param parameterCount weights of the model, tied ones counted once
 * @param contextLength the most tokens of prompt and answer together
 * @param vocabularySize tokens it knows
 * @param precision how the weights are computed with, such as {@code fp32} or {@code int4}
 */
public record ModelInfo(
        String name,
        String architecture,
        long parameterCount,
        int contextLength,
        int vocabularySize,
        String precision) {}
