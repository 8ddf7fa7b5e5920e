package dev.llmadapt.local.decoding;

import dev.llmadapt.GenerationOptions;

/**
 * What is reported of the tokens of an answer.
 *
 * @param logProbabilities whether each has its log-probability
 * @param candidates how many of the likeliest tokens in its place each has
 */
record Report(boolean logProbabilities, int candidates) {
    /** Nothing. */
    static final Report NONE = new Report(false, 0);

    static Report of(GenerationOptions options) {
        return new Report(options.logProbabilities(), options.candidates());
    }
}
