package dev.llmadapt.langchain4j;

import dev.llmadapt.BridgeContract;
import dev.llmadapt.Model;

final class LangChain4jModelContractTest extends BridgeContract {
    @Override
    protected Model through(Model toy) {
        return new LangChain4jModel(
                new LlmAdaptChatModel(toy), new LlmAdaptStreamingChatModel(toy), LangChain4jOptions.defaults());
    }
}
