package dev.llmadapt.pilot.task;

import static org.assertj.core.api.Assertions.assertThat;

import dev.llmadapt.Example;
import dev.llmadapt.JsonSchema;
import dev.llmadapt.Passage;
import dev.llmadapt.Task;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Hashes that stand in reports and journals, recorded once. */
class TaskHashTest {
    private static final List<Example> EXAMPLES = List.of(new Example("1", "question", "{}"));

    @Test
    void of_taskWithSchema_staysAsItIs() {
        Map<String, JsonSchema> properties = new LinkedHashMap<>();
        properties.put("who", JsonSchema.text());
        properties.put("kind", JsonSchema.oneOf("a", "b").orNull());
        properties.put("counts", JsonSchema.list(JsonSchema.Plain.INTEGER));
        Task task = new Task("json", "Extract.", List.of(), EXAMPLES, List.of(), new FieldOverlap())
                .withSchema(JsonSchema.object(properties));
        assertThat(TaskHash.of(task, EXAMPLES, List.of()))
                .isEqualTo("daaf1dd502be127fe3c3e3f049e6a193abc966860986523ab5892825d519f597");
    }

    @Test
    void of_unlabelledTexts_areAPartOfIt() {
        Task task = Task.answering("task", "Say.", EXAMPLES);
        assertThat(TaskHash.of(task, EXAMPLES, List.of("one", "two")))
                .isNotEqualTo(TaskHash.of(task, EXAMPLES, List.of()))
                .isNotEqualTo(TaskHash.of(task, EXAMPLES, List.of("onetwo")));
    }

    @Test
    void of_taskWithLabelsAndCorpus_staysAsItIs() {
        Task task = new Task(
                "task",
                "Choose.",
                List.of("a", "b"),
                List.of(new Example("1", "one", "a")),
                List.of(new Passage("p", "title", "text", 0)),
                new WordOverlap());
        assertThat(TaskHash.of(task, List.of(new Example("2", "two", "b")), List.of()))
                .isEqualTo("0afad66428d99391713531f8bbb33c1657d1a6a4648a43520344cc5abebdf06b");
    }
}
