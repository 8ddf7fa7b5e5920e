package dev.llmadapt.cli.prompts;

import com.google.gson.JsonElement;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import com.google.gson.stream.MalformedJsonException;
import java.io.IOException;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** JSON in answers, by RFC 8259 and not more. */
final class JsonAnswers {
    private JsonAnswers() {}

    /** The value that a text is; empty if it is none. */
    static Optional<JsonElement> whole(String text) {
        try (JsonReader reader = new JsonReader(new StringReader(text.strip()))) {
            reader.setStrictness(Strictness.STRICT);
            reader.setNestingLimit(256);
            JsonElement value = JsonParser.parseReader(reader);
            return reader.peek() == JsonToken.END_DOCUMENT && !text.isBlank() ? Optional.of(value) : Optional.empty();
        } catch (MalformedJsonException | JsonParseException | NumberFormatException e) {
            return Optional.empty();
        } catch (IOException e) { // the text ends early: nothing else can go wrong in memory
            return Optional.empty();
        }
    }

    /** The objects and arrays that a text contains, from the left, those within each other once. */
    static List<JsonElement> within(String text) {
        List<JsonElement> found = new ArrayList<>();
        int at = 0;
        while (at < text.length()) {
            char c = text.charAt(at);
            int end = c == '{' || c == '[' ? end(text, at) : -1;
            Optional<JsonElement> value = end < 0 ? Optional.empty() : whole(text.substring(at, end));
            value.ifPresent(found::add);
            at = value.isPresent() ? end : at + 1;
        }
        return found;
    }

    /** The end of the brackets that open at a place; -1 if they do not close. */
    private static int end(String text, int from) {
        int depth = 0;
        boolean quoted = false;
        for (int i = from; i < text.length(); i++) {
            char c = text.charAt(i);
            if (quoted) {
                if (c == '\\') {
                    i++;
                } else if (c == '"') {
                    quoted = false;
                }
            } else if (c == '"') {
                quoted = true;
            } else if (c == '{' || c == '[') {
                depth++;
            } else if ((c == '}' || c == ']') && --depth == 0) {
                return i + 1;
            }
        }
        return -1;
    }
}
