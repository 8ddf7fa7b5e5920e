package dev.llmadapt.remote;

import com.google.gson.JsonElement;
import dev.llmadapt.ToolCall;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** Tool calls of an answer, whose parts come piece by piece, by the place of the call. For one thread. */
final class ToolCallParts {
    private final SortedMap<Integer, Parts> calls = new TreeMap<>();

    private static final class Parts {
        private String id = "";
        private String name = "";
        private final StringBuilder arguments = new StringBuilder();
    }

    /** Adds the pieces that a message or a part of it has. */
    void add(JsonElement message) {
        int place = 0;
        for (JsonElement each : Json.list(message, "tool_calls")) {
            int index = (int) Json.number(each, "index", place);
            Parts parts = calls.computeIfAbsent(index, key -> new Parts());
            parts.id = Json.text(each, "id").isEmpty() ? parts.id : Json.text(each, "id");
            Json.object(each, "function").ifPresent(function -> {
                String name = Json.text(function, "name");
                parts.name = name.isEmpty() ? parts.name : name;
                parts.arguments.append(Json.text(function, "arguments"));
                // some servers write the arguments as an object
                Json.object(function, "arguments").ifPresent(parts.arguments::append);
            });
            place = index + 1;
        }
    }

    boolean isEmpty() {
        return calls.isEmpty();
    }

    /**
     * The calls, in their order.
     *
     * @param cut whether the answer was cut off, so that the last may be no call yet
     * @throws RemoteException if one is no call
     */
    List<ToolCall> whole(boolean cut) {
        List<ToolCall> whole = new ArrayList<>();
        for (Parts parts : calls.values()) {
            String arguments = parts.arguments.toString();
            if (cut && arguments.isBlank()) {
                break;
            }
            try {
                whole.add(new ToolCall(parts.id, parts.name, arguments.isBlank() ? "{}" : arguments));
            } catch (IllegalArgumentException e) {
                if (cut) {
                    break;
                }
                throw new RemoteException(
                        "the server answered with a tool call that cannot be read: " + e.getMessage(), 0, e);
            }
        }
        return whole;
    }
}
