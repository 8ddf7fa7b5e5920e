package dev.llmadapt.rag;

import dev.llmadapt.Model;
import dev.llmadapt.Progress;
import dev.llmadapt.Retriever;
import dev.llmadapt.Strategy;
import dev.llmadapt.Task;
import dev.llmadapt.rag.embedding.Embedder;
import dev.llmadapt.rag.index.IndexOptions;
import dev.llmadapt.rag.index.PassageIndex;
import dev.llmadapt.rag.retrieval.Retrievers;
import java.util.function.Function;

/**
 * Retrieval-augmented generation (Lewis et al. 2020): the model sees numbered passages for each question, answers from
 * them and cites them.
 *
 * <p>The passages stand in the last user message, before the question. The question is the query, so layers that
 * rewrite the question, and few-shot layers, belong around this one: {@code rag.then(fewShot)}. For a task with labels
 * the model is not told to cite or to refuse, since it may answer with a label only.
 */
public final class Rag implements Strategy {
    private final RagOptions options;
    private final Function<Task, Source> sources;

    private Rag(RagOptions options, Function<Task, Source> sources) {
        this.options = options;
        this.sources = sources;
    }

    /** Retrieval-augmented generation with the passages of a retriever; the task's own corpus is not used. */
    public static Rag over(Retriever retriever, RagOptions options) {
        return new Rag(options, task -> new Source(retriever, () -> {}));
    }

    /**
     * Retrieval-augmented generation over the {@linkplain Task#corpus() corpus} of the task. {@link #adapt} indexes it
     * in memory: by words and vectors, or by words alone for {@link Embedder#none()}.
     *
     * @param embedder the embedder of the index; the caller closes it after the adapted model
     */
    public static Rag overCorpus(Embedder embedder, RagOptions options) {
        return new Rag(options, task -> {
            if (task.corpus().isEmpty()) {
                throw new IllegalArgumentException("rag needs a corpus, task '" + task.name()
                        + "' has none; give it passages with withCorpus, or use Rag.over a retriever");
            }
            PassageIndex index = PassageIndex.inMemory(embedder, IndexOptions.defaults());
            try {
                index.upsert(task.corpus());
                return new Source(embedder.dimension() == 0 ? index.lexical() : Retrievers.hybrid(index), index);
            } catch (RuntimeException | Error e) {
                index.close();
                throw e;
            }
        });
    }

    @Override
    public String name() {
        return "rag(" + options.passages() + ")";
    }

    /**
     * {@inheritDoc}
     *
     * @throws IllegalArgumentException if this is {@linkplain #overCorpus over the corpus} and the task has none
     */
    @Override
    public RagModel adapt(Model model, Task task, Progress progress) {
        Source source = sources.apply(task);
        return new RagModel(
                model,
                source.retriever(),
                source.owned(),
                options,
                task.labels().isEmpty());
    }

    /** A retriever and the resource that the model which uses it owns. */
    private record Source(Retriever retriever, AutoCloseable owned) {}
}
