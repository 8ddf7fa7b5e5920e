package dev.llmadapt.server.openai;

import com.google.gson.JsonPrimitive;
import dev.llmadapt.Message;
import dev.llmadapt.Role;
import dev.llmadapt.ToolCall;
import dev.llmadapt.server.http.HttpFailure;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads {@code instructions} and {@code input} of {@code /v1/responses}: a text, or items. Items of the assistant that
 * follow each other (its thought, its text, its calls of functions) are one message.
 */
final class InputReader {
    private static final List<String> TEXT_PARTS = List.of("input_text", "output_text", "text");

    private final List<Message> messages = new ArrayList<>();
    private final Map<String, String> calls = new HashMap<>(); // the functions called so far, by the ids of the calls

    // the assistant's message that is being put together
    private final List<ToolCall> called = new ArrayList<>();
    private String thought = "";
    private String text = "";
    private boolean spoken;

    private InputReader() {}

    static List<Message> read(RequestFields fields) {
        InputReader reader = new InputReader();
        fields.text("instructions").ifPresent(text -> reader.messages.add(Message.system(text)));
        int before = reader.messages.size();
        boolean plain = fields.value("input").orElseThrow(() -> fields.missing("input")) instanceof JsonPrimitive;
        if (plain) {
            reader.messages.add(Message.user(fields.requiredText("input")));
            return reader.messages;
        }
        for (RequestFields item : fields.objects("input")) {
            reader.add(item);
        }
        reader.endAssistant();
        if (reader.messages.size() == before) {
            throw HttpFailure.invalid("input", "input must have at least one item");
        }
        return reader.messages;
    }

    private void add(RequestFields item) {
        String type = item.text("type").orElse("message");
        switch (type) {
            case "message" -> addMessage(item);
            case "reasoning" -> addThought(item);
            case "function_call" -> addCall(item);
            case "function_call_output" -> addResult(item);
            default ->
                throw HttpFailure.unsupported(
                        item.path("type"),
                        item.path("type")
                                + " must be message, reasoning, function_call or function_call_output, got '" + type
                                + "'" + (type.equals("item_reference") ? ": this server keeps no items" : ""));
        }
    }

    private void addMessage(RequestFields item) {
        String role = item.requiredText("role");
        String content = MessagesReader.text(item, "content", TEXT_PARTS);
        switch (role) {
            case "assistant" -> {
                if (spoken || !called.isEmpty()) {
                    endAssistant();
                }
                text = content;
                spoken = true;
            }
            case "system", "developer" -> {
                endAssistant();
                messages.add(Message.system(content));
            }
            case "user" -> {
                endAssistant();
                messages.add(Message.user(content));
            }
            default ->
                throw HttpFailure.unsupported(
                        item.path("role"),
                        item.path("role") + " must be system, developer, user or assistant, got '" + role + "'");
        }
    }

    /** A thought as this server writes it, in the content; of another one, the summary is all there is to read. */
    private void addThought(RequestFields item) {
        StringBuilder read = new StringBuilder();
        for (RequestFields part : item.objects("content")) {
            read.append(part.requiredText("text"));
        }
        if (read.isEmpty()) {
            if (item.text("encrypted_content").isPresent()) {
                throw HttpFailure.unsupported(
                        item.path("encrypted_content"),
                        item.path("encrypted_content") + " cannot be read here; leave the item out");
            }
            for (RequestFields part : item.objects("summary")) {
                read.append(read.isEmpty() ? "" : "\n\n").append(part.requiredText("text"));
            }
        }
        if (spoken || !called.isEmpty()) {
            endAssistant();
        }
        thought += read;
    }

    private void addCall(RequestFields item) {
        String id = item.requiredText("call_id");
        String name = item.requiredText("name");
        calls.put(id, name);
        try {
            called.add(new ToolCall(id, name, item.requiredText("arguments")));
        } catch (IllegalArgumentException e) {
            throw HttpFailure.invalid(item.path("arguments"), item.path("arguments") + ": " + e.getMessage());
        }
    }

    private void addResult(RequestFields item) {
        endAssistant();
        String id = item.requiredText("call_id");
        String name = calls.get(id);
        if (name == null) {
            throw HttpFailure.invalid(
                    item.path("call_id"),
                    item.path("call_id") + " must be that of a function_call before it, got '" + id
                            + "'; this server keeps no responses, so input is the whole conversation");
        }
        messages.add(new Message(Role.TOOL, MessagesReader.text(item, "output", TEXT_PARTS), List.of(), id, name));
    }

    private void endAssistant() {
        int last = messages.size() - 1;
        boolean thoughtAlone = !spoken && called.isEmpty();
        if (thoughtAlone
                && last >= 0
                && messages.get(last).role() == Role.ASSISTANT
                && messages.get(last).reasoning().isEmpty()) {
            // a layer told its thought after the answer
            messages.set(last, messages.get(last).withReasoning(thought));
        } else if (!thoughtAlone || !thought.isEmpty()) {
            messages.add(Message.assistant(text, called).withReasoning(thought));
        }
        called.clear();
        thought = "";
        text = "";
        spoken = false;
    }
}
