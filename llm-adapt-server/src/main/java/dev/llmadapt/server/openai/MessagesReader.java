package dev.llmadapt.server.openai;

import com.google.gson.JsonElement;
import com.google.gson.JsonPrimitive;
import dev.llmadapt.Message;
import dev.llmadapt.Role;
import dev.llmadapt.ToolCall;
import dev.llmadapt.server.http.HttpFailure;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Reads {@code messages}. */
final class MessagesReader {
    private final Map<String, String> calls = new HashMap<>(); // the tools called so far, by the ids of the calls

    private MessagesReader() {}

    static List<Message> read(RequestFields fields) {
        MessagesReader reader = new MessagesReader();
        List<Message> messages = new ArrayList<>();
        for (RequestFields each : fields.objects("messages")) {
            messages.add(reader.message(each));
        }
        if (messages.isEmpty()) {
            throw HttpFailure.invalid("messages", "messages must have at least one message");
        }
        return messages;
    }

    private Message message(RequestFields message) {
        String role = message.requiredText("role");
        return switch (role) {
            case "system", "developer" -> Message.system(content(message));
            case "user" -> Message.user(content(message));
            case "assistant" -> assistant(message);
            case "tool" -> {
                String id = message.text("tool_call_id").orElse("");
                yield new Message(Role.TOOL, content(message), List.of(), id, calls.getOrDefault(id, ""));
            }
            default ->
                throw HttpFailure.unsupported(
                        message.path("role"),
                        message.path("role") + " must be system, developer, user, assistant or tool, got '" + role
                                + "'");
        };
    }

    private Message assistant(RequestFields message) {
        List<ToolCall> called = new ArrayList<>();
        for (RequestFields each : message.objects("tool_calls")) {
            called.add(call(each));
        }
        if (message.value("function_call").isPresent()) {
            throw HttpFailure.unsupported(
                    message.path("function_call"), message.path("function_call") + " is not supported; use tool_calls");
        }
        boolean silent = message.value("content").isEmpty() && !called.isEmpty();
        String reasoning = message.text("reasoning_content")
                .or(() -> message.text("reasoning"))
                .orElse("");
        return Message.assistant(silent ? "" : content(message), called).withReasoning(reasoning);
    }

    private ToolCall call(RequestFields call) {
        RequestFields function = call.object("function").orElseThrow(() -> call.missing("function"));
        String id = call.text("id").orElse("");
        String name = function.requiredText("name");
        calls.put(id, name);
        try {
            return new ToolCall(id, name, function.requiredText("arguments"));
        } catch (IllegalArgumentException e) {
            throw HttpFailure.invalid(function.path("arguments"), String.valueOf(e.getMessage()));
        }
    }

    private static String content(RequestFields message) {
        return text(message, "content", List.of("text"));
    }

    /**
     * A text, or parts of text, which are joined.
     *
     * @param types those of the parts that are text
     */
    static String text(RequestFields message, String name, List<String> types) {
        JsonElement content = message.value(name).orElseThrow(() -> message.missing(name));
        if (content instanceof JsonPrimitive primitive && primitive.isString()) {
            return primitive.getAsString();
        } else if (!content.isJsonArray()) {
            throw message.wrong(name, "a string or an array of parts", content);
        }
        StringBuilder text = new StringBuilder();
        for (RequestFields part : message.objects(name)) {
            String type = part.requiredText("type");
            if (!types.contains(type)) {
                throw HttpFailure.unsupported(
                        part.path("type"),
                        part.path("type") + " must be " + String.join(" or ", types) + ", got '" + type
                                + "': the model reads text alone");
            }
            text.append(part.requiredText("text"));
        }
        return text.toString();
    }
}
