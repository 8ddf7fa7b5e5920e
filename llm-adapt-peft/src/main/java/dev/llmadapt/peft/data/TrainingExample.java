package dev.llmadapt.peft.data;

import dev.llmadapt.Example;
import dev.llmadapt.Message;
import dev.llmadapt.Role;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * A conversation to learn from. Its last message is an answer to learn; which of the assistant's earlier messages are
 * learned as well is said message by message, as OpenAI's {@code weight} does.
 *
 * @param id names it in reports and errors, not empty
 * @param messages at least two, none blank but system messages; a system message only in the first place; the last is
 *     the assistant's
 * @param supervised which messages the loss counts, as positions in {@code messages}; all are the assistant's, the last
 *     is among them
 * @param line where it begins in its file, from 1; 0 if it is from no file
 */
public record TrainingExample(String id, List<Message> messages, Set<Integer> supervised, long line) {
    /** Checks and copies. */
    public TrainingExample {
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
                    role == Role.SYSTEM || !messages.get(i).content().isBlank(),
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

    /** The last message's text: the answer. */
    public String completion() {
        return messages.get(messages.size() - 1).content();
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
