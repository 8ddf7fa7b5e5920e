package dev.llmadapt.prompting;

import dev.llmadapt.Example;
import dev.llmadapt.Message;
import dev.llmadapt.Model;
import dev.llmadapt.ModelLayer;
import dev.llmadapt.Progress;
import dev.llmadapt.Request;
import dev.llmadapt.Strategy;
import dev.llmadapt.Task;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * A strategy that shows the model solved examples before the question (Brown et al. 2020): examples of the task as user
 * and assistant turns before the last user message.
 *
 * <p>An example whose input is exactly the question is never shown, so that a model trained on prepared examples, or
 * evaluated on them, does not read the answer. To recognise it, this layer must see the question as the task has it, or
 * at the end of its message on lines of its own, after passages that retrieval has added: layers that reword the
 * question belong inside this one.
 */
public final class FewShot implements Strategy {
    private final String name;
    private final int shots;
    private final Function<Task, ShotSelection> learn;

    private FewShot(String name, int shots, Function<Task, ShotSelection> learn) {
        if (shots < 1) {
            throw new IllegalArgumentException("shots must be at least 1, shots: " + shots);
        }
        this.name = name + "(" + shots + ")";
        this.shots = shots;
        this.learn = learn;
    }

    /**
     * Few-shot prompting with the same examples before every question, balanced over the labels as far as possible.
     *
     * @param shots the number of examples, at least 1
     * @param seed the seed that decides which examples, and in what order
     */
    public static FewShot fixed(int shots, long seed) {
        return new FewShot("few-shot", shots, task -> ShotSelection.balanced(task, shots, seed));
    }

    /**
     * Few-shot prompting with the examples whose inputs are most similar to the question by BM25 (Liu et al. 2022,
     * "What Makes Good In-Context Examples for GPT-3?"); the most similar is last, next to the question.
     *
     * @param shots the number of examples, at least 1
     */
    public static FewShot nearest(int shots) {
        return new FewShot("few-shot-nearest", shots, task -> ShotSelection.nearest(task.examples(), shots));
    }

    @Override
    public String name() {
        return name;
    }

    /**
     * {@inheritDoc}
     *
     * @throws IllegalArgumentException if the task has fewer examples than shots
     */
    @Override
    public Model adapt(Model model, Task task, Progress progress) {
        if (task.examples().size() < shots) {
            throw new IllegalArgumentException(name + " needs at least " + shots + " examples, task '" + task.name()
                    + "' has " + task.examples().size() + "; add examples or ask for fewer shots");
        }
        ShotSelection selection = learn.apply(task);
        return new ModelLayer(model) {
            @Override
            protected Request apply(Request request) {
                return withShots(request, selection);
            }
        };
    }

    private static Request withShots(Request request, ShotSelection selection) {
        List<Message> messages = new ArrayList<>(request.messages());
        int question = request.question();
        List<Message> shots = new ArrayList<>();
        for (Example example : selection.choose(messages.get(question).content())) {
            shots.add(Message.user(example.input()));
            shots.add(Message.assistant(example.output()));
        }
        messages.addAll(question, shots);
        return request.withMessages(messages);
    }
}
