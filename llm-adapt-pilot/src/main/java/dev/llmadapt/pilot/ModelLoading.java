package dev.llmadapt.pilot;

import dev.llmadapt.peft.LocalModel;
import dev.llmadapt.peft.ModelOptions;
import dev.llmadapt.peft.ModelSource;

/** Opens local models for the command line; the one place that knows how. */
final class ModelLoading {
    static final ModelLoader LOADER = (source, precision, progress) -> LocalModel.open(
            ModelSource.parse(source).fetch(progress), ModelOptions.defaults().withPrecision(precision));

    private ModelLoading() {}
}
