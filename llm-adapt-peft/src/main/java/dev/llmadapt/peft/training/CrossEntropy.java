package dev.llmadapt.peft.training;

import dev.llmadapt.peft.architecture.TrainingDecoder;
import dev.llmadapt.peft.graph.ElementType;
import dev.llmadapt.peft.graph.Graph;
import dev.llmadapt.peft.graph.Op;
import dev.llmadapt.peft.graph.Shape;
import dev.llmadapt.peft.graph.Value;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * The cross-entropy of the next tokens at some positions. The gradient with respect to the logits, {@code w (softmax -
 * one at the target)}, is computed where the logits are, a piece of the positions at a time, so that all logits together
 * are never kept.
 *
 * @param loss the weighted sum over the positions
 * @param logits the gradient of the loss with respect to the logits of each piece
 */
record CrossEntropy(Value loss, Map<Value, Value> logits) {
    /** Pieces that positions are cut into; divides their number. */
    static final int PIECES = 4;

    private static final float TINY = 1.2e-38f; // keeps the logarithm of a probability that vanished finite

    /** Adds the loss of normed hidden states {@code (batch, seq, hidden)} to a graph; see {@link TrainingGraph}. */
    static CrossEntropy of(Graph graph, TrainingDecoder decoder, Value normed) {
        int hidden = decoder.hiddenSize();
        Value rows = graph.input(TrainingGraph.ROWS, ElementType.INT64, Shape.of("rows"));
        Value targets = graph.input(TrainingGraph.TARGETS, ElementType.INT64, Shape.of("rows", 2));
        Value weights = graph.input(TrainingGraph.WEIGHTS, ElementType.FLOAT, Shape.of("rows"));
        Value supervised =
                normed.reshape(Shape.of("batch*seq", hidden), -1, hidden).rows(rows);
        List<Value> states = supervised.chunks(PIECES);
        List<Value> targetPieces = targets.chunks(PIECES);
        List<Value> weightPieces = weights.chunks(PIECES);
        Map<Value, Value> gradients = new IdentityHashMap<>();
        Value loss = null;
        for (int i = 0; i < PIECES; i++) {
            Value target = targetPieces.get(i);
            Value weight = weightPieces.get(i);
            Value logits = decoder.logits(states.get(i));
            Value probabilities = logits.softmax();
            Value less = weight.times(-1);
            Value gradient = graph.apply(
                    Op.SCATTER_ND,
                    Map.of("reduction", "add"),
                    probabilities.times(weight.reshape(Shape.of(weight.shape().dim(0), 1), -1, 1)),
                    target,
                    less);
            gradients.put(logits, gradient);
            Value right = graph.apply(Op.GATHER_ND, Map.of(), probabilities, target);
            Value piece =
                    graph.apply(Op.LOG, Map.of(), right.plus(TINY)).times(less).sum(0);
            loss = loss == null ? piece : loss.plus(piece);
        }
        return new CrossEntropy(Objects.requireNonNull(loss), gradients);
    }
}
