package dev.llmadapt.langchain4j;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import dev.langchain4j.exception.UnsupportedFeatureException;
import dev.langchain4j.model.chat.request.json.JsonAnyOfSchema;
import dev.langchain4j.model.chat.request.json.JsonArraySchema;
import dev.langchain4j.model.chat.request.json.JsonBooleanSchema;
import dev.langchain4j.model.chat.request.json.JsonEnumSchema;
import dev.langchain4j.model.chat.request.json.JsonIntegerSchema;
import dev.langchain4j.model.chat.request.json.JsonNullSchema;
import dev.langchain4j.model.chat.request.json.JsonNumberSchema;
import dev.langchain4j.model.chat.request.json.JsonObjectSchema;
import dev.langchain4j.model.chat.request.json.JsonRawSchema;
import dev.langchain4j.model.chat.request.json.JsonReferenceSchema;
import dev.langchain4j.model.chat.request.json.JsonSchemaElement;
import dev.langchain4j.model.chat.request.json.JsonStringSchema;
import java.util.List;
import java.util.Map;

/** The text of the JSON Schema that LangChain4j's elements say. */
final class SchemaText {
    private SchemaText() {}

    /**
     * The text of a schema. An object that lists properties and says nothing of others has no others.
     *
     * @throws UnsupportedFeatureException if an element is of a kind that is not known here
     */
    static String of(JsonSchemaElement element) {
        return json(element).toString();
    }

    private static JsonElement json(JsonSchemaElement element) {
        if (element instanceof JsonRawSchema raw) {
            try {
                return JsonParser.parseString(raw.schema());
            } catch (JsonParseException e) {
                throw new IllegalArgumentException("a raw schema is no JSON: " + raw.schema(), e);
            }
        }
        JsonObject json = new JsonObject();
        if (element instanceof JsonObjectSchema object) {
            object(object, json);
        } else if (element instanceof JsonArraySchema array) {
            json.addProperty("type", "array");
            if (array.items() != null) {
                json.add("items", json(array.items()));
            }
        } else if (element instanceof JsonEnumSchema values) {
            json.addProperty("type", "string");
            json.add("enum", texts(values.enumValues()));
        } else if (element instanceof JsonAnyOfSchema any) {
            JsonArray choices = new JsonArray();
            any.anyOf().forEach(each -> choices.add(json(each)));
            json.add("anyOf", choices);
        } else if (element instanceof JsonReferenceSchema reference) {
            json.addProperty("$ref", "#/$defs/" + reference.reference());
        } else {
            json.addProperty("type", type(element));
        }
        if (element.description() != null) {
            json.addProperty("description", element.description());
        }
        return json;
    }

    private static void object(JsonObjectSchema object, JsonObject json) {
        json.addProperty("type", "object");
        json.add("properties", all(object.properties()));
        if (object.required() != null && !object.required().isEmpty()) {
            json.add("required", texts(object.required()));
        }
        if (object.additionalProperties() != null) {
            json.addProperty("additionalProperties", object.additionalProperties());
        } else if (!object.properties().isEmpty()) {
            json.addProperty("additionalProperties", false);
        }
        if (object.definitions() != null && !object.definitions().isEmpty()) {
            json.add("$defs", all(object.definitions()));
        }
    }

    private static JsonObject all(Map<String, JsonSchemaElement> elements) {
        JsonObject json = new JsonObject();
        elements.forEach((name, element) -> json.add(name, json(element)));
        return json;
    }

    private static JsonArray texts(List<String> texts) {
        JsonArray array = new JsonArray();
        texts.forEach(array::add);
        return array;
    }

    private static String type(JsonSchemaElement element) {
        if (element instanceof JsonStringSchema) {
            return "string";
        } else if (element instanceof JsonIntegerSchema) {
            return "integer";
        } else if (element instanceof JsonNumberSchema) {
            return "number";
        } else if (element instanceof JsonBooleanSchema) {
            return "boolean";
        } else if (element instanceof JsonNullSchema) {
            return "null";
        }
        throw new UnsupportedFeatureException(
                "schema elements of the type " + element.getClass().getName() + " are not supported; JsonRawSchema is");
    }
}
