package dev.llmadapt.peft.runtime;

import ai.onnxruntime.OnnxTensor;
import dev.llmadapt.peft.adapter.AdapterMix;
import dev.llmadapt.peft.adapter.ReadyAdapter;
import dev.llmadapt.peft.architecture.AdapterInputs;
import dev.llmadapt.peft.architecture.CacheLayout;
import dev.llmadapt.peft.architecture.DecoderGraph;
import dev.llmadapt.peft.graph.ElementType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A session over a graph of our own, whose cache is updated in place. No tensor is made in {@code step} but the first time
 * a number of slots is used.
 */
public final class DecoderSession implements TextSession {
    private final DecoderGraph graph; // without weights
    private Engine engine;
    private AdapterTensors<OnnxTensor> adapters;
    private final Map<Integer, StepTensors> stepTensors = new HashMap<>();
    private KeyValueCache cache;
    private int[] filled; // tokens of each slot whose keys and values are in the cache
    private boolean closed;

    private DecoderSession(DecoderGraph graph, Engine engine) {
        this.graph = graph;
        this.engine = engine;
        this.adapters = new AdapterTensors<>(engine, OnnxSession.TENSORS);
        this.cache = new KeyValueCache(CacheLayout.of(graph), 0, 0);
        this.filled = new int[0];
    }

    /**
     * Makes a session for a decoder.
     *
     * @param threads threads of one run
     */
    public static DecoderSession open(DecoderGraph graph, int threads) {
        return open(graph, Execution.of(threads));
    }

    /** The same, run as told. */
    public static DecoderSession open(DecoderGraph graph, Execution execution) {
        return new DecoderSession(graph.withoutWeights(), Engine.open(graph, execution));
    }

    @Override
    public int slots() {
        return cache.slots();
    }

    @Override
    public int capacity() {
        return cache.capacity();
    }

    @Override
    public int maxCapacity() {
        return graph.maxPositions();
    }

    @Override
    public int vocabularySize() {
        return graph.vocabularySize();
    }

    @Override
    public int filled(int slot) {
        return filled[slot];
    }

    @Override
    public void truncate(int slot, int length) {
        SlotChecks.truncate(filled, slot, length);
        filled[slot] = length;
    }

    @Override
    public void reserve(int slots, int capacity) {
        if (slots <= cache.slots() && capacity <= cache.capacity()) {
            return;
        }
        int room = SlotChecks.room(cache.capacity(), capacity, graph.maxPositions());
        KeyValueCache larger = new KeyValueCache(CacheLayout.of(graph), Math.max(slots, cache.slots()), room);
        larger.copyFrom(cache, filled);
        closeTensors();
        cache.close();
        cache = larger;
        filled = Arrays.copyOf(filled, larger.slots());
    }

    @Override
    public void copy(int from, int to, int start, int end) {
        SlotChecks.copy(filled, from, to, start, end);
        cache.copy(from, to, start, end);
        filled[to] = end;
    }

    @Override
    public void preload(int slot, AdapterMix mix) {
        cache.write(slot, mix.prefix(), mix.prefixTokens());
        filled[slot] = mix.prefixTokens();
    }

    /** The keys and values of a slot's first tokens: {@code (layers, 2, keyValueHeads, tokens, headDim)}, keys first. */
    public float[] keysAndValues(int slot, int tokens) {
        if (tokens > filled[slot]) {
            throw new IllegalArgumentException("the slot has " + filled[slot] + " tokens, asked for " + tokens);
        }
        return cache.read(slot, tokens);
    }

    @Override
    public AdapterInputs adapterInputs() {
        return engine.adapterInputs();
    }

    @Override
    public void adopt(Engine next) {
        stepTensors.values().forEach(StepTensors::forgetAdapters);
        adapters.close();
        engine.close();
        engine = next;
        adapters = new AdapterTensors<>(engine, OnnxSession.TENSORS);
    }

    @Override
    public void forget(ReadyAdapter adapter) {
        stepTensors.values().forEach(StepTensors::forgetAdapters);
        adapters.forget(adapter);
    }

