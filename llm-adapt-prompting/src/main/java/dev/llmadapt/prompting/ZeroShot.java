package dev.llmadapt.prompting;

import dev.llmadapt.Message;
import dev.llmadapt.Model;
import dev.llmadapt.ModelLayer;
import dev.llmadapt.Progress;
import dev.llmadapt.Request;
import dev.llmadapt.Role;
import dev.llmadapt.Strategy;
import dev.llmadapt.Task;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A strategy that tells the model what to do: the task's instruction, and its labels or the schema of its answer where
 * it has them, as the system message, or before the text of an existing one. The input stays the user message.
 *
 * @param instruction the instruction; may use {@code {instruction}}, that of the task
 * @param labels the line after the instruction in tasks with labels; may use {@code {labels}}, joined by a comma
 * @param schema the line after the instruction in tasks whose answer is JSON; may use {@code {schema}}, the schema in
 *     words
 * @param input the wording of every user message; must use {@code {input}}, the message's content
 */
public record ZeroShot(PromptTemplate instruction, PromptTemplate labels, PromptTemplate schema, PromptTemplate input)
        implements Strategy {
    private static final ZeroShot DEFAULTS = new ZeroShot(
            new PromptTemplate("{instruction}"),
            new PromptTemplate("Answer with one of: {labels}."),
            new PromptTemplate("Answer with JSON of this form: {schema}"),
            new PromptTemplate("{input}"));

    /** Refuses templates with placeholders other than these, and an input template without its own. */
    public ZeroShot {
        instruction.require("instruction", Set.of("instruction"), Set.of());
        labels.require("labels", Set.of("labels"), Set.of());
        schema.require("schema", Set.of("schema"), Set.of());
        input.require("input", Set.of("input"), Set.of("input"));
    }

    /** The instruction, "Answer with one of: ..." or "Answer with JSON of this form: ...", and the input as it is. */
    public static ZeroShot defaults() {
        return DEFAULTS;
    }

    /** This strategy with another wording of the instruction. */
    public ZeroShot withInstruction(PromptTemplate instruction) {
        return new ZeroShot(instruction, labels, schema, input);
    }

    /** This strategy with another wording of the labels. */
    public ZeroShot withLabels(PromptTemplate labels) {
        return new ZeroShot(instruction, labels, schema, input);
    }

    /**
     * This strategy without the line of labels: a shorter prompt, under a layer that learns the labels from examples.
     * Requests stay constrained to the labels.
     */
    public ZeroShot withoutLabels() {
        return withLabels(new PromptTemplate(""));
    }

    /** This strategy with another wording of the answer's schema. */
    public ZeroShot withSchema(PromptTemplate schema) {
        return new ZeroShot(instruction, labels, schema, input);
    }

    /** This strategy with another wording of every user message, among them few-shot examples from layers outside. */
    public ZeroShot withInput(PromptTemplate input) {
        return new ZeroShot(instruction, labels, schema, input);
    }

    @Override
    public String name() {
        return "zero-shot";
    }

    @Override
    public Model adapt(Model model, Task task, Progress progress) {
        String text = instruction.render(Map.of("instruction", task.instruction()));
        if (!task.labels().isEmpty()) {
            text = (text + "\n" + labels.render(Map.of("labels", String.join(", ", task.labels())))).strip();
        }
        if (task.schema().isPresent()) {
            String form = task.schema().get().describe();
            text = (text + "\n" + schema.render(Map.of("schema", form))).strip();
        }
        String system = text;
        return new ModelLayer(model) {
            @Override
            protected Request apply(Request request) {
                return request.withMessages(worded(request.messages())).withSystemParagraph(system);
            }
        };
    }

    private List<Message> worded(List<Message> messages) {
        List<Message> worded = new ArrayList<>();
        for (Message message : messages) {
            worded.add(
                    message.role() == Role.USER
                            ? Message.user(input.render(Map.of("input", message.content())))
                            : message);
        }
        return worded;
    }
}
