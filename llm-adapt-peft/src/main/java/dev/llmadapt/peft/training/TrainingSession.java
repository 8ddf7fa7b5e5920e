package dev.llmadapt.peft.training;

import dev.llmadapt.local.graph.ElementType;
import dev.llmadapt.local.runtime.Execution;
import dev.llmadapt.local.runtime.GraphSession;
import dev.llmadapt.local.runtime.GraphSession.Tensor;
import dev.llmadapt.local.runtime.GraphSession.Tensors;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A session of training graphs. Trainable parameters and optimiser state stay in place: they are pinned tensors, each
 * the input and the output of a step. Not thread-safe; whoever opens it closes it.
 */
public final class TrainingSession implements AutoCloseable {
    private final GraphSession batches; // a whole step, or the gradient alone
    private final @Nullable GraphSession update;
    private final Optimizer optimizer;
    private final Tensors tensors = new Tensors();
    private final Map<String, ByteBuffer> state = new LinkedHashMap<>();
    private final Map<String, Tensor> pinned = new HashMap<>();
    private long steps;

    /** Takes the sessions over. */
    private TrainingSession(GraphSession batches, @Nullable GraphSession update, Optimizer optimizer, int parameters) {
        this.batches = batches;
        this.update = update;
        this.optimizer = optimizer;
        try {
            pin(TrainingGraph.PARAMETERS, parameters);
            if (update != null) {
                pin(TrainingGraph.GRADIENT, parameters);
            }
            if (optimizer instanceof Optimizer.AdamW) {
                pin(TrainingGraph.FIRST, parameters);
                pin(TrainingGraph.SECOND, parameters);
            } else if (optimizer instanceof Optimizer.Sgd sgd && sgd.momentum() > 0) {
                pin(TrainingGraph.FIRST, parameters);
            }
        } catch (RuntimeException | Error e) {
            close();
            throw e;
        }
    }

    private void pin(String name, int size) {
        ByteBuffer buffer = tensors.zeros(ElementType.FLOAT, size);
        state.put(name, buffer);
        pinned.put(name, tensors.of(buffer, ElementType.FLOAT, size));
    }

    /** Opens a session whose every batch is a step. */
    public static TrainingSession open(TrainingGraph step, Optimizer optimizer, int parameters, Execution execution) {
        return new TrainingSession(GraphSession.open(step.model(), execution), null, optimizer, parameters);
    }

    /** Opens a session whose every batch is a step, and which shares frozen weights with others. */
    static TrainingSession open(
            TrainingGraph step,
            Optimizer optimizer,
            int parameters,
            Execution execution,
            GraphSession.Weights weights) {
        return new TrainingSession(GraphSession.open(step.model(), execution, weights), null, optimizer, parameters);
    }

    /** Opens a session that adds up the gradients of batches. */
    public static TrainingSession open(
            TrainingGraph accumulate, TrainingGraph update, Optimizer optimizer, int parameters, Execution execution) {
        return updating(GraphSession.open(accumulate.model(), execution), update, optimizer, parameters, execution);
    }

    /** Opens a session that adds up the gradients of batches, and shares frozen weights with others. */
    static TrainingSession open(
            TrainingGraph accumulate,
            TrainingGraph update,
            Optimizer optimizer,
            int parameters,
            Execution execution,
            GraphSession.Weights weights) {
        GraphSession batches = GraphSession.open(accumulate.model(), execution, weights);
        return updating(batches, update, optimizer, parameters, execution);
    }

    private static TrainingSession updating(
            GraphSession batches, TrainingGraph update, Optimizer optimizer, int parameters, Execution execution) {
        GraphSession updates;
        try {
            updates = GraphSession.open(update.model(), execution);
        } catch (RuntimeException | Error e) {
            batches.close();
            throw e;
        }
        return new TrainingSession(batches, updates, optimizer, parameters);
    }

    /**
     * The result of a step.
     *
     * @param loss the sum of its batches' losses
     * @param norm of the gradient before it was clipped; not finite if the step was not made
     */
    public record Step(float loss, float norm) {
        /** Whether the step was made; else parameters and state are as before. */
        public boolean made() {
            return norm < Float.MAX_VALUE && Float.isFinite(loss);
        }
    }

    /** Returns the trainable parameters: the vector itself, changed by each step, as long as the session is open. */
    public FloatBuffer parameters() {
        return buffer(TrainingGraph.PARAMETERS).asFloatBuffer();
    }

