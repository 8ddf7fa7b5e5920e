package dev.llmadapt.peft.training;

import dev.llmadapt.local.graph.ElementType;
import dev.llmadapt.local.graph.Graph;
import dev.llmadapt.local.graph.Op;
import dev.llmadapt.local.graph.Shape;
import dev.llmadapt.local.graph.Shape.Dim;
import dev.llmadapt.local.graph.Value;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.UnaryOperator;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * The cross-entropy of the next tokens, or of a text's label, at some positions, in pieces: of each the logits, the
 * loss and the gradient are computed before those of the next, so that the logits of all positions are never there
 * together. The gradient with respect to the logits is {@code w (softmax - one at the target)}.
 */
final class CrossEntropy implements Loss {
    /** Pieces that positions are cut into, of sizes that the batch says; some may be empty. */
    static final int PIECES = 8;

    private static final float UNSEEN = -1e9f;
    private static final float TINY = 1.2e-38f; // keeps the logarithm of a probability that vanished finite

    private final Graph graph;
    private final UnaryOperator<Value> head;
    private final Value rows;
    private final List<Value> states;
    private final List<Value> targets;
    private final Value sizes;
    private final Dim[] parts = new Dim[PIECES];
    private final Value weights;
    private final List<Value> choices; // of each piece; empty for the whole vocabulary

    /**
     * Begins the loss of normed hidden states {@code (batch, seq, hidden)}; see {@link TrainingGraph} for its inputs.
     *
     * @param head from rows of hidden states to their logits: {@code (rows, hidden) -> (rows, classes)}
     */
    CrossEntropy(Graph graph, int hidden, UnaryOperator<Value> head, Value normed) {
        this(graph, hidden, head, normed, false);
    }

    /**
     * Begins the loss.
     *
     * @param choices whether only some classes compete at each position, which further inputs name
     */
    CrossEntropy(Graph graph, int hidden, UnaryOperator<Value> head, Value normed, boolean choices) {
        this.graph = graph;
        this.head = head;
        Value places = graph.input(TrainingGraph.ROWS, ElementType.INT64, Shape.of("rows"));
        this.sizes = graph.input(TrainingGraph.PIECES, ElementType.INT64, Shape.of(PIECES));
        Arrays.setAll(parts, piece -> Dim.of("rows." + piece));
        this.targets = graph.input(TrainingGraph.TARGETS, ElementType.INT64, Shape.of("rows", 2))
                .splitRows(sizes, parts);
        this.weights = graph.input(TrainingGraph.WEIGHTS, ElementType.FLOAT, Shape.of("rows"));
        this.rows = normed.reshape(Shape.of("batch*seq", hidden), -1, hidden).rows(places);
        this.states = rows.splitRows(sizes, parts);
        this.choices = choices ? choices() : List.of();
    }

    private List<Value> choices() {
        Value counts = graph.input(TrainingGraph.CHOICE_PIECES, ElementType.INT64, Shape.of(PIECES));
        Dim[] dims = new Dim[PIECES];
        Arrays.setAll(dims, piece -> Dim.of("choices." + piece));
        return graph.input(TrainingGraph.CHOICES, ElementType.INT64, Shape.of("choices", 2))
                .splitRows(counts, dims);
    }

    /** The probabilities of a piece: those of classes that do not compete are 0. */
    private Value probabilities(int piece, Value logits) {
        if (choices.isEmpty()) {
            return logits.softmax();
        }
        Value places = choices.get(piece); // (choices, 2)
        Value zeros = graph.expand(graph.scalar(0), places.splitAlong(1, 1, 1).get(0));
        Value mask = graph.apply(
                Op.SCATTER_ND,
                Map.of(),
                graph.expand(graph.scalar(UNSEEN), logits),
                places,
                zeros.reshape(Shape.of(places.shape().dim(0)), -1));
        return logits.plus(mask).softmax();
    }

    /** The logits of all positions together: {@code (rows, classes)}. */
    Value logits() {
        return head.apply(rows);
    }

    /** What each position weighs: {@code (rows)}. */
    Value weights() {
        return weights;
    }

    /** The logarithm of each target's probability: {@code (rows)}. */
    Value logProbabilities() {
        Value[] pieces = new Value[PIECES];
        Arrays.setAll(pieces, i -> logarithm(probabilities(i, head.apply(states.get(i))), targets.get(i)));
        return graph.named(graph.apply(Op.CONCAT, Map.of("axis", 0L), pieces), weights.shape());
    }

    /** The weighted sum over the positions: {@code (1)}. */
    @Override
    public Value value() {
        return weights.times(logProbabilities()).sum(0).times(-1);
    }

    /** The loss and its gradient with respect to the hidden states and what learns in the output head. */
    @Override
    public WithGradient gradient(Collection<Value> learning) {
        return gradient(learning, weights, null);
    }

    /**
     * The loss and its gradient.
     *
     * @param weights of the positions: {@code (rows)}
     * @param first a value that is to be known before any logits are computed, or null
     */
    WithGradient gradient(Collection<Value> learning, Value weights, @Nullable Value first) {
        List<Value> pieces = weights.splitRows(sizes, parts);
        Map<Value, Value> seeds = new LinkedHashMap<>();
        Map<Value, Value> sums = new LinkedHashMap<>();
        Value loss = null;
        Value before = first;
        for (int i = 0; i < PIECES; i++) {
            Value state = states.get(i);
            // nothing is added, but this piece has to wait for the one before
            Value entering = before == null ? graph.named(state, state.shape()) : state.plus(nothing(before));
            Value logits = head.apply(entering);
            Value probabilities = probabilities(i, logits);
            Value piece = logarithm(probabilities, targets.get(i))
                    .times(pieces.get(i).times(-1))
                    .sum(0);
            loss = loss == null ? piece : loss.plus(piece);
            List<Value> leaves = new ArrayList<>(learning);
            leaves.add(entering);
            Value seed = seed(pieces.get(i), targets.get(i), probabilities);
            Map<Value, Value> found = Gradients.of(graph, Map.of(logits, seed), leaves);
            before = Objects.requireNonNull(found.remove(entering));
            seeds.put(state, before);
            found.forEach((value, gradient) -> sums.merge(value, gradient, Value::plus));
        }
        return new WithGradient(Objects.requireNonNull(loss), seeds, sums);
    }

    private static Value nothing(Value value) {
        return value.sum(LongStream.range(0, value.shape().rank()).toArray()).times(0);
    }

    private Value logarithm(Value probabilities, Value target) {
        Value right = graph.apply(Op.GATHER_ND, Map.of(), probabilities, target);
        return graph.apply(Op.LOG, Map.of(), right.plus(TINY));
    }

    private Value seed(Value weight, Value target, Value probabilities) {
        Value column = weight.reshape(Shape.of(weight.shape().dim(0), 1), -1, 1);
        Map<String, Object> adding = Map.of("reduction", "add");
        return graph.apply(Op.SCATTER_ND, adding, probabilities.times(column), target, weight.times(-1));
    }
}
