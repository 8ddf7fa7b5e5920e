package dev.llmadapt.remote;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.llmadapt.JsonSchema;
import dev.llmadapt.OutputConstraint;
import dev.llmadapt.remote.ServerFeatures.Ability;
import dev.llmadapt.remote.ServerFeatures.Dialect;
import dev.llmadapt.remote.bridge.ChoiceJson;
import java.util.List;

/**
 * Constraints of answers as fields of a request: a JSON schema in {@code response_format}, the others in vLLM's
 * {@code structured_outputs} or llama.cpp's {@code grammar}.
 */
final class ConstraintJson {
    private final String where;
    private final ServerFeatures features;

    ConstraintJson(String where, ServerFeatures features) {
        this.where = where;
        this.features = features;
    }

    /** Whether the choices of a constraint are asked for as JSON, since the server takes none as they are. */
    boolean isChoiceInJson(OutputConstraint constraint) {
        return constraint instanceof OutputConstraint.OneOf && !features.can(Ability.CHOICES);
    }

    /**
     * Adds a constraint to a request.
     *
     * @throws IllegalArgumentException if the server cannot keep it
     */
    void add(JsonObject body, OutputConstraint constraint) {
        if (constraint instanceof OutputConstraint.Json json) {
            require(Ability.JSON_SCHEMA, "JSON schemas");
            addSchema(body, schema(json.schema()));
        } else if (constraint instanceof OutputConstraint.OneOf oneOf) {
            addChoices(body, oneOf.choices());
        } else if (constraint instanceof OutputConstraint.Regex regex) {
            require(Ability.REGEX, "regular expressions");
            requireDialect("regular expressions", Dialect.VLLM, Dialect.LLM_ADAPT);
            body.add("structured_outputs", object("regex", regex.pattern()));
        } else if (constraint instanceof OutputConstraint.Grammar grammar) {
            require(Ability.GRAMMAR, "grammars");
            requireDialect("grammars", Dialect.VLLM, Dialect.LLM_ADAPT, Dialect.LLAMA_CPP);
            if (features.dialect() == Dialect.LLAMA_CPP) {
                body.addProperty("grammar", grammar.text());
            } else {
                body.add("structured_outputs", object("grammar", grammar.text()));
            }
        } else if (!(constraint instanceof OutputConstraint.None)) {
            throw new IllegalArgumentException("a server takes no constraint to " + constraint.kind()
                    + "; constrain the answer to JSON, or leave the constraint out");
        }
    }

    private void addChoices(JsonObject body, List<String> choices) {
        if (!features.can(Ability.CHOICES)) {
            if (!features.can(Ability.JSON_SCHEMA)) {
                require(Ability.CHOICES, "choices, nor JSON schemas to ask for them");
            }
            addSchema(body, ChoiceJson.schema(choices));
            return;
        }
        requireDialect("choices", Dialect.VLLM, Dialect.LLM_ADAPT, Dialect.LLAMA_CPP);
        if (features.dialect() == Dialect.LLAMA_CPP) {
            body.addProperty(
                    "grammar",
                    "root ::= "
                            + String.join(
                                    " | ",
                                    choices.stream().map(JsonSchema::quoted).toList()));
        } else {
            JsonArray array = new JsonArray();
            choices.forEach(array::add);
            JsonObject outputs = new JsonObject();
            outputs.add("choice", array);
            body.add("structured_outputs", outputs);
        }
    }

    private JsonElement schema(JsonSchema schema) {
        JsonElement json = JsonParser.parseString(schema.jsonSchema());
        if (!json.isJsonObject()) {
            throw new IllegalArgumentException(
                    "a server takes JSON schemas that are objects, got " + json + "; write it as an object");
        }
        return json;
    }

    private static void addSchema(JsonObject body, JsonElement schema) {
        JsonObject named = object("name", "answer");
        named.add("schema", schema);
        named.addProperty("strict", true);
        JsonObject format = object("type", "json_schema");
        format.add("json_schema", named);
        body.add("response_format", format);
    }

    private static JsonObject object(String name, String value) {
        JsonObject json = new JsonObject();
        json.addProperty(name, value);
        return json;
    }

    private void require(Ability ability, String what) {
        if (!features.can(ability)) {
            throw new IllegalArgumentException(
                    "the server at " + where + " (" + features.dialect() + ") takes no " + what
                            + "; use another constraint or server, or say with RemoteOptions.withFeatures that it has the"
                            + " ability " + ability);
        }
    }

    private void requireDialect(String what, Dialect... dialects) {
        if (!List.of(dialects).contains(features.dialect())) {
            throw new IllegalArgumentException("the names of the fields for " + what + " are known of "
                    + List.of(dialects) + ", the features of the server at " + where + " name the dialect "
                    + features.dialect() + "; give ServerFeatures of that dialect");
        }
    }
}
