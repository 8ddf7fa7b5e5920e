package dev.llmadapt.peft.training;

import dev.llmadapt.Device;
import dev.llmadapt.Precision;
import dev.llmadapt.local.architecture.Architecture;
import dev.llmadapt.local.architecture.TrainingDecoder;
import dev.llmadapt.local.architecture.Tuned;
import dev.llmadapt.local.checkpoint.Checkpoint;
import dev.llmadapt.local.graph.ElementType;
import dev.llmadapt.local.graph.Graph;
import dev.llmadapt.local.graph.OnnxModel;
import dev.llmadapt.local.graph.Op;
import dev.llmadapt.local.graph.Shape;
import dev.llmadapt.local.graph.Value;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * Graphs of training. {@link #step} is a whole step in one run: decoder, loss, gradient, clipping, optimiser. With
 * gradients of several batches added up, {@link #accumulate} adds one batch's and {@link #update} makes the step.
 *
 * <p>Inputs and outputs, apart from those of the {@link TrainingDecoder} and the {@link Trainable}:
 * {@value #PARAMETERS} {@code (n)}, the numbers that learn; the optimiser's state {@value #FIRST} and {@value #SECOND}
 * {@code (n)}; {@value #GRADIENT} {@code (n)}, what was added up; each with its successor {@code next_...}, an element
 * of which depends on the same element alone and is written after all else was read, so that both may be one tensor.
 * {@value #RATE}, {@value #FIRST_UNBIAS} and {@value #SECOND_UNBIAS} {@code (1)}: the learning rate and Adam's {@code 1
 * / (1 - beta^t)}. {@value #ROWS} {@code (rows)} int64, the supervised places in {@code batch * seq}, and
 * {@value #PIECES} {@code (PIECE_COUNT)} int64, how many of them are computed together, one piece after the other;
 * {@value #TARGETS} {@code (rows, 2)} int64, for each its place in its piece and the token that comes next, or the
 * text's label; {@value #WEIGHTS} {@code (rows)}. Where not every token competes: {@value #CHOICES} {@code (choices,
 * 2)} int64, a place in its piece and a token that does, and {@value #CHOICE_PIECES} {@code (PIECE_COUNT)} int64, how
 * many of these belong to each piece. Outputs {@value #LOSS} {@code (1)}, the sum of weighted losses, and
 * {@value #NORM} {@code (1)}, the gradient's norm before clipping. Another {@link Loss} than the cross-entropy may have
 * other inputs.
 *
 * @param model the graph and its weights
 */
public record TrainingGraph(OnnxModel model) {
    /** Elements of {@link #PIECES}. */
    public static final int PIECE_COUNT = CrossEntropy.PIECES;

    /** See the class. */
    public static final String PARAMETERS = "parameters";
    /** See the class. */
    public static final String FIRST = "first_moment";
    /** See the class. */
    public static final String SECOND = "second_moment";
    /** See the class. */
    public static final String GRADIENT = "gradient";
    /** See the class. */
    public static final String NEXT_PARAMETERS = "next_parameters";
    /** See the class. */
    public static final String NEXT_FIRST = "next_first_moment";
    /** See the class. */
    public static final String NEXT_SECOND = "next_second_moment";
    /** See the class. */
    public static final String NEXT_GRADIENT = "next_gradient";
    /** See the class. */
    public static final String RATE = "learning_rate";
    /** See the class. */
    public static final String FIRST_UNBIAS = "first_unbias";
    /** See the class. */
    public static final String SECOND_UNBIAS = "second_unbias";
    /** See the class. */
    public static final String ROWS = "loss_rows";
    /** See the class. */
    public static final String PIECES = "loss_pieces";
    /** See the class. */
    public static final String TARGETS = "loss_targets";
    /** See the class. */
    public static final String WEIGHTS = "loss_weights";
    /** See the class. */
    public static final String CHOICES = "loss_choices";
    /** See the class. */
    public static final String CHOICE_PIECES = "loss_choice_pieces";
    /** See the class. */
    public static final String LOSS = "loss";
    /** The logits of a head that scores labels, where a loss alone has it: {@code (rows, labels)}. */
    public static final String LOGITS = "logits";
    /** What leaves the blocks below the first one that learns: {@code (batch, seq, hidden)}. */
    static final String STATES = "states";

    /** The inputs of a loss. */
    static final Set<String> LOSS_INPUTS = Set.of(ROWS, PIECES, TARGETS, WEIGHTS, CHOICES, CHOICE_PIECES);

    /** See the class. */
    public static final String NORM = "gradient_norm";

    /**
     * How the decoder is computed.
     *
     * @param precision of frozen linear layers
     * @param maxPositions the most tokens of a text
     * @param context the most tokens of prompt and answer where the model answers
     * @param gradientCheckpointing whether a block's inner values are computed again on the way back, not kept
     * @param loss what is made smaller
     * @param firstLayer the first block of the graph, which takes what leaves those below it for embeddings
     * @param device where it is computed: on the CPU frozen weights are inputs, held once, and blocks are unpacked
     *     where they are multiplied; on a GPU they are the session's own, and blocks are multiplied as they are
     */
    public record Options(
            Precision precision,
            int maxPositions,
            int context,
            boolean gradientCheckpointing,
            Loss.Kind loss,
            int firstLayer,
            Device device) {
        /** With all blocks, on the CPU. */
        public Options(
                Precision precision, int maxPositions, int context, boolean gradientCheckpointing, Loss.Kind loss) {
            this(precision, maxPositions, context, gradientCheckpointing, loss, 0, Device.CPU);
        }

        /** With the cross-entropy of the next tokens. */
        public Options(Precision precision, int maxPositions, int context, boolean gradientCheckpointing) {
            this(precision, maxPositions, context, gradientCheckpointing, Loss.crossEntropy());
        }

        /** For a model that answers in a context of no more than it is trained on. */
        public Options(Precision precision, int maxPositions, boolean gradientCheckpointing) {
            this(precision, maxPositions, maxPositions, gradientCheckpointing);
        }

        /** Returns these options with another loss. */
        public Options withLoss(Loss.Kind loss) {
            return new Options(precision, maxPositions, context, gradientCheckpointing, loss, firstLayer, device);
        }

        /** Returns these options with another first block. */
        public Options withFirstLayer(int firstLayer) {
            return new Options(precision, maxPositions, context, gradientCheckpointing, loss, firstLayer, device);
        }

        /** Returns these options for another device. */
        public Options withDevice(Device device) {
            return new Options(precision, maxPositions, context, gradientCheckpointing, loss, firstLayer, device);
        }

        private boolean unpacking() {
            return device.equals(Device.CPU);
        }

        private TrainingDecoder decoder(Graph graph, Checkpoint base, Tuned tuned) {
            return Architecture.of(base).training(graph, base, precision, maxPositions, context, unpacking(), tuned);
        }

        private TrainingGraph graph(Graph graph) {
            return new TrainingGraph(OnnxModel.of(graph, unpacking()));
        }
    }

    /** A whole step. */
    public static TrainingGraph step(
            Checkpoint base, Trainable trainable, Options options, Optimizer optimizer, double maxNorm) {
        Graph graph = new Graph();
        Value parameters = vector(graph, PARAMETERS, trainable);
        Value gradient = gradient(graph, parameters, base, trainable, options);
        OptimizerGraph.add(graph, parameters, gradient, optimizer, maxNorm);
        return options.graph(graph);
    }

    /** The gradient of a batch, added to what was added up before. */
    public static TrainingGraph accumulate(Checkpoint base, Trainable trainable, Options options) {
        Graph graph = new Graph();
        Value parameters = vector(graph, PARAMETERS, trainable);
        Value before = vector(graph, GRADIENT, trainable);
        graph.output(NEXT_GRADIENT, before.plus(gradient(graph, parameters, base, trainable, options)));
        return options.graph(graph);
    }

    /** A step with the gradient that was added up. */
    public static TrainingGraph update(Trainable trainable, Optimizer optimizer, double maxNorm) {
        Graph graph = new Graph();
        Value parameters = vector(graph, PARAMETERS, trainable);
        OptimizerGraph.add(graph, parameters, vector(graph, GRADIENT, trainable), optimizer, maxNorm);
        return new TrainingGraph(OnnxModel.of(graph));
    }

    /** The loss alone. */
    public static TrainingGraph loss(Checkpoint base, Trainable trainable, Options options) {
        Graph graph = new Graph();
        Value parameters = vector(graph, PARAMETERS, trainable);
        Map<String, Value> values = trainable.made(graph, trainable.parameters().in(graph, parameters));
        Tuned tuned = trainable.attach(graph, values);
        TrainingDecoder decoder = options.decoder(graph, base, tuned);
        Value stream = entering(graph, decoder, options);
        for (int layer = options.firstLayer(); layer < decoder.layers(); layer++) {
            stream = decoder.layer(layer, stream);
        }
        graph.output(
                LOSS,
                options.loss()
                        .in(graph, decoder, values, decoder.normed(stream))
                        .value());
        return options.graph(graph);
    }

    /** The blocks below the first one of the options, where nothing learns; its output is {@link #STATES}. */
    static TrainingGraph states(Checkpoint base, Options options) {
        Graph graph = new Graph();
        TrainingDecoder decoder = options.decoder(graph, base, new Tuned() {});
        Value stream = decoder.embedded();
        for (int layer = 0; layer < options.firstLayer(); layer++) {
            stream = decoder.layer(layer, stream);
        }
        graph.output(STATES, stream);
        return options.graph(graph);
    }

    private static Value entering(Graph graph, TrainingDecoder decoder, Options options) {
        return options.firstLayer() == 0
                ? decoder.embedded()
                : graph.input(
                        TrainingDecoder.EMBEDDINGS, ElementType.FLOAT, Shape.of("batch", "seq", decoder.hiddenSize()));
    }

    private static Value vector(Graph graph, String name, Trainable trainable) {
        return graph.input(
                name, ElementType.FLOAT, Shape.of(trainable.parameters().size()));
    }

    private static Value gradient(
            Graph graph, Value parameters, Checkpoint base, Trainable trainable, Options options) {
        Map<String, Value> learning = trainable.parameters().in(graph, parameters);
        Map<String, Value> values = trainable.made(graph, learning);
        Tuned tuned = trainable.attach(graph, values);
        TrainingDecoder decoder = options.decoder(graph, base, tuned);
        Sums ofMade = backward(graph, decoder, values, options);
        Map<Value, Value> seeds = new LinkedHashMap<>();
        values.values().forEach(value -> {
            Value gradient = ofMade.of(value);
            if (gradient != null) {
                seeds.put(value, gradient);
            }
        });
        Map<Value, Value> gradients = Gradients.of(graph, seeds, learning.values());
        Map<String, Value> byName = new LinkedHashMap<>();
        learning.forEach((name, value) -> {
            Value gradient = gradients.get(value);
            if (gradient != null) {
                byName.put(name, gradient);
            }
        });
        return trainable.parameters().vector(graph, byName);
    }

    /**
     * The way back, block by block. Nothing but the data says when nodes run; so zero times a sum of a block's
     * gradients is added to what flows on, which makes the earlier blocks wait for them: else these gradients might all
     * be computed in the end, and what they are made of be kept until then.
     *
     * <p>With {@code gradientCheckpointing} only what enters each block is kept, and the block is computed again (Chen
     * et al. 2016); in the same manner it waits for what flows back, nor can it be taken for the same as the first
     * time.
     */
    private static Sums backward(Graph graph, TrainingDecoder decoder, Map<String, Value> learning, Options options) {
        boolean gradientCheckpointing = options.gradientCheckpointing();
        Collection<Value> values = learning.values();
        List<Value> streams = new ArrayList<>(); // what enters each block, then what leaves the last
        int first = options.firstLayer();
        streams.add(entering(graph, decoder, options));
        for (int layer = first; layer < decoder.layers(); layer++) {
            streams.add(decoder.layer(layer, streams.get(layer - first)));
        }
        Value last = streams.get(decoder.layers() - first);
        Loss.WithGradient loss = options.loss()
                .in(graph, decoder, learning, decoder.normed(last))
                .gradient(values);
        graph.output(LOSS, loss.loss());
        Sums gradients = new Sums();
        gradients.add(loss.values());
        Map<Value, Value> found = Gradients.of(graph, loss.states(), with(values, last));
        for (int layer = decoder.layers() - 1; layer >= first; layer--) {
            Value leaving = streams.get(layer + 1 - first);
            Value flowing = Objects.requireNonNull(found.remove(gradientCheckpointing ? last : leaving));
            gradients.add(found);
            flowing = flowing.plus(nothing(graph, found.values()));
            Value entering = streams.get(layer - first);
            if (gradientCheckpointing) {
                entering = entering.plus(nothing(graph, List.of(flowing)));
                leaving = decoder.layer(layer, entering);
                last = entering;
            }
            found = Gradients.of(graph, Map.of(leaving, flowing), layer == first ? values : with(values, entering));
        }
        gradients.add(found);
        return gradients;
    }

    /** Zero, known only when some values are. */
    private static Value nothing(Graph graph, Collection<Value> values) {
        Value sum = graph.scalar(0);
        for (Value value : values) {
            long[] axes = LongStream.range(0, value.shape().rank()).toArray();
            sum = sum.plus(value.sum(axes));
        }
        return graph.apply(Op.STOP_GRADIENT, Map.of(), sum.times(0));
    }

    private static Collection<Value> with(Collection<Value> values, Value more) {
        List<Value> all = new ArrayList<>(values);
        all.add(more);
        return all;
    }

    /** Gradients of the same values from several places, added up. */
    private static final class Sums {
        private final Map<Value, Value> sums = new LinkedHashMap<>();

        void add(Map<Value, Value> gradients) {
            gradients.forEach((value, gradient) -> sums.merge(value, gradient, Value::plus));
        }

        @Nullable
        Value of(Value value) {
            return sums.get(value);
        }
    }
}
