package dev.llmadapt.rag.embedding;

import dev.llmadapt.natives.UsageDataContract;

final class UsageDataTest extends UsageDataContract {
    @Override
    protected void open() {
        Embedder.miniLm().close();
    }
}
