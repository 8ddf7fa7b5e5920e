package dev.llmadapt;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
 * @param tools the tools that the model may call, with different names; they go with the chat template, so raw text has
 *     none, and with no output constraint, since the answer may be a call
 * @param toolChoice which of them it may or must call; {@link ToolChoice#auto()} where there are none
 * @param templateArguments arguments of the model's chat template by name, such as {@code enable_thinking},
 *     {@code reasoning_effort} and {@code documents}: texts, truth values, numbers, lists and maps of these. A model
 *     refuses by name what its template does not read; raw text has none
 * @param scheduling who asks, how urgent it is and how long it may take
 */
public record Request(
        List<Message> messages,
        GenerationOptions options,
        OutputConstraint constraint,
        List<AdapterUse> adapters,
        boolean raw,
        List<ToolSpec> tools,
        ToolChoice toolChoice,
        Map<String, Object> templateArguments,
        Scheduling scheduling) {
    /** Validates the components and copies the lists. */
    public Request {
        Objects.requireNonNull(options, "options must not be null");
        Objects.requireNonNull(constraint, "constraint must not be null");
        Objects.requireNonNull(scheduling, "scheduling must not be null");
        adapters = List.copyOf(Objects.requireNonNull(adapters, "adapters must not be null"));
        if (adapters.stream().map(AdapterUse::name).distinct().count() != adapters.size()) {
            throw new IllegalArgumentException("an adapter can be used once in a request, adapters: " + adapters);
        }
        messages = List.copyOf(Objects.requireNonNull(messages, "messages must not be null"));
        if (messages.isEmpty()) {
            throw new IllegalArgumentException("a request needs at least one message, got none");
        }
        tools = List.copyOf(Objects.requireNonNull(tools, "tools must not be null"));
        Objects.requireNonNull(toolChoice, "toolChoice must not be null");
        requireTools(tools, toolChoice);
        templateArguments = TemplateValues.copy(templateArguments);
        if (raw && !templateArguments.isEmpty()) {
            throw new IllegalArgumentException("raw text has no chat template, so no template arguments; leave raw or "
                    + templateArguments.keySet() + " out");
        }
        if (callsTools(tools, toolChoice)) {
            if (raw) {
                throw new IllegalArgumentException("raw text has no tools: the chat template shows them to the model;"
                        + " leave raw or the tools " + names(tools) + " out");
            }
            if (!(constraint instanceof OutputConstraint.None)) {
                throw new IllegalArgumentException("a request with tools cannot constrain its answer to "
                        + constraint.kind() + ", since the answer may be a call, tools: " + names(tools)
                        + "; leave one of them out, or set ToolChoice.none()");
            }
        }
    }

    /** A request without tools. */
    public Request(
            List<Message> messages,
            GenerationOptions options,
            OutputConstraint constraint,
            List<AdapterUse> adapters,
            boolean raw) {
        this(messages, options, constraint, adapters, raw, List.of(), ToolChoice.auto(), Map.of(), Scheduling.NONE);
    }

    private static void requireTools(List<ToolSpec> tools, ToolChoice choice) {
        List<String> names = names(tools);
        if (names.stream().distinct().count() != names.size()) {
            throw new IllegalArgumentException("the tools of a request must have different names, got " + names);
        }
        if (choice.mode() == ToolChoice.Mode.NAMED && !names.contains(choice.tool())) {
            throw new IllegalArgumentException("the tool choice names '" + choice.tool()
                    + "', which is not among the tools of the request: " + names);
        }
        if (choice.mode() == ToolChoice.Mode.REQUIRED && tools.isEmpty()) {
            throw new IllegalArgumentException("a tool call is required, but the request has no tools");
        }
    }

    private static boolean callsTools(List<ToolSpec> tools, ToolChoice choice) {
        return !tools.isEmpty() && choice.mode() != ToolChoice.Mode.NONE;
    }

    private static List<String> names(List<ToolSpec> tools) {
        return tools.stream().map(ToolSpec::name).toList();
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
        return new Request(
                messages, options, constraint, adapters, raw, tools, toolChoice, templateArguments, scheduling);
    }

    /** This request with another message at the end. */
    public Request plus(Message message) {
        List<Message> longer = new ArrayList<>(messages);
        longer.add(message);
        return withMessages(longer);
    }

    /** This request with other options. */
    public Request withOptions(GenerationOptions options) {
        return new Request(
                messages, options, constraint, adapters, raw, tools, toolChoice, templateArguments, scheduling);
    }

    /** This request with another scheduling. */
    public Request withScheduling(Scheduling scheduling) {
        return new Request(
                messages, options, constraint, adapters, raw, tools, toolChoice, templateArguments, scheduling);
    }

    /** This request with another constraint. */
    public Request withConstraint(OutputConstraint constraint) {
        return new Request(
                messages, options, constraint, adapters, raw, tools, toolChoice, templateArguments, scheduling);
    }

    /** This request as raw text, or laid out by the chat template. */
    public Request withRaw(boolean raw) {
        return new Request(
                messages, options, constraint, adapters, raw, tools, toolChoice, templateArguments, scheduling);
    }

    /** This request with tools that the model may call. */
    public Request withTools(List<ToolSpec> tools) {
        return new Request(
                messages, options, constraint, adapters, raw, tools, toolChoice, templateArguments, scheduling);
    }

    /** This request with tools that the model may call. */
    public Request withTools(ToolSpec... tools) {
        return withTools(List.of(tools));
    }

    /** This request with tools and the choice among them. */
    public Request withTools(List<ToolSpec> tools, ToolChoice toolChoice) {
        return new Request(
                messages, options, constraint, adapters, raw, tools, toolChoice, templateArguments, scheduling);
    }

    /** This request with another choice among its tools. */
    public Request withToolChoice(ToolChoice toolChoice) {
        return new Request(
                messages, options, constraint, adapters, raw, tools, toolChoice, templateArguments, scheduling);
    }

    /**
     * This request with an argument of the model's chat template, in place of one of that name.
     *
     * @param name such as {@code enable_thinking}, as the template calls it
     * @param value a String, Boolean, Integer, Long or Double, or a List or Map of these; the keys of a map are
     *     Strings, in an order of their own if there are several
     */
    public Request withTemplateArgument(String name, Object value) {
        Map<String, Object> more = new LinkedHashMap<>(templateArguments);
        more.put(name, value);
        return withTemplateArguments(more);
    }

    /** This request with these arguments of the model's chat template, and no others. */
    public Request withTemplateArguments(Map<String, Object> templateArguments) {
        return new Request(
                messages, options, constraint, adapters, raw, tools, toolChoice, templateArguments, scheduling);
    }

    /**
     * This request with documents that the model answers from, for models whose chat template reads the argument
     * {@code documents}, such as Command R and Granite: the title and text of each passage.
     */
    public Request withDocuments(List<Passage> documents) {
        List<Map<String, String>> values = new ArrayList<>();
        for (Passage passage : documents) {
            Map<String, String> value = new LinkedHashMap<>();
            value.put("title", passage.title());
            value.put("text", passage.text());
            values.add(value);
        }
        return withTemplateArgument("documents", values);
    }

    /** Whether the answer may be a call: there are tools, and the choice is not {@link ToolChoice#none()}. */
    public boolean callsTools() {
        return callsTools(tools, toolChoice);
    }

    /**
     * Refuses a request whose answer may be a call, for models and layers that answer in another way.
     *
     * @param who the model or layer, such as "a layer of label choice", for the message
     * @return this request
     * @throws IllegalArgumentException if the request has tools that may be called
     */
    public Request requireNoTools(String who) {
        if (callsTools()) {
            throw new IllegalArgumentException(who + " cannot call tools, got a request with the tools " + names(tools)
                    + "; leave them out, set ToolChoice.none(), or ask the model inside");
        }
        return this;
    }

    /** This request with one adapter of weight 1. */
    public Request withAdapter(String adapter) {
        return withAdapters(List.of(AdapterUse.of(adapter)));
    }

    /** This request with adapters that act together. */
    public Request withAdapters(List<AdapterUse> adapters) {
        return new Request(
                messages, options, constraint, adapters, raw, tools, toolChoice, templateArguments, scheduling);
    }
}
