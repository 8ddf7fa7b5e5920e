package dev.llmadapt.local.runtime;

import dev.llmadapt.local.Golden;
import dev.llmadapt.local.LocalModel;
import dev.llmadapt.local.ModelOptions;
import dev.llmadapt.natives.UsageDataContract;

final class UsageDataTest extends UsageDataContract {
    @Override
    protected void open() {
        LocalModel.open(Golden.folder("tiny-llama"), ModelOptions.defaults().withThreads(1))
                .close();
    }
}
