package dev.llmadapt.peft.data;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.llmadapt.Message;
import dev.llmadapt.Role;
import dev.llmadapt.peft.TrainingExample;
import dev.llmadapt.peft.TrainingFormat;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/**
 * The messages of one record, in each of the forms. Where a record holds what cannot be learned from as text (tool calls,
 * pictures, a history beside the conversation), it is broken rather than read without it.
 */
final class Conversation {
    /** The most messages of one example. */
    static final int MAX_MESSAGES = 1_000;

    private final List<Message> messages = new ArrayList<>();
    private final Set<Integer> supervised = new TreeSet<>();

    private Conversation() {}

    /**
     * The example that a record holds.
     *
     * @param format any but the detected
     * @throws BrokenRecord if it holds none
     */
    static TrainingExample example(String id, long line, JsonObject object, TrainingFormat format) throws BrokenRecord {
        Conversation conversation = new Conversation();
        Fields record = new Fields(object, "");
        switch (format.form()) {
            case PROMPT_COMPLETION -> conversation.pair(record, format);
            case ALPACA -> conversation.alpaca(record);
            case SHAREGPT -> conversation.shareGpt(record);
            case CHAT -> conversation.chat(record, "messages", true);
            case DETECTED -> throw new IllegalArgumentException("the form must be known here");
        }
        return conversation.finished(id, line);
    }

    private void pair(Fields record, TrainingFormat format) throws BrokenRecord {
        side(record, format.promptField(), Role.USER);
        int answer = messages.size();
        side(record, format.completionField(), Role.ASSISTANT);
        for (Message message : messages.subList(answer, messages.size())) {
            if (message.role() == Role.USER || message.role() == Role.SYSTEM) {
                throw new BrokenRecord("'" + format.completionField() + "' has a message of the role "
                        + message.role().key());
            }
        }
        supervised.removeIf(i -> i < answer);
    }

    /** A text as one message, or a list of messages. */
    private void side(Fields record, String field, Role role) throws BrokenRecord {
        JsonElement value = record.get(field);
        if (value.isJsonArray()) {
            chat(record, field, false);
        } else {
            add(role, record.scalar(field), true);
        }
    }

    private void alpaca(Fields record) throws BrokenRecord {
        if (!record.list("history").isEmpty()) {
            throw new BrokenRecord("'history' is not read; write the turns as messages with role and content");
        }
        system(record);
        String instruction = record.filled("instruction");
        String input = record.optional("input");
        // What a user will write, framed by the model's own template: Alpaca's would have to be repeated in every
        // question.
        add(Role.USER, input.isBlank() ? instruction : instruction + "\n\n" + input, true);
        add(Role.ASSISTANT, record.scalar("output"), true);
    }

    private void shareGpt(Fields record) throws BrokenRecord {
        system(record);
        for (Fields turn : record.objects("conversations", MAX_MESSAGES)) {
            String from = turn.text("from");
            Role role = switch (from.toLowerCase(Locale.ROOT)) {
                case "human", "user" -> Role.USER;
                case "gpt", "assistant", "chatgpt", "bing", "bard", "model" -> Role.ASSISTANT;
                case "system" -> Role.SYSTEM;
                case "tool", "observation", "function_response" -> Role.TOOL;
                default ->
                    throw new BrokenRecord(turn.where("from") + ": expected human, gpt, system or tool, got '"
                            + BrokenRecord.brief(from) + "'");
            };
            add(role, turn.text("value"), true);
        }
    }

    private void chat(Fields record, String field, boolean answered) throws BrokenRecord {
        for (Fields turn : record.objects(field, MAX_MESSAGES)) {
            String name = turn.text("role");
            Role role = switch (name) {
                case "user" -> Role.USER;
                case "assistant" -> Role.ASSISTANT;
                case "system", "developer" -> Role.SYSTEM;
                case "tool", "function" -> Role.TOOL;
                default ->
                    throw new BrokenRecord(turn.where("role") + ": expected system, developer, user, assistant or tool,"
                            + " got '" + BrokenRecord.brief(name) + "'");
            };
            for (String call : List.of("tool_calls", "function_call")) {
                if (turn.has(call)) {
                    throw new BrokenRecord(turn.where(call) + ": calls of tools are not read");
                }
            }
            add(role, turn.content(), turn.weight());
        }
        if (answered && supervised.isEmpty()) {
            throw new BrokenRecord("no message of the assistant to learn");
        }
    }

    private void system(Fields record) throws BrokenRecord {
        String system = record.optional("system");
        if (!system.isBlank()) {
            add(Role.SYSTEM, system, false);
        }
    }

    private void add(Role role, String content, boolean learned) throws BrokenRecord {
        if (messages.size() == MAX_MESSAGES) {
            throw new BrokenRecord("more than " + MAX_MESSAGES + " messages");
        }
        if (role == Role.ASSISTANT && learned) {
            supervised.add(messages.size());
        }
        messages.add(new Message(role, content));
    }

    private TrainingExample finished(String id, long line) throws BrokenRecord {
        // What follows the last learned message changes nothing in the loss, unless an answer is plainly missing.
        int end = messages.size();
        while (end > 0 && messages.get(end - 1).role() == Role.ASSISTANT && !supervised.contains(end - 1)) {
            end--;
        }
        while (end < messages.size() && end > 0 && !supervised.contains(end - 1)) {
            end--;
        }
        try {
            return new TrainingExample(id, messages.subList(0, end), supervised, line);
        } catch (IllegalArgumentException e) {
            throw new BrokenRecord(String.valueOf(e.getMessage()));
        }
    }
}
