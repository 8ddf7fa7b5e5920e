package dev.llmadapt.peft.training;

import dev.llmadapt.local.graph.ElementType;
import dev.llmadapt.local.graph.Graph;
import dev.llmadapt.local.graph.Op;
import dev.llmadapt.local.graph.Shape;
import dev.llmadapt.local.graph.Value;
import java.util.Map;

/** Clipping and the optimiser as nodes: from the vector of gradients to the next parameters and state. */
final class OptimizerGraph {
    private static final float NORM_EPSILON = 1e-6f; // as in PyTorch's clip_grad_norm_

    private final Graph graph;
    private final Value parameters;
    private final Value rate;
    private final Shape shape;

    private OptimizerGraph(Graph graph, Value parameters) {
        this.graph = graph;
        this.parameters = parameters;
        this.shape = parameters.shape();
        this.rate = graph.input(TrainingGraph.RATE, ElementType.FLOAT, Shape.of(1));
    }

    /**
     * Adds a step to a graph; see {@link TrainingGraph} for its inputs and outputs. Where the gradient's norm is not
     * finite, everything stays as it was.
     *
     * @param maxNorm to which the norm of the gradient is cut, or 0 for none
     */
    static void add(Graph graph, Value parameters, Value gradient, Optimizer optimizer, double maxNorm) {
        OptimizerGraph step = new OptimizerGraph(graph, parameters);
        Value norm = graph.apply(Op.REDUCE_SUM_SQUARE, Map.of("keepdims", 1L), gradient, graph.constant("all", 0))
                .sqrt(); // (1)
        graph.output(TrainingGraph.NORM, norm);
        Value finite = graph.apply(Op.LESS, Map.of(), norm, graph.scalar(Float.MAX_VALUE));
        Value share = maxNorm > 0
                ? graph.apply(
                        Op.MIN, Map.of(), graph.scalar((float) maxNorm).over(norm.plus(NORM_EPSILON)), graph.scalar(1))
                : graph.scalar(1); // of the gradient that is left when it is clipped
        if (optimizer instanceof Optimizer.AdamW adamW) {
            step.adamW(adamW, gradient, share, finite);
        } else {
            step.sgd((Optimizer.Sgd) optimizer, maxNorm > 0 ? gradient.times(share) : gradient, finite);
        }
    }

    /** Scalars are multiplied first: each operator over a vector is a pass through memory. */
    private void adamW(Optimizer.AdamW options, Value gradient, Value share, Value finite) {
        Value mean = graph.input(TrainingGraph.FIRST, ElementType.FLOAT, shape);
        Value squares = graph.input(TrainingGraph.SECOND, ElementType.FLOAT, shape);
        Value meanUnbias = graph.input(TrainingGraph.FIRST_UNBIAS, ElementType.FLOAT, Shape.of(1));
        Value deviationUnbias = graph.input(TrainingGraph.SECOND_UNBIAS, ElementType.FLOAT, Shape.of(1))
                .sqrt();
        Value known = either(finite, gradient, 0);
        Value part = either(finite, share, 0);
        Value nextMean = mean.times(either(finite, graph.scalar((float) options.beta1()), 1))
                .plus(known.times(part.times((float) (1 - options.beta1()))));
        Value nextSquares = squares.times(either(finite, graph.scalar((float) options.beta2()), 1))
                .plus(known.times(known).times(part.times(part).times((float) (1 - options.beta2()))));
        Value step = either(finite, rate, 0);
        Value deviation =
                nextSquares.sqrt().plus(graph.scalar((float) options.epsilon()).over(deviationUnbias));
        Value change =
                nextMean.times(step.times(meanUnbias).over(deviationUnbias)).over(deviation);
        Value kept = options.weightDecay() == 0
                ? parameters
                : parameters.times(step.times((float) -options.weightDecay()).plus(1));
        graph.output(TrainingGraph.NEXT_PARAMETERS, kept.minus(change));
        graph.output(TrainingGraph.NEXT_FIRST, nextMean);
        graph.output(TrainingGraph.NEXT_SECOND, nextSquares);
    }

    private Value either(Value condition, Value value, float other) {
        return graph.apply(Op.WHERE, Map.of(), condition, value, graph.scalar(other));
    }

    private void sgd(Optimizer.Sgd options, Value gradient, Value finite) {
        Value decayed =
                options.weightDecay() == 0 ? gradient : gradient.plus(parameters.times((float) options.weightDecay()));
        Value change = decayed;
        if (options.momentum() > 0) {
            Value velocity = graph.input(TrainingGraph.FIRST, ElementType.FLOAT, shape);
            change = velocity.times((float) options.momentum()).plus(decayed);
            output(TrainingGraph.NEXT_FIRST, finite, change, velocity);
        }
        output(TrainingGraph.NEXT_PARAMETERS, finite, parameters.minus(change.times(rate)), parameters);
    }

    private void output(String name, Value finite, Value next, Value before) {
        graph.output(name, graph.apply(Op.WHERE, Map.of(), finite, next, before));
    }
}
