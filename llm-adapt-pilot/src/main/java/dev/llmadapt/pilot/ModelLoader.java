package dev.llmadapt.pilot;

import dev.llmadapt.Model;
import dev.llmadapt.Progress;
import dev.llmadapt.peft.Precision;

/** Opens the model that the command line names; a test brings its own. */
@FunctionalInterface
interface ModelLoader {
    /**
     * Fetches and opens a model.
     *
     * @param source where it comes from, as {@code --model} has it
     * @param precision how to compute with its weights, as {@code --precision} has it
     * @param progress told of downloads, in bytes, in the stage {@code download}
     * @return the model; the caller closes it
     * @throws IllegalArgumentException if the source has no known form
     * @throws dev.llmadapt.LlmAdaptException if it cannot be had
     */
    Model open(String source, Precision precision, Progress progress);
}
