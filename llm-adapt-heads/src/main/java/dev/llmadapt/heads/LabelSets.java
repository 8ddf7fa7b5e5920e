package dev.llmadapt.heads;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import dev.llmadapt.Example;
import dev.llmadapt.JsonSchema;
import dev.llmadapt.OutputConstraint;
import dev.llmadapt.Task;
import dev.llmadapt.text.BrokenRecord;
import dev.llmadapt.text.StrictJson;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The answers of a task where a text has any number of labels: JSON of one property, a list of some of them, such as
 * <code>{"topics": ["card", "fee"]}</code>.
 *
 * @param property the name of the property
 * @param labels the labels
 * @param most the most labels that an answer may have
 */
record LabelSets(String property, List<String> labels, int most) {
    private static final String EXPECTED = "a schema of one property, a list of choices, such as"
            + " JsonSchema.object(JsonSchema.property(\"topics\", JsonSchema.list(JsonSchema.oneOf(\"a\", \"b\"))))";

    /** Copies the labels. */
    LabelSets {
        labels = List.copyOf(labels);
    }

    /**
     * The answers of a task.
     *
     * @throws IllegalArgumentException if its answers are of another form
     */
    static LabelSets of(Task task) {
        JsonSchema.ObjectOf schema = task.schema()
                .orElseThrow(() -> new IllegalArgumentException(
                        "several labels a text need " + EXPECTED + ", the task '" + task.name() + "' has "
                                + (task.labels().isEmpty()
                                        ? "no schema"
                                        : "labels of which a text has one; for those leave out withSeveralLabels")));
        Map.Entry<String, JsonSchema> property =
                schema.properties().entrySet().iterator().next();
        if (schema.properties().size() != 1
                || !(property.getValue() instanceof JsonSchema.ListOf list)
                || !(list.items() instanceof JsonSchema.OneOf choices)) {
            throw new IllegalArgumentException("several labels a text need " + EXPECTED + ", that of the task '"
                    + task.name() + "' is " + schema.describe());
        }
        return new LabelSets(property.getKey(), choices.values(), list.maxItems());
    }

    /** Whether a request asks for such answers. */
    boolean accepts(OutputConstraint.Json constraint) {
        return constraint
                .schema()
                .equals(JsonSchema.object(
                        JsonSchema.property(property, new JsonSchema.ListOf(new JsonSchema.OneOf(labels), most))));
    }

    /**
     * The labels of an example, as 0 and 1.
     *
     * @throws IllegalArgumentException if its output is no such answer
     */
    double[] of(Example example) {
        return read("the output of example '" + example.id() + "'", example.output());
    }

    /** The labels of an answer, as 0 and 1. */
    double[] read(String what, String answer) {
        Set<String> read = new LinkedHashSet<>();
        try {
            JsonObject json = StrictJson.object(answer);
            if (json.size() != 1 || !(json.get(property) instanceof JsonArray array)) {
                throw broken(what, answer);
            }
            for (JsonElement element : array) {
                if (!(element instanceof JsonPrimitive text
                        && text.isString()
                        && labels.contains(text.getAsString())
                        && read.add(text.getAsString()))) {
                    throw broken(what, answer);
                }
            }
        } catch (BrokenRecord e) {
            throw broken(what, answer);
        }
        if (read.size() > most) {
            throw broken(what, answer);
        }
        return labels.stream()
                .mapToDouble(label -> read.contains(label) ? 1 : 0)
                .toArray();
    }

    private IllegalArgumentException broken(String what, String answer) {
        return new IllegalArgumentException(what + " must be {\"" + property + "\": [...]} with at most " + most
                + " different labels of " + labels + ", got " + BrokenRecord.brief(answer));
    }

    /** The answer of some labels, by their places. */
    String write(List<Integer> chosen) {
        List<String> quoted = new ArrayList<>();
        chosen.forEach(place -> quoted.add(JsonSchema.quoted(labels.get(place))));
        return "{" + JsonSchema.quoted(property) + ": [" + String.join(", ", quoted) + "]}";
    }
}
