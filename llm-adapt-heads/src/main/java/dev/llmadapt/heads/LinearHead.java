package dev.llmadapt.heads;

import dev.llmadapt.Decision;
import dev.llmadapt.DecisionLearner;
import dev.llmadapt.EmbeddingModel;
import dev.llmadapt.HiddenStates;
import dev.llmadapt.Model;
import dev.llmadapt.Progress;
import dev.llmadapt.Task;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A strategy that answers a task of labels by a linear classifier, learned from the task's examples in seconds. On
 * words and on embeddings it needs no language model: {@link #train} learns without one, and {@link #adapt} leaves the
 * given one aside. On {@link #features} it learns from the states of the given model, which is not changed.
 *
 * <p>C, the strength of the regularisation, is chosen by cross-validation among the examples, and the probabilities are
 * calibrated on the examples that it holds out.
 */
public final class LinearHead implements DecisionLearner {
    private final String name;
    private final @Nullable Features<?> features; // null: those of the model that is adapted
    private final HeadOptions options;

    private LinearHead(String name, @Nullable Features<?> features, HeadOptions options) {
        this.name = name;
        this.features = features;
        this.options = Objects.requireNonNull(options, "options must not be null");
    }

    /**
     * A linear support vector machine on TF-IDF weights of words, pairs of words, and runs of 2 to 4 characters: what
     * scikit-learn calls {@code make_union(TfidfVectorizer(sublinear_tf=True, ngram_range=(1, 2)),
     * TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 4), sublinear_tf=True))} with {@code LinearSVC}.
     */
    public static LinearHead words() {
        return of(new WordFeatures(), HeadOptions.defaults());
    }

    /**
     * A multinomial logistic regression on the embeddings of texts, scaled to length 1. It tries 1, 3, 10, 30 and 100
     * for C, since such rows are short.
     *
     * @param embedder the model that embeds; stays the caller's and must outlive the strategy and its models
     */
    public static LinearHead embeddings(EmbeddingModel embedder) {
        return of(
                new EmbeddingFeatures(embedder),
                HeadOptions.defaults().withRegularization(List.of(1.0, 3.0, 10.0, 30.0, 100.0)));
    }

    private static LinearHead of(Features<?> features, HeadOptions options) {
        return new LinearHead(features.name(), features, options);
    }

    /**
     * A multinomial logistic regression on the hidden states of the model that is adapted, each the mean over the
     * tokens of the text, standardised: those of one depth, or of several depths added up, as cross-validation chooses.
     * The model reads each text once, with the task's instruction before it, and writes nothing. It must be a
     * {@link HiddenStates} without layers around it; it stays the caller's and must outlive the head.
     */
    public static LinearHead features() {
        return new LinearHead(
                "features", null, HeadOptions.defaults().withRegularization(List.of(0.3, 1.0, 3.0, 10.0)));
    }

    /** This strategy with other options. */
    public LinearHead withOptions(HeadOptions options) {
        return new LinearHead(name, features, options);
    }

    /** The options. */
    public HeadOptions options() {
        return options;
    }

    /**
     * A strategy that gives a text any number of labels, learned from what this head reads with its options; its task
     * is one of JSON, see {@link MultiLabelHead}.
     */
    public MultiLabelHead withSeveralLabels() {
        return new MultiLabelHead(this);
    }

    @Override
    public String name() {
        return name;
    }

    /**
     * Learns a head from a task's examples.
     *
     * @param progress hears of {@code read}, {@code cross-validate} and {@code learn}
     * @return the model; the caller closes it
     * @throws IllegalArgumentException if the task has no labels, a label without an example, or an example without
     *     text
     * @throws IllegalStateException if this head learns from the states of a model: {@link #adapt} has one
     */
    public HeadModel train(Task task, Progress progress) {
        return train(readable(), task, List.of(), progress);
    }

    /** The features that need no model to be adapted. */
    Features<?> readable() {
        if (features == null) {
            throw new IllegalStateException("the head 'features' learns from the hidden states of a model; call"
                    + " adapt(model, task, progress)");
        }
        return features;
    }

    /** The features, of a model where they are its states. */
    Features<?> readable(Model model, Task task) {
        return features != null ? features : StateFeatures.of(StateFeatures.model(model), task.instruction());
    }

    private HeadModel train(Features<?> features, Task task, List<Decision> decisions, Progress progress) {
        return new HeadModel(
                HeadLearning.learn(features, options, task, decisions, progress),
                HeadOrigin.of(task, decisions, options));
    }

    /**
     * Learns a head as {@link #train} does. The model is not asked anything, unless the head learns from its states.
     *
     * @throws IllegalArgumentException as {@link #train} does; for {@link #features} also if the model gives no hidden
     *     states, or has layers around it
     */
    @Override
    public HeadModel adapt(Model model, Task task, Progress progress) {
        return adapt(model, task, List.of(), progress);
    }

    /**
     * Learns a head from probabilities; on words to an eighth: each example is learned as eight, which takes as many
     * times longer unless all are certain. Cross-validation judges by the examples' outputs. No decisions at all are
     * the outputs.
     */
    @Override
    public HeadModel adapt(Model model, Task task, List<Decision> decisions, Progress progress) {
        return train(readable(model, task), task, decisions, progress);
    }
}
