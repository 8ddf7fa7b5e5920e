package dev.llmadapt.pilot.strategy;

import dev.llmadapt.Model;
import dev.llmadapt.ModelLayer;
import dev.llmadapt.Passage;
import dev.llmadapt.Progress;
import dev.llmadapt.Request;
import dev.llmadapt.Strategy;
import dev.llmadapt.Task;
import dev.llmadapt.rag.Rag;
import dev.llmadapt.rag.RagOptions;
import dev.llmadapt.rag.embedding.Embedder;
import dev.llmadapt.rag.index.IndexOptions;
import dev.llmadapt.rag.index.PassageIndex;
import java.util.List;

/**
 * Retrieval over the task's corpus by words, with an index that can be updated while the model answers.
 *
 * @param passages the most passages shown
 */
record RagLayer(int passages) implements Strategy {
    @Override
    public String name() {
        return "rag(" + passages + ")";
    }

    @Override
    public Model adapt(Model model, Task task, Progress progress) {
        if (task.corpus().isEmpty()) {
            throw new IllegalArgumentException("rag needs a corpus, task '" + task.name() + "' has none");
        }
        PassageIndex index = PassageIndex.inMemory(Embedder.none(), IndexOptions.defaults());
        try {
            index.upsert(task.corpus());
            Model answering = Rag.over(
                            index.lexical(),
                            RagOptions.defaults()
                                    .withPassages(passages)
                                    .withContextTokens(600, dev.llmadapt.rag.splitting.Tokens.words()))
                    .adapt(model, task, progress);
            return new Updatable(answering, index);
        } catch (RuntimeException | Error e) {
            index.close();
            throw e;
        }
    }

    /** A model whose corpus can grow. */
    private static final class Updatable extends ModelLayer implements UpdatableModel {
        private final Model answering;
        private final PassageIndex index;

        Updatable(Model answering, PassageIndex index) {
            super(answering);
            this.answering = answering;
            this.index = index;
        }

        @Override
        public void update(List<Passage> passages) {
            requireOpen();
            index.upsert(passages);
        }

        @Override
        protected Request apply(Request request) {
            return request;
        }

        @Override
        protected void release() {
            try {
                answering.close();
            } finally {
                index.close();
            }
        }
    }
}
