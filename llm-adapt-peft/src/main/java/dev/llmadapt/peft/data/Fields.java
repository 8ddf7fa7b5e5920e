package dev.llmadapt.peft.data;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.llmadapt.text.BrokenRecord;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The fields of one object of a record. Getters say where they found something else than they should, and remember what
 * was read: {@link #finish} then refuses what belongs to the conversation and nobody read, and notes the rest.
 */
final class Fields {
    private final JsonObject object;
    private final String path;
    private final String kindOfPath;
    private final Set<String> ignored;
    private final Set<String> read = new LinkedHashSet<>();
    private final List<Fields> parts = new ArrayList<>();

    /** A record's fields. */
    Fields(JsonObject object, KnownForm form) {
        this(object, "", "", form.ignored());
        this.read.addAll(form.own());
        this.read.add("id");
    }

    /**
     * A record's fields.
     *
     * @param own fields of the record's form
     * @param ignored canonical names of those that are passed over
     */
    Fields(JsonObject object, Set<String> own, Set<String> ignored) {
        this(object, "", "", ignored);
        this.read.addAll(own);
        this.read.add("id");
    }

    private Fields(JsonObject object, String path, String kindOfPath, Set<String> ignored) {
        this.object = object;
        this.path = path;
        this.kindOfPath = kindOfPath;
        this.ignored = ignored;
    }

    /** The field's name for messages. */
    String where(String field) {
        return "'" + path + field + "'";
    }

    /** The field's name for notes, the same in all records. */
    String name(String field) {
        return kindOfPath + field;
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
        read.add(field);
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

    /** A text, number or boolean as a text that is not blank: labels are often numbers. */
    String scalar(String field) throws BrokenRecord {
        JsonElement value = get(field);
        if (value.isJsonPrimitive() && !value.getAsJsonPrimitive().isString()) {
            return value.getAsString();
        }
        return filled(field);
    }

    /** The content of a chat's message: a text, or text parts, joined. */
    String content(String field) throws BrokenRecord {
        if (!get(field).isJsonArray()) {
            return text(field);
        }
        StringBuilder joined = new StringBuilder();
        for (Fields part : objects(field, Conversation.MAX_MESSAGES)) {
            String type = part.text("type");
            if (!type.equals("text")) {
                throw new BrokenRecord(part.where("type") + ": only parts of the type text are read, got '"
                        + BrokenRecord.brief(type) + "'");
            }
            joined.append(part.text("text"));
        }
        return joined.toString();
    }

    /** The fields that say something, were not read yet and are of a kind, in the record's order. */
    List<String> unread(FieldKind kind) {
        return object.entrySet().stream()
                .filter(entry -> !read.contains(entry.getKey()) && kind(entry.getKey()) == kind)
                .filter(entry -> !saysNothing(kind, entry.getValue()))
                .map(Map.Entry::getKey)
                .toList();
    }

    /**
     * Reads the marks: the words of the first mark by which this is not learned, or empty if there is none. All marks
     * are read.
     *
     * @throws BrokenRecord if a mark says neither yes nor no
     */
    Optional<String> notLearned() throws BrokenRecord {
        Optional<String> reason = Optional.empty();
        for (FieldKind kind : FieldKind.values()) {
            for (String field : kind.isMark() ? unread(kind) : List.<String>of()) {
                JsonElement value = get(field);
                if (kind == FieldKind.LABEL && !Mark.maybeKto(value)) {
                    read.remove(field);
                    continue;
                }
                boolean inverse = kind == FieldKind.NOT_LEARNED || kind == FieldKind.REJECTED;
                if (mark(kind, field, value) == inverse && reason.isEmpty()) {
                    reason = Optional.of(where(field) + " is " + BrokenRecord.brief(value.toString()));
                }
            }
        }
        return reason;
    }

    private boolean mark(FieldKind kind, String field, JsonElement value) throws BrokenRecord {
        Optional<Boolean> mark = Mark.of(value);
        if (kind == FieldKind.LABEL && !Mark.isTrueOrFalse(value)) {
            throw new BrokenRecord(
                    where(field) + " beside an answer: expected true or false, as KTO marks answers, got "
                            + BrokenRecord.brief(value.toString()) + orIgnored(field));
        }
        if (mark.isPresent()) {
            return mark.get();
        }
        if (kind == FieldKind.CHOSEN || kind == FieldKind.REJECTED) {
            throw refusal(field, kind);
        }
        throw wrong(field, "true or false, 0 or 1 (no weight between them)", value);
    }

    /** Reads marks of a turn that is never learned; those that ask for it are noted. */
    void passMarks(String role, FieldNotes notes) {
        for (FieldKind kind : FieldKind.values()) {
            for (String field : kind.isMark() ? unread(kind) : List.<String>of()) {
                read.add(field);
                boolean wanted = kind != FieldKind.NOT_LEARNED && kind != FieldKind.REJECTED;
                if (!Mark.of(object.get(field)).equals(Optional.of(!wanted))) {
                    notes.unread(name(field) + " of " + role);
                }
            }
        }
    }

    /** Refuses what is never read, before anything else is looked at. */
    void refuse(FieldKind... kinds) throws BrokenRecord {
        for (FieldKind kind : kinds) {
            for (String field : unread(kind)) {
                throw refusal(field, kind);
            }
        }
    }

    /** Refuses fields of no known meaning beside a guessed pair: the pair may be something else, or not all of it. */
    void refuseUnknown(Set<String> pair) throws BrokenRecord {
        List<String> unknown = unread(FieldKind.UNKNOWN);
        if (!unknown.isEmpty()) {
            throw new BrokenRecord(Detection.notSure(pair, unknown));
        }
    }

    /**
     * Ends the reading of this object and its parts.
     *
     * @throws BrokenRecord if something that belongs to the conversation was not read
     */
    void finish(FieldNotes notes) throws BrokenRecord {
        for (Map.Entry<String, JsonElement> entry : object.entrySet()) {
            String field = entry.getKey();
            FieldKind kind = kind(field);
            if (read.contains(field) || saysNothing(kind, entry.getValue())) {
                continue;
            }
            boolean classLabel = kind == FieldKind.LABEL && !Mark.maybeKto(entry.getValue());
            if (!kind.mayStayUnread() && !classLabel) {
                throw refusal(field, kind);
            }
            notes.unread(name(field));
        }
        for (Fields part : parts) {
            part.finish(notes);
        }
    }

    private BrokenRecord refusal(String field, FieldKind kind) {
        boolean clause = kind == FieldKind.TOOLS || kind == FieldKind.MEDIA;
        return new BrokenRecord(where(field) + (clause ? ": " : " ") + kind.trouble() + orIgnored(field));
    }

    /** The way out where a field says something else than its name. */
    static String orIgnored(String field) {
        return "; or pass it over (--ignore " + field + ", TrainingFormat.ignoring)";
    }

    private FieldKind kind(String field) {
        return ignored.contains(FieldKind.canonical(field)) ? FieldKind.HARMLESS : FieldKind.of(field);
    }

    /**
     * Nothing is said by null, by blank texts, and by lists and objects of nothing; nor by false where no mark is
     * meant.
     */
    private static boolean saysNothing(FieldKind kind, JsonElement value) {
        if (value.isJsonArray()) {
            return value.getAsJsonArray().asList().stream().allMatch(each -> saysNothing(kind, each));
        }
        if (value.isJsonObject()) {
            return value.getAsJsonObject().asMap().values().stream().allMatch(each -> saysNothing(kind, each));
        }
        if (value.isJsonNull() || value.getAsString().isBlank()) {
            return true;
        }
        boolean text =
                kind == FieldKind.SYSTEM || kind == FieldKind.INSTRUCTION || kind == FieldKind.CONTEXT || kind.isMark();
        return !text && Set.of("false", "[]", "{}", "null", "none", "nan").contains(lower(value));
    }

    private static String lower(JsonElement value) {
        return value.getAsString().strip().toLowerCase(java.util.Locale.ROOT);
    }

    /** A list. */
    JsonArray list(String field) throws BrokenRecord {
        JsonElement value = get(field);
        if (!value.isJsonArray()) {
            throw wrong(field, "a list", value);
        }
        return value.getAsJsonArray();
    }

    /** A list of objects. */
    List<Fields> objects(String field, int limit) throws BrokenRecord {
        JsonArray list = list(field);
        if (list.size() > limit) {
            throw new BrokenRecord(where(field) + " has " + list.size() + " entries, at most " + limit + " are read");
        }
        List<Fields> result = new ArrayList<>();
        for (JsonElement element : list) {
            String at = field + "[" + result.size() + "]";
            if (!element.isJsonObject()) {
                throw wrong(at, "an object", element);
            }
            result.add(new Fields(element.getAsJsonObject(), path + at + ".", kindOfPath + field + "[].", ignored));
        }
        parts.addAll(result);
        return result;
    }

    BrokenRecord wrong(String field, String expected, JsonElement value) {
        String found = value.isJsonObject() ? "an object" : value.isJsonArray() ? "a list" : value.toString();
        return new BrokenRecord(where(field) + ": expected " + expected + ", got " + BrokenRecord.brief(found));
    }

    /** Half a surrogate pair, which JSON can escape, is no character: it could be neither hashed nor tokenized. */
    String whole(String field, String text) throws BrokenRecord {
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
