package dev.llmadapt.prompting.memory;

import java.time.Instant;
import java.util.Optional;

/** Keeps conversations by the names of their sessions. Thread-safe. */
public interface ConversationStore {
    /** A store in this process's memory, which ends with it. */
    static ConversationStore inMemory() {
        return new InMemoryStore();
    }

    /** The conversation of a session; empty if there is none. */
    Optional<Conversation> find(String session);

    /**
     * Keeps a conversation, if nobody has changed it meanwhile.
     *
     * @param conversation the conversation, of a version one above that of the one it replaces; version 1 replaces none
     * @return whether it is kept; false if the session now has another version than it replaces
     */
    boolean save(String session, Conversation conversation);

    /** Deletes the conversation of a session; does nothing if there is none. */
    void delete(String session);

    /**
     * Deletes all conversations that were last used before a time.
     *
     * @return how many
     */
    int deleteUnusedSince(Instant time);
}
