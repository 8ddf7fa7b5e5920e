package dev.llmadapt.prompting.memory;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.llmadapt.LlmAdaptException;
import dev.llmadapt.Message;
import dev.llmadapt.Role;
import dev.llmadapt.ToolCall;
import dev.llmadapt.text.BrokenRecord;
import dev.llmadapt.text.StrictJson;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A conversation as text: JSON of a form with a number, so that a later one can tell them apart. */
final class ConversationJson {
    private static final int FORM = 1;

    private ConversationJson() {}

    static String write(Conversation conversation) {
        JsonObject json = new JsonObject();
        json.addProperty("form", FORM);
        json.addProperty("system", conversation.system());
        json.addProperty("summary", conversation.summary());
        JsonArray messages = new JsonArray();
        conversation.messages().forEach(message -> messages.add(write(message)));
        json.add("messages", messages);
        return json.toString();
    }

    private static JsonObject write(Message message) {
        JsonObject json = new JsonObject();
        json.addProperty("role", message.role().key());
        json.addProperty("content", message.content());
        if (!message.toolCalls().isEmpty()) {
            JsonArray calls = new JsonArray();
            message.toolCalls().forEach(call -> {
                JsonObject each = new JsonObject();
                each.addProperty("id", call.id());
                each.addProperty("name", call.name());
                each.addProperty("arguments", call.arguments());
                calls.add(each);
            });
            json.add("toolCalls", calls);
        }
        if (!message.reasoning().isEmpty()) {
            json.addProperty("reasoning", message.reasoning());
        }
        if (message.role() == Role.TOOL) {
            json.addProperty("toolCallId", message.toolCallId());
            json.addProperty("toolName", message.toolName());
        }
        return json;
    }

    static Conversation read(String session, String text, long version, Instant lastUsed) {
        try {
            JsonObject json = StrictJson.document(text);
            if (!json.has("form") || json.get("form").getAsInt() != FORM) {
                throw new IllegalArgumentException("it is of the form " + json.get("form") + ", this is " + FORM);
            }
            if (!json.has("messages")) {
                throw new IllegalArgumentException("it has no 'messages'");
            }
            List<Message> messages = new ArrayList<>();
            json.getAsJsonArray("messages").forEach(each -> messages.add(message(each.getAsJsonObject())));
            return new Conversation(text(json, "system"), text(json, "summary"), messages, version, lastUsed);
        } catch (BrokenRecord | IllegalArgumentException | IllegalStateException e) {
            throw new LlmAdaptException(
                    "the conversation of the session '" + session + "' cannot be read: " + e.getMessage(), e);
        }
    }

    private static String text(JsonObject json, String key) {
        if (!json.has(key)) {
            throw new IllegalArgumentException("it has no '" + key + "'");
        }
        return json.get(key).getAsString();
    }

    private static Message message(JsonObject json) {
        List<ToolCall> calls = new ArrayList<>();
        if (json.has("toolCalls")) {
            for (JsonElement each : json.getAsJsonArray("toolCalls")) {
                JsonObject call = each.getAsJsonObject();
                calls.add(new ToolCall(text(call, "id"), text(call, "name"), text(call, "arguments")));
            }
        }
        Role role = Role.valueOf(text(json, "role").toUpperCase(Locale.ROOT));
        boolean result = role == Role.TOOL;
        return new Message(
                role,
                text(json, "content"),
                calls,
                result ? text(json, "toolCallId") : "",
                result ? text(json, "toolName") : "",
                json.has("reasoning") ? text(json, "reasoning") : "");
    }
}