    @Override
    public FloatBuffer read(int slot, int[] ids, int from, int to, int logitsFrom, AdapterMix mix) {
        int length = to - from;
        int rows = to - logitsFrom;
        FloatBuffer logits;
        try (Scope scope = new Scope()) {
            ByteBuffer embedded = direct(length * graph.hiddenSize(), 4);
            mix.embed(graph.embedding(), ids, from, to, embedded.asFloatBuffer());
            graph.embedding().addPositions(filled[slot], length, embedded.asFloatBuffer(), 0);
            ByteBuffer wanted = direct(rows, 8);
            for (int row = 0; row < rows; row++) {
                wanted.putLong(row * 8, logitsFrom - from + row);
            }
            ByteBuffer last = direct(1, 4).putInt(0, filled[slot] + length - 1);
            ByteBuffer total = direct(1, 4).putInt(0, filled[slot] + length);
            ByteBuffer result = direct(rows * graph.vocabularySize(), 4);
            KeyValueCache.View row = cache.row(slot);
            Map<String, OnnxTensor> inputs = new HashMap<>(row.past());
            inputs.putAll(adapters.inputs(List.of(mix)));
            inputs.put(
                    DecoderGraph.EMBEDDINGS,
                    scope.own(OnnxSession.tensor(embedded, ElementType.FLOAT, 1, length, graph.hiddenSize())));
            inputs.put(DecoderGraph.LOGIT_ROWS, scope.own(OnnxSession.tensor(wanted, ElementType.INT64, rows)));
            inputs.put(DecoderGraph.LENGTHS, scope.own(OnnxSession.tensor(last, ElementType.INT32, 1)));
            inputs.put(DecoderGraph.TOTAL_LENGTH, scope.own(OnnxSession.tensor(total, ElementType.INT32)));
            Map<String, OnnxTensor> outputs = new HashMap<>(row.present());
            outputs.put(
                    DecoderGraph.LOGITS,
                    scope.own(OnnxSession.tensor(result, ElementType.FLOAT, rows, graph.vocabularySize())));
            engine.session().run(inputs, outputs);
            logits = result.asFloatBuffer();
        }
        filled[slot] += length;
        return logits;
    }

    @Override
    public FloatBuffer step(int[] ids, List<AdapterMix> mixes) {
        StepTensors tensors = stepTensors.computeIfAbsent(ids.length, StepTensors::new);
        tensors.run(ids, mixes);
        for (int slot = 0; slot < ids.length; slot++) {
            if (ids[slot] >= 0) {
                filled[slot]++;
            }
        }
        return tensors.logits;
    }

    /** What a step of n slots runs on, made once. */
    private final class StepTensors {
        final FloatBuffer logits;
        private final FloatBuffer embedded;
        private final ByteBuffer lengths;
        private final ByteBuffer total;
        private final Map<String, OnnxTensor> inputs;
        private Map<String, OnnxTensor> adapterInputs = Map.of(); // those among the inputs
        private final Map<String, OnnxTensor> outputs;
        private final Scope scope = new Scope();

        StepTensors(int n) {
            ByteBuffer embeddedBytes = direct(n * graph.hiddenSize(), 4);
            ByteBuffer wanted = direct(n, 8);
            for (int row = 0; row < n; row++) {
                wanted.putLong(row * 8, row);
            }
            ByteBuffer logitBytes = direct(n * graph.vocabularySize(), 4);
            lengths = direct(n, 4);
            total = direct(1, 4);
            embedded = embeddedBytes.asFloatBuffer();
            logits = logitBytes.asFloatBuffer();
            KeyValueCache.View rows = cache.first(n);
            inputs = new HashMap<>(rows.past());
            inputs.put(
                    DecoderGraph.EMBEDDINGS,
                    scope.own(OnnxSession.tensor(embeddedBytes, ElementType.FLOAT, n, 1, graph.hiddenSize())));
            inputs.put(DecoderGraph.LOGIT_ROWS, scope.own(OnnxSession.tensor(wanted, ElementType.INT64, n)));
            inputs.put(DecoderGraph.LENGTHS, scope.own(OnnxSession.tensor(lengths, ElementType.INT32, n)));
            inputs.put(DecoderGraph.TOTAL_LENGTH, scope.own(OnnxSession.tensor(total, ElementType.INT32)));
            outputs = new HashMap<>(rows.present());
            outputs.put(
                    DecoderGraph.LOGITS,
                    scope.own(OnnxSession.tensor(logitBytes, ElementType.FLOAT, n, graph.vocabularySize())));
        }

        void forgetAdapters() {
            inputs.keySet().removeAll(adapterInputs.keySet());
            adapterInputs = Map.of();
        }

        @SuppressWarnings("ReferenceEquality") // the same map is the same tensors
        void run(int[] ids, List<AdapterMix> mixes) {
            Map<String, OnnxTensor> now = adapters.inputs(mixes);
            if (now != adapterInputs) {
                forgetAdapters();
                inputs.putAll(now);
                adapterInputs = now;
            }
            int longest = 0;
            embedded.clear();
            for (int slot = 0; slot < ids.length; slot++) {
                int[] id = {Math.max(ids[slot], 0)};
                mixes.get(slot).embed(graph.embedding(), id, 0, 1, embedded);
                if (ids[slot] >= 0) {
                    graph.embedding().addPositions(filled[slot], 1, embedded, slot * graph.hiddenSize());
                }
                // the new token stands after what is filled; a slot that is left as it is has it written over later
                lengths.putInt(slot * 4, filled[slot]);
                longest = Math.max(longest, filled[slot] + 1);
            }
            total.putInt(0, longest);
            engine.session().run(inputs, outputs);
        }
    }

    private static ByteBuffer direct(int elements, int bytes) {
        return ByteBuffer.allocateDirect(Math.multiplyExact(elements, bytes)).order(ByteOrder.nativeOrder());
    }

    private void closeTensors() {
        stepTensors.values().forEach(tensors -> tensors.scope.close());
        stepTensors.clear();
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            closeTensors();
            cache.close();
            adapters.close();
            engine.close();
        }
    }
}
