package dev.llmadapt.local.runtime;

import dev.llmadapt.InferenceException;
import dev.llmadapt.local.adapter.AdapterMix;
import dev.llmadapt.local.adapter.PreparedAdapter;
import dev.llmadapt.local.architecture.AdapterInputs;
import dev.llmadapt.local.architecture.DecoderGraph;
import dev.llmadapt.local.architecture.HiddenStatesGraph;
import dev.llmadapt.local.graph.ElementType;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.Map;

/** A session that reads texts and gives their pooled hidden states, on the CPU or a GPU. Not thread-safe. */
public final class HiddenStatesSession implements AutoCloseable {
    private final HiddenStatesGraph graph; // without weights
    private final Runner<?> runner;
    private boolean closed;

    /**
     * A text.
     *
     * @param ids its tokens, virtual ones of the mix among them
     * @param from the first token that counts
     * @param to after the last token that counts; all between count alike
     * @param mix the adapters that act on it, none of them a prefix
     */
    @SuppressWarnings("ArrayRecordComponent")
    public record Row(int[] ids, int from, int to, AdapterMix mix) {
        /** Refuses a range without tokens. */
        public Row {
            if (from < 0 || to <= from || to > ids.length) {
                throw new IllegalArgumentException(
                        "tokens " + from + " to " + to + " are no range of a text of " + ids.length);
            }
        }
    }

    private HiddenStatesSession(HiddenStatesGraph graph, Runner<?> runner) {
        this.graph = graph;
        this.runner = runner;
    }

    /**
     * Opens a session, which takes the weights.
     *
     * @throws InferenceException if the engine refuses the graph, or the device is not there
     */
    public static HiddenStatesSession open(HiddenStatesGraph graph, Execution execution) {
        Engine engine = Engine.open(graph, execution);
        try {
            Runner<?> runner = engine.graph() instanceof DeviceSession device
                    ? new Runner<>(new DeviceBackend(device.memory(), graph.dtype()), engine)
                    : new Runner<>(new HostBackend(), engine);
            return new HiddenStatesSession(graph.withoutWeights(), runner);
        } catch (RuntimeException | Error e) {
            engine.close();
            throw e;
        }
    }

    /** The inputs through which adapters act in the graph. */
    public AdapterInputs adapterInputs() {
        return runner.adapterInputs();
    }

    /** Frees the tensors of an adapter that is not used again. */
    public void forget(PreparedAdapter adapter) {
        runner.forget(adapter);
    }

    /**
     * Reads texts together.
     *
     * @param rows texts of one length
     * @return for each {@code [states][hidden]}
     */
    public float[][][] read(List<Row> rows) {
        return read(runner, rows);
    }

    private <T> float[][][] read(Runner<T> runner, List<Row> rows) {
        int batch = rows.size();
        int length = rows.get(0).ids().length;
        int hidden = graph.hiddenSize();
        Backend<T> backend = runner.backend();
        try (Operands<T> operands = new Operands<>(backend);
                Run<T> run = runner.run()) {
            Operand<T> embeddings = operands.of(backend.dtype(), batch, length, hidden);
            Operand<T> pooling = operands.of(ElementType.FLOAT, batch, 1, length);
            Operand<T> lengths = operands.of(ElementType.INT32, batch);
            Operand<T> total = operands.onHost(ElementType.INT32);
            Operand<T> pooled = operands.of(ElementType.FLOAT, batch, graph.states(), hidden);
            fill(rows, embeddings.buffer().asFloatBuffer(), pooling.buffer().asFloatBuffer());
            for (int row = 0; row < batch; row++) {
                lengths.buffer().putInt(row * Integer.BYTES, length - 1);
            }
            total.buffer().putInt(0, length);
            embeddings.push((long) batch * length * hidden);
            pooling.push((long) batch * length);
            lengths.push(batch);
            run.input(DecoderGraph.EMBEDDINGS, embeddings.tensor(batch, length, hidden));
            run.input(DecoderGraph.LENGTHS, lengths.tensor(batch));
            run.input(DecoderGraph.TOTAL_LENGTH, total.tensor());
            run.input(HiddenStatesGraph.POOLING, pooling.tensor(batch, 1, length));
            run.output(HiddenStatesGraph.POOLED, pooled.tensor(batch, graph.states(), hidden));
            run.execute(
                    new KeyValueCache.View<>(Map.of(), Map.of()),
                    rows.stream().map(Row::mix).toList());
            pooled.pull((long) batch * graph.states() * hidden);
            return vectors(pooled.buffer().asFloatBuffer(), batch);
        }
    }

    private void fill(List<Row> rows, FloatBuffer embedded, FloatBuffer weights) {
        for (int i = 0; i < rows.size(); i++) {
            Row row = rows.get(i);
            int length = row.ids().length;
            if (length != rows.get(0).ids().length) {
                throw new IllegalArgumentException("texts that are read together must have one length, got "
                        + rows.get(0).ids().length + " and " + length + " tokens");
            }
            row.mix().embed(graph.embedding(), row.ids(), 0, length, embedded);
            graph.embedding().addPositions(0, length, embedded, i * length * graph.hiddenSize());
            for (int token = row.from(); token < row.to(); token++) {
                weights.put(i * length + token, 1f / (row.to() - row.from()));
            }
        }
    }

    private float[][][] vectors(FloatBuffer pooled, int batch) {
        float[][][] vectors = new float[batch][graph.states()][graph.hiddenSize()];
        for (float[][] states : vectors) {
            for (float[] state : states) {
                pooled.get(state);
            }
        }
        return vectors;
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            runner.close();
        }
    }
}
