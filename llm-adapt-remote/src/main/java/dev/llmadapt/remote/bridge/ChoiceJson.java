package dev.llmadapt.remote.bridge;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.List;
import java.util.Optional;

/** Choices in JSON, for models that keep schemas and know no choices: an object with the one that is taken. */
public final class ChoiceJson {
    /** The name of the property whose value is the choice. */
    public static final String PROPERTY = "answer";

    private ChoiceJson() {}

    /** The schema of an object with one of some choices. */
    public static JsonObject schema(List<String> choices) {
        JsonArray values = new JsonArray();
        choices.forEach(values::add);
        JsonObject choice = new JsonObject();
        choice.addProperty("type", "string");
        choice.add("enum", values);
        JsonObject properties = new JsonObject();
        properties.add(PROPERTY, choice);
        JsonArray required = new JsonArray();
        required.add(PROPERTY);
        JsonObject schema = new JsonObject();
        schema.addProperty("type", "object");
        schema.add("properties", properties);
        schema.add("required", required);
        schema.addProperty("additionalProperties", false);
        return schema;
    }

    /** The choice in an answer; empty if it has none. */
    static Optional<String> read(JsonElement answer) {
        JsonElement choice = answer.isJsonObject() ? answer.getAsJsonObject().get(PROPERTY) : null;
        return choice == null || !choice.isJsonPrimitive() ? Optional.empty() : Optional.of(choice.getAsString());
    }
}
