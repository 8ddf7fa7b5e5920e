package dev.llmadapt.local.runtime;

import dev.llmadapt.local.adapter.AdapterMix;
import dev.llmadapt.local.architecture.ExportedGraph;
import dev.llmadapt.local.graph.ElementType;
import java.nio.LongBuffer;
import java.util.ArrayList;
import java.util.List;

/** The inputs and logits of an exported decoder, for some rows of one length; filled in before each run. */
final class TokenBatch<T> implements AutoCloseable {
    final LongBuffer ids; // (rows, length)
    final LongBuffer mask; // (rows, maskWidth)
    final LongBuffer positions; // (rows, length)
    final LongBuffer logitRows; // (wanted)
    final Logits logits; // (rows, wanted or length, vocabulary)
    private final int rows;
    private final int maskWidth;
    private final Operands<T> operands;
    private final List<Operand<T>> inputs = new ArrayList<>();
    private final Operand<T> result;
    private final Run<T> run;

    TokenBatch(ExportedGraph graph, Runner<T> runner, int rows, int length, int wanted, int maskWidth) {
        this.rows = rows;
        this.maskWidth = maskWidth;
        this.operands = new Operands<>(runner.backend());
        this.run = runner.run();
        try {
            ids = longs(ExportedGraph.INPUT_IDS, true, rows, length);
            mask = longs(ExportedGraph.ATTENTION_MASK, true, rows, maskWidth);
            positions = longs(ExportedGraph.POSITION_IDS, graph.positions(), rows, length);
            logitRows = longs(ExportedGraph.LOGIT_ROWS, graph.logitRows(), wanted);
            long[] shape = {rows, graph.logitRows() ? wanted : length, graph.vocabularySize()};
            result = operands.of(ElementType.FLOAT, shape);
            run.output(ExportedGraph.LOGITS, result.tensor(shape));
            logits = Logits.first(operands.memory(), result.buffer(), result.elements());
        } catch (RuntimeException | Error e) {
            close();
            throw e;
        }
    }

    private LongBuffer longs(String name, boolean taken, long... shape) {
        Operand<T> operand = operands.of(ElementType.INT64, shape);
        if (taken) {
            inputs.add(operand);
            run.input(name, operand.tensor(shape));
        }
        return operand.buffer().asLongBuffer();
    }

    /** Whether it has so many rows and a mask of that width. */
    boolean fits(int rows, int maskWidth) {
        return rows == this.rows && maskWidth == this.maskWidth;
    }

    /** Runs on the inputs that were filled in. */
    void run(KeyValueCache.View<T> cacheRows, List<AdapterMix> mixes) {
        inputs.forEach(input -> input.push(input.elements()));
        run.execute(cacheRows, mixes);
        result.pull(result.elements());
    }

    @Override
    public void close() {
        run.close();
        operands.close();
    }
}
