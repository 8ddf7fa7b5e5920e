package dev.llmadapt.prompting.memory;

import dev.llmadapt.Message;
import dev.llmadapt.Role;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * A conversation as it is kept.
 *
 * @param system the instructions, shown first each time; empty where there are none
 * @param summary what was said before the messages that are kept; empty where nothing was left out, or without words
 * @param messages the turns, oldest first; none of them is a system message
 * @param version the number of times that it was changed
 * @param lastUsed when it was last changed
 */
public record Conversation(String system, String summary, List<Message> messages, long version, Instant lastUsed) {
    /** Refuses system messages among the turns, and copies the list. */
    public Conversation {
        Objects.requireNonNull(system, "system must not be null, empty where there is none");
        Objects.requireNonNull(summary, "summary must not be null, empty where there is none");
        messages = List.copyOf(messages);
        Objects.requireNonNull(lastUsed, "lastUsed must not be null");
        if (messages.stream().anyMatch(message -> message.role() == Role.SYSTEM)) {
            throw new IllegalArgumentException(
                    "a system message is no turn of a conversation; ConversationMemory.instruct sets the instructions");
        }
    }

    /** A conversation in which nothing was said. */
    static Conversation empty(Instant now) {
        return new Conversation("", "", List.of(), 0, now);
    }

    Conversation withSystem(String system) {
        return new Conversation(system, summary, messages, version, lastUsed);
    }

    /** This conversation with other turns and another summary. */
    public Conversation with(String summary, List<Message> messages) {
        return new Conversation(system, summary, messages, version, lastUsed);
    }

    Conversation plus(Message message) {
        List<Message> longer = new ArrayList<>(messages);
        longer.add(message);
        return with(summary, longer);
    }

    Conversation changed(Instant now) {
        return new Conversation(system, summary, messages, version + 1, now);
    }

    /**
     * What a model is shown: the instructions, the summary and the turns. The summary is a turn of the user's with a
     * short answer, since it has words of the user's and is not to be obeyed as instructions are, and since many chat
     * templates refuse two turns of the user in a row.
     */
    public List<Message> shown() {
        List<Message> shown = new ArrayList<>();
        if (!system.isEmpty()) {
            shown.add(Message.system(system));
        }
        if (!summary.isEmpty()) {
            shown.add(Message.user("Summary of our conversation so far:\n" + summary));
            shown.add(Message.assistant("I have read the summary."));
        }
        shown.addAll(messages);
        return shown;
    }

    /**
     * The turns in exchanges, which belong together: from a message of the user's up to the next, with all calls of
     * tools and their results between. Turns before the first message of the user's are one exchange.
     */
    List<List<Message>> exchanges() {
        List<List<Message>> exchanges = new ArrayList<>();
        for (Message message : messages) {
            if (exchanges.isEmpty() || message.role() == Role.USER) {
                exchanges.add(new ArrayList<>());
            }
            exchanges.get(exchanges.size() - 1).add(message);
        }
        return exchanges;
    }
}
