package dev.llmadapt;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * A question to a model: a conversation, the options for decoding its answer, and the constraint on it.
 *
 * <p>A conversation that ends with an {@linkplain Role#ASSISTANT assistant} message is continued: the answer goes on
 * where that message stops.
 *
 * @param messages the conversation, oldest first, at least one message
 * @param options the length, sampling and stop conditions of the answer
 * @param constraint the constraint on the answer's text
 * @param adapters the loaded {@linkplain Adapter adapters} that act together, each named at most once; none means the
 *     base model alone. An unknown name is refused, never answered by the base model
 * @param raw whether the messages are raw text: the model continues their contents, joined by empty lines, without its
 *     chat template; roles are ignored then
 */
public record Request(
        List<Message> messages,
        GenerationOptions options,
        OutputConstraint constraint,
        List<AdapterUse> adapters,
        boolean raw) {
    /** Validates the components and copies the lists. */
    public Request {
        Objects.requireNonNull(options, "options must not be null");
        Objects.requireNonNull(constraint, "constraint must not be null");
        adapters = List.copyOf(Objects.requireNonNull(adapters, "adapters must not be null"));
        if (adapters.stream().map(AdapterUse::name).distinct().count() != adapters.size()) {
            throw new IllegalArgumentException("an adapter can be used once in a request, adapters: " + adapters);
        }
        messages = List.copyOf(Objects.requireNonNull(messages, "messages must not be null"));
        if (messages.isEmpty()) {
            throw new IllegalArgumentException("a request needs at least one message, got none");
        }
    }

    /** A request that the model's chat template lays out. */
    public Request(
            List<Message> messages, GenerationOptions options, OutputConstraint constraint, List<AdapterUse> adapters) {
        this(messages, options, constraint, adapters, false);
    }

    /** A request of one user message, with default options, no constraint and no adapter. */
    public static Request of(String userMessage) {
        return of(Message.user(Objects.requireNonNull(userMessage, "userMessage must not be null")));
    }

    /** A request of several messages, with default options, no constraint and no adapter. */
    public static Request of(Message... messages) {
        for (Message message : Objects.requireNonNull(messages, "messages must not be null")) {
            Objects.requireNonNull(message, "a message must not be null");
        }
        return new Request(List.of(messages), GenerationOptions.defaults(), OutputConstraint.none(), List.of());
    }

    /** The last message. */
    public Message last() {
        return messages.get(messages.size() - 1);
    }

    /**
     * The index of the question: of the last {@linkplain Role#USER user} message.
     *
     * @throws IllegalArgumentException if there is no user message
     */
    public int question() {
        for (int i = messages.size() - 1; i >= 0; i--) {
            if (messages.get(i).role() == Role.USER) {
                return i;
            }
        }
        throw new IllegalArgumentException("the request needs a user message, got only "
                + messages.stream().map(message -> message.role().key()).toList());
    }

    /**
     * This request with a paragraph at the beginning of its {@linkplain Role#SYSTEM system} message, which is added if
     * there is none; unchanged if the paragraph is blank.
     */
    public Request withSystemParagraph(String paragraph) {
        if (paragraph.isBlank()) {
            return this;
        }
        List<Message> longer = new ArrayList<>(messages);
        if (longer.get(0).role() == Role.SYSTEM) {
            longer.set(0, Message.system(paragraph + "\n\n" + longer.get(0).content()));
        } else {
            longer.add(0, Message.system(paragraph));
        }
        return withMessages(longer);
    }

    /** This request with another conversation. */
    public Request withMessages(List<Message> messages) {
        return new Request(messages, options, constraint, adapters, raw);
    }

    /** This request with another message at the end. */
    public Request plus(Message message) {
        List<Message> longer = new ArrayList<>(messages);
        longer.add(message);
        return withMessages(longer);
    }

    /** This request with other options. */
    public Request withOptions(GenerationOptions options) {
        return new Request(messages, options, constraint, adapters, raw);
    }

    /** This request with another constraint. */
    public Request withConstraint(OutputConstraint constraint) {
        return new Request(messages, options, constraint, adapters, raw);
    }

    /** This request as raw text, or laid out by the chat template. */
    public Request withRaw(boolean raw) {
        return new Request(messages, options, constraint, adapters, raw);
    }

    /** This request with one adapter of weight 1. */
    public Request withAdapter(String adapter) {
        return withAdapters(List.of(AdapterUse.of(adapter)));
    }

    /** This request with adapters that act together. */
    public Request withAdapters(List<AdapterUse> adapters) {
        return new Request(messages, options, constraint, adapters, raw);
    }
}
