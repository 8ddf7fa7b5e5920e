package dev.llmadapt;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The schemas of records. A record that occurs at several places, or within itself, is written once, under
 * {@code $defs}.
 */
final class RecordSchemas {
    private final RecordShape.Fields root;
    private final Map<RecordShape.Fields, Integer> uses = new HashMap<>();
    private final Map<RecordShape.Fields, String> names = new LinkedHashMap<>();

    private RecordSchemas(RecordShape.Fields root) {
        this.root = root;
    }

    /** The JSON Schema of a record. */
    static String text(RecordShape.Fields root) {
        RecordSchemas schemas = new RecordSchemas(root);
        schemas.count(root);
        schemas.names.put(root, "");
        String object = schemas.object(root);
        List<String> definitions = new ArrayList<>();
        Set<RecordShape.Fields> written = new HashSet<>(Set.of(root));
        for (boolean more = true; more; ) { // a definition may name others
            more = false;
            for (Map.Entry<RecordShape.Fields, String> each : List.copyOf(schemas.names.entrySet())) {
                if (written.add(each.getKey())) {
                    definitions.add(JsonSchema.quoted(each.getValue()) + ": " + schemas.object(each.getKey()));
                    more = true;
                }
            }
        }
        return definitions.isEmpty()
                ? object
                : object.substring(0, object.length() - 1) + ", \"$defs\": {" + String.join(", ", definitions) + "}}";
    }

    /**
     * The built schema of a record: every property is there, and null where an Optional is empty.
     *
     * @throws IllegalArgumentException if a component has no built schema; names it
     */
    static JsonSchema.ObjectOf built(RecordShape.Fields root) {
        return (JsonSchema.ObjectOf) built(root, root, new ArrayList<>(), "");
    }

    /** The built schema of a record, or null where a component has none. */
    static JsonSchema.@Nullable ObjectOf builtOrNull(RecordShape.Fields root) {
        try {
            return built(root);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private static JsonSchema built(
            RecordShape shape, RecordShape.Fields root, List<RecordShape.Fields> within, String path) {
        if (shape instanceof RecordShape.Plain plain && plain.type().built() != null) {
            return plain.type().built();
        } else if (shape instanceof RecordShape.Constant constant) {
            return JsonSchema.oneOf(constant.names().toArray(String[]::new));
        } else if (shape instanceof RecordShape.Items items && !items.distinct()) {
            return JsonSchema.list(built(items.item(), root, within, path + "[]"));
        } else if (shape instanceof RecordShape.Maybe maybe) {
            return built(maybe.value(), root, within, path).orNull();
        } else if (shape instanceof RecordShape.Fields fields
                && !fields.fields().isEmpty()
                && !within.contains(fields)) {
            within.add(fields);
            Map<String, JsonSchema> properties = new LinkedHashMap<>();
            for (RecordShape.Field field : fields.fields()) {
                properties.put(field.name(), built(field.shape(), root, within, path + "." + field.name()));
            }
            within.remove(fields);
            return new JsonSchema.ObjectOf(properties);
        }
        String place = path.isEmpty() ? "" : ", component '" + path.substring(1) + "'";
        throw new IllegalArgumentException("record " + root.type().getName() + place + ": a task's schema has no "
                + name(shape) + "; allowed are String, boolean, numbers, enums, records that do not contain themselves,"
                + " List, and Optional of these. For a single request any record does: model.generate(request, "
                + root.type().getSimpleName() + ".class)");
    }

    private static String name(RecordShape shape) {
        if (shape instanceof RecordShape.Plain plain) {
            return plain.type().type().getSimpleName();
        } else if (shape instanceof RecordShape.Fields fields) {
            return fields.fields().isEmpty()
                    ? "record without components"
                    : "record that contains itself (" + fields.type().getSimpleName() + ")";
        }
        return shape instanceof RecordShape.Entries ? "Map" : "Set";
    }

    private void count(RecordShape shape) {
        if (shape instanceof RecordShape.Items items) {
            count(items.item());
        } else if (shape instanceof RecordShape.Entries entries) {
            count(entries.value());
        } else if (shape instanceof RecordShape.Maybe maybe) {
            count(maybe.value());
        } else if (shape instanceof RecordShape.Fields fields && uses.merge(fields, 1, Integer::sum) == 1) {
            fields.fields().forEach(field -> count(field.shape()));
        }
    }

    private String text(RecordShape shape) {
        if (shape instanceof RecordShape.Plain plain) {
            return plain.type().schema();
        } else if (shape instanceof RecordShape.Constant constant) {
            return JsonSchemaText.of(JsonSchema.oneOf(constant.names().toArray(String[]::new)));
        } else if (shape instanceof RecordShape.Items items) {
            return "{\"type\": \"array\", \"items\": " + text(items.item()) + "}";
        } else if (shape instanceof RecordShape.Entries entries) {
            return "{\"type\": \"object\", \"additionalProperties\": " + text(entries.value()) + "}";
        } else if (shape instanceof RecordShape.Maybe maybe) {
            return text(maybe.value());
        }
        RecordShape.Fields fields = (RecordShape.Fields) shape;
        if (fields == root) {
            return "{\"$ref\": \"#\"}";
        } else if (uses.getOrDefault(fields, 0) > 1) {
            return "{\"$ref\": \"#/$defs/" + names.computeIfAbsent(fields, this::newName) + "\"}";
        }
        return object(fields);
    }

    private String newName(RecordShape.Fields fields) {
        String simple = fields.type().getSimpleName().replaceAll("[^A-Za-z0-9_]", "_");
        String name = simple;
        for (int i = 2; names.containsValue(name); i++) {
            name = simple + i;
        }
        return name;
    }

    private String object(RecordShape.Fields fields) {
        List<String> properties = new ArrayList<>();
        List<String> required = new ArrayList<>();
        for (RecordShape.Field field : fields.fields()) {
            properties.add(JsonSchema.quoted(field.name()) + ": " + text(field.shape()));
            if (!(field.shape() instanceof RecordShape.Maybe)) {
                required.add(JsonSchema.quoted(field.name()));
            }
        }
        return "{\"type\": \"object\", \"properties\": {" + String.join(", ", properties) + "}"
                + (required.isEmpty() ? "" : ", \"required\": [" + String.join(", ", required) + "]")
                + ", \"additionalProperties\": false}";
    }
}
