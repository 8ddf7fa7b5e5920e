package dev.llmadapt.peft.runtime;

import dev.llmadapt.natives.UsageDataContract;
import dev.llmadapt.peft.Golden;
import dev.llmadapt.peft.LocalModel;
import dev.llmadapt.peft.ModelOptions;

final class UsageDataTest extends UsageDataContract {
    @Override
    protected void open() {
        LocalModel.open(Golden.folder("tiny-llama"), ModelOptions.defaults().withThreads(1))
                .close();
    }
}
