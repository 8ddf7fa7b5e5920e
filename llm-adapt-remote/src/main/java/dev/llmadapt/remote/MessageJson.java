package dev.llmadapt.remote;

import com.google.gson.JsonArray;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.llmadapt.Message;
import dev.llmadapt.Role;
import dev.llmadapt.ToolCall;
import dev.llmadapt.ToolChoice;
import dev.llmadapt.ToolSpec;
import dev.llmadapt.remote.ServerFeatures.Dialect;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** Conversations and tools as the fields of a request. */
final class MessageJson {
    private MessageJson() {}

    /**
     * The messages. Calls without an id get one, and results without one those of the calls before them, in their
     * order: the interface needs them.
     */
    static JsonArray messages(List<Message> messages, Dialect dialect) {
        JsonArray all = new JsonArray();
        Deque<String> open = new ArrayDeque<>(); // the calls that have no result yet
        int calls = 0;
        for (Message message : messages) {
            JsonObject json = new JsonObject();
            json.addProperty("role", message.role().key());
            if (message.toolCalls().isEmpty()) {
                json.addProperty("content", message.content());
            } else {
                json.add("content", JsonNull.INSTANCE);
                if (!message.content().isEmpty()) {
                    json.addProperty("content", message.content());
                }
                JsonArray array = new JsonArray();
                for (ToolCall call : message.toolCalls()) {
                    String id = call.id().isEmpty() ? "call" + ++calls : call.id();
                    open.add(id);
                    array.add(call(call, id));
                }
                json.add("tool_calls", array);
            }
            if (message.role() == Role.TOOL) {
                String id = message.toolCallId().isEmpty() && !open.isEmpty() ? open.peek() : message.toolCallId();
                open.remove(id);
                json.addProperty("tool_call_id", id);
                if (!message.toolName().isEmpty() && takesOwnFields(dialect)) {
                    json.addProperty("name", message.toolName());
                }
            }
            if (!message.reasoning().isEmpty() && takesOwnFields(dialect)) {
                json.addProperty("reasoning_content", message.reasoning());
                if (dialect == Dialect.VLLM) { // the name in newer versions
                    json.addProperty("reasoning", message.reasoning());
                }
            }
            all.add(json);
        }
        return all;
    }

    private static boolean takesOwnFields(Dialect dialect) {
        return dialect == Dialect.VLLM || dialect == Dialect.LLAMA_CPP || dialect == Dialect.LLM_ADAPT;
    }

    private static JsonObject call(ToolCall call, String id) {
        JsonObject function = new JsonObject();
        function.addProperty("name", call.name());
        function.addProperty("arguments", call.arguments());
        JsonObject json = new JsonObject();
        json.addProperty("id", id);
        json.addProperty("type", "function");
        json.add("function", function);
        return json;
    }

    /** The tools. */
    static JsonArray tools(List<ToolSpec> tools) {
        JsonArray all = new JsonArray();
        for (ToolSpec tool : tools) {
            JsonObject function = new JsonObject();
            function.addProperty("name", tool.name());
            if (!tool.description().isEmpty()) {
                function.addProperty("description", tool.description());
            }
            function.add("parameters", JsonParser.parseString(tool.parameters().jsonSchema()));
            JsonObject json = new JsonObject();
            json.addProperty("type", "function");
            json.add("function", function);
            all.add(json);
        }
        return all;
    }

    /** Adds the choice among tools, of a request that may call some. */
    static void addChoice(JsonObject body, ToolChoice choice) {
        if (choice.mode() == ToolChoice.Mode.NAMED) {
            JsonObject function = new JsonObject();
            function.addProperty("name", choice.tool());
            JsonObject json = new JsonObject();
            json.addProperty("type", "function");
            json.add("function", function);
            body.add("tool_choice", json);
        } else {
            body.addProperty("tool_choice", choice.mode() == ToolChoice.Mode.REQUIRED ? "required" : "auto");
        }
        body.addProperty("parallel_tool_calls", choice.parallel());
    }
}
