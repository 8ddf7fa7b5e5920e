package dev.llmadapt.remote;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import dev.llmadapt.text.BrokenRecord;
import dev.llmadapt.text.StrictJson;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Fields of JSON that a server wrote, of which any may be missing or of another type. */
final class Json {
    private Json() {}

    /**
     * Parses an object.
     *
     * @throws RemoteException if it is none; shows its beginning
     */
    static JsonObject object(String text, String from) {
        try {
            return StrictJson.document(text);
        } catch (BrokenRecord e) {
            throw new RemoteException(
                    from + " answered what is no JSON object (" + e.getMessage() + "): " + shortened(text), 0, e);
        }
    }

    /** An object in an object; empty where there is none. */
    static Optional<JsonObject> object(@Nullable JsonElement in, String name) {
        return in instanceof JsonObject object && object.get(name) instanceof JsonObject found
                ? Optional.of(found)
                : Optional.empty();
    }

    /** A text in an object; empty where there is none. */
    static String text(@Nullable JsonElement in, String name) {
        return in instanceof JsonObject object && object.get(name) instanceof JsonPrimitive found && found.isString()
                ? found.getAsString()
                : "";
    }

    /** A number in an object, or another where there is none. */
    static double number(@Nullable JsonElement in, String name, double other) {
        return in instanceof JsonObject object && object.get(name) instanceof JsonPrimitive found && found.isNumber()
                ? found.getAsDouble()
                : other;
    }

    /** A whole number of at least 0 in an object; 0 where there is none. */
    static int count(@Nullable JsonElement in, String name) {
        return (int) Math.max(0, Math.min(Integer.MAX_VALUE, number(in, name, 0)));
    }

    /** The elements of an array in an object; none where there is no array. */
    static List<JsonElement> list(@Nullable JsonElement in, String name) {
        List<JsonElement> all = new ArrayList<>();
        if (in instanceof JsonObject object && object.get(name) instanceof JsonArray array) {
            array.forEach(all::add);
        }
        return all;
    }

    /** The beginning of a text, on one line. */
    static String shortened(String text) {
        String line = text.strip().replaceAll("\\s+", " ");
        return line.length() <= 300 ? line : line.substring(0, 300) + " ...";
    }
}
