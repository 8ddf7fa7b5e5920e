package dev.llmadapt.peft.runtime;

import ai.onnxruntime.OnnxTensor;
import dev.llmadapt.peft.architecture.ExportedGraph;
import dev.llmadapt.peft.graph.ElementType;
import java.nio.ByteBuffer;
import java.nio.LongBuffer;
import java.util.HashMap;
import java.util.Map;

/**
 * What goes into one run of an exported decoder and comes out of it, other than the cache and what adapters need. Owns its
 * tensors and their memory.
 */
final class TokenBatch implements AutoCloseable {
    final LongBuffer ids; // (rows, length)
    final LongBuffer mask; // (rows, maskWidth)
    final LongBuffer positions; // (rows, length)
    final LongBuffer logitRows; // (wanted)
    final Logits logits; // (rows, wanted or length, vocabulary)
    final Map<String, OnnxTensor> inputs = new HashMap<>();
    final Map<String, OnnxTensor> outputs = new HashMap<>();
    private final Scope scope = new Scope();

    TokenBatch(ExportedGraph graph, int rows, int length, int wanted, int maskWidth) {
        try {
            ids = longs(ExportedGraph.INPUT_IDS, rows, length);
            mask = longs(ExportedGraph.ATTENTION_MASK, rows, maskWidth);
            positions = longs(ExportedGraph.POSITION_IDS, rows, length);
            logitRows = longs(ExportedGraph.LOGIT_ROWS, wanted);
            if (!graph.positions()) {
                inputs.remove(ExportedGraph.POSITION_IDS);
            }
            if (!graph.logitRows()) {
                inputs.remove(ExportedGraph.LOGIT_ROWS);
            }
            long[] shape = {rows, graph.logitRows() ? wanted : length, graph.vocabularySize()};
            ByteBuffer results = scope.zeros(ElementType.FLOAT, shape);
            logits = new Logits(scope.memory(), results.asFloatBuffer());
            outputs.put(ExportedGraph.LOGITS, scope.tensor(results, ElementType.FLOAT, shape));
        } catch (RuntimeException | Error e) {
            close();
            throw e;
        }
    }

    private LongBuffer longs(String name, long... shape) {
        ByteBuffer buffer = scope.zeros(ElementType.INT64, shape);
        inputs.put(name, scope.tensor(buffer, ElementType.INT64, shape));
        return buffer.asLongBuffer();
    }

    @Override
    public void close() {
        scope.close();
    }
}
