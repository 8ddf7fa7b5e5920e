package dev.llmadapt.prompting.memory;

class InMemoryStoreTest extends ConversationStoreContract {
    @Override
    ConversationStore store() {
        return ConversationStore.inMemory();
    }
}
