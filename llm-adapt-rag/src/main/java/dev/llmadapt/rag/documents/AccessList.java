package dev.llmadapt.rag.documents;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonPrimitive;
import dev.llmadapt.text.BrokenRecord;
import dev.llmadapt.text.FieldNames;
import dev.llmadapt.text.StrictJson;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The access list of a document as its source writes it: names separated by commas, a JSON array of names, or {@code *}
 * for everyone. Anything else is refused, an empty list too: a list that was lost on its way must not make a document
 * public.
 */
final class AccessList {
    /** The name of the field. */
    static final String FIELD = "readers";

    private static final String EVERYONE = "*";
    private static final Pattern ELSEWHERE = Pattern.compile("(?i)\\breaders[\"']?\\s*[:=]");
    private static final Pattern AMONG_OTHERS = Pattern.compile("(?i)(.*[,;|\\t])?\\s*readers\\s*([,;|\\t].*)?");
    private static final Pattern NO_NAME = Pattern.compile("[\\[\\]{}\";|\\p{Cc}]");

    private AccessList() {}

    /** Whether a field is the access list. */
    static boolean isAccessList(String field) {
        return FieldNames.fold(field).equals(FIELD);
    }

    /**
     * The names of a list; none means everyone.
     *
     * @throws IllegalArgumentException if the value is no list
     */
    static Set<String> of(JsonElement value) {
        if (value instanceof JsonArray array) {
            return names(array);
        }
        if (!(value instanceof JsonPrimitive primitive) || !primitive.isString()) {
            throw trouble("expected names separated by commas, or a JSON array of them", value.toString());
        }
        String text = FieldNames.clean(primitive.getAsString());
        if (text.startsWith("[")) {
            try {
                return names(StrictJson.array(text));
            } catch (BrokenRecord e) {
                throw trouble("they are no JSON array", text);
            }
        }
        Set<String> names = new LinkedHashSet<>();
        for (String name : text.split(",", -1)) {
            add(name, names, text);
        }
        return everyoneOr(names, text);
    }

    private static Set<String> names(JsonArray array) {
        Set<String> names = new LinkedHashSet<>();
        for (JsonElement name : array) {
            if (!(name instanceof JsonPrimitive text) || !text.isString()) {
                throw trouble("each name must be a text", array.toString());
            }
            // A name in an array may have any character, such as the commas of a distinguished name
            String clean = FieldNames.clean(text.getAsString());
            if (!clean.isEmpty()) {
                names.add(clean);
            }
        }
        return everyoneOr(names, array.toString());
    }

    private static void add(String name, Set<String> names, String list) {
        String clean = FieldNames.clean(name);
        if (NO_NAME.matcher(clean).find()) {
            throw trouble("names are separated by commas", list);
        }
        if (!clean.isEmpty()) {
            names.add(clean);
        }
    }

    private static Set<String> everyoneOr(Set<String> names, String list) {
        if (names.isEmpty()) {
            throw trouble("they name nobody; write * to let everyone read", list);
        }
        if (names.contains(EVERYONE)) {
            if (names.size() > 1) {
                throw trouble("* lets everyone read and stands alone", list);
            }
            return Set.of();
        }
        return names;
    }

    /**
     * Refuses a field that seems to contain the row's access list where none is read.
     *
     * @throws IllegalArgumentException if so
     */
    static void refuseElsewhere(String field, JsonElement value) {
        String text = value instanceof JsonPrimitive primitive
                ? primitive.getAsString().strip()
                : value.toString();
        boolean nested = !(value instanceof JsonPrimitive) || text.startsWith("{") || text.startsWith("[");
        if (AMONG_OTHERS.matcher(field).matches()
                || (nested && ELSEWHERE.matcher(text).find())) {
            throw new IllegalArgumentException("its field '" + BrokenRecord.brief(field)
                    + "' holds 'readers', which must be a field of the row itself");
        }
    }

    private static IllegalArgumentException trouble(String what, String list) {
        return new IllegalArgumentException("its 'readers' cannot be read: " + what + ", got '"
                + BrokenRecord.brief(list) + "'; the document is left out");
    }
}
