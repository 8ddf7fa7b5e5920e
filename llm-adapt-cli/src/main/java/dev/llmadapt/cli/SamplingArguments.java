package dev.llmadapt.cli;

import dev.llmadapt.GenerationOptions;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/** The options that say how an answer is decoded; their defaults are those of {@link GenerationOptions}. */
final class SamplingArguments {
    private static final GenerationOptions DEFAULTS = GenerationOptions.defaults();

    @Option(names = "--max-tokens", paramLabel = "N", description = "The longest answer. Default: ${DEFAULT-VALUE}.")
    int maxTokens = DEFAULTS.maxTokens();

    @Option(names = "--temperature", paramLabel = "X", description = "0 is greedy. Default: ${DEFAULT-VALUE}.")
    double temperature = DEFAULTS.temperature();

    @Option(names = "--top-k", paramLabel = "N", description = "Keep the N likeliest tokens, 0 keeps all.")
    int topK = DEFAULTS.topK();

    @Option(names = "--top-p", paramLabel = "X", description = "Keep the likeliest that reach this probability.")
    double topP = DEFAULTS.topP();

    @Option(names = "--min-p", paramLabel = "X", description = "Keep those of this share of the likeliest one's.")
    double minP = DEFAULTS.minP();

    @Option(names = "--repetition-penalty", paramLabel = "X", description = "Above 1 repeats less.")
    double repetitionPenalty = DEFAULTS.repetitionPenalty();

    @Option(names = "--seed", paramLabel = "N", description = "Fixes the sampling.")
    long seed = DEFAULTS.seed();

    @Option(names = "--stop", paramLabel = "TEXT", description = "End the answer before this text; may be repeated.")
    List<String> stop = new ArrayList<>();

    GenerationOptions options() {
        return InvalidInput.check(() ->
                new GenerationOptions(maxTokens, temperature, topK, topP, minP, repetitionPenalty, stop, seed, false));
    }
}
