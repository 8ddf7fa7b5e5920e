package dev.llmadapt.heads;

import dev.llmadapt.EmbeddingModel;
import dev.llmadapt.Model;
import dev.llmadapt.Progress;
import dev.llmadapt.Strategy;
import dev.llmadapt.Task;
import java.util.Objects;

/**
 * A strategy that answers a task of labels by a linear classifier, learned from the task's examples in seconds. It
 * needs no language model: {@link #train} learns without one, and {@link #adapt} leaves the given one aside.
 *
 * <p>C, the strength of the regularisation, is chosen by cross-validation among the examples, and the probabilities are
 * calibrated on the examples that it holds out.
 */
public final class LinearHead implements Strategy {
    private final Features<?> features;
    private final HeadOptions options;

    private LinearHead(Features<?> features, HeadOptions options) {
        this.features = features;
        this.options = Objects.requireNonNull(options, "options must not be null");
    }

    /**
     * A linear support vector machine on TF-IDF weights of words, pairs of words, and runs of 2 to 4 characters: what
     * scikit-learn calls {@code make_union(TfidfVectorizer(sublinear_tf=True, ngram_range=(1, 2)),
     * TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 4), sublinear_tf=True))} with {@code LinearSVC}.
     */
    public static LinearHead words() {
        return new LinearHead(new WordFeatures(), HeadOptions.defaults());
    }

    /**
     * A logistic regression on the embeddings of texts, scaled to length 1.
     *
     * @param embedder the model that embeds; stays the caller's and must outlive the strategy and its models
     */
    public static LinearHead embeddings(EmbeddingModel embedder) {
        return new LinearHead(new EmbeddingFeatures(embedder), HeadOptions.defaults());
    }

    /** This strategy with other options. */
    public LinearHead withOptions(HeadOptions options) {
        return new LinearHead(features, options);
    }

    /** The options. */
    public HeadOptions options() {
        return options;
    }

    @Override
    public String name() {
        return features.name();
    }

    /**
     * Learns a head from a task's examples.
     *
     * @param progress hears of {@code read}, {@code cross-validate} and {@code learn}
     * @return the model; the caller closes it
     * @throws IllegalArgumentException if the task has no labels, a label without an example, or an example without
     *     text
     */
    public HeadModel train(Task task, Progress progress) {
        return new HeadModel(HeadLearning.learn(features, options, task, progress), HeadOrigin.of(task, options));
    }

    /** Learns a head as {@link #train} does; the model is not asked anything. */
    @Override
    public Model adapt(Model model, Task task, Progress progress) {
        return train(task, progress);
    }
}
