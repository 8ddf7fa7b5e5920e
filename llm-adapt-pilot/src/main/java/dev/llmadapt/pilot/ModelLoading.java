package dev.llmadapt.pilot;

/** Opens local models for the command line; the one place that knows how. */
final class ModelLoading {
    static final ModelLoader LOADER = (source, precision, progress) -> {
        throw new InvalidInput("local models are not part of this build yet, --model " + source);
    };

    private ModelLoading() {}
}
