package dev.llmadapt;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * What a model is asked: a conversation, how to answer it, and what the answer may be.
 *
 * <p>A conversation that ends with an {@linkplain Role#ASSISTANT assistant} message is continued: the answer goes on
 * where that message stops.
 *
 * @param messages the conversation, oldest first, at least one message
 * @param options length, sampling and stop conditions of the answer
 * @param constraint what the answer may be
 * @param adapters the loaded {@linkplain Adapter adapters} that act together, each named at most once; none means the
 *     base model alone. An unknown name is refused, never answered by the base
 * @param raw whether the messages are raw text: the model goes on after their contents, with an empty line between two,
 *     and nothing of its chat template; roles mean nothing then
 */
public record Request(
        List<Message> messages,
        GenerationOptions options,
        OutputConstraint constraint,
        List<AdapterUse> adapters,
        boolean raw) {
    /** Checks and copies. */
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

    /** A request that is laid out by the model's chat template. */
    public Request(
            List<Message> messages, GenerationOptions options, OutputConstraint constraint, List<AdapterUse> adapters) {
        this(messages, options, constraint, adapters, false);
    }

    /** A request of one user message, default options, free output, no adapter. */
    public static Request of(String userMessage) {
        return of(Message.user(Objects.requireNonNull(userMessage, "userMessage must not be null")));
    }

    /** A request of some messages, default options, free output, no adapter. */
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

    /** The same with another conversation. */
    public Request withMessages(List<Message> messages) {
        return new Request(messages, options, constraint, adapters, raw);
    }

    /** The same with another message at the end. */
    public Request plus(Message message) {
        List<Message> longer = new ArrayList<>(messages);
        longer.add(message);
        return withMessages(longer);
    }

    /** The same with other options. */
    public Request withOptions(GenerationOptions options) {
        return new Request(messages, options, constraint, adapters, raw);
    }

    /** The same with another constraint. */
    public Request withConstraint(OutputConstraint constraint) {
        return new Request(messages, options, constraint, adapters, raw);
    }

    /** This request as raw text, or laid out by the chat template. */
    public Request withRaw(boolean raw) {
        return new Request(messages, options, constraint, adapters, raw);
    }

    /** The same with one adapter, as it was trained. */
    public Request withAdapter(String adapter) {
        return withAdapters(List.of(AdapterUse.of(adapter)));
    }

    /** The same with some adapters that act together. */
    public Request withAdapters(List<AdapterUse> adapters) {
        return new Request(messages, options, constraint, adapters, raw);
    }
}
