package dev.llmadapt;

/**
 * The description of a model.
 *
 * @param name its origin, such as a repository id or a file name
 * @param architecture the family, as {@code config.json} names it: {@code llama}
 * @param parameterCount the number of its parameters, tied ones counted once
 * @param contextLength the maximum number of tokens of prompt and answer together
 * @param vocabularySize the number of tokens in its vocabulary
 * @param precision the precision of its weights in computation, such as {@code fp32} or {@code int4}
 */
public record ModelInfo(
        String name,
        String architecture,
        long parameterCount,
        int contextLength,
        int vocabularySize,
        String precision) {}
