package dev.llmadapt.peft.data;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.llmadapt.JsonSchema;
import dev.llmadapt.ToolCall;
import dev.llmadapt.ToolSpec;
import dev.llmadapt.text.BrokenRecord;
import dev.llmadapt.text.StrictJson;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** The tools of a record and the calls of a message, as OpenAI's fine-tuning and TRL have them. */
final class ToolFields {
    static final String TOOLS = "tools";
    static final String CALLS = "tool_calls";

    private ToolFields() {}

    /** The tools of a record; none where the field says nothing. Some data sets have the list as the text of one. */
    static List<ToolSpec> tools(Fields record) throws BrokenRecord {
        if (!record.unread(FieldKind.TOOLS).contains(TOOLS)) {
            return List.of();
        }
        List<ToolSpec> tools = new ArrayList<>();
        for (JsonElement element : array(record, TOOLS)) {
            String where = record.where(TOOLS) + "[" + tools.size() + "]";
            JsonObject function = function(element, where, Set.of("name", "description", "parameters", "strict"));
            String description =
                    function.has("description") && !function.get("description").isJsonNull()
                            ? text(function, "description", where)
                            : "";
            try {
                String name = text(function, "name", where);
                tools.add(
                        function.has("parameters")
                                        && !function.get("parameters").isJsonNull()
                                ? ToolSpec.of(
                                        name,
                                        description,
                                        JsonSchema.parse(
                                                function.get("parameters").toString()))
                                : ToolSpec.of(name, description));
            } catch (IllegalArgumentException e) {
                throw new BrokenRecord(where + ": " + e.getMessage());
            }
        }
        return tools;
    }

    /** The calls of a message; none where the field says nothing. */
    static List<ToolCall> calls(Fields turn) throws BrokenRecord {
        if (!turn.unread(FieldKind.TOOLS).contains(CALLS)) {
            return List.of();
        }
        List<ToolCall> calls = new ArrayList<>();
        for (JsonElement element : array(turn, CALLS)) {
            String where = turn.where(CALLS) + "[" + calls.size() + "]";
            JsonObject function = function(element, where, Set.of("name", "arguments"));
            JsonElement arguments = function.get("arguments");
            if (arguments == null) {
                throw new BrokenRecord(where + ": 'arguments' is missing");
            }
            String id = element.getAsJsonObject().has("id") ? text(element.getAsJsonObject(), "id", where) : "";
            try {
                calls.add(new ToolCall(
                        id,
                        text(function, "name", where),
                        arguments.isJsonPrimitive() ? text(function, "arguments", where) : arguments.toString()));
            } catch (IllegalArgumentException e) {
                throw new BrokenRecord(where + ": " + e.getMessage());
            }
        }
        return calls;
    }

    private static JsonArray array(Fields fields, String field) throws BrokenRecord {
        JsonElement value = fields.get(field);
        if (!value.isJsonPrimitive()) {
            return fields.list(field);
        }
        try {
            return StrictJson.array(fields.text(field));
        } catch (BrokenRecord e) {
            throw new BrokenRecord(fields.where(field) + ": expected a list, or the JSON of one; " + e.getMessage());
        }
    }

    /** What stands in {@code function}, or the object itself where that is left out. */
    private static JsonObject function(JsonElement element, String where, Set<String> known) throws BrokenRecord {
        if (!(element instanceof JsonObject object)) {
            throw new BrokenRecord(where + ": expected an object, got " + BrokenRecord.brief(element.toString()));
        }
        if (object.has("type") && !object.get("type").toString().equals("\"function\"")) {
            throw new BrokenRecord(where + ": only the type function is read, got "
                    + BrokenRecord.brief(object.get("type").toString()));
        }
        boolean wrapped = object.get("function") instanceof JsonObject;
        JsonObject function = wrapped ? object.getAsJsonObject("function") : object;
        for (String key : function.keySet()) {
            if (!known.contains(key) && (wrapped || !Set.of("type", "id").contains(key))) {
                throw new BrokenRecord(where + ": '" + BrokenRecord.brief(key) + "' is not read, known: " + known);
            }
        }
        return function;
    }

    private static String text(JsonObject object, String key, String where) throws BrokenRecord {
        JsonElement value = object.get(key);
        if (value == null
                || !value.isJsonPrimitive()
                || !value.getAsJsonPrimitive().isString()) {
            throw new BrokenRecord(where + ": expected a text as '" + key + "', got " + BrokenRecord.brief("" + value));
        }
        return value.getAsString();
    }
}
