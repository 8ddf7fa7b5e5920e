package dev.llmadapt.cli;

import dev.llmadapt.Model;
import dev.llmadapt.Progress;

/** Opens the model that the command line names; a test brings its own. */
@FunctionalInterface
interface ModelLoader {
    /**
     * Fetches and opens a model.
     *
     * @param choice which one, and what acts on it
     * @param progress told of downloads, in bytes, in the stage {@code download}
     * @return the model; the caller closes it
     * @throws IllegalArgumentException if the source has no known form
     * @throws dev.llmadapt.LlmAdaptException if it cannot be had
     */
    Model open(ModelChoice choice, Progress progress);

    /**
     * Fetches a model and reads its files, without opening it; of a test's model nothing is known.
     *
     * @throws IllegalArgumentException if the source has no known form
     * @throws dev.llmadapt.LlmAdaptException if it cannot be had
     */
    default ModelFiles files(ModelChoice choice, Progress progress) {
        return ModelFiles.UNKNOWN;
    }
}
