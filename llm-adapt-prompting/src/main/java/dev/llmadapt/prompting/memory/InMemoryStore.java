package dev.llmadapt.prompting.memory;

import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/** A store in a map. */
final class InMemoryStore implements ConversationStore {
    private final ConcurrentMap<String, Conversation> conversations = new ConcurrentHashMap<>();

    @Override
    public Optional<Conversation> find(String session) {
        return Optional.ofNullable(conversations.get(session));
    }

    @Override
    public boolean save(String session, Conversation conversation) {
        Conversation kept = conversations.compute(session, (name, before) -> {
            long version = before == null ? 0 : before.version();
            return version == conversation.version() - 1 ? conversation : before;
        });
        return conversation.equals(kept);
    }

    @Override
    public void delete(String session) {
        conversations.remove(session);
    }

    @Override
    public int deleteUnusedSince(Instant time) {
        int[] deleted = new int[1];
        conversations.forEach((session, conversation) -> {
            if (conversation.lastUsed().isBefore(time) && conversations.remove(session, conversation)) {
                deleted[0]++;
            }
        });
        return deleted[0];
    }
}
