package dev.llmadapt.peft.data;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.llmadapt.Message;
import dev.llmadapt.Role;
import dev.llmadapt.ToolCall;
import dev.llmadapt.ToolSpec;
import dev.llmadapt.text.BrokenRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * The messages of one record, in each of the forms. Where a record holds what cannot be learned from (pictures), or
 * marks that cannot be kept, it is broken rather than read without it.
 */
final class Conversation {
    /** The most messages of one example. */
    static final int MAX_MESSAGES = 1_000;

    private final List<Message> messages = new ArrayList<>();
    private final Set<Integer> supervised = new TreeSet<>();
    private final FieldNotes notes = new FieldNotes();

    private Conversation() {}

    /**
     * The example that a record holds.
     *
     * @param form any but the detected
     * @param notes get what the record's fields were taken as
     * @throws BrokenRecord if it holds none
     */
    static TrainingExample example(String id, long line, JsonObject object, KnownForm form, FieldNotes notes)
            throws BrokenRecord {
        Conversation conversation = new Conversation();
        Fields record = new Fields(object, form);
        Optional<String> unwanted = record.notLearned();
        if (unwanted.isPresent()) {
            throw new BrokenRecord("marked as not to be learned: " + unwanted.get());
        }
        if (form.guessed() && object.keySet().containsAll(form.own())) {
            record.refuseUnknown(form.own());
        }
        List<ToolSpec> tools = ToolFields.tools(record);
        conversation.system(record);
        switch (form.format().form()) {
            case PROMPT_COMPLETION ->
                conversation.pair(
                        record, form.format().promptField(), form.format().completionField());
            case ALPACA -> conversation.alpaca(record);
            case SHAREGPT -> conversation.turns(record, "conversations", "from", "value");
            case CHAT -> conversation.turns(record, "messages", "role", "content");
            case DETECTED -> throw new IllegalArgumentException("the form must be known here");
        }
        record.finish(conversation.notes);
        TrainingExample example = conversation.finished(id, line, tools);
        notes.add(conversation.notes);
        return example;
    }

    /**
     * The messages of a list of roles and contents, none of which says that it is not to be learned.
     *
     * @throws BrokenRecord if there are others, or what cannot be learned from as text
     */
    static List<Message> messages(Fields record, String field, FieldNotes notes) throws BrokenRecord {
        Conversation conversation = new Conversation();
        record.refuse(FieldKind.TOOLS);
        conversation.messages(record, field, "role", "content", true);
        for (int i = 0; i < conversation.messages.size(); i++) {
            if (!conversation.messages.get(i).toolCalls().isEmpty()) {
                throw new BrokenRecord(record.where(field + "[" + i + "]")
                        + ": calls of tools are not read where answers are compared");
            }
            if (conversation.messages.get(i).role() == Role.ASSISTANT && !conversation.supervised.contains(i)) {
                throw new BrokenRecord(record.where(field + "[" + i + "]")
                        + " is marked as not to be learned, which cannot be kept where answers are compared");
            }
        }
        notes.add(conversation.notes);
        return conversation.messages;
    }

    private void pair(Fields record, String prompt, String completion) throws BrokenRecord {
        if (record.get(prompt).isJsonArray()) {
            messages(record, prompt, "role", "content", false);
            notes.taken("prompt", prompt);
        } else {
            history(record);
            add(Role.USER, question(record, prompt, record.scalar(prompt)), true);
        }
        notes.taken("answer", completion);
        if (!record.get(completion).isJsonArray()) {
            add(Role.ASSISTANT, record.scalar(completion), true);
            return;
        }
        int answer = messages.size();
        messages(record, completion, "role", "content", true);
        for (Message message : messages.subList(answer, messages.size())) {
            if (message.role() == Role.USER || message.role() == Role.SYSTEM) {
                throw new BrokenRecord("'" + completion + "' has a message of the role "
                        + message.role().key());
            }
        }
    }

    private void alpaca(Fields record) throws BrokenRecord {
        history(record);
        add(Role.USER, question(record, "instruction", record.filled("instruction")), true);
        String answer = record.has("output") || !record.has("response") ? "output" : "response";
        notes.taken("answer", answer);
        add(Role.ASSISTANT, record.scalar(answer), true);
    }

    /**
     * The prompt as a user will write it, framed by the model's own template: the instruction, the question, and what
     * it is about, a blank line between them. Alpaca's own frame would have to be repeated in every question.
     */
    private String question(Fields record, String field, String text) throws BrokenRecord {
        List<String> parts = new ArrayList<>();
        for (String instruction : record.unread(FieldKind.INSTRUCTION)) {
            notes.taken("prompt", instruction);
            parts.add(record.filled(instruction));
        }
        notes.taken("prompt", field);
        parts.add(text);
        for (String context : record.unread(FieldKind.CONTEXT)) {
            notes.taken("prompt", context);
            parts.add(record.filled(context));
        }
        return String.join("\n\n", parts);
    }

