package dev.llmadapt.peft.training;

import dev.llmadapt.local.graph.ElementType;
import dev.llmadapt.local.graph.Graph;
import dev.llmadapt.local.graph.Op;
import dev.llmadapt.local.graph.Shape;
import dev.llmadapt.local.graph.Value;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * A loss over the log-probabilities of whole answers, two of which make an item: the better and the worse of a pair, or
 * an answer and one to another prompt, by which KTO estimates how far the model has gone.
 *
 * <p>The output head is gone through twice: first for the log-probabilities, of which the loss is made; its gradient
 * with respect to an answer's is what each of the answer's tokens weighs, with which {@link CrossEntropy} then begins
 * the way back. The logits of all positions are never there together.
 *
 * <p>Inputs beside those of the cross-entropy, whose weights say how much a token counts in its answer's sum:
 * {@value #ANSWERS} {@code (rows)} int64, the answer of each supervised place; {@value #REFERENCE} {@code (answers)},
 * the reference's log-probabilities, the two answers of an item one after the other; {@value #SIGNS} {@code (items,
 * 2)}, by which an item's margin is summed; {@value #SHARES} {@code (items, 2)}, by which the divergence is;
 * {@value #ITEM_WEIGHTS} {@code (items, 1)}. Output {@value #POLICY} {@code (answers)}, the log-probabilities.
 */
final class PreferenceGraph implements Loss {
    static final String ANSWERS = "loss_answers";
    static final String REFERENCE = "reference_logps";
    static final String SIGNS = "margin_signs";
    static final String SHARES = "divergence_shares";
    static final String ITEM_WEIGHTS = "item_weights";
    static final String POLICY = "policy_logps";

    private final Graph graph;
    private final PreferenceLoss options;
    private final CrossEntropy tokens;
    private final Value answers;
    private final Value sums;
    private final Value ratios;
    private final Value signs;

    /** Adds the log-probabilities of the answers to a graph. */
    PreferenceGraph(Graph graph, PreferenceLoss options, CrossEntropy tokens) {
        this.graph = graph;
        this.options = options;
        this.tokens = tokens;
        this.answers = graph.input(ANSWERS, ElementType.INT64, Shape.of("rows"));
        Value reference = graph.input(REFERENCE, ElementType.FLOAT, Shape.of("answers"));
        this.signs = graph.input(SIGNS, ElementType.FLOAT, Shape.of("items", 2));
        Value places = answers.reshape(Shape.of("rows", 1), -1, 1);
        Value zeros = graph.expand(graph.scalar(0), reference);
        this.sums = graph.apply(
                Op.SCATTER_ND,
                Map.of("reduction", "add"),
                zeros,
                places,
                tokens.logProbabilities().times(tokens.weights()));
        graph.output(POLICY, sums);
        this.ratios = sums.minus(reference).reshape(signs.shape(), -1, 2);
    }

    @Override
    public Value value() {
        Value weights = graph.input(ITEM_WEIGHTS, ElementType.FLOAT, Shape.of("items", 1));
        Value margin = ratios.times(signs).sum(1); // (items, 1)
        Value losses = options instanceof PreferenceLoss.Dpo dpo
                ? pairs(dpo, margin)
                : judged((PreferenceLoss.Kto) options, margin);
        return losses.times(weights).sum(0, 1).reshape(Shape.of(1), 1);
    }

    private Value pairs(PreferenceLoss.Dpo dpo, Value margin) {
        float beta = (float) dpo.beta();
        Value scaled = margin.times(beta);
        return switch (dpo.type()) {
            case SIGMOID -> softplus(scaled.times(-1));
            case HINGE -> graph.apply(Op.RELU, Map.of(), scaled.times(-1).plus(1));
            case IPO -> {
                Value distance = margin.plus(-1 / (2 * beta));
                yield distance.times(distance);
            }
            case ROBUST -> {
                float wrong = (float) dpo.labelSmoothing();
                Value right = softplus(scaled.times(-1)).times(1 - wrong);
                yield right.minus(softplus(scaled).times(wrong)).times(1 / (1 - 2 * wrong));
            }
        };
    }

    /** No gradient flows through the divergence, which is no less than 0. */
    private Value judged(PreferenceLoss.Kto kto, Value margin) {
        Value shares = graph.input(SHARES, ElementType.FLOAT, signs.shape());
        Value divergence = graph.apply(
                Op.STOP_GRADIENT,
                Map.of(),
                graph.apply(Op.RELU, Map.of(), ratios.times(shares).sum(0, 1))); // (1, 1)
        Value above = margin.minus(signs.sum(1).times(divergence));
        return graph.apply(Op.SIGMOID, Map.of(), above.times((float) -kto.beta()));
    }

    /** {@code log(1 + e^x)}, whose parts stay finite, and whose slope at 0 is half, for |x| = 2 relu(x) - x. */
    private Value softplus(Value x) {
        Value positive = graph.apply(Op.RELU, Map.of(), x);
        Value small = graph.apply(Op.EXP, Map.of(), x.minus(positive.times(2)));
        return positive.plus(graph.apply(Op.LOG, Map.of(), small.plus(1)));
    }

    @Override
    public WithGradient gradient(Collection<Value> learning) {
        Value loss = value();
        Value one = graph.expand(graph.scalar(1), loss);
        Value slope = Objects.requireNonNull(
                Gradients.of(graph, Map.of(loss, one), List.of(sums)).get(sums));
        Value weights = slope.rows(answers).times(tokens.weights()).times(-1);
        WithGradient begun = tokens.gradient(learning, weights, weights);
        return new WithGradient(loss, begun.states(), begun.values());
    }
}
