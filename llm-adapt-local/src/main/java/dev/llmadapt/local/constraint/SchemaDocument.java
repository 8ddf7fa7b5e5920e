package dev.llmadapt.local.constraint;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The document of a schema: which base URI holds where, and what references name. References to other documents are
 * refused. Immutable once made.
 */
final class SchemaDocument {
    private static final int MAX_DEPTH = 200;
    /** Keywords whose values are no schemas. */
    private static final Set<String> DATA = Set.of("enum", "const", "default", "examples", "example");

    final JsonElement root;
    private final String dialect;
    private final IdentityHashMap<JsonElement, String> bases = new IdentityHashMap<>();
    private final IdentityHashMap<JsonElement, String> pointers = new IdentityHashMap<>();
    private final Map<String, JsonElement> resources = new HashMap<>();
    private final Map<String, JsonElement> anchors = new HashMap<>();

    SchemaDocument(JsonElement root) {
        this.root = root;
        this.dialect = root instanceof JsonObject object ? text(object, "$schema") : "";
        resources.put("", root);
        index(root, "", "#", 0);
    }

    /** The URI of the dialect, empty if the document names none. */
    String dialect() {
        return dialect;
    }

    private static String text(JsonObject object, String key) {
        return object.get(key) instanceof JsonPrimitive value && value.isString() ? value.getAsString() : "";
    }

    private void index(JsonElement element, String base, String pointer, int depth) {
        if (depth > MAX_DEPTH) {
            throw new ConstraintException(
                    "the schema has more than " + MAX_DEPTH + " levels within each other at " + shortened(pointer));
        }
        String here = base;
        if (element instanceof JsonObject object) {
            here = identified(object, base);
            bases.put(object, here);
            pointers.put(object, pointer);
            for (Map.Entry<String, JsonElement> entry : object.entrySet()) {
                if (!DATA.contains(entry.getKey()) || pointer.endsWith("properties")) {
                    index(entry.getValue(), here, pointer + "/" + escaped(entry.getKey()), depth + 1);
                }
            }
        } else if (element instanceof JsonArray array) {
            for (int i = 0; i < array.size(); i++) {
                index(array.get(i), here, pointer + "/" + i, depth + 1);
            }
        }
    }

    /** Notes the identifiers of a schema and returns its base. */
    private String identified(JsonObject object, String base) {
        String id = text(object, "$id");
        boolean old = dialect.contains("draft-04") || dialect.contains("draft-03");
        if (id.isEmpty() && (old || text(object, "id").startsWith("#"))) {
            id = text(object, "id");
        }
        String here = base;
        if (id.startsWith("#")) {
            anchors.putIfAbsent(base + id, object);
        } else if (!id.isEmpty()) {
            String whole = resolve(base, id);
            int hash = whole.indexOf('#');
            here = hash < 0 ? whole : whole.substring(0, hash);
            resources.putIfAbsent(here, object);
            if (hash >= 0 && hash < whole.length() - 1) {
                anchors.putIfAbsent(whole, object);
            }
        }
        for (String key : new String[] {"$anchor", "$dynamicAnchor"}) {
            if (!text(object, key).isEmpty()) {
                anchors.putIfAbsent(here + "#" + text(object, key), object);
            }
        }
        return here;
    }

    private static String resolve(String base, String reference) {
        if (base.isEmpty() || reference.matches("[A-Za-z][A-Za-z0-9+.-]*:.*")) {
            return reference;
        }
        if (reference.startsWith("#")) {
            return base + reference;
        }
        try {
            return URI.create(base).resolve(reference).toString();
        } catch (IllegalArgumentException e) {
            return reference;
        }
    }

    static String escaped(String key) {
        return key.replace("~", "~0").replace("/", "~1");
    }

    static String shortened(String text) {
        return text.length() > 200 ? text.substring(0, 200) + "..." : text;
    }

    /** Returns where a schema stands, as a JSON pointer. */
    String pointer(JsonElement schema, String otherwise) {
        String known = pointers.get(schema);
        return known == null ? otherwise : known;
    }

    /**
     * A schema and where it stands.
     *
     * @param pointer as a URI fragment
     */
    record Target(JsonElement schema, String pointer) {}

    /** Returns what a reference in a schema names, or null if it is not in this document. */
    @Nullable
    Target find(JsonObject schema, String reference) {
        String base = bases.getOrDefault(schema, "");
        String whole = resolve(base, reference);
        int hash = whole.indexOf('#');
        String resource = hash < 0 ? whole : whole.substring(0, hash);
        String fragment = hash < 0 ? "" : whole.substring(hash + 1);
        JsonElement from = resources.get(resource);
        if (from == null) {
            return null;
        }
        if (fragment.isEmpty() || fragment.startsWith("/")) {
            return point(from, pointer(from, "#"), fragment);
        }
        JsonElement anchor = anchors.get(resource + "#" + fragment);
        return anchor == null ? null : new Target(anchor, pointer(anchor, "#"));
    }

    private static @Nullable Target point(JsonElement from, String pointer, String fragment) {
        JsonElement at = from;
        StringBuilder way = new StringBuilder(pointer);
        String[] steps = fragment.split("/", -1);
        for (int i = 1; i < steps.length; i++) {
            String key;
            try {
                key = URLDecoder.decode(steps[i].replace("+", "%2B"), StandardCharsets.UTF_8);
            } catch (IllegalArgumentException e) {
                key = steps[i];
            }
            key = key.replace("~1", "/").replace("~0", "~");
            JsonElement next = null;
            if (at instanceof JsonObject object) {
                next = object.get(key);
            } else if (at instanceof JsonArray array
                    && key.matches("[0-9]{1,6}")
                    && Integer.parseInt(key) < array.size()) {
                next = array.get(Integer.parseInt(key));
            }
            if (next == null) {
                return null;
            }
            way.append('/').append(escaped(key));
            at = next;
        }
        return new Target(at, way.toString());
    }
}
