package dev.llmadapt.spring.ai;

import dev.llmadapt.BridgeContract;
import dev.llmadapt.Model;

final class SpringAiModelContractTest extends BridgeContract {
    @Override
    protected Model through(Model toy) {
        return new SpringAiModel(new LlmAdaptChatModel(toy));
    }
}