    /** Earlier turns, whose answers are learned as LLaMA-Factory has it. */
    private void history(Fields record) throws BrokenRecord {
        for (String field : record.unread(FieldKind.HISTORY)) {
            notes.taken("earlier turns", field);
            for (JsonElement turn : record.list(field)) {
                JsonArray pair = turn.isJsonArray() ? turn.getAsJsonArray() : new JsonArray();
                if (pair.size() != 2 || !isText(pair.get(0)) || !isText(pair.get(1))) {
                    throw record.wrong(field, "a list of pairs of texts, what the user said and the answer", turn);
                }
                add(Role.USER, record.whole(field, pair.get(0).getAsString()), true);
                add(Role.ASSISTANT, record.whole(field, pair.get(1).getAsString()), true);
            }
        }
    }

    private static boolean isText(JsonElement element) {
        return element.isJsonPrimitive() && element.getAsJsonPrimitive().isString();
    }

    private void turns(Fields record, String field, String role, String content) throws BrokenRecord {
        notes.taken("messages", field);
        messages(record, field, role, content, true);
    }

    private void messages(Fields record, String field, String role, String content, boolean learned)
            throws BrokenRecord {
        for (Fields turn : record.objects(field, MAX_MESSAGES)) {
            List<ToolCall> calls = ToolFields.calls(turn);
            turn.refuse(FieldKind.TOOLS, FieldKind.REFUSAL);
            String name = turn.text(either(turn, role, role.equals("role") ? "from" : "role"));
            Role speaker = role(turn, role, name);
            boolean wanted = learned;
            if (speaker == Role.ASSISTANT) {
                wanted &= turn.notLearned().isEmpty();
            } else {
                turn.passMarks(speaker.key(), notes);
            }
            String text = either(turn, content, content.equals("content") ? "value" : "content");
            String said = !calls.isEmpty() && !turn.has(text) ? "" : turn.content(text);
            if (!calls.isEmpty() && speaker != Role.ASSISTANT) {
                throw new BrokenRecord(turn.where(ToolFields.CALLS) + ": only the assistant calls tools, got the role "
                        + speaker.key());
            }
            boolean result = speaker == Role.TOOL;
            add(
                    new Message(
                            speaker,
                            said,
                            calls,
                            result && turn.has("tool_call_id") ? turn.text("tool_call_id") : "",
                            result && turn.has("name") ? turn.text("name") : ""),
                    wanted);
        }
    }

    /** Tools mix the keys of ShareGPT and OpenAI. */
    private static String either(Fields turn, String usual, String other) {
        return turn.has(usual) || !turn.has(other) ? usual : other;
    }

    private static Role role(Fields turn, String field, String name) throws BrokenRecord {
        return switch (name.strip().toLowerCase(Locale.ROOT)) {
            case "user", "human" -> Role.USER;
            case "assistant", "gpt", "model", "ai", "chatgpt", "bing", "bard" -> Role.ASSISTANT;
            case "system", "developer" -> Role.SYSTEM;
            case "tool", "function", "observation", "function_response" -> Role.TOOL;
            case "function_call", "tool_call" ->
                throw new BrokenRecord(turn.where(field) + ": calls of tools are not read as messages of their own;"
                        + " write them as the tool_calls of an assistant's message");
            default ->
                throw new BrokenRecord(turn.where(field) + ": expected system, user, assistant or tool (or human, gpt),"
                        + " got '" + BrokenRecord.brief(name) + "'");
        };
    }

    private void system(Fields record) throws BrokenRecord {
        for (String field : record.unread(FieldKind.SYSTEM)) {
            notes.taken("system message", field);
            add(Role.SYSTEM, record.filled(field), false);
        }
    }

    private void add(Role role, String content, boolean learned) throws BrokenRecord {
        add(new Message(role, content), learned);
    }

    private void add(Message message, boolean learned) throws BrokenRecord {
        Role role = message.role();
        String content = message.content();
        if (role == Role.SYSTEM && messages.size() == 1 && messages.get(0).role() == Role.SYSTEM) {
            if (!messages.get(0).content().strip().equals(content.strip())) {
                throw new BrokenRecord("two different system messages, expected one");
            }
            return;
        }
        if (messages.size() == MAX_MESSAGES) {
            throw new BrokenRecord("more than " + MAX_MESSAGES + " messages");
        }
        if (role == Role.ASSISTANT && learned) {
            supervised.add(messages.size());
        }
        messages.add(message);
    }

    private TrainingExample finished(String id, long line, List<ToolSpec> tools) throws BrokenRecord {
        if (supervised.isEmpty()) {
            boolean marked = messages.stream().anyMatch(message -> message.role() == Role.ASSISTANT);
            throw new BrokenRecord(
                    "no message of the assistant to learn" + (marked ? ": all are marked as not to be learned" : ""));
        }
        // What follows the last learned message changes nothing in the loss, unless an answer is plainly missing.
        int end = messages.size();
        while (end > 0 && messages.get(end - 1).role() == Role.ASSISTANT && !supervised.contains(end - 1)) {
            end--;
        }
        while (end < messages.size() && end > 0 && !supervised.contains(end - 1)) {
            end--;
        }
        try {
            return new TrainingExample(id, messages.subList(0, end), supervised, line, tools);
        } catch (IllegalArgumentException e) {
            throw new BrokenRecord(String.valueOf(e.getMessage()));
        }
    }
}
