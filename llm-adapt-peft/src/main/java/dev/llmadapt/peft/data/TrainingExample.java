package dev.llmadapt.peft.data;

import dev.llmadapt.Example;
import dev.llmadapt.JsonSchema;
import dev.llmadapt.Message;
import dev.llmadapt.Request;
import dev.llmadapt.Role;
import dev.llmadapt.ToolCall;
import dev.llmadapt.ToolSpec;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * A conversation to learn from. Its last message is an answer to learn; which of the assistant's earlier messages are
 * learned as well is said message by message, as OpenAI's {@code weight} does.
 *
 * @param id names it in reports and errors, not empty
 * @param messages at least two, none blank but system messages and those that call tools; a system message only in the
 *     first place; the last is the assistant's
 * @param supervised which messages the loss counts, as positions in {@code messages}; all are the assistant's, the last
 *     is among them
 * @param line where it begins in its file, from 1; 0 if it is from no file
 * @param tools the tools that the model is shown, with different names
 */
public record TrainingExample(
        String id, List<Message> messages, Set<Integer> supervised, long line, List<ToolSpec> tools) {
    /** Checks and copies. */
    public TrainingExample {
        tools = List.copyOf(tools);
        require(
                tools.stream().map(ToolSpec::name).distinct().count() == tools.size(),
                "the tools must have different names, got "
                        + tools.stream().map(ToolSpec::name).toList());
        messages = List.copyOf(messages);
        supervised = Collections.unmodifiableSortedSet(new TreeSet<>(supervised));
        require(!id.isBlank(), "id must not be blank");
        require(line >= 0, "line must not be negative, line: " + line);
        require(messages.size() >= 2, "expected a prompt and an answer, got " + messages.size() + " message(s)");
        for (int i = 0; i < messages.size(); i++) {
            Role role = messages.get(i).role();
            require(
                    role != Role.SYSTEM || i == 0,
                    "message " + (i + 1) + " is a system message, only the first may be");
            require(
                    role == Role.SYSTEM
                            || !messages.get(i).content().isBlank()
                            || !messages.get(i).toolCalls().isEmpty(),
                    "message " + (i + 1) + " (" + role.key() + ") is blank");
        }
        Role last = messages.get(messages.size() - 1).role();
        require(last == Role.ASSISTANT, "the last message must be the assistant's, got one of the role " + last.key());
        require(supervised.contains(messages.size() - 1), "the last message must be supervised, got " + supervised);
        for (int i : supervised) {
            require(
                    i >= 0 && i < messages.size() && messages.get(i).role() == Role.ASSISTANT,
                    "supervised must be positions of the assistant's messages, got " + supervised);
        }
    }

    /** A conversation without tools. */
    public TrainingExample(String id, List<Message> messages, Set<Integer> supervised, long line) {
        this(id, messages, supervised, line, List.of());
    }

    /** A conversation from no file in which every message of the assistant is learned. */
    public static TrainingExample of(String id, List<Message> messages) {
        Set<Integer> answers = new TreeSet<>();
        for (int i = 0; i < messages.size(); i++) {
            if (messages.get(i).role() == Role.ASSISTANT) {
                answers.add(i);
            }
        }
        return new TrainingExample(id, messages, answers, 0);
    }

    /** A solved case of a task: the input is the user's message, the output the answer. */
    public static TrainingExample of(Example example) {
        return of(example.id(), List.of(Message.user(example.input()), Message.assistant(example.output())));
    }

    /** Everything before the last message. */
    public List<Message> prompt() {
        return messages.subList(0, messages.size() - 1);
    }

    /** The last message: the answer. */
    public Message answer() {
        return messages.get(messages.size() - 1);
    }

    /** The last message's text, and after it the tool calls of the message, if it has some, as JSON. */
    public String completion() {
        return said(answer());
    }

    /** The request before the answer, with the tools. */
    public Request request() {
        return Request.of(prompt().toArray(Message[]::new)).withTools(tools);
    }

    /** Whether it has tools, calls of tools, or results that name their call. */
    public boolean usesTools() {
        return !tools.isEmpty()
                || messages.stream()
                        .anyMatch(each -> !each.toolCalls().isEmpty()
                                || !each.toolCallId().isEmpty()
                                || !each.toolName().isEmpty());
    }

    /** Whether a message of the assistant has a {@linkplain Message#reasoning thought}. */
    public boolean hasReasoning() {
        return messages.stream().anyMatch(each -> !each.reasoning().isEmpty());
    }

    /** All that a message says, as one text: its content, and the calls of tools, as JSON, behind it. */
    static String said(Message message) {
        StringBuilder said = new StringBuilder(message.content());
        for (ToolCall call : message.toolCalls()) {
            said.append(said.isEmpty() ? "" : "\n")
                    .append("{\"name\": ")
                    .append(JsonSchema.quoted(call.name()))
                    .append(", \"arguments\": ")
                    .append(call.arguments())
                    .append('}');
        }
        return said.toString();
    }

    /** Its name and place, as {@code 'id' (line 7)}, and not its texts: they do not belong into logs. */
    @Override
    public String toString() {
        return "'" + id + "'" + (line > 0 ? " (line " + line + ")" : "");
    }

    private static void require(boolean condition, String message) {
        if (!condition) {
            throw new IllegalArgumentException(message);
        }
    }
}
