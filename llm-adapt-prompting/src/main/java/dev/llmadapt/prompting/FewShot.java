package dev.llmadapt.prompting;

import dev.llmadapt.EmbeddingModel;
import dev.llmadapt.Model;
import dev.llmadapt.ModelLayer;
import dev.llmadapt.Progress;
import dev.llmadapt.Request;
import dev.llmadapt.Retriever;
import dev.llmadapt.Strategy;
import dev.llmadapt.Task;
import dev.llmadapt.prompting.examples.Shots;
import java.util.List;
import java.util.Objects;

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
    private final ShotChoice choice;
    private final ShotOptions options;

    private FewShot(String name, int shots, ShotChoice choice, ShotOptions options) {
        if (shots < 1) {
            throw new IllegalArgumentException("shots must be at least 1, shots: " + shots);
        }
        this.name = name;
        this.shots = shots;
        this.choice = choice;
        this.options = options;
    }

    private static FewShot of(String name, int shots, ShotChoice choice) {
        return new FewShot(name + "(" + shots + ")", shots, choice, ShotOptions.defaults());
    }

    /**
     * Few-shot prompting with the same examples before every question, balanced over the labels as far as possible.
     *
     * @param shots the number of examples, at least 1
     * @param seed the seed that decides which examples, and in what order
     */
    public static FewShot fixed(int shots, long seed) {
        return of("few-shot", shots, ShotChoice.balanced(seed));
    }

    /**
     * Few-shot prompting with the same examples before every question, drawn from all without regard to labels.
     *
     * @param shots the number of examples, at least 1
     * @param seed the seed that decides which examples, and in what order
     */
    public static FewShot random(int shots, long seed) {
        return of("few-shot-random", shots, ShotChoice.random(seed));
    }

    /**
     * Few-shot prompting with these examples before every question, in this order.
     *
     * @param ids the ids of examples of the task, at least one, all different
     */
    public static FewShot given(List<String> ids) {
        List<String> named = List.copyOf(Objects.requireNonNull(ids, "ids must not be null"));
        if (named.isEmpty() || named.stream().distinct().count() != named.size()) {
            throw new IllegalArgumentException("given examples need ids, at least one, all different, got " + named);
        }
        return of("few-shot-given", named.size(), ShotChoice.given(named));
    }

    /**
     * Few-shot prompting with the examples whose inputs are most similar to the question by BM25 (Liu et al. 2022,
     * "What Makes Good In-Context Examples for GPT-3?"); the most similar is last, next to the question.
     *
     * @param shots the number of examples, at least 1
     */
    public static FewShot nearest(int shots) {
        return of("few-shot-nearest", shots, ShotChoice.nearest(Similarity::byWords));
    }

    /**
     * Few-shot prompting with the examples whose inputs are most similar to the question by the cosine of their
     * embeddings; the most similar is last.
     *
     * @param shots the number of examples, at least 1
     * @param embedder embeds the examples when adapting, and each question; stays the caller's, and must stay open
     */
    public static FewShot nearest(int shots, EmbeddingModel embedder) {
        Objects.requireNonNull(embedder, "embedder must not be null");
        return of("few-shot-nearest", shots, ShotChoice.nearest(texts -> Similarity.byEmbedding(texts, embedder)));
    }

    /**
     * Few-shot prompting with the examples that a retriever finds for the question; the first that it finds is last in
     * the prompt. It is asked as by nobody in particular, without a filter.
     *
     * @param shots the number of examples, at least 1; fewer are shown where it finds fewer
     * @param retriever searches passages whose ids are those of the task's examples
     */
    public static FewShot nearest(int shots, Retriever retriever) {
        Objects.requireNonNull(retriever, "retriever must not be null");
        return of("few-shot-nearest", shots, ShotChoice.retrieved(retriever));
    }

    /**
     * This strategy with other options.
     *
     * @throws IllegalArgumentException if they ask for an order by similarity, or for diversity, of examples that are
     *     not chosen by similarity; or for diversity of a retriever's, which has to bring its own
     */
    public FewShot withOptions(ShotOptions options) {
        choice.check(options);
        return new FewShot(name, shots, choice, options);
    }

    @Override
    public String name() {
        return name;
    }

    /**
     * {@inheritDoc}
     *
     * @throws IllegalArgumentException if the task has fewer examples than shots, or does not have one that is given
     */
    @Override
    public Model adapt(Model model, Task task, Progress progress) {
        if (task.examples().size() < shots) {
            throw new IllegalArgumentException(name + " needs at least " + shots + " examples, task '" + task.name()
                    + "' has " + task.examples().size() + "; add examples or ask for fewer shots");
        }
        ShotSelection selection = choice.learn(task, shots, options);
        return new ModelLayer(model) {
            @Override
            protected Request apply(Request request) {
                return Shots.before(
                        request,
                        selection.choose(
                                request.messages().get(request.question()).content()));
            }
        };
    }
}
