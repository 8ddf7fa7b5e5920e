package dev.llmadapt.peft.training;

import dev.llmadapt.peft.Optimizer;
import dev.llmadapt.peft.graph.ElementType;
import dev.llmadapt.peft.graph.Graph;
import dev.llmadapt.peft.graph.Op;
import dev.llmadapt.peft.graph.Shape;
import dev.llmadapt.peft.graph.Value;
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
        Value clipped = gradient;
        if (maxNorm > 0) {
            Value share = graph.scalar((float) maxNorm).over(norm.plus(NORM_EPSILON));
            clipped = gradient.times(graph.apply(Op.MIN, Map.of(), share, graph.scalar(1)));
        }
        if (optimizer instanceof Optimizer.AdamW adamW) {
            step.adamW(adamW, clipped, finite);
        } else {
            step.sgd((Optimizer.Sgd) optimizer, clipped, finite);
        }
    }

    private void adamW(Optimizer.AdamW options, Value gradient, Value finite) {
        Value mean = graph.input(TrainingGraph.FIRST, ElementType.FLOAT, shape);
        Value squares = graph.input(TrainingGraph.SECOND, ElementType.FLOAT, shape);
        Value meanUnbias = graph.input(TrainingGraph.FIRST_UNBIAS, ElementType.FLOAT, Shape.of(1));
        Value squaresUnbias = graph.input(TrainingGraph.SECOND_UNBIAS, ElementType.FLOAT, Shape.of(1));
        Value nextMean = mean.times((float) options.beta1()).plus(gradient.times((float) (1 - options.beta1())));
        Value nextSquares = squares.times((float) options.beta2())
                .plus(gradient.times(gradient).times((float) (1 - options.beta2())));
        Value deviation = nextSquares.times(squaresUnbias).sqrt().plus((float) options.epsilon());
        Value change = nextMean.times(meanUnbias.times(rate)).over(deviation);
        Value kept = options.weightDecay() == 0
                ? parameters
                : parameters.times(rate.times((float) -options.weightDecay()).plus(1));
        output(TrainingGraph.NEXT_PARAMETERS, finite, kept.minus(change), parameters);
        output(TrainingGraph.NEXT_FIRST, finite, nextMean, mean);
        output(TrainingGraph.NEXT_SECOND, finite, nextSquares, squares);
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
