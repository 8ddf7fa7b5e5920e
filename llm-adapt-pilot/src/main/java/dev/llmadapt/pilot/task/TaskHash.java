package dev.llmadapt.pilot.task;

import dev.llmadapt.Example;
import dev.llmadapt.Passage;
import dev.llmadapt.Task;
import dev.llmadapt.peft.data.ContentHash;
import java.util.List;

/** Tells tasks apart by all that is in them. */
final class TaskHash {
    private TaskHash() {}

    static String of(Task task, List<Example> test) {
        ContentHash hash = new ContentHash();
        hash.add(task.instruction()).addAll(task.labels());
        task.schema().ifPresent(schema -> hash.add("schema").add(schema.toString()));
        for (List<Example> part : List.of(task.examples(), test)) {
            hash.add("examples");
            part.forEach(example -> hash.add(example.id()).add(example.input()).add(example.output()));
        }
        hash.add("corpus");
        for (Passage passage : task.corpus()) {
            hash.add(passage.id()).add(passage.title()).add(passage.text());
        }
        return hash.hex();
    }
}
