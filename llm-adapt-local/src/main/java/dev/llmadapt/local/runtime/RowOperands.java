package dev.llmadapt.local.runtime;

import dev.llmadapt.local.architecture.RowInputs;
import dev.llmadapt.local.graph.ElementType;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The inputs of a run row by row, or of runs that are not; see {@link RowInputs}.
 *
 * @param <T> their tensors
 */
final class RowOperands<T> implements AutoCloseable {
    private final Operands<T> operands;
    private final Map<String, T> tensors = new LinkedHashMap<>();

    /**
     * Makes the inputs.
     *
     * @param given whether the run is row by row
     * @param past tokens in the cache before it
     */
    RowOperands(Backend<T> backend, boolean given, int past) {
        this.operands = new Operands<>(backend);
        try {
            Operand<T> flag = operands.onHost(ElementType.BOOL, 1);
            flag.buffer().put(0, (byte) (given ? 1 : 0));
            tensors.put(RowInputs.GIVEN, flag.tensor());
            for (int row = 0; row < RowInputs.ROWS; row++) {
                Operand<T> length = operands.onHost(ElementType.INT32, 1);
                length.buffer().putInt(0, past + row);
                tensors.put(RowInputs.length(row), length.tensor(1));
                Operand<T> total = operands.onHost(ElementType.INT32);
                total.buffer().putInt(0, past + row + 1);
                tensors.put(RowInputs.total(row), total.tensor());
            }
        } catch (RuntimeException | Error e) {
            operands.close();
            throw e;
        }
    }

    /** Gives them to a run, which must end before they are closed. */
    void bind(Run<T> run) {
        tensors.forEach(run::input);
    }

    @Override
    public void close() {
        operands.close();
    }
}
