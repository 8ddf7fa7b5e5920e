package dev.llmadapt;

import java.util.Objects;
import java.util.regex.Pattern;

/**
 * A tool that a model may call: a function of the application, described by its name, its purpose and the schema of its
 * arguments.
 *
 * @param name 1 to 64 ASCII letters, digits, underscores and hyphens
 * @param description what it does and when to call it, for the model; may be empty
 * @param parameters the schema of the arguments: an object, built or {@linkplain JsonSchema#parse parsed}. Where it
 *     lists properties and says nothing of others, a model writes no others
 */
public record ToolSpec(String name, String description, JsonSchema parameters) {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-]{1,64}");

    /** Refuses a name of other characters, and a schema that is not one of objects. */
    public ToolSpec {
        requireName(name);
        Objects.requireNonNull(description, "description must not be null");
        Objects.requireNonNull(parameters, "parameters must not be null");
        boolean object = parameters instanceof JsonSchema.ObjectOf
                || (parameters instanceof JsonSchema.Document document
                        && document.text().strip().startsWith("{"));
        if (!object) {
            throw new IllegalArgumentException("the parameters of tool '" + name
                    + "' must be the schema of an object, since arguments have names, got " + parameters.describe());
        }
    }

    /** A tool without arguments. */
    public static ToolSpec of(String name, String description) {
        return new ToolSpec(
                name,
                description,
                JsonSchema.parse("{\"type\": \"object\", \"properties\": {}, \"additionalProperties\": false}"));
    }

    /** A tool with arguments of a schema. */
    public static ToolSpec of(String name, String description, JsonSchema parameters) {
        return new ToolSpec(name, description, parameters);
    }

    static void requireName(String name) {
        if (!NAME.matcher(Objects.requireNonNull(name, "name must not be null")).matches()) {
            throw new IllegalArgumentException(
                    "the name of a tool must be 1 to 64 ASCII letters, digits, '_' and '-', got '" + name + "'");
        }
    }
}
