package dev.llmadapt.peft;

import dev.llmadapt.Model;
import dev.llmadapt.ModelContract;

/** The laws of a model, kept by a local one on a tiny checkpoint. */
class LocalModelTest extends ModelContract {
    @Override
    protected Model open() {
        return LocalModel.open(
                Golden.folder("tiny-llama"), ModelOptions.defaults().withThreads(1));
    }
}
