package dev.llmadapt.peft.data;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.List;

/** The fields of one object of a record, whose getters say where they found something else than they should. */
final class Fields {
    private final JsonObject object;
    private final String path;

    Fields(JsonObject object, String path) {
        this.object = object;
        this.path = path;
    }

    /** The field's name for messages. */
    String where(String field) {
        return "'" + path + field + "'";
    }

    boolean has(String field) {
        return object.has(field) && !object.get(field).isJsonNull();
    }

    JsonElement get(String field) throws BrokenRecord {
        JsonElement value = object.get(field);
        if (value == null) {
            throw new BrokenRecord(where(field) + " is missing, found "
                    + BrokenRecord.brief(object.keySet().toString()));
        }
        return value;
    }

    /** A text. */
    String text(String field) throws BrokenRecord {
        JsonElement value = get(field);
        if (!value.isJsonPrimitive() || !value.getAsJsonPrimitive().isString()) {
            throw wrong(field, "a text", value);
        }
        return whole(field, value.getAsString());
    }

    /** A text that is not blank. */
    String filled(String field) throws BrokenRecord {
        String text = text(field);
        if (text.isBlank()) {
            throw new BrokenRecord(where(field) + " is blank");
        }
        return text;
    }

    /** A text, or empty when it is missing or null. */
    String optional(String field) throws BrokenRecord {
        return has(field) ? text(field) : "";
    }

    /** A text, number or boolean as a text that is not blank: labels are often numbers. */
    String scalar(String field) throws BrokenRecord {
        JsonElement value = get(field);
        if (value.isJsonPrimitive() && !value.getAsJsonPrimitive().isString()) {
            return value.getAsString();
        }
        return filled(field);
    }

    /** The content of a chat's message: a text, or text parts, joined. */
    String content() throws BrokenRecord {
        if (!get("content").isJsonArray()) {
            return text("content");
        }
        StringBuilder joined = new StringBuilder();
        for (Fields part : objects("content", Conversation.MAX_MESSAGES)) {
            String type = part.text("type");
            if (!type.equals("text")) {
                throw new BrokenRecord(part.where("type") + ": only parts of the type text are read, got '"
                        + BrokenRecord.brief(type) + "'");
            }
            joined.append(part.text("text"));
        }
        return joined.toString();
    }

    /** Whether the field {@code weight} is missing or 1 rather than 0. */
    boolean weight() throws BrokenRecord {
        if (!has("weight")) {
            return true;
        }
        JsonElement value = get("weight");
        String text = value.isJsonPrimitive() ? value.getAsString() : "";
        return switch (text) {
            case "0", "0.0" -> false;
            case "1", "1.0" -> true;
            default -> throw wrong("weight", "0 or 1", value);
        };
    }

    /** A list, empty when it is missing or null. */
    JsonArray list(String field) throws BrokenRecord {
        JsonElement value = has(field) ? get(field) : JsonNull.INSTANCE;
        if (value.isJsonNull()) {
            return new JsonArray();
        }
        if (!value.isJsonArray()) {
            throw wrong(field, "a list", value);
        }
        return value.getAsJsonArray();
    }

    /** A list of objects. */
    List<Fields> objects(String field, int limit) throws BrokenRecord {
        JsonElement value = get(field);
        if (!value.isJsonArray()) {
            throw wrong(field, "a list", value);
        }
        if (value.getAsJsonArray().size() > limit) {
            throw new BrokenRecord(where(field) + " has "
                    + value.getAsJsonArray().size() + " entries, at most " + limit + " are read");
        }
        List<Fields> result = new ArrayList<>();
        for (JsonElement element : value.getAsJsonArray()) {
            String at = field + "[" + result.size() + "]";
            if (!element.isJsonObject()) {
                throw wrong(at, "an object", element);
            }
            result.add(new Fields(element.getAsJsonObject(), path + at + "."));
        }
        return result;
    }

    private BrokenRecord wrong(String field, String expected, JsonElement value) {
        String found = value.isJsonObject() ? "an object" : value.isJsonArray() ? "a list" : value.toString();
        return new BrokenRecord(where(field) + ": expected " + expected + ", got " + BrokenRecord.brief(found));
    }

    /** Half a surrogate pair, which JSON can escape, is no character: it could be neither hashed nor tokenized. */
    private String whole(String field, String text) throws BrokenRecord {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isHighSurrogate(text.charAt(i))
                    && i + 1 < text.length()
                    && Character.isLowSurrogate(text.charAt(i + 1))) {
                i++;
            } else if (Character.isSurrogate(text.charAt(i))) {
                throw new BrokenRecord(where(field) + " holds half of a surrogate pair at character " + i);
            }
        }
        return text;
    }
}
