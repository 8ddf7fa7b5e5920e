package dev.llmadapt.pilot.strategy;

import dev.llmadapt.Decision;
import dev.llmadapt.EmbeddingModel;
import dev.llmadapt.Model;
import dev.llmadapt.ModelLayer;
import dev.llmadapt.Progress;
import dev.llmadapt.Task;
import dev.llmadapt.heads.HeadModel;
import dev.llmadapt.heads.LinearHead;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;

/**
 * The learning of a head on embeddings. Each model that it makes opens an embedder of its own and closes it.
 *
 * @param embedder by name
 * @param seed of the folds
 * @param decisions the probabilities to learn; none to learn the examples' labels
 */
record HeadOnEmbeddings(EmbedderName embedder, long seed, List<Decision> decisions) implements Learning {
    @Override
    public String name() {
        return "embeddings";
    }

    @Override
    public Model adapt(Model model, Task task, Progress progress) {
        return over(opened -> train(opened, model, task, progress));
    }

    @Override
    public void learn(Model model, Task task, Path target, Path snapshots, Progress progress) {
        try (EmbeddingModel opened = embedder.open();
                HeadModel head = train(opened, model, task, progress)) {
            head.save(target);
        }
    }

    @Override
    public boolean learnsProbabilities() {
        return true;
    }

    @Override
    public Learning from(List<Decision> probabilities) {
        return new HeadOnEmbeddings(embedder, seed, probabilities);
    }

    @Override
    public Model open(Model model, Path folder) {
        return over(opened -> HeadModel.load(folder, opened));
    }

    private HeadModel train(EmbeddingModel opened, Model model, Task task, Progress progress) {
        LinearHead head = LinearHead.embeddings(opened);
        return head.withOptions(head.options().withSeed(seed)).adapt(model, task, decisions, progress);
    }

    private Model over(Function<EmbeddingModel, HeadModel> head) {
        EmbeddingModel opened = embedder.open();
        try {
            return new WithEmbedder(head.apply(opened), opened);
        } catch (RuntimeException | Error e) {
            opened.close();
            throw e;
        }
    }

    /** A head that closes its embedder. */
    private static final class WithEmbedder extends ModelLayer {
        private final EmbeddingModel embedder;

        WithEmbedder(HeadModel head, EmbeddingModel embedder) {
            super(head);
            this.embedder = embedder;
        }

        @Override
        protected void release() {
            try {
                base().close();
            } finally {
                embedder.close();
            }
        }
    }
}
