package dev.llmadapt.pilot.task;

import dev.llmadapt.Example;
import dev.llmadapt.JsonSchema;
import dev.llmadapt.Passage;
import dev.llmadapt.Task;
import dev.llmadapt.peft.data.ContentHash;
import java.util.List;
import java.util.stream.Collectors;

/** The hash of a task: SHA-256 of all that is in it. */
final class TaskHash {
    private TaskHash() {}

    static String of(Task task, List<Example> test, List<String> unlabelled) {
        ContentHash hash = new ContentHash();
        hash.add(task.instruction()).addAll(task.labels());
        task.schema().ifPresent(schema -> hash.add("schema").add(text(schema)));
        for (List<Example> part : List.of(task.examples(), test)) {
            hash.add("examples");
            part.forEach(example -> hash.add(example.id()).add(example.input()).add(example.output()));
        }
        hash.add("corpus");
        for (Passage passage : task.corpus()) {
            hash.add(passage.id()).add(passage.title()).add(passage.text());
        }
        if (!unlabelled.isEmpty()) { // so that hashes from before there were some stay
            hash.add("unlabelled").addAll(unlabelled);
        }
        return hash.hex();
    }

    /** A schema as text; hashes in reports and journals rest on it, so it stays as it is. */
    private static String text(JsonSchema schema) {
        if (schema instanceof JsonSchema.ObjectOf object) {
            return "ObjectOf[properties="
                    + object.properties().entrySet().stream()
                            .map(property -> property.getKey() + "=" + text(property.getValue()))
                            .collect(Collectors.joining(", ", "{", "}"))
                    + "]";
        } else if (schema instanceof JsonSchema.ListOf list) {
            return "ListOf[items=" + text(list.items()) + ", maxItems=" + list.maxItems() + "]";
        } else if (schema instanceof JsonSchema.Text text) {
            return "Text[maxLength=" + text.maxLength() + "]";
        } else if (schema instanceof JsonSchema.OneOf oneOf) {
            return "OneOf[values=" + oneOf.values() + "]";
        } else if (schema instanceof JsonSchema.Nullable nullable) {
            return "Nullable[value=" + text(nullable.value()) + "]";
        }
        return ((JsonSchema.Plain) schema).name();
    }
}
