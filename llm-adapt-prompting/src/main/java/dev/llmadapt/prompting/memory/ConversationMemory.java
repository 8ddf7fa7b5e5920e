package dev.llmadapt.prompting.memory;

import dev.llmadapt.Generation;
import dev.llmadapt.LlmAdaptException;
import dev.llmadapt.Message;
import dev.llmadapt.Role;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Conversations of many sessions, each kept as short as a policy says. A session begins when something is first said in
 * it and ends when it is closed, or when nothing was said in it for the time to live; what is said after that begins a
 * new one. What the policy leaves out is not kept.
 *
 * <p>Thread-safe: exchanges of one session come one after the other, those of different ones at the same time. Where
 * several processes have one store, an exchange that another process's overtook is refused and leaves nothing behind.
 */
public final class ConversationMemory {
    private final ConversationStore store;
    private final MemoryPolicy policy;
    private final Duration timeToLive;
    private final Clock clock;
    private final ConcurrentMap<String, Turn> turns = new ConcurrentHashMap<>();

    /** The right to speak in a session, and how many hold it or wait for it. */
    private static final class Turn {
        private final ReentrantLock lock = new ReentrantLock();
        private int users;
    }

    /**
     * A memory.
     *
     * @param store keeps the conversations
     * @param policy keeps them short
     * @param timeToLive how long a session lives after what was last said in it; above 0
     * @param clock tells the time
     */
    public ConversationMemory(ConversationStore store, MemoryPolicy policy, Duration timeToLive, Clock clock) {
        this.store = Objects.requireNonNull(store, "store must not be null");
        this.policy = Objects.requireNonNull(policy, "policy must not be null");
        this.timeToLive = timeToLive;
        this.clock = Objects.requireNonNull(clock, "clock must not be null");
        if (timeToLive.isNegative() || timeToLive.isZero()) {
            throw new IllegalArgumentException("timeToLive must be above 0, timeToLive: " + timeToLive);
        }
    }

    /** What a model is shown of a session's conversation; empty where nothing was said. */
    public List<Message> messages(String session) {
        return find(session).shown();
    }

    /**
     * Sets the instructions of a session, which are shown first each time.
     *
     * @param system the text of the system message; empty for none
     * @throws IllegalArgumentException if they are too long together with the last exchange
     */
    public void instruct(String session, String system) {
        inTurn(session, () -> {
            save(session, policy.fit(find(session).withSystem(system)));
            return system;
        });
    }

    /**
     * Adds a turn to a session, such as what a person said, or an answer from elsewhere.
     *
     * @return what a model is shown now
     * @throws IllegalArgumentException if the message is a system message, the result of a tool that was not called or
     *     no result where one is awaited, or too long; nothing is kept then
     */
    public List<Message> add(String session, Message message) {
        return inTurn(session, () -> {
            Conversation longer = policy.fit(plus(find(session), message));
            save(session, longer);
            return longer.shown();
        });
    }

    /**
     * Adds a turn, has it answered, and adds the answer. If the answer fails, neither is kept.
     *
     * @param message what is said, or the result of a tool
     * @param answering answers the conversation that it is given, such as {@code messages ->
     *     model.generate(Request.of(messages.toArray(Message[]::new)))}
     * @return the answer; where it calls tools, their results are to be added next
     * @throws IllegalArgumentException as {@link #add} does, and as the answering does
     * @throws LlmAdaptException if another process has changed the session meanwhile
     */
    public Generation exchange(String session, Message message, Function<List<Message>, Generation> answering) {
        return inTurn(session, () -> {
            Conversation asked = policy.fit(plus(find(session), message));
            Generation answer = answering.apply(asked.shown());
            // an answer is kept whole: what is too long is left out when something is said next
            save(session, asked.plus(answer.message()));
            return answer;
        });
    }

    private static Conversation plus(Conversation conversation, Message message) {
        if (message.role() == Role.SYSTEM) {
            throw new IllegalArgumentException(
                    "a system message is no turn of a conversation; instruct sets the instructions");
        }
        int open = openCalls(conversation.messages());
        if (message.role() == Role.TOOL && open == 0) {
            throw new IllegalArgumentException("the result of the tool '" + message.toolName()
                    + "' follows no call of a tool that awaits one in this session");
        }
        if (message.role() != Role.TOOL && open > 0) {
            throw new IllegalArgumentException(
                    "the session awaits the results of " + open + " calls of tools, got a message of the role "
                            + message.role().key());
        }
        return conversation.plus(message);
    }

    /** How many calls of tools at the end of a conversation have no result yet. */
    private static int openCalls(List<Message> messages) {
        int results = 0;
        for (int i = messages.size() - 1; i >= 0; i--) {
            Message message = messages.get(i);
            if (message.role() != Role.TOOL) {
                return message.toolCalls().size() - results;
            }
            results++;
        }
        return 0;
    }

    /** Ends a session: its conversation is deleted. Does nothing if there is none. */
    public void close(String session) {
        inTurn(session, () -> {
            store.delete(session);
            return session;
        });
    }

    /**
     * Deletes the conversations of all sessions whose time to live is over, as one does from time to time.
     *
     * @return how many
     */
    public int closeExpired() {
        return store.deleteUnusedSince(clock.instant().minus(timeToLive));
    }

    /** The conversation of a session; an empty one where there is none that lives. */
    private Conversation find(String session) {
        Instant now = clock.instant();
        Optional<Conversation> found = store.find(session);
        if (found.isPresent() && found.get().lastUsed().isBefore(now.minus(timeToLive))) {
            // an ended session's version goes on, so that two processes do not both begin the next one
            Conversation ended = found.get();
            return new Conversation("", "", List.of(), ended.version(), now);
        }
        return found.orElseGet(() -> Conversation.empty(now));
    }

    private void save(String session, Conversation conversation) {
        if (!store.save(session, conversation.changed(clock.instant()))) {
            throw new LlmAdaptException("the session '" + session
                    + "' was changed by another process meanwhile; nothing of this exchange is kept, ask again");
        }
    }

    private <T> T inTurn(String session, Supplier<T> action) {
        Objects.requireNonNull(session, "session must not be null");
        Turn turn = turns.compute(session, (name, known) -> {
            Turn one = known == null ? new Turn() : known;
            one.users++;
            return one;
        });
        turn.lock.lock();
        try {
            return action.get();
        } finally {
            turn.lock.unlock();
            turns.computeIfPresent(session, (name, known) -> --known.users == 0 ? null : known);
        }
    }
}
