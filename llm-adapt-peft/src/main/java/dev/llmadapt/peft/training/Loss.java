package dev.llmadapt.peft.training;

import dev.llmadapt.local.architecture.TrainingDecoder;
import dev.llmadapt.local.graph.Graph;
import dev.llmadapt.local.graph.Value;
import java.util.Collection;
import java.util.Map;
import java.util.Objects;

/**
 * The loss in a graph of training: a number made of what the decoder's last layer gives, and where its gradient begins.
 */
public interface Loss {
    /** The loss of a batch: {@code (1)}. */
    Value value();

    /**
     * The loss of a batch and its gradient with respect to what it is made of.
     *
     * @param learning the values that learn, of which the loss may use some itself
     */
    WithGradient gradient(Collection<Value> learning);

    /**
     * The loss and where its gradient begins.
     *
     * @param loss of a batch: {@code (1)}
     * @param states the gradient of values that depend on the hidden states
     * @param values the gradient of the values that learn, as far as the loss uses them itself
     */
    record WithGradient(Value loss, Map<Value, Value> states, Map<Value, Value> values) {}

    /** A kind of loss, which is added to a graph. Immutable. */
    @FunctionalInterface
    interface Kind {
        /**
         * Adds the loss's inputs, and outputs of its own if it has any.
         *
         * @param learning the values that learn, by name
         * @param normed the last hidden states, normed: {@code (batch, seq, hidden)}
         */
        Loss in(Graph graph, TrainingDecoder decoder, Map<String, Value> learning, Value normed);
    }

    /** The cross-entropy of the next tokens at the supervised places: see {@link TrainingGraph} for its inputs. */
    static Kind crossEntropy() {
        return (graph, decoder, learning, normed) ->
                new CrossEntropy(graph, decoder.hiddenSize(), decoder::logits, normed);
    }

    /**
     * The cross-entropy of the next tokens where only some compete at each place: see
     * {@link TrainingOptions.LossOver#CHOICES}.
     */
    static Kind overChoices() {
        return (graph, decoder, learning, normed) ->
                new CrossEntropy(graph, decoder.hiddenSize(), decoder::logits, normed, true);
    }

    /**
     * The cross-entropy of labels at the supervised places, scored by a head that learns. Where the loss is asked for
     * alone, the graph has the logits as {@link TrainingGraph#LOGITS}, too.
     *
     * @param head the name of the head's parameter: {@code (labels, hidden)}
     */
    static Kind ofLabels(String head) {
        return (graph, decoder, learning, normed) -> {
            Value weights = Objects.requireNonNull(learning.get(head), head);
            CrossEntropy loss = new CrossEntropy(
                    graph, decoder.hiddenSize(), rows -> rows.product(false, weights, true, 1), normed);
            return new Loss() {
                @Override
                public Value value() {
                    graph.output(TrainingGraph.LOGITS, loss.logits());
                    return loss.value();
                }

                @Override
                public WithGradient gradient(Collection<Value> values) {
                    return loss.gradient(values);
                }
            };
        };
    }
}