    /**
     * Returns the state that a later session goes on with: parameters and optimiser state by name; not copies, and gone
     * when the session is closed.
     */
    public Map<String, ByteBuffer> state() {
        Map<String, ByteBuffer> kept = new LinkedHashMap<>(state);
        kept.remove(TrainingGraph.GRADIENT);
        return kept;
    }

    /** The steps made, also before the state was restored. */
    public long steps() {
        return steps;
    }

    /** Sets how many steps made the state. */
    public void resumeAt(long made) {
        steps = made;
    }

    /** Makes one step of some batches, and fills their own outputs. */
    public Step step(Iterable<TrainingBatch> batchesOfStep, double rate) {
        try (Tensors temporary = new Tensors()) {
            ByteBuffer loss = temporary.zeros(ElementType.FLOAT, 1);
            ByteBuffer norm = temporary.zeros(ElementType.FLOAT, 1);
            Map<String, Tensor> rates = rates(rate, temporary);
            Tensor normTensor = temporary.of(norm, ElementType.FLOAT, 1);
            float sum = 0;
            if (update != null) {
                clear(buffer(TrainingGraph.GRADIENT));
            }
            for (TrainingBatch batch : batchesOfStep) {
                try (Tensors own = new Tensors()) {
                    Map<String, Tensor> inputs = tensors(batch.inputs(), own);
                    Map<String, Tensor> outputs = tensors(batch.outputs(), own);
                    outputs.put(TrainingGraph.LOSS, own.of(loss, ElementType.FLOAT, 1));
                    if (update == null) {
                        inputs.putAll(pinned);
                        inputs.putAll(rates);
                        next(outputs);
                        outputs.put(TrainingGraph.NORM, normTensor);
                    } else {
                        for (String name : new String[] {TrainingGraph.PARAMETERS, TrainingGraph.GRADIENT}) {
                            inputs.put(name, tensor(name));
                        }
                        outputs.put(TrainingGraph.NEXT_GRADIENT, tensor(TrainingGraph.GRADIENT));
                    }
                    batches.run(inputs, outputs);
                }
                sum += loss.getFloat(0);
            }
            if (update != null) {
                Map<String, Tensor> inputs = new HashMap<>(pinned);
                inputs.putAll(rates);
                Map<String, Tensor> outputs = new HashMap<>();
                next(outputs);
                outputs.put(TrainingGraph.NORM, normTensor);
                update.run(inputs, outputs);
            }
            Step step = new Step(sum, norm.getFloat(0));
            if (step.made()) {
                steps++;
            }
            return step;
        }
    }

    /** Tensors of a batch. */
    static Map<String, Tensor> tensors(Map<String, TrainingBatch.Tensor> ofBatch, Tensors own) {
        Map<String, Tensor> tensors = new HashMap<>();
        ofBatch.forEach((name, tensor) -> tensors.put(name, own.of(tensor.data(), tensor.type(), tensor.shape())));
        return tensors;
    }

    private void next(Map<String, Tensor> outputs) {
        pinned.forEach((name, tensor) -> {
            if (!name.equals(TrainingGraph.GRADIENT)) {
                outputs.put("next_" + name, tensor);
            }
        });
    }

    private Map<String, Tensor> rates(double rate, Tensors temporary) {
        Map<String, Tensor> rates = new HashMap<>();
        rates.put(TrainingGraph.RATE, number(rate, temporary));
        if (optimizer instanceof Optimizer.AdamW adamW) {
            double first = 1 / (1 - Math.pow(adamW.beta1(), steps + 1.0));
            double second = 1 / (1 - Math.pow(adamW.beta2(), steps + 1.0));
            rates.put(TrainingGraph.FIRST_UNBIAS, number(first, temporary));
            rates.put(TrainingGraph.SECOND_UNBIAS, number(second, temporary));
        }
        return rates;
    }

    private static Tensor number(double value, Tensors temporary) {
        ByteBuffer buffer = temporary.zeros(ElementType.FLOAT, 1).putFloat(0, (float) value);
        return temporary.of(buffer, ElementType.FLOAT, 1);
    }

    private Tensor tensor(String name) {
        return Objects.requireNonNull(pinned.get(name), name);
    }

    private ByteBuffer buffer(String name) {
        return Objects.requireNonNull(state.get(name), name);
    }

    private static void clear(ByteBuffer buffer) {
        for (int i = 0; i < buffer.capacity(); i += Float.BYTES) {
            buffer.putFloat(i, 0);
        }
    }

    @Override
    public void close() {
        tensors.close();
        batches.close();
        if (update != null) {
            update.close();
        }
    }
}
